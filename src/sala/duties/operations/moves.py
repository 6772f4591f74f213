"""One move of an assignment along the table of states.py: the right, the rule, the row, its step, its event."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, require
from sala.core import clock
from sala.core.errors import Conflict, NotPermitted
from sala.duties.asking import asker_of
from sala.duties.models import Assignment, AssignmentStep
from sala.duties.states import (
    CHECKED,
    ENDED,
    OF_ONE,
    TRANSITIONS,
    Side,
    State,
    Step,
    Transition,
    steps_from,
    transition,
)
from sala.journal.operations import record
from sala.people.models import Position


def reviewer_of(assignment: Assignment, level: int) -> Position:
    """The post that makes this level of review; beyond the last level, the one that accepts."""
    if level > assignment.levels:
        return assignment.checker
    return assignment.reviews.select_related("position__organisation__area").get(level=level).position


def post_of(assignment: Assignment, side: Side) -> Position:
    """The post at which the right to a step is judged."""
    if side == Side.ASKED:
        return assignment.position
    if side == Side.ISSUING:
        return assignment.call.issuer
    if side == Side.REVIEWED and assignment.level:
        return reviewer_of(assignment, assignment.level)
    if side == Side.REVIEWING and assignment.state != State.NOT_AVAILABLE:
        return reviewer_of(assignment, assignment.level + 1)
    return assignment.checker


def submitter(assignment: Assignment) -> int | None:
    """Number of the person who gave the last answer."""
    given = assignment.steps.filter(step__in=(Step.SUBMIT, Step.DECLARE))
    return given.values_list("person_id", flat=True).last()


def next_move(assignment: Assignment, step: str) -> Transition | None:
    return transition(assignment.state, step, assignment.level, assignment.levels)


def require_step(actor: Actor, assignment: Assignment, step: Step) -> Transition:
    """The move this step makes now, when the actor may make it. The right is asked before the state is told."""
    move = next_move(assignment, step)
    line = move or next(candidate for candidate in TRANSITIONS if candidate.step == step)
    post = post_of(assignment, line.side)
    require(actor, line.verb, post, acting=post.pk)
    if move is None:
        raise Conflict(
            _("This cannot be done now: the assignment is “%(state)s”. Open it to see what comes next.")
            % {"state": assignment.get_state_display()}
        )
    if (
        move.other_person
        and not assignment.self_checked
        and actor.person_id
        and submitter(assignment) == actor.person_id
    ):
        raise NotPermitted(_("You gave this answer yourself. Somebody else must check it."))
    return move


def open_steps(actor: Actor, assignment: Assignment) -> list[Transition]:
    """The moves this actor may make now, for the buttons of the page."""
    own = actor.person_id is not None and not assignment.self_checked and submitter(assignment) == actor.person_id
    return [
        move
        for move in steps_from(assignment.state, assignment.level, assignment.levels)
        if move.step in OF_ONE
        and can(actor, move.verb, post_of(assignment, move.side))
        and not (move.other_person and own)
    ]


def make_move(
    actor: Actor, assignment: Assignment, step: Step, *, note: str = "", evidence: Sequence[Any] = (),
    remarks: Sequence[Any] = (), **details: Any,
) -> AssignmentStep:  # fmt: skip
    """Write the move of a locked assignment whose right and rule were looked at. The note is not put in the journal:
    it may name people.

    details  plain values for the event, such as the coverage
    """
    move = next_move(assignment, step)
    if move is None:
        raise Conflict(_("This was changed in the meantime. Open it again."))
    _apply(assignment, move)
    assignment.save()
    written = AssignmentStep.objects.create(
        assignment=assignment, before=move.before, step=step, after=move.after, level=assignment.level, at=clock.now(),
        position_id=actor.position_id, person_id=actor.person_id, note=note, evidence=list(evidence),
        remarks=list(remarks),
    )  # fmt: skip
    asker_of(assignment.call).moved(actor, assignment, step)
    record(actor, move.verb, assignment, step=step, before=move.before, after=move.after, call=assignment.call_id,
           written=written.pk, **details)  # fmt: skip
    return written


def _apply(assignment: Assignment, move: Transition) -> None:
    """State, level of review, whose move it is, and when it ended."""
    now = clock.now()
    assignment.state = State(move.after)
    if move.step == Step.APPROVE:
        assignment.level += 1
    elif move.step == Step.UNAPPROVE:
        assignment.level -= 1
    elif move.after == State.RETURNED or move.step == Step.SUBMIT:
        assignment.level = 0
    if move.step == Step.SUBMIT and assignment.first_submitted_at is None:
        assignment.first_submitted_at = now
    assignment.ended_at = now if move.after in ENDED else None
    assignment.waits_for = waits_for(assignment)


def waits_for(assignment: Assignment) -> Position | None:
    """Whose move it is in the assignment's present state."""
    if assignment.state in ENDED:
        return None
    if assignment.state in CHECKED:
        return post_of(assignment, Side.REVIEWING)
    return assignment.position
