"""A call that was good once is used again: by another office, or by the calendar, which keeps the notice rule."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import dates, integers, sampled_from

from sala.core import clock
from sala.core.desk import Group
from sala.core.errors import Conflict, Invalid, Missing, NotPermitted
from sala.core.language import Translated
from sala.documents.models import Rule
from sala.documents.working_days import Calendar, add_working_days, working_days_between
from sala.duties import operations
from sala.duties.asking import Asker, askers
from sala.duties.models import Call, CallTemplate
from sala.duties.operations.rounds import draft_rounds
from sala.duties.queries.rounds import desk_rows
from sala.duties.rhythm import next_period, next_round, shifted
from sala.people.models import Appointment, Message, PositionGrant

pytestmark = pytest.mark.django_db

NAME = Translated({"lo": "ແບບຟອມໂຮງຮຽນປະຈຳປີ", "en": "Yearly school forms"})


def on(year, month, day):
    return clock.fixed(datetime(year, month, day, 3, tzinfo=UTC))


@pytest.fixture
def notice(world):
    """The only rule on notice: ten working days."""
    Rule.objects.filter(kind="notice", key="calls").delete()
    Rule.objects.create(
        kind="notice", key="calls", value={"number": "10", "unit": "working_days"},
        valid=DateRange(date(2020, 1, 1), None), owner=world.organisation("STAT"),
    )  # fmt: skip


@pytest.fixture
def school_round(world, drafted, notice):
    """school_round(**changes) → the template of the yearly school forms, due by 15 October, first issued in 2026."""

    def make(due=date(2026, 10, 15), opens=date(2026, 9, 1), period="2026", **changes):
        with on(2026, 8, 31):
            asked = [operations.Asked(world.position(code)) for code in ("HEALTH-P01-data", "LAND-P02-data")]
            call = drafted(asked=asked, due_on=due, opens_on=opens, period=period, minutes=90,
                           review_plan=[{"up": 0, "post": "data_review"}])  # fmt: skip
            values = {"name": NAME, "rhythm": "yearly", "opens_itself": True, **changes}
            return operations.make_template(world.actor("caller"), call, **values)

    return make


def test_the_next_yearly_round_is_drafted_and_issued_on_its_day_with_everything_carried_forward(world, school_round):
    template = school_round()
    assert template.next_on == date(2027, 9, 1)
    with on(2027, 8, 31):
        assert draft_rounds(clock.today()) == 0
    with on(2027, 9, 1):
        assert draft_rounds(clock.today()) == 1
        assert draft_rounds(clock.today()) == 0
    template.refresh_from_db()
    call = template.last
    assert (call.state, call.period, call.opens_on, call.due_on) == (
        "issued", "2027", date(2027, 9, 1), date(2027, 10, 15),
    )  # fmt: skip
    assert (call.minutes, call.review_plan) == (90, [{"up": 0, "post": "data_review"}])
    assert set(call.assignments.values_list("position__code", "period", "state", "levels")) == {
        ("HEALTH-P01-data", "2027", "issued", 1), ("LAND-P02-data", "2027", "issued", 1),
    }  # fmt: skip
    assert template.next_on == date(2028, 9, 1)
    assert Message.objects.filter(subject_type="assignment", person=world.person("owner"), wave="issue").exists()


def test_a_round_is_drafted_early_enough_for_the_notice_rule(school_round):
    """It opened five days before it was due, which the rule of ten working days does not allow."""
    template = school_round(opens=date(2026, 10, 10))
    assert date(2027, 9, 1) < template.next_on < date(2027, 10, 10)
    assert working_days_between(template.next_on, date(2027, 10, 15)) == 10
    with clock.fixed(datetime(template.next_on.year, template.next_on.month, template.next_on.day, 3, tzinfo=UTC)):
        assert draft_rounds(clock.today()) == 1
    assert Call.objects.get(period="2027").state == "issued"


def test_a_round_that_does_not_open_itself_waits_on_the_desk_some_days_before(world, school_round):
    template = school_round(opens_itself=False)
    assert template.next_on == add_working_days(date(2027, 9, 1), -5)
    with clock.fixed(datetime(2027, 8, template.next_on.day, 3, tzinfo=UTC)):
        assert draft_rounds(clock.today()) == 1
        rows = desk_rows(world.actor("caller"))
        assert [(row.group, row.note) for row in rows] == [(Group.DECIDE, "")]
        assert rows[0].due == add_working_days(date(2027, 10, 15), -10)
        assert desk_rows(world.actor("owner")) == []
    call = Call.objects.get(period="2027")
    assert call.state == "draft" and rows[0].url == call.get_absolute_url()
    assert Message.objects.get(subject_type="call", subject_id=call.pk).person == world.person("caller")


def test_the_round_of_a_vacant_post_waits_on_the_desk_of_the_head_of_its_unit(world, school_round):
    Appointment.objects.filter(position__code="STAT-calls").delete()
    Appointment.objects.create(
        position=world.position("STAT-head"), person=world.person("citizen"), valid=DateRange(date(2020, 1, 1), None)
    )
    with pytest.raises(NotPermitted):
        school_round()
    with on(2026, 8, 31):
        call = operations.draft_call(
            world.actor("command"), issuer=world.position("STAT-calls"), kind="order", title=NAME,
            due_on=date(2026, 10, 15), opens_on=date(2026, 9, 1), period="2026",
        )  # fmt: skip
        operations.make_template(world.actor("command"), call, name=NAME, rhythm="yearly")
    with on(2027, 9, 1):
        assert draft_rounds(clock.today()) == 1
        made = Call.objects.get(period="2027").get_absolute_url()
        assert [row.url for row in desk_rows(world.actor("citizen"))] == [made]
        assert desk_rows(world.actor("owner")) == [] and desk_rows(world.actor("head")) == []


def test_a_round_with_something_missing_waits_and_says_what(world, school_round):
    template = school_round()
    Call.objects.filter(pk=template.source_id).update(instruction={})
    with on(2027, 9, 1):
        draft_rounds(clock.today())
        call = Call.objects.get(period="2027")
        assert call.state == "draft"
        assert "country's language" in desk_rows(world.actor("caller"))[0].note


def test_a_round_uses_the_rights_that_the_post_has_on_the_day(world, school_round):
    template = school_round()
    PositionGrant.objects.filter(position__code="STAT-calls").delete()
    with on(2027, 9, 1):
        assert draft_rounds(clock.today()) == 0
        template.refresh_from_db()
        assert template.last is None and "does not cover" in template.trouble
        assert [row.note for row in desk_rows(world.actor("caller"))] == [template.trouble]
    assert not Call.objects.filter(period="2027").exists()


def test_a_round_that_reaches_beyond_the_right_of_its_post_stays_a_draft(world, school_round):
    school_round()
    PositionGrant.objects.filter(position__code="STAT-calls").update(across_organisations=False)
    with on(2027, 9, 1):
        assert draft_rounds(clock.today()) == 1
    assert Call.objects.get(period="2027").state == "draft"


def test_rounds_missed_while_nothing_ran_are_not_made_up_for(school_round):
    template = school_round()
    with on(2029, 11, 1):
        assert draft_rounds(clock.today()) == 1
    template.refresh_from_db()
    assert (template.last.period, template.last.due_on) == ("2030", date(2030, 10, 15))


def test_a_round_whose_date_was_moved_for_once_does_not_move_the_next(school_round, world):
    template = school_round(opens_itself=False)
    with on(2027, 9, 1):
        draft_rounds(clock.today())
        call = Call.objects.get(period="2027")
        texts = {"kind": call.kind, "title": call.title, "due_on": date(2027, 10, 25)}
        operations.redraft_call(world.actor("caller"), call, **texts)
    with on(2028, 9, 1):
        draft_rounds(clock.today())
    assert Call.objects.get(period="2028").due_on == date(2028, 10, 15)
    template.refresh_from_db()
    assert template.rounds == 2


@pytest.mark.parametrize(("day", "months", "later"), [
    (date(2026, 10, 15), 12, date(2027, 10, 15)),
    (date(2026, 1, 31), 1, date(2026, 2, 28)),
    (date(2026, 9, 30), 3, date(2026, 12, 31)),
    (date(2024, 2, 29), 12, date(2025, 2, 28)),
    (date(2026, 12, 10), 1, date(2027, 1, 10)),
])  # fmt: skip
def test_a_date_moves_by_months_and_the_end_of_a_month_stays_its_end(day, months, later):
    assert shifted(day, months) == later


@pytest.mark.parametrize(("code", "months", "later"), [
    ("2026", 12, "2027"), ("2026-Q3", 3, "2026-Q4"), ("2026-Q3", 12, "2027-Q3"), ("2026-12", 1, "2027-01"),
    ("2026-S2", 12, "2027-S2"), ("", 12, ""),
])  # fmt: skip
def test_a_period_moves_with_the_rhythm(code, months, later):
    assert next_period(code, months) == later


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    due=dates(date(2026, 3, 1), date(2027, 12, 31)), open_days=integers(1, 90), notice=integers(0, 30),
    rhythm=sampled_from(["monthly", "quarterly", "yearly"]), after=integers(0, 20),
)  # fmt: skip
def test_whatever_the_dates_a_round_is_drafted_in_time_and_the_next_one_follows_it(
    db, due, open_days, notice, rhythm, after
):
    source, calendar = Call(due_on=due, opens_on=due - timedelta(days=open_days), period="2026"), Calendar()
    options = {"notice": notice, "opens_itself": True, "today": date(2026, 1, 5), "calendar": calendar}
    coming = next_round(source, rhythm, after=after, **options)
    assert coming.number == after + 1 and calendar.is_working(coming.drafted_on)
    assert coming.drafted_on <= coming.opens_on <= coming.due_on
    assert coming.due_on >= add_working_days(coming.drafted_on, notice, calendar) or not calendar.is_working(
        coming.due_on
    )
    assert working_days_between(coming.drafted_on, coming.due_on, calendar) >= notice
    following = next_round(source, rhythm, after=coming.number, **options)
    assert following.due_on > coming.due_on and following.period >= coming.period


def test_a_monthly_round_promised_in_working_days_keeps_its_days(world, drafted, notice):
    with on(2026, 3, 2):
        call = drafted(due_on=None, due_days=12, opens_on=date(2026, 3, 2), period="2026-03")
        template = operations.make_template(
            world.actor("caller"), call, name=NAME, rhythm="monthly", opens_itself=True
        )  # fmt: skip
    assert template.next_on == date(2026, 4, 2)
    with on(2026, 4, 2):
        assert draft_rounds(clock.today()) == 1
        made = Call.objects.get(period="2026-04")
        assert made.due_on == add_working_days(date(2026, 4, 2), 12, Calendar())


def test_a_call_without_a_due_date_cannot_recur(world, drafted):
    with pytest.raises(Invalid, match="no next round"):
        operations.make_template(world.actor("caller"), drafted(due_on=None), name=NAME, rhythm="yearly")
    assert operations.make_template(world.actor("caller"), drafted(due_on=None), name=NAME).next_on is None


def test_a_template_is_kept_changed_and_retired_by_those_who_speak_for_its_post(world, school_round, issued):
    template = school_round()
    for who in ("owner", "head", "stranger"):
        with pytest.raises(NotPermitted):
            operations.make_template(world.actor(who), issued().call, name=NAME)
        with pytest.raises(NotPermitted):
            operations.change_template(world.actor(who), template, name=NAME)
        with pytest.raises(NotPermitted):
            operations.retire_template(world.actor(who), template)
    for wrong, field in (
        ({"name": {"en": "No Lao"}}, "name"),
        ({"tier": "public"}, "tier"),
        ({"rhythm": "daily"}, "rhythm"),
    ):
        with pytest.raises(Invalid) as refused:
            operations.change_template(world.actor("caller"), template, **{"name": NAME, **wrong})
        assert field in refused.value.fields
    changed = operations.change_template(world.actor("caller"), template, name=NAME, tier="government")
    assert (changed.rhythm, changed.next_on, changed.tier) == ("", None, "government")
    operations.retire_template(world.actor("caller"), template)
    with pytest.raises(Conflict, match="not used any more"):
        operations.start_from_template(world.actor("caller"), template, issuer=world.position("STAT-calls"))


def test_another_office_starts_from_a_shared_template_with_the_texts_and_its_own_posts(world, school_round):
    template = school_round(rhythm="", opens_itself=False, tier="own")
    head = world.position("HEALTH-P01-head")
    with pytest.raises(NotPermitted, match="not open"):
        operations.start_from_template(world.actor("head"), template, issuer=head)
    CallTemplate.objects.filter(pk=template.pk).update(tier="government")
    call = operations.start_from_template(world.actor("head"), template, issuer=head, period="2028")
    assert (call.issuer, call.title, call.period, call.assignments.count()) == (head, template.source.title, "2028", 0)
    own = operations.start_from_template(world.actor("caller"), template, issuer=world.position("STAT-calls"))
    assert own.assignments.count() == 2
    template.refresh_from_db()
    assert template.last == own


def test_the_pages_of_templates_lead_from_a_call_to_its_next_round(world, visit, issued):
    call = issued().call
    caller = visit("caller")
    assert f"/calls/{call.reference}/template/" in caller.get(call.get_absolute_url()).content.decode()
    assert f"/calls/{call.reference}/template/" not in visit("owner").get(call.get_absolute_url()).content.decode()
    assert visit("owner").get(f"/calls/{call.reference}/template/").status_code == 403
    form = {"name_lo": "ແບບ", "name_en": "Model", "tier": "government", "rhythm": "yearly"}
    page = caller.post(f"/calls/{call.reference}/template/", {"name_lo": "", "tier": "own"})
    assert page.status_code == 422
    answer = caller.post(f"/calls/{call.reference}/template/", form)
    template = CallTemplate.objects.get()
    assert answer.url == template.get_absolute_url() and template.next_on
    assert "Every year" in caller.get(template.get_absolute_url()).content.decode()
    listed = visit("head").get("/call-templates/").content.decode()
    assert template.get_absolute_url() in listed
    assert template.get_absolute_url() not in visit("public").get("/call-templates/").content.decode()
    assert visit("public").get(template.get_absolute_url()).status_code == 404
    assert visit("head").get(f"{template.get_absolute_url()}edit/").status_code == 403
    start = visit("head").post(f"{template.get_absolute_url()}start/", {"issuer": world.position("HEALTH-P01-head").pk})
    assert start.status_code == 302 and Call.objects.get(issuer__code="HEALTH-P01-head").get_absolute_url() == start.url
    assert caller.post(f"{template.get_absolute_url()}edit/", {**form, "rhythm": ""}).status_code == 302
    assert caller.post(f"{template.get_absolute_url()}retire/").status_code == 302
    assert "not used any more" in caller.get(template.get_absolute_url()).content.decode()


def test_programs_list_templates_and_start_from_them(world, visit, school_round):
    template = school_round(tier="government")
    assert [row["id"] for row in visit("head").get("/api/v1/call-templates").json()] == [template.pk]
    assert visit("public").get("/api/v1/call-templates").json() == []

    def start(who, issuer):
        body = {"issuer": issuer, "period": "2029"}
        return visit(who).post(f"/api/v1/call-templates/{template.pk}/start", body, content_type="application/json")

    assert start("head", "HEALTH-P01-head").json()["reference"] == Call.objects.get(period="2029").reference
    assert start("head", "nobody").status_code == 404
    assert start("owner", "HEALTH-P01-data").status_code == 403


class Refusing(Asker):
    """Asks for figures of a series that is not there any more."""

    code = "refusing"

    def prepare(self, assignments):
        raise Missing("The series asked was withdrawn. Choose another one.")


ASKERS = [Refusing()]


def test_a_round_whose_content_is_refused_is_kept_as_a_draft(school_round, settings):
    template = school_round()
    settings.SALA_ASKERS = f"{__name__}.ASKERS"
    askers.cache_clear()
    Call.objects.filter(pk=template.source_id).update(asker="refusing")
    try:
        with on(2027, 9, 1):
            assert draft_rounds(clock.today()) == 1
    finally:
        askers.cache_clear()
    made = Call.objects.get(period="2027")
    assert made.state == "draft" and not Message.objects.filter(subject_type="assignment").exists()
