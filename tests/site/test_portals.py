"""Front doors: who may change one."""

import pytest

from sala.core.pack import Pack
from sala.journal.models import Event
from sala.people.models import Appointment
from sala.site import imports, operations, policy
from sala.site.models import Portal
from tests.world import PACK, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def door(world: World) -> Portal:
    """A front door of the province that the health office there runs."""
    return Portal.objects.create(
        code="clinics", host="clinics.example.org", name={"lo": "ສຸກສາລາ", "en": "Clinics"}, place=world.area("01"),
        owner=world.organisation("HEALTH-P01"), topics=["health"],
    )  # fmt: skip


def filled_in(door: Portal, **other: object) -> dict[str, object]:
    sent = {
        "name_lo": "ສຸກສາລາ", "name_en": "Clinics", "tagline_lo": "", "tagline_en": "", "intro_lo": "", "intro_en": "",
        "place": door.place.code, "host": door.host, "topics": door.topics, "band": door.band, "tier": door.tier,
    }  # fmt: skip
    return sent | other


CHANGED = {"name_en": "Taken over", "host": "taken.example.org", "tier": "government"}


def held_by(world: World, who: str, position: str) -> None:
    """Give a member of the cast this post instead of the own one."""
    Appointment.objects.filter(person=world.person(who)).update(position=world.position(position))


def test_the_house_that_runs_a_front_door_changes_it(visit, door):
    address = f"/portals/{door.code}/edit/"
    assert "Default place" in visit("colleague").get(address).content.decode()
    answer = visit("colleague").post(
        address, filled_in(door, name_en="Health of the province", topics=["health", "water"])
    )
    assert answer.status_code == 302
    door.refresh_from_db()
    assert (door.name["en"], door.topics) == ("Health of the province", ["health", "water"])
    assert Event.objects.filter(verb=policy.EDIT, subject_id=door.pk).count() == 1


@pytest.mark.parametrize(
    ("who", "position"),
    [
        ("owner", "HEALTH-P01-data"),  # of the house, without the right
        ("stranger", "LAND-P02-data"),  # neither
        ("colleague", "GOV-P01-data_publish"),  # data publisher of another office of the same province
        ("colleague", "LAND-data_publish"),  # of a ministry, whose area covers the place
    ],
)
def test_nobody_else_changes_it(world, visit, door, who, position):
    held_by(world, who, position)
    address = f"/portals/{door.code}/edit/"
    assert visit(who).get(address).status_code == 403
    assert visit(who).post(address, filled_in(door, **CHANGED)).status_code == 403
    same = Portal.objects.get(pk=door.pk)
    assert (same.name, same.host, same.tier) == (door.name, door.host, door.tier)
    assert not operations.may_edit(world.actor(who), door)


def test_who_is_not_signed_in_is_asked_to(visit, door):
    assert visit().post(f"/portals/{door.code}/edit/", filled_in(door, **CHANGED)).status_code in (302, 401)
    assert Portal.objects.get(pk=door.pk).host == door.host


def test_the_ministry_above_changes_it_too_and_a_front_door_of_nobody_is_for_operators(world, visit, door):
    held_by(world, "colleague", "HEALTH-data_publish")
    address = f"/portals/{door.code}/edit/"
    assert visit("colleague").get(address).status_code == 200
    Portal.objects.filter(pk=door.pk).update(owner=None)
    refused = visit("colleague").post(address, filled_in(door, **CHANGED))
    assert refused.status_code == 403 and "No organisation runs this front door" in refused.content.decode()
    operations.change_portal(world.actor("command"), door, tier="government")
    assert Portal.objects.get(pk=door.pk).tier == "government"


def test_no_publisher_of_a_ministry_changes_the_national_front_door(world, visit):
    national = Portal.objects.get(is_default=True)
    assert national.owner == world.organisation("GOV")
    held_by(world, "colleague", "HEALTH-data_publish")
    assert visit("colleague").post("/portals/national/edit/", filled_in(national, **CHANGED)).status_code == 403
    held_by(world, "colleague", "GOV-data_publish")
    assert visit("colleague").get("/portals/national/edit/").status_code == 200


def test_a_front_door_is_not_moved_to_a_place_beyond_the_right(world, visit, door):
    answer = visit("colleague").post(f"/portals/{door.code}/edit/", filled_in(door, place="02"))
    assert answer.status_code == 403
    assert Portal.objects.get(pk=door.pk).place == world.area("01")


def test_an_internal_front_door_is_listed_for_officials_only_with_its_edit_page_for_its_house(world, visit):
    held_by(world, "colleague", "GOV-data_publish")
    link = "/portals/internal/edit/"
    assert link in visit("colleague").get("/about/").content.decode()
    official, reader = visit("stranger").get("/about/").content.decode(), visit().get("/about/").content.decode()
    assert "For government staff" in official and link not in official
    assert "For government staff" not in reader and "Information of Phuthong" in reader


def test_a_pack_names_who_runs_each_front_door():
    class Half(Pack):
        def listed(self, name: str, key: str | None = None):
            return [{**entry, "owner": ""} for entry in super().listed(name, key)]

    assert [fault for fault in imports.validate(Half(PACK)) if "phuthong: owner" in fault]
    assert imports.validate(Pack(PACK)) == []
