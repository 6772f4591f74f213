"""The procedure of a concession: which step may follow in which state, and which paper it needs.

Roles of papers are terms of the pack's scheme "concession-paper"; those named here every pack has. Which level decides,
how long an office has, and how much it may grant, are rules of law with their days, not steps.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.concessions.models.concession import ConcessionState as State


class Step(models.TextChoices):
    """Steps as an official would name them; the words say what was done."""

    CONFIRM = "confirm", _("Confirmed as a request")
    RECOGNISE = "recognise", _("Confirmed as granted before")
    SCREEN = "screen", _("Screened")
    ASK = "ask", _("Opinions of the sectors asked for")
    AGREE_STUDY = "agree_study", _("Memorandum for a study signed")
    SURVEY = "survey", _("Survey and assessments begun")
    NEGOTIATE = "negotiate", _("Negotiation begun")
    SIGN = "sign", _("Agreement signed")
    REGISTER = "register", _("Registered")
    BEGIN = "begin", _("Work begun")
    SUSPEND = "suspend", _("Suspended")
    RESUME = "resume", _("Taken up again")
    EXPIRE = "expire", _("Expired")
    TERMINATE = "terminate", _("Terminated")
    RETURN = "return", _("Land returned")
    TRANSFER = "transfer", _("Transferred to another project")
    REFUSE = "refuse", _("Refused")
    WITHDRAW = "withdraw", _("Withdrawn by who asked")
    LAPSE = "lapse", _("Lapsed")


@dataclass(frozen=True)
class Move:
    """One step: states it may begin in, the state it leads to, and roles of papers of which one must be there.

    decided  the day and the body of a decision have to be named
    numbered  the paper is a decision or order with its number and its day
    """

    begins: frozenset[str]
    ends: str
    needs: tuple[str, ...] = ()
    decided: bool = True
    numbered: bool = False


BEFORE_SIGNING = frozenset(
    {State.REQUEST, State.SCREENED, State.OPINIONS, State.MOU, State.SURVEY, State.NEGOTIATION}
)  # fmt: skip
GRANTED = frozenset({State.SIGNED, State.REGISTERED, State.IMPLEMENTING, State.SUSPENDED})
ENDED = frozenset(
    {
        State.EXPIRED,
        State.TERMINATED,
        State.RETURNED,
        State.TRANSFERRED,
        State.REFUSED,
        State.WITHDRAWN,
        State.LAPSED,
    }
)

MOVES: dict[str, Move] = {
    Step.CONFIRM: Move(frozenset({State.PROPOSED}), State.REQUEST, ("request",), decided=False),
    Step.RECOGNISE: Move(frozenset({State.PROPOSED, State.REQUEST}), State.SIGNED, ("agreement", "decision")),
    Step.SCREEN: Move(frozenset({State.REQUEST}), State.SCREENED, decided=False),
    Step.ASK: Move(frozenset({State.SCREENED}), State.OPINIONS, decided=False),
    Step.AGREE_STUDY: Move(frozenset({State.SCREENED, State.OPINIONS}), State.MOU, ("memorandum",)),
    Step.SURVEY: Move(frozenset({State.MOU}), State.SURVEY, decided=False),
    Step.NEGOTIATE: Move(frozenset({State.SURVEY}), State.NEGOTIATION, ("survey_report",), decided=False),
    Step.SIGN: Move(frozenset({State.NEGOTIATION}), State.SIGNED, ("agreement",)),
    Step.REGISTER: Move(frozenset({State.SIGNED}), State.REGISTERED, ("certificate",)),
    Step.BEGIN: Move(
        frozenset({State.SIGNED, State.REGISTERED}),
        State.IMPLEMENTING,
        ("environmental_certificate", "exemption"),
        decided=False,
    ),
    Step.SUSPEND: Move(frozenset({State.IMPLEMENTING}), State.SUSPENDED, ("order",)),
    Step.RESUME: Move(frozenset({State.SUSPENDED}), State.IMPLEMENTING, ("order",)),
    Step.EXPIRE: Move(GRANTED, State.EXPIRED, decided=False),
    Step.TERMINATE: Move(GRANTED, State.TERMINATED, ("order",), numbered=True),
    Step.RETURN: Move(GRANTED | {State.EXPIRED, State.TERMINATED}, State.RETURNED, ("handover",)),
    Step.TRANSFER: Move(GRANTED, State.TRANSFERRED, ("agreement", "decision")),
    Step.REFUSE: Move(BEFORE_SIGNING, State.REFUSED, ("decision", "sector_opinion")),
    Step.WITHDRAW: Move(BEFORE_SIGNING, State.WITHDRAWN, ("request",), decided=False),
    Step.LAPSE: Move(BEFORE_SIGNING, State.LAPSED, decided=False),
}


def steps_from(state: str) -> list[str]:
    """Steps that may follow a state, in the order of the procedure."""
    return [step for step, move in MOVES.items() if state in move.begins]
