"""Kinds of facilities that an organisation keeps: only its posts, and those across organisations, change their register."""

from datetime import date

import pytest

from sala.access.scope import can, permitted
from sala.core.errors import NotPermitted
from sala.core.language import Translated
from sala.people.models import PositionGrant, Role
from sala.places import operations, policy
from sala.places.lists import FacilityList, Line
from sala.places.models import Facility, FacilityKind
from sala.places.operations import ListDelivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def neighbour(world):
    """A land office of the same province as the health office, with the same right."""
    role = Role.objects.create(
        code="keeper", name={"lo": "x", "en": "x"}, verbs=["facilities.edit", "facilities.merge", "facilities.import"]
    )
    for post in ("LAND-P02-data",):
        PositionGrant.objects.create(position=world.position(post), role=role, area=world.area("01"))
    return "stranger"


def add(world, who, kind="health-post", area="0101", name="Nongsai"):
    return operations.add_facility(
        world.actor(who), kind=FacilityKind.objects.get(code=kind), name=Translated(lo=f"ສຸກສາລາ {name}", en=name),
        area=world.area(area), opened_on=date(2001, 1, 1),
    )  # fmt: skip


def test_the_pack_says_who_keeps_which_kind(world):
    health = world.organisation("HEALTH").pk
    kept = {kind.code: kind.keepers for kind in FacilityKind.objects.all()}
    assert kept["health-post"] == kept["hospital"] == [health] and kept["market"] == []


def test_posts_of_the_keeper_and_those_across_organisations_enter_one(world):
    assert add(world, "owner").kind.code == "health-post"
    assert add(world, "registrar", area="0201", name="Phonsung").area.code == "0201"


def test_another_house_with_the_right_in_the_area_enters_markets_and_no_clinics(world, neighbour):
    assert add(world, neighbour, kind="market").kind.code == "market"
    with pytest.raises(NotPermitted):
        add(world, neighbour)
    clinic, other = add(world, "owner"), add(world, "owner", name="Other")
    for change in (
        lambda: operations.close_facility(world.actor(neighbour), clinic, on=date(2020, 1, 1)),
        lambda: operations.move_facility(world.actor(neighbour), clinic, area=world.area("0102"), on=date(2020, 1, 1)),
        lambda: operations.merge_facilities(world.actor(neighbour), other, into=clinic),
    ):
        with pytest.raises(NotPermitted):
            change()
    assert not Facility.objects.get(pk=clinic.pk).closed_on


def test_a_list_enters_the_rows_of_other_kinds_and_refuses_those(world, neighbour):
    columns = {"n": "Name (lo)", "k": "Kind", "p": "District"}
    rows = [("ຕະຫຼາດ ໜອງໃສ", "Market", "0101"), ("ສຸກສາລາ ໜອງໃສ", "Health post", "0101")]
    lines = [Line(number, dict(zip(columns, row, strict=True))) for number, row in enumerate(rows, start=2)]
    asked = FacilityList(file_name="x.csv", file_hash="0" * 64, columns=columns, lines=lines)
    batch = operations.import_facilities(world.actor(neighbour), asked, ListDelivery(as_of=date(2024, 1, 1)))
    assert (batch.report["new"], batch.report["refused"]) == (1, 1)
    assert batch.report["lines"][0]["reasons"] == [{"code": "outside-right"}]


def test_the_form_offers_the_kinds_that_the_post_may_keep(visit, world, neighbour):
    page = visit(neighbour).get("/facilities/new/").content.decode()
    assert 'value="market"' in page and 'value="health-post"' not in page
    assert 'value="health-post"' in visit("owner").get("/facilities/new/").content.decode()
    clinic = add(world, "owner")
    assert visit(neighbour).get(f"/facilities/{clinic.code}/close/").status_code == 403
    assert "/close/" not in visit(neighbour).get(f"/facilities/{clinic.code}/").content.decode()


def test_likely_duplicates_of_a_kept_kind_are_not_shown_to_others(visit, world, neighbour):
    add(world, "owner"), add(world, "owner", name="Nong Sai")
    assert "Keep this one" in visit("owner").get("/facilities/duplicates/").content.decode()
    assert "Keep this one" not in visit(neighbour).get("/facilities/duplicates/").content.decode()


def test_the_page_of_a_place_offers_to_enter_one_before_a_kind_is_said(visit, world, neighbour):
    for who in ("owner", neighbour, "registrar"):
        page = visit(who).get("/places/0101/")
        assert page.status_code == 200 and "/facilities/new/?area=0101" in page.content.decode()
    assert "/facilities/new/" not in visit("head").get("/places/0101/").content.decode()


def test_the_rows_within_a_right_are_those_on_which_it_holds(world, neighbour):
    clinic, market = add(world, "owner"), add(world, "owner", kind="market", name="Talat")
    for who, reached in (
        (neighbour, {market}),
        ("owner", {clinic, market}),
        ("registrar", {clinic, market}),
        ("head", set()),
    ):
        actor = world.actor(who)
        assert set(permitted(actor, policy.FACILITY_EDIT, Facility).filter(pk__in=[clinic.pk, market.pk])) == reached, (
            who
        )
        assert {row for row in (clinic, market) if can(actor, policy.FACILITY_EDIT, row)} == reached, who
