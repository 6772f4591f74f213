"""What becomes of facilities when their area ends, of duties when two entries are one, and of the map."""

from datetime import date

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import Point
from django.core.management import call_command

from config.demonstration.facilities import facilities
from sala.access.actor import command
from sala.core import clock
from sala.core.language import Translated
from sala.core.pack import Pack
from sala.duties.jobs import duties_of_merged
from sala.duties.models import Duty
from sala.duties.operations import assign_duty
from sala.journal.models import Event
from sala.maps import operations as maps
from sala.places import operations
from sala.places.jobs import facilities_of_ended_area
from sala.places.models import Facility, FacilityKind
from sala.places.queries import facilities_of, place_on
from sala.search.models import SearchRow
from tests.world import PACK

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(world):
    def make(name="Nongsai", area="0101", **more):
        return operations.add_facility(
            command(), kind=FacilityKind.objects.get(code="school-primary"), name=Translated(lo=name, en=name),
            area=world.area(area), **{"opened_on": date(2000, 1, 1), **more},
        )  # fmt: skip

    return make


def end_events(area) -> list[int]:
    return list(Event.objects.filter(verb="places.ended", subject_id=area.pk).values_list("pk", flat=True))


def test_facilities_of_an_area_that_ended_stand_in_its_successor(world, school):
    here, on = school(), date(2020, 1, 1)
    registrar = world.actor("registrar")
    operations.merge(registrar, [world.area("0101")], into=world.area("0102"), on=on)
    for event in [*end_events(world.area("0101"))] * 2:
        facilities_of_ended_area(event)
    here.refresh_from_db()
    assert here.area.code == "0102" and here.places.count() == 2
    assert place_on(here, date(2019, 12, 31)).code == "0101" and place_on(here, on).code == "0102"
    assert list(facilities_of(None, world.area("0102").path)) == [here]


def test_of_two_successors_the_one_around_the_point_is_taken_and_the_unknown_stays(drawn, world, school):
    placed, lost = school("A", point=Point(100.25, 20.5, srid=4326)), school("B")
    moved = operations.follow_area(
        command(), world.area("0101"), on=date(2020, 1, 1), successors=[world.area("0102").pk, world.area("0201").pk]
    )
    assert moved == []  # the point lies in neither of the two
    placed.point = Point(100.75, 20.5, srid=4326)
    placed.save()
    moved = operations.follow_area(
        command(), world.area("0101"), on=date(2020, 1, 1), successors=[world.area("0102").pk, world.area("0201").pk]
    )
    lost.refresh_from_db()
    assert moved == [placed] and moved[0].area.code == "0102" and lost.area.code == "0101"


def test_a_district_that_moves_takes_the_place_of_its_schools_in_the_search_along(world, school):
    here = school(area="0201")
    operations.transfer(world.actor("registrar"), world.area("0201"), parent=world.area("01"), on=date(2020, 1, 1))
    row = SearchRow.objects.filter(noun="facility", subject_id=here.pk).first()
    assert world.area("01").pk in row.area_ids and world.area("02").pk not in row.area_ids


def test_duties_go_over_to_the_one_that_stays(world, school):
    stays, double, start = school(), school("Nong Xay"), clock.today()
    head, data = world.position("HEALTH-P01-head"), world.position("HEALTH-P01-data")
    assign_duty(command(), head, kind="owns", subject=stays, start=start)
    assign_duty(command(), data, kind="owns", subject=double, start=start)
    assign_duty(command(), data, kind="maintains", subject=double, start=start)
    operations.merge_facilities(world.actor("owner"), double, into=stays)
    events = Event.objects.filter(verb="facilities.merge", subject_type="facility").order_by("pk")
    for event in [*events, *events]:
        duties_of_merged(event.pk)
    now = {(duty.kind, duty.position_id) for duty in Duty.objects.filter(subject_type="facility", subject_id=stays.pk)}
    assert now == {("owns", head.pk), ("maintains", data.pk)}
    assert Duty.objects.get(subject_id=double.pk, subject_type="facility").valid.upper is not None


def test_what_works_now_is_a_live_layer_with_names(world, school, visit):
    school("A", point=Point(100.2, 20.5, srid=4326))
    school("B")
    closed = school("C", point=Point(100.3, 20.5, srid=4326))
    operations.close_facility(command(), closed, on=date(2020, 1, 1))
    maps.make_layer(command(), title={"lo": "ໂຮງຮຽນ"}, live="facilities", part="school-primary", code="schools")
    maps.make_layer(command(), title={"lo": "ຕະຫຼາດ"}, live="facilities", part="market", code="markets")
    found = mapbox_vector_tile.decode(visit().get("/tiles/schools/3/6/3.mvt").content)
    assert [row["properties"]["name_en"] for row in found["schools"]["features"]] == ["A"]
    assert visit().get("/tiles/markets/3/6/3.mvt").content == b""
    page = visit().get("/map/?layers=schools").content.decode()
    assert "A" in page and "Registers of facilities" in page


def test_the_demonstration_enters_its_facilities_once_and_marks_them(world):
    pack = Pack(PACK)
    first = facilities(command(), pack)
    again = facilities(command(), pack)
    assert not first.refused and first.new >= 30 and (again.new, again.changed, again.refused) == (0, 0, [])
    assert not Facility.objects.filter(is_invented=False).exists()
    assert Duty.objects.filter(subject_type="facility", is_invented=True).count() >= 8


def test_the_list_of_the_demonstration_is_read_by_the_command_too(world, capsys):
    call_command("facilities", "import", str(PACK / "files" / "facilities.csv"), "--dry-run", "--as-of=2026-01-01")
    assert capsys.readouterr().out.splitlines()[-1].endswith("0 unchanged, 0 refused")
    assert not Facility.objects.exists()
