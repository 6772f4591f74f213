"""A merger of two facilities is undone: each has again what it brought."""

from datetime import date

import pytest
from django.contrib.gis.geos import Point

from sala.access.actor import command
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.language import Translated
from sala.duties.jobs import duties_of_merged
from sala.duties.models import Duty
from sala.duties.operations import assign_duty
from sala.journal.models import Event
from sala.places import operations
from sala.places.models import Facility, FacilityKind, NotSame

pytestmark = pytest.mark.django_db
POINT = Point(100.2, 20.5, srid=4326)


@pytest.fixture
def enter(world):
    def make(name, **more):
        return operations.add_facility(
            world.actor("owner"), kind=FacilityKind.objects.get(code="school-primary"), area=world.area("0101"),
            name=Translated(lo=f"ໂຮງຮຽນ {name}", en=name), opened_on=date(2001, 9, 1), **more,
        )  # fmt: skip

    return make


def state(facility):
    facility = Facility.objects.get(pk=facility.pk)
    return (
        facility.is_duplicate, facility.successor_id, facility.point, sorted(facility.keys),
        sorted(facility.codes.values_list("value", flat=True)), sorted(facility.names.values_list("text", flat=True)),
    )  # fmt: skip


@pytest.fixture
def merged(world, enter):
    """(the one that stayed, the one that went, their states before)"""
    stays, double = (
        enter("Nongsai", names=["NS"]),
        enter("Nong Xay", codes={"school-number": "17"}, names=["NX"], point=POINT),
    )
    before = state(stays), state(double)
    operations.merge_facilities(world.actor("owner"), double, into=stays, reason="one school")
    return stays, double, before


def test_both_are_as_they_were_and_are_not_proposed_again(world, visit, merged):
    stays, double, before = merged
    operations.part_facilities(world.actor("owner"), double, reason="two buildings")
    assert (state(stays), state(double)) == before
    assert visit().get(f"/facilities/{double.code}/").status_code == 200
    assert NotSame.objects.get().reason == "two buildings"
    told = [event.content()["change"] for event in Event.objects.filter(verb="facilities.merge").order_by("-id")[:2]]
    assert told == ["parted from", "parted"]
    operations.merge_facilities(world.actor("owner"), double, into=stays)
    operations.part_facilities(world.actor("owner"), double, reason="again")
    assert (state(stays), state(double)) == before


def test_what_was_entered_since_stays_where_it_is(world, merged):
    stays, double, _before = merged
    owner = world.actor("owner")
    operations.give_code(owner, stays, system="school-number", value="18")
    operations.change_facility(owner, Facility.objects.get(pk=stays.pk), point=Point(100.21, 20.51, srid=4326))
    operations.part_facilities(owner, double, reason="two buildings")
    assert state(double)[4] == ["17"] and state(stays)[4] == ["18"]
    assert state(stays)[2] == Point(100.21, 20.51, srid=4326) and state(double)[2] == POINT


def test_those_that_pointed_to_the_one_that_went_point_to_it_again(world, enter):
    owner, stays, double, closed = world.actor("owner"), enter("Nongsai"), enter("Nong Xay"), enter("Old")
    operations.close_facility(owner, closed, on=date(2010, 1, 1), successor=double)
    operations.merge_facilities(owner, double, into=stays)
    assert Facility.objects.get(pk=closed.pk).successor == stays
    operations.part_facilities(owner, double, reason="two")
    assert Facility.objects.get(pk=closed.pk).successor == double


def test_a_merger_on_which_another_one_lies_is_undone_after_that_one(world, enter, merged):
    stays, double, _before = merged
    third = enter("Third")
    operations.merge_facilities(world.actor("owner"), stays, into=third)
    double = Facility.objects.get(pk=double.pk)
    assert double.successor == third
    with pytest.raises(Conflict, match="not on record"):
        operations.part_facilities(world.actor("owner"), double, reason="x")
    operations.part_facilities(world.actor("owner"), Facility.objects.get(pk=stays.pk), reason="x")
    operations.part_facilities(world.actor("owner"), Facility.objects.get(pk=double.pk), reason="x")
    assert not Facility.objects.filter(is_duplicate=True).exists()
    assert state(double)[4] == ["17"]


def test_it_needs_the_right_and_a_reason(world, merged):
    _stays, double, _before = merged
    with pytest.raises(NotPermitted):
        operations.part_facilities(world.actor("stranger"), double, reason="x")
    with pytest.raises(Invalid):
        operations.part_facilities(world.actor("owner"), double, reason=" ")
    assert Facility.objects.get(pk=double.pk).is_duplicate
    operations.part_facilities(world.actor("owner"), double, reason="x")
    with pytest.raises(Conflict):
        operations.part_facilities(world.actor("owner"), double, reason="x")


def test_duties_go_back_with_it(world, enter):
    stays, double = enter("Nongsai"), enter("Nong Xay")
    post = world.position("HEALTH-P01-data")
    assign_duty(command(), post, kind="maintains", subject=double, start=date(2020, 1, 1))
    operations.merge_facilities(world.actor("owner"), double, into=stays)
    run_jobs()
    duty = Duty.objects.get(subject_type="facility")
    assert duty.subject_id == stays.pk
    operations.part_facilities(world.actor("owner"), double, reason="two")
    run_jobs()
    duty.refresh_from_db()
    assert duty.subject_id == double.pk


def run_jobs():
    newest = Event.objects.filter(verb="facilities.merge").order_by("-id")[:2]
    for event in newest:
        duties_of_merged(event.pk)


def test_the_page_leads_to_it(visit, merged):
    stays, double, _before = merged
    assert f"/facilities/{double.code}/part/" in visit("owner").get(f"/facilities/{stays.code}/").content.decode()
    assert "/part/" not in visit("stranger").get(f"/facilities/{stays.code}/").content.decode()
    address = f"/facilities/{double.code}/part/"
    assert visit("stranger").get(address).status_code == 403 and visit().get(address).status_code == 401
    assert visit("owner").get(f"/facilities/{stays.code}/part/").status_code == 404
    assert "Why they are two" in visit("owner").post(address, {"reason": ""}).content.decode()
    answer = visit("owner").post(address, {"reason": "two buildings"})
    assert answer["Location"] == f"/facilities/{double.code}/"
    assert not Facility.objects.get(pk=double.pk).is_duplicate
