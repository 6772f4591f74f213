"""What the post asked does with an assignment. Each is one line of the table in states.py.

Two people who act at once on one assignment meet at its lock: the first wins, the second is told of the Conflict.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import sees
from sala.core import clock, subjects
from sala.core.checking import need
from sala.core.errors import Invalid, Missing
from sala.core.operation import lock, operation
from sala.duties.asking import asker_of
from sala.duties.models import Assignment
from sala.duties.operations.moves import make_move, require_step
from sala.duties.operations.notices import tell
from sala.duties.states import Step


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
def progress(actor: Actor, assignment: Assignment, *, note: str, evidence: Sequence[models.Model] = ()) -> Assignment:
    """How far the work is, with what shows it; for orders and recommendations that take months."""
    assignment = lock(assignment)
    require_step(actor, assignment, Step.PROGRESS)
    need(note, _("Write how far the work is."))
    make_move(actor, assignment, Step.PROGRESS, note=note, evidence=proofs(actor, evidence))
    return assignment


@operation
def submit(
    actor: Actor, assignment: Assignment, *, answer: str = "", evidence: Sequence[models.Model] = ()
) -> Assignment:
    """Give the answer, with what proves it. Each answer stays in the steps; the last one is the one to be checked.

    answer    in words; where a part asks for more than words (asker), its content is checked and summed up instead
    evidence  rows of any noun, such as documents or datasets, that the actor sees
    """
    assignment = lock(assignment)
    require_step(actor, assignment, Step.SUBMIT)
    need_complete(assignment, _("The answer is not complete. %(advice)s"))
    answer = answer.strip() or asker_of(assignment.call).summary(assignment)
    need(answer, _("Write the answer, or say why there is none and when it can be expected."), "answer")
    assignment.answer, assignment.evidence = answer, proofs(actor, evidence)
    assignment.next_on = None
    assignment.submissions += 1
    make_move(actor, assignment, Step.SUBMIT, note=answer, evidence=assignment.evidence)
    tell(assignment, Step.SUBMIT, leaving_out=actor.person_id)
    return assignment


@operation
def declare_not_available(
    actor: Actor, assignment: Assignment, *, reason: str, next_on: date | None = None
) -> Assignment:
    """Say that what is asked is not there, why, and when it is expected. The post that accepts takes note or returns it.

    next_on  when it can be given; None: it is not known, and the reason says so
    """
    assignment = lock(assignment)
    require_step(actor, assignment, Step.DECLARE)
    need(reason, _("Say why it is not available, so that the gap can be closed."), "reason")
    if next_on is not None and next_on <= clock.today():
        advice = _("The day on which it is expected lies ahead. Choose a later day, or leave it empty.")
        raise Invalid(advice, {"next_on": [advice]})
    assignment.reason, assignment.next_on = reason.strip(), next_on
    assignment.submissions += 1
    make_move(actor, assignment, Step.DECLARE, note=reason.strip(), next_on=next_on)
    tell(assignment, Step.DECLARE, leaving_out=actor.person_id)
    return assignment


def proofs(actor: Actor, rows: Sequence[models.Model]) -> list[dict[str, Any]]:
    """References to rows that prove something; each must be open to the actor."""
    if not all(sees(actor, row) for row in rows):
        raise Missing(_("One of the proofs was not found. Check its number."))
    return [{"noun": subjects.of(row).noun, "id": row.pk} for row in rows]


def need_complete(assignment: Assignment, words: str) -> None:
    """Raises Invalid while the part that asks finds a fault that blocks. words: with %(advice)s for the first of them"""
    faults = [fault for fault in asker_of(assignment.call).check(assignment) if fault.blocks]
    if not faults:
        return
    texts: dict[str, list[Any]] = {}
    for fault in faults:
        texts.setdefault(fault.item, []).append(fault.text)
    raise Invalid(words % {"advice": " ".join(str(fault.text) for fault in faults[:5])}, texts)
