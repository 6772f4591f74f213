"""Confirmations class by class and level by level, the completeness board, villages and jobs."""

from datetime import date, timedelta

import pytest

from sala.concessions import operations
from sala.concessions.models import Confirmation
from sala.concessions.queries.completeness import completeness
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.places.queries import country

pytestmark = pytest.mark.django_db


def standing(made):
    rows = made.confirmations.filter(withdrawn_at__isnull=True)
    return sorted(rows.values_list("field_class", "level"))


def test_the_province_and_the_ministry_stand_for_classes_each_at_its_level(cast, concession):
    made = concession()
    operations.confirm(cast.actor("province"), made, "basics", "place", version=made.version)
    operations.confirm(cast.actor("ministry"), made, "basics")
    assert standing(made) == [("basics", "country"), ("basics", "province"), ("place", "province")]
    assert operations.confirm(cast.actor("province"), made, "basics") == []


def test_a_later_change_of_a_class_takes_back_what_was_confirmed_of_it_only(cast, concession):
    made = concession()
    operations.confirm(cast.actor("province"), made, "basics", "place")
    operations.change(cast.actor("district"), made, made.version, reason="Slip", kind="lease")
    assert standing(made) == [("place", "province")]
    assert Confirmation.objects.filter(concession=made).count() == 2


def test_who_enters_does_not_confirm_and_nobody_confirms_what_changed_while_reading(cast, concession):
    made = concession()
    for who in ("district", "inspector", "company"):
        with pytest.raises(NotPermitted):
            operations.confirm(cast.actor(who), made, "basics")
    read = made.version
    operations.change(cast.actor("district"), made, read, reason="Slip", kind="lease")
    with pytest.raises(Conflict):
        operations.confirm(cast.actor("province"), made, "basics", version=read)
    with pytest.raises(Invalid):
        operations.confirm(cast.actor("province"), made)
    assert not standing(made)


def test_what_was_confirmed_wrongly_is_taken_back_once(cast, concession):
    made = concession()
    operations.confirm(cast.actor("province"), made, "basics")
    operations.take_back(cast.actor("province"), made, "basics", reason="Wrong sector")
    with pytest.raises(Conflict):
        operations.take_back(cast.actor("province"), made, "basics", reason="Again")


def test_the_board_counts_what_the_reader_reads_district_by_district(cast, concession, granted, drawn, with_paper):
    bare, located, whole = concession("Bare"), concession("Located"), granted()
    drawn(located)
    drawn(whole)
    with_paper(whole, "inspection")
    operations.confirm(cast.actor("province"), whole, "basics")
    rough = concession("Rough", who="province", area=cast.area("01"), lead=cast.organisation("LAND-P01"))
    lines = {line.area and line.area.code: line for line in completeness(cast.actor("inspector"), cast.area("01"))}
    told = lines["0101"]
    assert (told.known, told.located, told.documented, told.inspected, told.confirmed, told.old) == (3, 2, 1, 1, 1, 0)
    assert lines["0102"].known == 0 and lines[None].known == 1
    assert sum(line.known for line in completeness(cast.actor("other_district"), country())) == 0
    assert bare.reference < rough.reference


def test_entries_unchanged_for_a_year_are_told(cast, concession):
    with clock.fixed(clock.now() - timedelta(days=400)):
        concession()
    lines = {line.area.code: line for line in completeness(cast.actor("ministry"), cast.area("01")) if line.area}
    assert lines["0101"].old == 1


def test_the_board_takes_the_same_statements_whatever_the_rows(cast, concession, django_assert_num_queries):
    actor, province = cast.actor("inspector"), cast.area("01")
    for number in range(5):
        concession(f"Number {number}")
    with django_assert_num_queries(4):
        completeness(actor, province)


def test_a_village_stands_once_and_lies_where_the_concession_is(cast, concession):
    made, district = concession(), cast.actor("district")
    row = operations.tell_village(district, made, cast.area("0101"), households=10, households_moved=2)
    with pytest.raises(Invalid, match="stands there already"):
        operations.tell_village(district, made, cast.area("0101"), households=12)
    operations.correct_village(district, row, households=12, reason="Counted again")
    row = made.villages.get()
    assert (row.households, row.households_moved) == (12, 2)
    assert made.changes.filter(field="households", old=10, new=12).exists()
    with pytest.raises(Invalid, match="outside the places"):
        operations.tell_village(district, made, cast.area("0201"))


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"households": 3, "households_moved": 4}, "More households move"),
        ({"consultation": "agreed"}, "A consultation has a day"),
        ({"compensation_paid": 100}, "which currency"),
    ],
)
def test_what_cannot_be_of_a_village_is_refused_in_words(cast, concession, fields, words):
    made = concession()
    with pytest.raises(Invalid, match=words):
        operations.tell_village(cast.actor("district"), made, cast.area("0101"), **fields)
    assert not made.villages.exists() and made.version == 1


def test_jobs_of_a_day_are_corrected_and_those_of_another_day_added(cast, concession):
    made, district = concession(), cast.actor("district")
    operations.count_jobs(district, made, kind="present", as_of=date(2025, 1, 1), total=10, women=4)
    with pytest.raises(Invalid, match="stands there already"):
        operations.count_jobs(district, made, kind="present", as_of=date(2025, 1, 1), total=12)
    operations.correct_jobs(district, made.jobs.get(), total=12, reason="Counted again")
    assert made.jobs.get().women == 4
    operations.count_jobs(district, made, kind="present", as_of=date(2026, 1, 1), total=20)
    assert sorted(made.jobs.values_list("total", flat=True)) == [12, 20]
    with pytest.raises(Invalid, match="larger than all"):
        operations.count_jobs(district, made, kind="planned", as_of=date(2026, 1, 1), total=5, women=6)
    with pytest.raises(Invalid, match="lies ahead"):
        operations.count_jobs(district, made, kind="present", as_of=clock.today() + timedelta(days=1), total=5)
