"""How a meeting and its minutes move: two tables, plain data. A step that is not in them is refused."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.bodies import policy


class MeetingState(models.TextChoices):
    DRAFT = "draft", _("In preparation")
    CALLED = "called", _("Called")
    HELD = "held", _("Held")
    APPROVED = "approved", _("Minutes approved")
    CANCELLED = "cancelled", _("Cancelled")


class MinutesState(models.TextChoices):
    DRAFT = "draft", _("Being written")
    CIRCULATED = "circulated", _("Out for endorsement")
    APPROVED = "approved", _("Approved")


class Step(models.TextChoices):
    CALL = "call", _("Call the meeting")
    HOLD = "hold", _("Held: write down who came")
    CANCEL = "cancel", _("Cancel the meeting")
    CIRCULATE = "circulate", _("Send out for endorsement")
    ENDORSE = "endorse", _("Endorse")
    RETURN = "return", _("Return with reasons")
    APPROVE = "approve", _("Approve")


@dataclass(frozen=True)
class Transition:
    before: str
    step: Step
    verb: str
    after: str


MEETING = (
    Transition(MeetingState.DRAFT, Step.CALL, policy.CONVENE, MeetingState.CALLED),
    Transition(MeetingState.CALLED, Step.HOLD, policy.MINUTE, MeetingState.HELD),
    Transition(MeetingState.DRAFT, Step.CANCEL, policy.CONVENE, MeetingState.CANCELLED),
    Transition(MeetingState.CALLED, Step.CANCEL, policy.CONVENE, MeetingState.CANCELLED),
    Transition(MeetingState.HELD, Step.APPROVE, policy.ENDORSE, MeetingState.APPROVED),
)
MINUTES = (
    Transition(MinutesState.DRAFT, Step.CIRCULATE, policy.MINUTE, MinutesState.CIRCULATED),
    Transition(MinutesState.CIRCULATED, Step.ENDORSE, policy.ENDORSE, MinutesState.CIRCULATED),
    Transition(MinutesState.CIRCULATED, Step.RETURN, policy.ENDORSE, MinutesState.DRAFT),
    Transition(MinutesState.CIRCULATED, Step.APPROVE, policy.ENDORSE, MinutesState.APPROVED),
)

AHEAD = (MeetingState.DRAFT, MeetingState.CALLED)  # the agenda may still change
PAST = (MeetingState.HELD, MeetingState.APPROVED)


def transition(table: tuple[Transition, ...], before: str, step: Step) -> Transition | None:
    """The move by this step from this state; None when there is none."""
    return next((line for line in table if line.before == before and line.step == step), None)


def steps_from(table: tuple[Transition, ...], before: str) -> list[Step]:
    return [line.step for line in table if line.before == before]
