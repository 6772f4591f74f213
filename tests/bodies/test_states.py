"""The tables of states, walked at random: minutes go where the table says, or stay where they are."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sala.bodies import operations
from sala.bodies.states import MEETING, MINUTES, MeetingState, MinutesState, Step, steps_from, transition
from sala.core.errors import Conflict
from sala.core.language import Translated

STEPS = [Step.CIRCULATE, Step.ENDORSE, Step.RETURN]


@pytest.mark.parametrize(
    ("table", "states", "first"), [(MEETING, MeetingState, "draft"), (MINUTES, MinutesState, "draft")]
)
def test_every_state_can_be_reached_and_each_step_leads_to_one_state(table, states, first):
    reached = {first}
    for _round in states:
        reached |= {line.after for line in table if line.before in reached}
    assert reached == set(states.values)
    assert len({(line.before, line.step) for line in table}) == len(table)


def test_what_is_approved_or_cancelled_does_not_move_any_more():
    assert steps_from(MEETING, "approved") == steps_from(MEETING, "cancelled") == steps_from(MINUTES, "approved") == []


@pytest.mark.django_db
@given(walk=st.lists(st.sampled_from(STEPS), max_size=7))
@settings(max_examples=15, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_minutes_follow_the_table_whatever_is_tried(world, written, walk):
    minutes, chain = written(), [world.position("GOV-head"), world.position("LAND-head")]
    turns = ["chair", "member"]
    signed = 0
    for step in walk:
        who = world.actor(turns[signed])
        tries = {
            Step.CIRCULATE: lambda: operations.circulate_minutes(world.actor("secretary"), minutes, chain=chain),
            Step.ENDORSE: lambda who=who: operations.endorse_minutes(who, minutes, digest=minutes.digest),
            Step.RETURN: lambda who=who: operations.return_minutes(who, minutes, reason="mend"),
        }
        before, move = minutes.state, transition(MINUTES, minutes.state, step)
        if move is None:
            with pytest.raises(Conflict):
                tries[step]()
        else:
            tries[step]()
        minutes.refresh_from_db()
        signed = signed + 1 if move and step == Step.ENDORSE else 0 if move else signed
        approved = signed == len(turns)
        assert minutes.state == ("approved" if approved else move.after if move else before)
        if approved:
            assert minutes.tier == minutes.opens_to and minutes.meeting.state in ("held", "approved")
            return
        assert minutes.tier == "own"
    assert minutes.summary == Translated({"lo": "ຕົກລົງເຫັນດີ", "en": "Agreed"})
