"""What the post asked and the post that checks do with an assignment. Each is one line of the table in states.py.

Two people who act at once on one assignment meet at its lock: the first wins, the second is told of the Conflict.
"""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import sees
from sala.core import subjects
from sala.core.errors import Invalid, Missing
from sala.core.operation import lock, operation
from sala.duties import policy
from sala.duties.models import Assignment, CallState
from sala.duties.operations.moves import make_move, require_step
from sala.duties.operations.notices import tell
from sala.duties.states import OPEN, Step
from sala.journal.operations import record


@operation
def acknowledge(actor: Actor, assignment: Assignment, *, note: str = "") -> Assignment:
    """The post asked confirms that it has received and read the call."""
    assignment = lock(assignment)
    require_step(actor, assignment, Step.ACKNOWLEDGE)
    make_move(actor, assignment, Step.ACKNOWLEDGE, note=note)
    return assignment


@operation
def start(actor: Actor, assignment: Assignment, *, note: str = "") -> Assignment:
    """The post asked says that work has begun, first or again after a return."""
    assignment = lock(assignment)
    require_step(actor, assignment, Step.START)
    make_move(actor, assignment, Step.START, note=note)
    return assignment


@operation
def submit(actor: Actor, assignment: Assignment, *, answer: str, evidence: Sequence[models.Model] = ()) -> Assignment:
    """Give the answer, with what proves it. Each answer stays in the steps; the last one is the one to be checked.

    evidence  rows of any noun, such as documents or datasets, that the actor sees
    """
    assignment = lock(assignment)
    require_step(actor, assignment, Step.SUBMIT)
    if not answer.strip():
        advice = _("Write the answer, or say why there is none and when it can be expected.")
        raise Invalid(advice, {"answer": [advice]})
    assignment.answer, assignment.evidence = answer, [_proof(actor, row) for row in evidence]
    assignment.submissions += 1
    make_move(actor, assignment, Step.SUBMIT, note=answer, evidence=assignment.evidence)
    tell(assignment, Step.SUBMIT, leaving_out=actor.person_id)
    return assignment


def _proof(actor: Actor, row: models.Model) -> dict[str, Any]:
    if not sees(actor, row):
        raise Missing(_("One of the proofs was not found. Check its number."))
    return {"noun": subjects.of(row).noun, "id": row.pk}


@operation
def remark(actor: Actor, assignment: Assignment, *, note: str) -> Assignment:
    """The post that checks writes something down without deciding yet."""
    assignment = lock(assignment)
    require_step(actor, assignment, Step.REMARK)
    _need(note, _("Write the remark."))
    make_move(actor, assignment, Step.REMARK, note=note)
    return assignment


@operation
def return_(actor: Actor, assignment: Assignment, *, reason: str) -> Assignment:
    """Send the answer back with reasons, so that the post asked knows what to mend."""
    assignment = lock(assignment)
    require_step(actor, assignment, Step.RETURN)
    _need(reason, _("Say what must be mended, so that the answer can be given again."), "reason")
    assignment.reason = reason
    assignment.returns += 1
    make_move(actor, assignment, Step.RETURN, note=reason)
    tell(assignment, Step.RETURN, leaving_out=actor.person_id)
    return assignment


@operation
def accept(actor: Actor, assignment: Assignment, *, note: str = "") -> Assignment:
    """Take the answer as good. The call closes with its last open assignment."""
    call = lock(assignment.call)  # before the assignment, as in withdraw_call; and the last two may be accepted at once
    assignment = lock(assignment)
    require_step(actor, assignment, Step.ACCEPT)
    make_move(actor, assignment, Step.ACCEPT, note=note)
    tell(assignment, Step.ACCEPT, leaving_out=actor.person_id)
    if not call.assignments.filter(state__in=OPEN).exists():
        call.state = CallState.CLOSED
        call.save(update_fields=["state"])
        record(actor, policy.ACCEPT, call, change="closed")
    return assignment


def _need(text: str, advice: str, field: str = "note") -> None:
    if not text.strip():
        raise Invalid(advice, {field: [advice]})
