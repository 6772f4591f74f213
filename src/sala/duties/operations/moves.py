"""One move of an assignment along the table of states.py: the right, the rule, the row, its step, its event."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, require
from sala.core import clock
from sala.core.errors import Conflict, NotPermitted
from sala.duties.models import Assignment, AssignmentStep
from sala.duties.states import TRANSITIONS, Side, State, Step, Transition, steps_from, transition
from sala.journal.operations import record
from sala.people.models import Position


def post_of(assignment: Assignment, side: Side) -> Position:
    """The post at which the right to a step is judged."""
    if side == Side.ASKED:
        return assignment.position
    return assignment.checker if side == Side.CHECKING else assignment.call.issuer


def submitter(assignment: Assignment) -> int | None:
    """Number of the person who gave the last answer."""
    return assignment.steps.filter(step=Step.SUBMIT).values_list("person_id", flat=True).last()


def require_step(actor: Actor, assignment: Assignment, step: Step) -> Transition:
    """The move this step makes now, when the actor may make it. The right is asked before the state is told."""
    move = transition(assignment.state, step)
    line = move or next(candidate for candidate in TRANSITIONS if candidate.step == step)
    post = post_of(assignment, line.side)
    require(actor, line.verb, post, acting=post.pk)
    if move is None:
        raise Conflict(
            _("This cannot be done now: the assignment is “%(state)s”. Open it to see what comes next.")
            % {"state": assignment.get_state_display()}
        )
    if move.other_person and actor.person_id and submitter(assignment) == actor.person_id:
        raise NotPermitted(_("You gave this answer yourself. Somebody else must check it."))
    return move


def open_steps(actor: Actor, assignment: Assignment) -> list[Transition]:
    """The moves this actor may make now, for the buttons of the page."""
    own = actor.person_id is not None and submitter(assignment) == actor.person_id
    return [
        move
        for move in steps_from(assignment.state)
        if move.step not in (Step.ISSUE, Step.WITHDRAW)
        and can(actor, move.verb, post_of(assignment, move.side))
        and not (move.other_person and own)
    ]


def make_move(
    actor: Actor, assignment: Assignment, step: Step, *, note: str = "", evidence: Sequence[Any] = ()
) -> AssignmentStep:
    """Write the move of a locked assignment whose right and rule were looked at. The note is not put in the journal:
    it may name people."""
    move = transition(assignment.state, step)
    if move is None:
        raise Conflict(_("This was changed in the meantime. Open it again."))
    assignment.state = State(move.after)
    assignment.save()
    written = AssignmentStep.objects.create(
        assignment=assignment, before=move.before, step=step, after=move.after, at=clock.now(),
        position_id=actor.position_id, person_id=actor.person_id, note=note, evidence=list(evidence),
    )  # fmt: skip
    record(actor, move.verb, assignment, step=step, before=move.before, after=move.after, call=assignment.call_id,
           written=written.pk)  # fmt: skip
    return written
