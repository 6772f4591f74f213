"""Organisations that take part in something see it once it is released; page and search agree on who that is."""

from datetime import date

import pytest

from sala.access.scope import audiences_of, can, permitting, require, visible
from sala.core.errors import Conflict
from sala.duties import operations, policy
from sala.duties.models import Call
from sala.people.models import Appointment
from tests.world import CAST

pytestmark = pytest.mark.django_db


def agree(world, row):
    """Who sees the row by the query and by the words on its search row; the two must be the same people."""
    everyone = {*CAST, "citizen", "public"}
    by_query = {who for who in everyone if visible(world.actor(who), type(row)).filter(pk=row.pk).exists()}
    by_words = {who for who in everyone if world.actor(who).audiences & set(audiences_of(row))}
    assert by_query == by_words
    return by_query


def test_a_party_sees_what_is_released_and_not_before(world, drafted):
    call = drafted()
    assert "owner" not in agree(world, call)
    operations.issue_call(world.actor("caller"), call)
    call.refresh_from_db()
    seen = agree(world, call)
    assert {"owner", "colleague", "reviewer", "caller"} <= seen and not {"stranger", "citizen", "public"} & seen


def test_both_other_sides_of_an_assignment_see_it(world, issued):
    assignment = issued(validating_position=world.position("LAND-P02-data"))
    assert {"owner", "stranger", "caller"} <= agree(world, assignment)
    assert "stranger" in agree(world, assignment.call)


def test_what_is_public_is_seen_by_all(world, issued):
    assert {"public", "citizen", "stranger"} <= agree(world, issued(is_public=True).call)


def test_a_grant_does_not_reach_through_taking_part(world, issued):
    call = issued().call
    assert visible(world.actor("head"), Call).filter(pk=call.pk).exists()
    assert not can(world.actor("head"), policy.ISSUE, call)
    assert can(world.actor("caller"), policy.ISSUE, call)


def test_a_post_named_by_the_matter_decides_between_several(world, issued):
    Appointment.objects.create(
        person=world.person("owner"), position=world.position("HEALTH-data"), valid=(date(2020, 1, 1), None)
    )
    assignment, actor = issued(), world.actor("owner")
    assert len(permitting(actor, policy.SUBMIT, assignment.position)) > 1
    with pytest.raises(Conflict):
        require(actor, policy.SUBMIT, assignment.position)
    require(actor, policy.SUBMIT, assignment.position, acting=assignment.position_id)
    assert actor.position_id == assignment.position_id
