"""Bodies and their seats: set up by the secretariat, filled by posts, seen by their tier."""

from datetime import timedelta

import pytest

from sala.access.scope import visible
from sala.bodies import operations
from sala.bodies.models import Body
from sala.bodies.queries.meetings import seats_on
from sala.core import clock
from sala.core.errors import Conflict, NotPermitted, SignInNeeded
from sala.core.language import Translated
from sala.people.operations import appoint

pytestmark = pytest.mark.django_db

NAME = Translated({"lo": "ຄະນະ", "en": "Board of wells"})


def test_the_secretariat_sets_up_a_body_and_others_may_not(world):
    values = {"kind": "committee", "name": NAME, "area": world.area("DM")}
    body = operations.establish_body(world.actor("secretary"), world.organisation("GOV"), **values)
    assert body.slug == "board-of-wells" and body.get_absolute_url() == "/bodies/board-of-wells/"
    for who, refusal in (("stranger", NotPermitted), ("chair", NotPermitted), ("public", SignInNeeded)):
        with pytest.raises(refusal):
            operations.establish_body(world.actor(who), world.organisation("GOV"), **values)
    assert Body.objects.count() == 1


def test_a_second_body_of_the_same_name_gets_an_address_of_its_own(world, committee):
    assert [committee().slug, committee().slug] == ["health-steering-committee", "health-steering-committee-2"]


def test_the_chair_stands_first_and_a_vacant_post_is_shown_as_such(world, committee):
    seats = seats_on(committee())
    assert [seat.role for seat in seats[:3]] == ["chair", "secretary", "member"] and seats[-1].role == "observer"
    held = {seat.position.code: seat.is_held for seat in seats}
    assert held["GOV-head"] and not held["HEALTH-head"]


def test_whoever_holds_the_post_is_the_member_without_a_change_of_the_seat(world, committee):
    body = committee()
    before = list(body.seats.values_list("pk", "position", "valid"))
    appoint(world.actor("command"), world.position("HEALTH-head"), world.person("citizen"), start=clock.today())
    assert next(seat for seat in seats_on(body) if seat.position.code == "HEALTH-head").is_held
    assert list(body.seats.values_list("pk", "position", "valid")) == before


def test_a_body_has_one_chair_a_day_and_a_post_one_seat(world, committee):
    body, actor = committee(), world.actor("secretary")
    with pytest.raises(Conflict, match="Head, Government Office"):
        operations.give_seat(actor, body, world.position("HOME-head"), role="chair", start=clock.today())
    with pytest.raises(Conflict, match="has a seat"):
        operations.give_seat(actor, body, world.position("LAND-head"), role="observer", start=clock.today())
    operations.end_seat(actor, body.seats.get(role="chair"), on=clock.today())
    operations.give_seat(actor, body, world.position("HOME-head"), role="chair", start=clock.today())
    assert [seat.position.code for seat in seats_on(body) if seat.role == "chair"] == ["HOME-head"]


def test_a_dissolved_body_keeps_its_seats_of_the_past_and_takes_no_new_ones(world, committee):
    body, actor = committee(), world.actor("secretary")
    operations.dissolve_body(actor, body, on=clock.today())
    assert seats_on(body) == [] and len(seats_on(body, clock.today() - timedelta(days=1))) == 6
    with pytest.raises(Conflict, match="dissolved"):
        operations.give_seat(actor, body, world.position("HOME-head"), role="member", start=clock.today())


@pytest.mark.parametrize(
    ("tier", "readers"),
    [
        ("public", {"secretary", "chair", "member", "owner", "stranger", "citizen", "public"}),
        ("government", {"secretary", "chair", "member", "owner", "stranger"}),
        ("own", {"secretary", "chair", "member", "owner"}),
    ],
)
def test_a_body_is_seen_by_its_tier_its_secretariat_and_those_who_sit_in_it(world, committee, tier, readers):
    committee(tier=tier)
    everybody = {"secretary", "chair", "member", "owner", "stranger", "citizen", "public"}
    assert {who for who in everybody if visible(world.actor(who), Body).exists()} == readers
