"""Front doors: who may change one."""

import re

import pytest
from django.test import override_settings

from sala.core.pack import Pack
from sala.journal.models import Event
from sala.people.models import Appointment
from sala.site import imports, operations, policy
from sala.site.hosts import meet
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
    assert link in visit("colleague").get("/portals/").content.decode()
    official, reader = visit("stranger").get("/portals/").content.decode(), visit().get("/portals/").content.decode()
    assert "For government staff" in official and link not in official
    assert "For government staff" not in reader and "Information of Phuthong" in reader
    assert "For government staff" not in visit().get("/about/").content.decode()
    codes = [
        {one["code"] for one in visit(who).get("/api/v1/portals").json()["items"]} for who in ("public", "stranger")
    ]
    assert codes == [{"national", "phuthong"}, {"national", "phuthong", "internal"}]
    history = f"/journal/portal/{Portal.objects.get(code='internal').pk}/"
    assert visit().get(history).status_code == visit("citizen").get(history).status_code == 404
    assert visit("stranger").get(history).status_code == 200


NEW = {
    "name_lo": "ປ່າ", "name_en": "Woods", "tagline_lo": "", "tagline_en": "", "intro_lo": "", "intro_en": "",
    "owner": "HEALTH-P01", "place": "01", "host": "Woods.Example.org", "topics": ["forest"], "band": "#2e6b3a",
    "tier": "public",
}  # fmt: skip


def test_a_house_makes_a_front_door_that_opens_under_its_host(visit):
    page = visit("colleague").get("/portals/new/").content.decode()
    assert "New front door" in page and re.search('<input[^>]*name="host"[^>]*required', page)
    assert visit("colleague").post("/portals/new/", NEW).status_code == 302
    made = Portal.objects.get(code="woods")
    assert (made.host, made.owner.code, made.is_default) == ("woods.example.org", "HEALTH-P01", False)
    with override_settings(ALLOWED_HOSTS=["*"]):
        assert "Woods" in visit().get("/", headers={"host": "WOODS.example.org:8000"}).content.decode()
        assert "Woods" not in visit().get("/", headers={"host": "other.example.org"}).content.decode()
    assert Event.objects.filter(verb=policy.EDIT, subject_id=made.pk).count() == 1


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("", "Write the host name under which it is reached"),
        ("https://woods.example.org", "Write only the host name"),
        ("woods.example.org:8000", "Write only the host name"),
        ("woods..org", "Write only the host name"),
        ("w?ods.[a-z].org", "Write only the host name"),
        ("*", "This would take every address"),
        ("*.*", "This would take every address"),
        ("127.0.*", "the address of the whole service"),
        ("PHUTHONG.example.org", "belong to “Information of Phuthong” (phuthong.*)"),
        ("*.example.org", "belong to"),  # phuthong.example.org would fit both
        ("intern*", "belong to “For government staff”"),
    ],
)
def test_a_host_name_that_is_wrong_or_takes_another_ones_addresses_is_sent_back(visit, host, words):
    answer = visit("colleague").post("/portals/new/", {**NEW, "host": host})
    assert answer.status_code == 200 and words in answer.content.decode()
    assert not Portal.objects.filter(code="woods").exists()


def test_what_cannot_be_read_or_is_not_there_is_sent_back(visit):
    pale = visit("colleague").post("/portals/new/", {**NEW, "band": "#ffffaa"})
    assert "Choose a darker one" in pale.content.decode()
    assert visit("colleague").post("/portals/new/", {**NEW, "topics": ["dragons"]}).status_code == 200
    assert visit("colleague").post("/portals/new/", {**NEW, "topics": []}).status_code == 200
    assert not Portal.objects.filter(code="woods").exists()


@pytest.mark.parametrize(("who", "owner", "place"), [
    ("owner", "HEALTH-P01", "01"),  # of the house, without the right
    ("colleague", "GOV-P01", "01"),  # for another house
    ("colleague", "HEALTH-P01", "02"),  # beyond the place of the right
    ("colleague", "HEALTH", "DM"),  # for the house above
])  # fmt: skip
def test_nobody_makes_a_front_door_beyond_the_own_right(visit, who, owner, place):
    before = Portal.objects.count()
    by_page = visit(who).post("/portals/new/", {**NEW, "owner": owner, "place": place})
    by_program = visit(who).post("/api/v1/portals", sent(owner=owner, place=place), content_type="application/json")
    assert by_page.status_code in (200, 403) and by_program.status_code == 403
    assert Portal.objects.count() == before


def sent(**other: object) -> dict[str, object]:
    return {"owner": "HEALTH-P01", "host": "woods.example.org", "name": {"lo": "ປ່າ", "en": "Woods"}, "place": "01",
            "topics": ["forest", "land"], **other}  # fmt: skip


def test_a_program_makes_and_changes_a_front_door(visit, door):
    browser = visit("colleague")
    made = browser.post("/api/v1/portals", sent(), content_type="application/json")
    assert made.status_code == 201 and made.json()["code"] == "woods" and made.json()["topics"] == ["forest", "land"]
    changed = browser.patch("/api/v1/portals/woods", {"topics": ["land"]}, content_type="application/json")
    assert changed.json()["topics"] == ["land"] and changed.json()["host"] == "woods.example.org"
    for fault in ({"host": door.host}, {"host": "a b"}, {"topics": ["dragons"]}, {"topics": []}, {"name": {"en": "x"}},
                  {"place": "nowhere"}, {"band": "red"}, {"tier": "own"}):  # fmt: skip
        answer = browser.patch("/api/v1/portals/woods", fault, content_type="application/json")
        assert answer.status_code in (400, 422), fault
    assert (
        visit("stranger")
        .patch("/api/v1/portals/woods", {"band": "#000000"}, content_type="application/json")
        .status_code
        == 403
    )
    assert visit().post("/api/v1/portals", sent(host="x.org"), content_type="application/json").status_code in (
        401,
        403,
    )
    assert (
        visit().patch("/api/v1/portals/internal", {"band": "#000000"}, content_type="application/json").status_code
        == 404
    )
    same = Portal.objects.get(code="woods")
    assert (same.host, same.topics, same.band, same.tier) == ("woods.example.org", ["land"], "#0b4f4a", "public")


def test_the_colour_of_an_internal_front_door_reaches_its_page_of_sign_in(visit):
    with override_settings(ALLOWED_HOSTS=["*"]):
        page = visit().get("/portal/internal.css", headers={"host": "internal.example.org"})
    assert page.status_code == 200 and "#4a5a57" in page.content.decode()


@pytest.mark.parametrize(("one", "other", "together"), [
    ("a.org", "a.org", True), ("a.org", "b.org", False), ("*.org", "a.org", True), ("*.org", "a.*", True),
    ("x*.org", "y*.org", False), ("*a*", "b", False), ("*a*", "bab", True), ("a*b", "ab", True), ("a*b", "a*c", False),
])  # fmt: skip
def test_two_host_names_meet_where_some_address_fits_both(one, other, together):
    assert meet(one, other) is meet(other, one) is together


def test_a_pack_whose_front_doors_share_addresses_is_refused():
    class Shared(Pack):
        def listed(self, name: str, key: str | None = None):
            hosts = {"phuthong": "*.example.org", "internal": "internal.*"}
            return [{**entry, "host": hosts.get(entry["code"])} for entry in super().listed(name, key)]

    assert [fault for fault in imports.validate(Shared(PACK)) if "internal: host internal.*" in fault]


def test_a_pack_names_who_runs_each_front_door():
    class Half(Pack):
        def listed(self, name: str, key: str | None = None):
            return [{**entry, "owner": ""} for entry in super().listed(name, key)]

    assert [fault for fault in imports.validate(Half(PACK)) if "phuthong: owner" in fault]
    assert imports.validate(Pack(PACK)) == []


def test_a_pack_that_is_loaded_again_leaves_what_was_decided_here(world):
    national = Portal.objects.get(is_default=True)
    assert imports.apply(Pack(PACK), world.actor("command")).changed == 0
    operations.change_portal(world.actor("command"), national, name={"lo": "ຊື່ໃໝ່", "en": "New name"})
    Portal.objects.filter(pk=national.pk).update(band="#000000")  # nobody decided this
    report = imports.apply(Pack(PACK), world.actor("command"))
    national.refresh_from_db()
    assert (national.name["en"], national.band) == ("New name", "#0b4f4a") and report.changed == 1
    assert "= portal national keeps what was decided here: name" in report.lines
