"""How an assignment moves: one table, plain data. "Late" is no state; sala.duties.due reckons it.

Each line: from which state, by which step, under which verb, into which state, and at which post the right is judged.
A step that is not in the table for a state is refused.
"""

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
    RETURNED = "returned", _("Returned")
    ACCEPTED = "accepted", _("Accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Step(models.TextChoices):
    ISSUE = "issue", _("Issue")
    ACKNOWLEDGE = "acknowledge", _("Acknowledge receipt")
    START = "start", _("Start work")
    SUBMIT = "submit", _("Submit the answer")
    REMARK = "remark", _("Add a remark")
    RETURN = "return", _("Return with reasons")
    ACCEPT = "accept", _("Accept")
    WITHDRAW = "withdraw", _("Withdraw")


class Side(StrEnum):
    """The post at which a right is judged."""

    ASKED = "asked"  # the post whose work it is
    CHECKING = "checking"  # the validating post, or the issuer where none is named
    ISSUING = "issuing"  # the issuer of the call


@dataclass(frozen=True)
class Transition:
    """One allowed move. other_person: not open to whoever submitted the answer."""

    before: State
    step: Step
    verb: str
    after: State
    side: Side
    other_person: bool = False


TRANSITIONS = (
    Transition(State.DRAFT, Step.ISSUE, policy.ISSUE, State.ISSUED, Side.ISSUING),
    Transition(State.ISSUED, Step.ACKNOWLEDGE, policy.ACKNOWLEDGE, State.ACKNOWLEDGED, Side.ASKED),
    Transition(State.ACKNOWLEDGED, Step.START, policy.ACKNOWLEDGE, State.IN_PROGRESS, Side.ASKED),
    Transition(State.RETURNED, Step.START, policy.ACKNOWLEDGE, State.IN_PROGRESS, Side.ASKED),
    Transition(State.ACKNOWLEDGED, Step.SUBMIT, policy.SUBMIT, State.SUBMITTED, Side.ASKED),
    Transition(State.IN_PROGRESS, Step.SUBMIT, policy.SUBMIT, State.SUBMITTED, Side.ASKED),
    Transition(State.RETURNED, Step.SUBMIT, policy.SUBMIT, State.SUBMITTED, Side.ASKED),
    Transition(State.SUBMITTED, Step.REMARK, policy.REVIEW, State.SUBMITTED, Side.CHECKING),
    Transition(State.SUBMITTED, Step.RETURN, policy.RETURN, State.RETURNED, Side.CHECKING, other_person=True),
    Transition(State.SUBMITTED, Step.ACCEPT, policy.ACCEPT, State.ACCEPTED, Side.CHECKING, other_person=True),
    Transition(State.DRAFT, Step.WITHDRAW, policy.ISSUE, State.WITHDRAWN, Side.ISSUING),
    Transition(State.ISSUED, Step.WITHDRAW, policy.MANAGE, State.WITHDRAWN, Side.ISSUING),
    Transition(State.ACKNOWLEDGED, Step.WITHDRAW, policy.MANAGE, State.WITHDRAWN, Side.ISSUING),
    Transition(State.IN_PROGRESS, Step.WITHDRAW, policy.MANAGE, State.WITHDRAWN, Side.ISSUING),
    Transition(State.SUBMITTED, Step.WITHDRAW, policy.MANAGE, State.WITHDRAWN, Side.ISSUING),
    Transition(State.RETURNED, Step.WITHDRAW, policy.MANAGE, State.WITHDRAWN, Side.ISSUING),
)

WITH_ASKED = (State.ISSUED, State.ACKNOWLEDGED, State.IN_PROGRESS, State.RETURNED)
OPEN = (*WITH_ASKED, State.SUBMITTED)


def transition(before: str, step: str) -> Transition | None:
    """The move by this step from this state; None when there is none."""
    for candidate in TRANSITIONS:
        if candidate.before == before and candidate.step == step:
            return candidate
    return None


def steps_from(before: str) -> list[Transition]:
    """Every move that leaves a state, in the order of the table."""
    return [candidate for candidate in TRANSITIONS if candidate.before == before]
