"""What one row of the desk holds. Each part gives its rows to the one list that settings.SALA_DESK names."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class Group(StrEnum):
    """Kinds of waiting things, in the order in which the desk shows them."""

    RETURNED = "returned"
    ACKNOWLEDGE = "acknowledge"
    WORK = "work"
    REVIEW = "review"
    DECIDE = "decide"
    QUESTION = "question"
    HINT = "hint"


GROUP_NAMES = {
    Group.RETURNED: _("Returned to me"),
    Group.ACKNOWLEDGE: _("To acknowledge"),
    Group.WORK: _("In work"),
    Group.REVIEW: _("To review"),
    Group.DECIDE: _("To decide"),
    Group.QUESTION: _("Questions to answer"),
    Group.HINT: _("Also worth a look"),
}


@dataclass(frozen=True)
class DeskRow:
    """One thing that waits for a post of the reader.

    title  words per language, or text       url   where it is done
    post   title of the post it waits for    who   who asks, or whom it concerns
    due    day it is due, None without one   note  one line more, such as the reason of a return
    """

    group: Group
    title: Any
    url: str
    post: Any = ""
    who: Any = ""
    due: date | None = None
    note: str = ""


Source = Callable[[Any], Iterable[DeskRow]]


def sources() -> list[Source]:
    """The functions from an Actor to its rows, in the order of the list."""
    return import_string(settings.SALA_DESK)
