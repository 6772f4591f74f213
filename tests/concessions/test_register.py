"""Entering and changing concessions: numbers, histories of fields, versions, doubles."""

import re
from datetime import date

import pytest

from sala.access.scope import visible
from sala.concessions import operations
from sala.concessions.models import Change, Concession, FieldClass
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.language import Translated
from sala.core.models import Term
from sala.journal.models import Event

pytestmark = pytest.mark.django_db


def test_an_entry_gets_a_lasting_reference_and_its_history_begins(concession):
    first, second = concession(), concession("Teak two")
    assert re.fullmatch(r"LC-\d{6}", first.reference) and first.reference < second.reference
    told = first.changes.filter(subject="concession")
    assert {row.field_class for row in told} >= {FieldClass.BASICS, FieldClass.PLACE}
    assert {row.field for row in told} == {"row"} and all(row.old is None and row.position_id for row in told)


def test_another_district_may_not_enter_here_and_does_not_see_it(cast, concession):
    made = concession()
    with pytest.raises(NotPermitted):
        concession(who="other_district")
    assert not visible(cast.actor("other_district"), Concession).exists()
    for who in ("public", "company", "other_district"):
        assert not visible(cast.actor(who), Concession).filter(pk=made.pk).exists(), who
    for who in ("district", "province", "ministry", "inspector"):
        assert visible(cast.actor(who), Concession).filter(pk=made.pk).exists(), who


def test_each_changed_field_tells_old_and_new_who_why_and_on_what_paper(cast, concession, paper):
    made, decision = concession(), paper()
    operations.change(
        cast.actor("district"), made, made.version, reason="Renamed by the company", document=decision,
        effective_on=date(2025, 5, 1), name=Translated(lo="ໂຄງການໃໝ່"), kind="lease",
    )  # fmt: skip
    told = {row.field: row for row in made.changes.exclude(field="row")}
    assert set(told) == {"name", "kind"}
    assert (told["kind"].old, told["kind"].new) == ("concession", "lease")
    assert told["name"].new == {"lo": "ໂຄງການໃໝ່"} and told["name"].reason == "Renamed by the company"
    assert told["name"].document == decision and told["name"].effective_on == date(2025, 5, 1)
    assert told["name"].position == cast.position("LAND-D0101-concessions")
    made.refresh_from_db()
    assert made.version == 2 and Event.objects.filter(subject_type="concession", subject_id=made.pk).count() == 2


def test_a_change_without_a_reason_is_refused_and_nothing_is_written(cast, concession):
    made = concession()
    with pytest.raises(Invalid):
        operations.change(cast.actor("district"), made, made.version, reason=" ", kind="lease")
    made.refresh_from_db()
    assert made.kind == "concession" and made.version == 1


def test_who_edits_what_somebody_else_changed_meanwhile_is_told(cast, concession):
    made = concession()
    read = made.version
    operations.change(cast.actor("province"), made, read, reason="First", kind="lease")
    with pytest.raises(Conflict, match="while you were writing"):
        operations.change(cast.actor("district"), made, read, reason="Second", kind="concession")
    made.refresh_from_db()
    assert made.kind == "lease" and Change.objects.filter(field="kind").count() == 1


def test_a_change_to_nothing_new_leaves_no_trace(cast, concession):
    made = concession()
    operations.change(cast.actor("district"), made, made.version, reason="Looked at it", kind="concession")
    made.refresh_from_db()
    assert made.version == 1


def test_commodities_that_are_left_out_stay_as_no_longer_current(cast, concession):
    rubber, teak = Term.objects.filter(scheme="commodity").order_by("order")[:2]
    made = concession(commodities=[rubber])
    operations.change(cast.actor("district"), made, made.version, reason="Other trees", commodities=[teak])
    assert {row.commodity: row.is_current for row in made.commodities.all()} == {rubber: False, teak: True}


def test_a_double_leaves_every_list_and_keeps_its_address(cast, concession, visit):
    kept, double = concession(), concession("Teak once more")
    operations.mark_double(cast.actor("province"), double, same_as=kept, reason="Same contract")
    page = visit("district").get("/concessions/").content.decode()
    assert kept.reference in page and double.reference not in page
    assert visit("district").get(double.get_absolute_url()).url == kept.get_absolute_url()


def test_a_confidential_entry_needs_its_reason(cast, concession):
    with pytest.raises(Invalid, match="legal basis"):
        concession(is_confidential=True)
