"""What stands against a step on an answer, apart from the right to take it: the same for operations and for pages."""

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.collection.models import Expected, ExpectedState, Reading
from sala.collection.states import Step
from sala.core.errors import Conflict, NotPermitted
from sala.duties.models import Assignment
from sala.duties.states import CHECKED, WITH_ASKED, State

# steps that change what a part of a round says; a return or a comment only asks
OF_THE_PART = frozenset({Step.APPROVE, Step.REOPEN, Step.SET_ASIDE, Step.TAKE})


def is_handed_in(row: Expected | None) -> bool:
    """Whether the part of the round that expects it was submitted, approved or accepted, or has ended."""
    return row is not None and row.assignment.state not in WITH_ASKED


def handed_in_with(row: Expected | None) -> Assignment | None:
    """The part of another round that was handed in on the answer that this row waits for; None where there is none.

    A part that was withdrawn or ended without an answer says nothing that could change.
    """
    if row is None:
        return None
    others = Expected.objects.filter(given_in=row, assignment__state__in=(*CHECKED, State.ACCEPTED))
    first = others.exclude(state=ExpectedState.WAIVED).select_related("assignment__position__organisation").first()
    return first.assignment if first else None


def sent_already(assignment: Assignment) -> str:
    """Words for whoever wants to change what an office has handed in."""
    words = _("%(office)s has sent its answer, or the round has ended. Have it returned first.")
    return words % {"office": assignment.position.organisation}


def held_by_part(reading: Reading, step: str) -> str:
    """Why a step is refused while the part lies with those who check it; empty where it is not.

    The same where a part of another round was handed in on this answer: then it stays as it was approved.
    What came for a part that lapsed was never handed in and cannot be returned, so it may still be approved.
    """
    row = reading.expected
    if row is None or step not in OF_THE_PART:
        return ""
    if not is_handed_in(row):
        other = handed_in_with(row) if step != Step.APPROVE else None
        return sent_already(other) if other else ""
    if step == Step.APPROVE and row.assignment.state == State.LAPSED:
        return ""
    return sent_already(row.assignment)


def is_own(actor: Actor, reading: Reading) -> bool:
    """Whether the actor gave the answer himself, and the round does not say why a post may check its own work.

    Behind a key nobody is named: there, what a person of its post gave counts as given by whoever uses it.
    """
    gave_it = reading.submission.person_id
    if actor.kind == "token":
        gave = gave_it is not None and reading.submission.position_id in actor.position_ids
    else:
        gave = actor.person_id is not None and gave_it == actor.person_id
    return gave and not (reading.expected is not None and reading.expected.assignment.self_checked)


def why_not(actor: Actor, reading: Reading, step: str) -> str:
    """What the page says instead of the button of a step; empty where nothing stands against it."""
    if step == Step.APPROVE and is_own(actor, reading):
        return _("You gave this answer yourself. Somebody else must check it.")
    return held_by_part(reading, step)


def refuse_hindered(actor: Actor, reading: Reading, step: str) -> None:
    """Raises Conflict while the part lies elsewhere, NotPermitted for one's own answer."""
    if held := held_by_part(reading, step):
        raise Conflict(held)
    if words := why_not(actor, reading, step):
        raise NotPermitted(words)
