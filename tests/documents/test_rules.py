"""Rules of law: one thing a day for each subject and area, laid down by those whose reach it is."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.core.language import Translated
from sala.documents import operations
from sala.documents.models import Rule
from sala.documents.queries import rule_on
from sala.people.models import Appointment, Position

pytestmark = pytest.mark.django_db
DAYS = operations.rule_value(Decimal(10), "working_days")


@pytest.fixture
def ministry(world):
    """An actor in the records post of a ministry, whose area is the whole country."""
    Appointment.objects.create(
        person=world.person("citizen"), position=Position.objects.get(code="HEALTH-records"),
        valid=DateRange(date(2020, 1, 1), None),
    )  # fmt: skip
    return world.actor("citizen")


def lay_down(actor, world, owner="HEALTH", **more):
    return operations.add_rule(
        actor, world.organisation(owner),
        **{"kind": "notice", "key": "trial", "value": DAYS, "start": date(2026, 1, 1), **more},
    )  # fmt: skip


def test_a_ministry_lays_down_a_rule_for_the_whole_country(world, ministry):
    rule = lay_down(ministry, world)
    assert rule_on("notice", "trial", date(2026, 1, 1)) == rule and rule.number == 10
    assert rule_on("notice", "trial", date(2025, 12, 31)) is None
    assert rule_on("notice", "other", date(2026, 1, 1)) is None


@pytest.mark.parametrize(("who", "error"), [
    ("records", NotPermitted), ("owner", NotPermitted), ("stranger", NotPermitted), ("public", SignInNeeded),
])  # fmt: skip
def test_an_office_of_a_province_lays_down_none_for_the_whole_country(world, who, error):
    with pytest.raises(error):
        lay_down(world.actor(who), world, owner="HEALTH-P01")
    assert not Rule.objects.filter(key="trial").exists()


def test_an_office_of_a_province_lays_down_one_for_its_province_and_none_for_another(world):
    records = world.actor("records")
    lay_down(records, world, owner="HEALTH-P01", area=world.area("0101"))
    with pytest.raises(NotPermitted):
        lay_down(records, world, owner="HEALTH-P01", area=world.area("02"))


def test_the_rule_of_the_smallest_area_counts(world, ministry):
    country = lay_down(ministry, world)
    province = lay_down(ministry, world, area=world.area("01"), value=operations.rule_value(Decimal(5), "days"))
    day = date(2026, 5, 1)
    assert rule_on("notice", "trial", day, world.area("0101")) == province
    assert rule_on("notice", "trial", day, world.area("02")) == country
    assert rule_on("notice", "trial", day) == country


def test_two_rules_that_overlap_are_refused_and_one_after_the_other_is_not(world, ministry):
    first = lay_down(ministry, world, end=date(2026, 7, 1))
    with pytest.raises(Conflict):
        lay_down(ministry, world, start=date(2026, 6, 30))
    second = lay_down(ministry, world, start=date(2026, 7, 1), value=operations.rule_value(Decimal(15), "working_days"))
    assert rule_on("notice", "trial", date(2026, 6, 30)) == first
    assert rule_on("notice", "trial", date(2026, 7, 1)) == second


def test_the_database_itself_refuses_the_overlap(world, ministry):
    rule = lay_down(ministry, world)
    with pytest.raises(IntegrityError, match="rule_says_one_thing_a_day"), transaction.atomic():
        Rule.objects.create(
            kind=rule.kind,
            key=rule.key,
            value=DAYS,
            valid=DateRange(date(2026, 3, 1), date(2026, 3, 2)),
            owner=rule.owner,
        )


@pytest.mark.parametrize("wrong", [
    {"value": {}}, {"key": ""}, {"certainty": "confirmed"}, {"valid": DateRange(None, date(2026, 1, 1))},
    {"valid": DateRange(date(2026, 1, 1), date(2026, 1, 1))},
])  # fmt: skip
def test_the_database_refuses_a_rule_that_says_nothing_or_stands_on_nothing(world, wrong):
    fields = {"kind": "notice", "key": "x", "value": DAYS, "valid": DateRange(date(2026, 1, 1), None)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Rule.objects.create(owner=world.organisation("HEALTH"), **{**fields, **wrong})


def test_a_confirmed_rule_names_its_document(world, ministry, published):
    with pytest.raises(Invalid):
        lay_down(ministry, world, certainty="confirmed")
    assert lay_down(ministry, world, certainty="confirmed", source=published(), clause="art_3").source is not None


def test_a_rule_ends_with_a_reason_and_keeps_what_it_said_before(world, ministry):
    rule = lay_down(ministry, world)
    with pytest.raises(Invalid):
        operations.end_rule(ministry, rule, on=date(2026, 6, 1), reason="")
    with pytest.raises(Invalid):
        operations.end_rule(ministry, rule, on=date(2026, 1, 1), reason="Replaced")
    with pytest.raises(NotPermitted):
        operations.end_rule(world.actor("records"), rule, on=date(2026, 6, 1), reason="Replaced")
    operations.end_rule(ministry, rule, on=date(2026, 6, 1), reason="Replaced")
    assert rule_on("notice", "trial", date(2026, 5, 31)) == rule
    assert rule_on("notice", "trial", date(2026, 6, 1)) is None
    with pytest.raises(Conflict):
        operations.end_rule(ministry, rule, on=date(2026, 8, 1), reason="Again")


def test_a_value_is_an_exact_number_with_a_known_unit_or_a_text(world):
    assert operations.rule_value(Decimal("0.10"), "ha") == {"number": "0.10", "unit": "ha"}
    assert operations.rule_value(text={"lo": "ຫ້າມ"}) == {"text": {"lo": "ຫ້າມ"}}
    with pytest.raises(Invalid):
        operations.rule_value(Decimal(1), "bushel")
    with pytest.raises(Invalid):
        operations.rule_value()


@pytest.mark.parametrize("who", ["public", "stranger", "owner", "colleague", "records"])
def test_everyone_reads_the_rules_with_their_source(world, ministry, visit, published, who):
    open_one, closed = published(title=Translated(lo="ດຳລັດ", en="Open decree")), published(
        "own", "secret words", title=Translated(lo="ລັບ", en="Closed order")
    )  # fmt: skip
    lay_down(ministry, world, source=open_one)
    lay_down(ministry, world, key="second", source=closed)
    text = visit(who).get("/rules/notice/").content.decode()
    assert "Open decree" in text and "10 working days" in text
    assert ("Closed order" in text) == (who in ("owner", "colleague", "records"))
    assert visit(who).get("/rules/").status_code == 200
    assert visit(who).get("/rules/nothing/").status_code == 404


def test_a_rule_is_laid_down_from_its_form(world, ministry, visit):
    sent = {
        "owner": "HEALTH", "kind": "notice", "key": "form", "number": "໑໒", "unit": "working_days", "start": "2026-01-01",
        "certainty": "example", "text_lo": "", "text_en": "", "note_lo": "", "note_en": "",
    }  # fmt: skip
    answer = visit("citizen").post("/rules/add/", sent)
    assert answer.status_code == 302 and rule_on("notice", "form", date(2026, 1, 1)).number == 12
    again = visit("citizen").post("/rules/add/", sent)
    assert again.status_code == 200 and "End that one first" in again.content.decode()


@pytest.mark.parametrize(("who", "status"), [("owner", 403), ("records", 200), ("citizen", 403), ("public", 401)])
def test_the_form_of_a_rule_is_for_those_who_publish(visit, who, status):
    assert visit(who).get("/rules/add/").status_code == status
