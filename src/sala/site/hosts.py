"""Host names of front doors: how they are written, and whether two of them could mean the same address."""

import re
from functools import cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_LABEL = r"[a-z0-9*](?:[a-z0-9*-]*[a-z0-9*])?"
_SHAPE = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.IGNORECASE)


def check_host(text: str) -> None:
    """A host name without scheme, port or path; * stands for any letters."""
    if not _SHAPE.fullmatch(text):
        raise ValidationError(
            _("Write only the host name, for instance health.example.org or health.*: no https://, no port, no path.")
        )
    if not re.search("[a-z0-9]", text, re.IGNORECASE):
        raise ValidationError(_("This would take every address. Write at least a part of the host name."))


@cache
def meet(one: str, other: str) -> bool:
    """Whether some host name fits both; in either, * stands for any letters."""
    if not one or not other:
        return not (one or other).strip("*")
    if one[0] == "*":
        return meet(one[1:], other) or meet(one, other[1:])
    if other[0] == "*":
        return meet(other, one)
    return one[0] == other[0] and meet(one[1:], other[1:])
