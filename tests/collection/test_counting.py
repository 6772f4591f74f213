"""Counts of a round are those of its answers one by one, however they are narrowed and grouped."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sala.access.actor import path_ids
from sala.collection import operations
from sala.collection.models import Expected
from sala.collection.progress import Progress, grouped
from sala.collection.queries.counting import CLOSED, count
from sala.collection.queries.rounds import answers_of
from sala.documents.working_days import Calendar
from sala.duties.due import reckon
from sala.duties.models import Assignment
from sala.places.models import Level
from tests.collection.conftest import came, part_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def rounds(world, district_form, school_form, school, open_round):
    """Two rounds, of which the second waits in part for answers of the first; some came late, some are waived."""
    districts, schools = district_form(), school_form(form_id="of_schools", version="7")
    for number, area in enumerate(["0101", "0101", "0102", "0201"], start=1):
        school(f"S{number}", area=area)
    first = open_round(districts, posts=("HEALTH-P01-data", "LAND-P02-data"))
    second = open_round(districts, schools, posts=("HEALTH-P01-data_publish", "LAND-P02-data"))
    own = list(Expected.objects.filter(assignment=part_of(first)).order_by("id"))
    late = part_of(first).due_on + timedelta(days=30)
    came(Expected.objects.filter(pk=own[0].pk), "approved", on=late)
    came(Expected.objects.filter(pk=own[1].pk), "returned", on=part_of(first).due_on)
    of_schools = Expected.objects.filter(assignment__call=second, form=schools).order_by("id")
    came(of_schools.filter(pk=of_schools[0].pk), "received")
    rows = Expected.objects.filter(pk=of_schools[1].pk)
    operations.waive_expected(world.actor("owner"), rows, reason="The road is cut until November")
    waits = Expected.objects.filter(assignment__call=second, given_in__isnull=False)
    assert waits.exists() and Expected.objects.filter(state="waiting").exists()
    return first, second


def one_by_one(rows, key) -> dict[object, Progress]:
    found: dict[object, Progress] = {}
    for row in answers_of(rows).select_related("area__level"):
        last = reckon(row.assignment.due_on, calendar=Calendar()).last
        is_there = row.stands in ("received", "returned", "approved")
        found.setdefault(key(row), Progress()).add(Progress(
            expected=1, received=is_there, in_time=is_there and timezone.localtime(row.came_at).date() <= last,
            returned=row.stands == "returned", approved=row.stands == "approved", waived=row.stands == "waived",
        ))  # fmt: skip
    return found


def in_order(found):
    return sorted(found.parts, key=lambda one: (one.office, one.form))


@pytest.mark.parametrize("narrowed", ["", "place", "form", "office"])
def test_counts_are_those_of_the_answers_one_by_one(world, rounds, narrowed):
    assignments = list(Assignment.objects.filter(call__in=rounds).order_by("id"))
    place = world.area("01") if narrowed == "place" else None
    form = Expected.objects.exclude(facility=None).first().form_id if narrowed == "form" else None
    assignments = assignments[-1:] if narrowed == "office" else assignments
    rows = Expected.objects.filter(assignment__in=assignments)
    rows = rows.filter(area__path__startswith=place.path) if place else rows
    rows = rows.filter(form=form) if form else rows
    assert rows.exists()
    for level in (*Level.objects.filter(rank__in=(1, 2)), None):
        found = count(assignments, form=form, place=place, by_place=True, level=level)

        def standing(row, level=level):
            chain = path_ids(row.area.path)
            return chain[level.rank] if level and len(chain) > level.rank else row.area_id

        assert found.places == one_by_one(rows, standing)
        parts = grouped(found.parts, lambda one: (one.office, one.form))
        assert parts == one_by_one(rows, lambda row: (row.assignment_id, row.form_id))
        assert in_order(count(assignments, form=form, place=place)) == in_order(found)


def test_nothing_is_counted_of_nobody(rounds):
    assert count([]).parts == []
    assert not count([], by_place=True).places


def test_answers_whose_place_is_not_told_count_for_no_place(world, rounds):
    assignments = list(Assignment.objects.filter(call__in=rounds))
    rows, inside = Expected.objects.filter(assignment__in=assignments), world.area("01").path
    hidden = list(rows.filter(area__path__startswith=inside).order_by("id").values_list("pk", flat=True)[:2])
    level = Level.objects.get(rank=1)
    whole, told = count(assignments), count(assignments, by_place=True, level=level, closed=hidden)
    assert in_order(told) == in_order(whole) and told.places[CLOSED].expected == 2
    assert sum(one.expected for one in told.places.values()) == rows.count()
    narrowed = count(assignments, place=world.area("01"), closed=hidden)
    assert (
        sum(part.counts.expected for part in narrowed.parts) == rows.filter(area__path__startswith=inside).count() - 2
    )
