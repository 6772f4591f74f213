"""How an assignment moves: one table, plain data. "Late" is no state; sala.duties.due reckons it.

Each line: from which state, by which step, under which verb, into which state, and at which post the right is judged.
A step that is not in the table for a state is refused. Between the post asked and the post that accepts there may be
levels of review: `when` says for which of them a line holds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.duties import policy


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Issued")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    IN_PROGRESS = "in_progress", _("In progress")
    SUBMITTED = "submitted", _("Submitted")
    APPROVED = "approved", _("Approved, goes on to the next level")
    RETURNED = "returned", _("Returned")
    NOT_AVAILABLE = "not_available", _("Not available")
    ACCEPTED = "accepted", _("Accepted")
    WAIVED = "waived", _("Waived")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPERSEDED = "superseded", _("Superseded")
    LAPSED = "lapsed", _("Not answered when the call closed")


class Step(models.TextChoices):
    ISSUE = "issue", _("Issue")
    ACKNOWLEDGE = "acknowledge", _("Acknowledge receipt")
    START = "start", _("Start work")
    PROGRESS = "progress", _("Report progress")
    SUBMIT = "submit", _("Submit the answer")
    DECLARE = "declare", _("Say that it is not available")
    HAND_ON = "hand_on", _("Give to another post of the office")
    REMARK = "remark", _("Add a remark")
    APPROVE = "approve", _("Approve")
    UNAPPROVE = "unapprove", _("Take the approval back")
    RETURN = "return", _("Return with reasons")
    ACCEPT = "accept", _("Accept")
    WAIVE = "waive", _("Waive")
    REOPEN = "reopen", _("Open again")
    ATTACH = "attach", _("Attach another call")
    WITHDRAW = "withdraw", _("Withdraw")
    SUPERSEDE = "supersede", _("Supersede")
    LAPSE = "lapse", _("Close without an answer")


class Side(StrEnum):
    """The post at which a right is judged."""

    ASKED = "asked"  # the post whose work it is
    REVIEWING = "reviewing"  # the post that checks now: the next level's, or the one that accepts
    REVIEWED = "reviewed"  # the post that approved last
    CHECKING = "checking"  # the post that accepts in the end: the validating post, or the issuer where none is named
    ISSUING = "issuing"  # the issuer of the call


Levels = Callable[[int, int], bool]  # (approved levels, all levels) → whether a line holds


def _always(level: int, levels: int) -> bool:
    return True


def _levels_left(level: int, levels: int) -> bool:
    return level < levels


def _no_levels_left(level: int, levels: int) -> bool:
    return level == levels


def _first_level(level: int, levels: int) -> bool:
    return level == 1


def _later_level(level: int, levels: int) -> bool:
    return level > 1


@dataclass(frozen=True)
class Transition:
    """One allowed move. other_person: not open to whoever submitted the answer."""

    before: State
    step: Step
    verb: str
    after: State
    side: Side
    other_person: bool = False
    when: Levels = _always


WITH_ASKED = (State.ISSUED, State.ACKNOWLEDGED, State.IN_PROGRESS, State.RETURNED)
CHECKED = (State.SUBMITTED, State.APPROVED, State.NOT_AVAILABLE)
OPEN = (*WITH_ASKED, *CHECKED)
ENDED = (State.ACCEPTED, State.WAIVED, State.WITHDRAWN, State.SUPERSEDED, State.LAPSED)
_BEGUN = (State.ACKNOWLEDGED, State.IN_PROGRESS, State.RETURNED)
_ANSWERED = (State.SUBMITTED, State.APPROVED)

TRANSITIONS = (
    Transition(State.DRAFT, Step.ISSUE, policy.ISSUE, State.ISSUED, Side.ISSUING),
    Transition(State.ISSUED, Step.ACKNOWLEDGE, policy.ACKNOWLEDGE, State.ACKNOWLEDGED, Side.ASKED),
    *(
        Transition(before, Step.SUBMIT, policy.SUBMIT, State.SUBMITTED, Side.ASKED)
        for before in (*_BEGUN, State.NOT_AVAILABLE)
    ),
    Transition(State.ACKNOWLEDGED, Step.START, policy.ACKNOWLEDGE, State.IN_PROGRESS, Side.ASKED),
    Transition(State.RETURNED, Step.START, policy.ACKNOWLEDGE, State.IN_PROGRESS, Side.ASKED),
    *(
        Transition(before, Step.PROGRESS, policy.SUBMIT, State.IN_PROGRESS, Side.ASKED)
        for before in (State.ACKNOWLEDGED, State.IN_PROGRESS)
    ),
    *(
        Transition(before, Step.DECLARE, policy.SUBMIT, State.NOT_AVAILABLE, Side.ASKED)
        for before in _BEGUN
    ),
    *(
        Transition(before, Step.HAND_ON, policy.MOVE, before, Side.ASKED)
        for before in WITH_ASKED
    ),
    *(
        Transition(before, Step.ACCEPT, policy.ACCEPT, State.ACCEPTED, Side.REVIEWING, True, _no_levels_left)
        for before in _ANSWERED
    ),
    *(
        Transition(before, Step.APPROVE, policy.ACCEPT, State.APPROVED, Side.REVIEWING, True, _levels_left)
        for before in _ANSWERED
    ),
    *(
        Transition(before, Step.RETURN, policy.RETURN, State.RETURNED, Side.REVIEWING, True)
        for before in CHECKED
    ),
    *(
        Transition(before, Step.REMARK, policy.REVIEW, before, Side.REVIEWING)
        for before in CHECKED
    ),
    Transition(State.APPROVED, Step.UNAPPROVE, policy.ACCEPT, State.SUBMITTED, Side.REVIEWED, when=_first_level),
    Transition(State.APPROVED, Step.UNAPPROVE, policy.ACCEPT, State.APPROVED, Side.REVIEWED, when=_later_level),
    *(
        Transition(before, Step.WAIVE, policy.ACCEPT, State.WAIVED, Side.CHECKING, True)
        for before in (*WITH_ASKED, State.NOT_AVAILABLE)
    ),
    *(
        Transition(before, Step.REOPEN, policy.RETURN, State.RETURNED, Side.CHECKING)
        for before in (State.ACCEPTED, State.WAIVED)
    ),
    *(Transition(before, Step.ATTACH, policy.ISSUE, before, Side.ISSUING) for before in OPEN),
    *(
        Transition(before, Step.WITHDRAW, policy.ISSUE if before == State.DRAFT else policy.MANAGE, State.WITHDRAWN, Side.ISSUING)
        for before in (State.DRAFT, *OPEN)
    ),
    *(Transition(before, Step.SUPERSEDE, policy.ISSUE, State.SUPERSEDED, Side.ISSUING) for before in OPEN),
    *(Transition(before, Step.LAPSE, policy.MANAGE, State.LAPSED, Side.ISSUING) for before in OPEN),
)  # fmt: skip

# Steps of a single assignment that stand as buttons on its page; the others belong to the whole call.
OF_ONE = (
    Step.ACKNOWLEDGE, Step.START, Step.PROGRESS, Step.SUBMIT, Step.DECLARE, Step.HAND_ON, Step.REMARK, Step.APPROVE, Step.UNAPPROVE,
    Step.RETURN, Step.ACCEPT, Step.WAIVE, Step.REOPEN,
)  # fmt: skip


def transition(before: str, step: str, level: int = 0, levels: int = 0) -> Transition | None:
    """The move by this step from this state, with so many of its levels of review approved; None when there is none."""
    for candidate in TRANSITIONS:
        if candidate.before == before and candidate.step == step and candidate.when(level, levels):
            return candidate
    return None


def steps_from(before: str, level: int = 0, levels: int = 0) -> list[Transition]:
    """Every move that leaves a state, in the order of the table."""
    return [candidate for candidate in TRANSITIONS if candidate.before == before and candidate.when(level, levels)]
