"""Errors a reader may meet. Each says what happened and what to do next, in the reader's language.

A view, an API call and a command all let them pass; one handler per door turns them into a page, an RFC 9457
problem or a line on the terminal with the same words.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _


class SalaError(Exception):
    """Base of all expected errors.

    advice  one sentence or two for the reader; fields maps a form field to its own messages.
    """

    status = 400
    code = "bad-request"
    title: Any = _("This could not be done")

    def __init__(self, advice: Any = "", fields: Mapping[str, Sequence[Any]] | None = None):
        super().__init__(advice or self.title)
        self.advice = advice or self.title
        self.fields = dict(fields or {})

    def __str__(self) -> str:
        return str(self.advice)


class Invalid(SalaError):
    """What was sent breaks a rule; the sender can mend it."""

    status = 422
    code = "invalid"
    title = _("Something in what you sent must be corrected")


class NotPermitted(SalaError):
    """The subject may be seen, but this may not be done to it."""

    status = 403
    code = "not-permitted"
    title = _("Your position does not allow this")


class SignInNeeded(SalaError):
    status = 401
    code = "sign-in-needed"
    title = _("Please sign in first")


class Missing(SalaError):
    """Not there, or not to be seen by this reader: the two look the same on purpose."""

    status = 404
    code = "not-found"
    title = _("This page was not found")


class Gone(SalaError):
    """It was published and has been withdrawn; the text says why, and `instead` where to look now (address → title)."""

    status = 410
    code = "gone"
    title = _("This was withdrawn")

    def __init__(self, advice: Any = "", instead: Mapping[str, Any] | None = None):
        super().__init__(advice)
        self.instead = dict(instead or {})


class Conflict(SalaError):
    """Somebody or something changed the state in the meantime."""

    status = 409
    code = "conflict"
    title = _("This was changed in the meantime")


class Overtaken(Conflict):
    """What was prepared before the change was begun does not fit any more; preparing it again mends it."""

    code = "overtaken"


class TooLarge(SalaError):
    status = 413
    code = "too-large"
    title = _("This is too large")


class TooMany(SalaError):
    """Asked too often; `seconds` says how long to wait before the next time."""

    status = 429
    code = "too-many"
    title = _("Too many requests in a short time")

    def __init__(self, advice: Any = "", seconds: int = 0):
        super().__init__(advice)
        self.seconds = seconds


class NotReady(SalaError):
    """It cannot be had now; `seconds` says when to ask again, 0 where asking again does not help."""

    status = 503
    code = "not-ready"
    title = _("This is not ready yet")

    def __init__(self, advice: Any = "", seconds: int = 0):
        super().__init__(advice)
        self.seconds = seconds


class Unreadable(Invalid):
    """An uploaded file could not be read; the text names the reason and the cure."""

    code = "unreadable-file"
    title = _("The file could not be read")
