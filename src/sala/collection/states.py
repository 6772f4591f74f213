"""What may be done to an answer in which state. "Late" is reckoned, never a state."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.collection.models.answer import ReadingState


class Step(models.TextChoices):
    """Steps on an answer; the words say what was done."""

    APPROVE = "approve", _("Approved")
    RETURN = "return", _("Returned")
    REOPEN = "reopen", _("Opened again")
    SET_ASIDE = "aside", _("Set aside")
    TAKE = "take", _("Taken instead of the other answer")
    REPLACE = "replace", _("Replaced by a correction")
    COMMENT = "comment", _("Comment")


# states in which an answer is the one for what is expected; the constraint of Reading names the same
STANDING = (ReadingState.RECEIVED, ReadingState.RETURNED, ReadingState.APPROVED)

# step → states it may begin in, and the state it leads to; COMMENT leaves the state as it is
MOVES: dict[str, tuple[frozenset[str], str]] = {
    Step.APPROVE: (frozenset({ReadingState.RECEIVED, ReadingState.RETURNED}), ReadingState.APPROVED),
    Step.RETURN: (frozenset({ReadingState.RECEIVED}), ReadingState.RETURNED),
    Step.REOPEN: (frozenset({ReadingState.APPROVED, ReadingState.SET_ASIDE}), ReadingState.RECEIVED),
    Step.SET_ASIDE: (
        frozenset({ReadingState.RECEIVED, ReadingState.RETURNED, ReadingState.DOUBLE}),
        ReadingState.SET_ASIDE,
    ),
    Step.TAKE: (frozenset({ReadingState.DOUBLE}), ReadingState.RECEIVED),
    Step.REPLACE: (
        frozenset({ReadingState.RECEIVED, ReadingState.RETURNED, ReadingState.APPROVED, ReadingState.DOUBLE}),
        ReadingState.REPLACED,
    ),
}
