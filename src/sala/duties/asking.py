"""What exactly a call asks is known to the part that asks it. This is what such a part tells the engine of calls.

A part that asks (figures to fill in, papers to deliver, forms, sections of a report) writes one subclass of Asker and
adds it to the list that settings.SALA_ASKERS names. Its rows point to the Assignment and carry the unique constraints
that say what counts as the same thing; the engine knows codes only. docs/askers.md walks through it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.duties.models import Assignment, Call


@dataclass(frozen=True)
class Item:
    """One thing asked, as the pages of an assignment show it.

    key      names the item in a return's remarks; stays the same from answer to answer
    label    what is asked    answer   what was given, as text; empty: nothing yet
    url      page of the given thing, where it has one
    missing  it must be given and is not
    reason   why it is not available, and when it will be
    """

    key: str
    label: Any
    answer: Any = ""
    url: str = ""
    missing: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Fault:
    """Something a check found in an answer. A blocking one must be mended before it can be submitted."""

    item: str
    text: Any
    blocks: bool = True


class Asker:
    """Base of all askers. Every method has a meaning without content, so a part overrides what it needs.

    code  written on the call; name: what it asks, for the form of a call
    is_request  it asks a favour of an equal: such a call goes to any post, however far the issuer's right reaches
    """

    code = ""
    name: Any = _("What the instruction says, answered in words")
    is_request = False

    def missing(self, call: Call) -> dict[str, list[str]]:
        """Field → what must still be said before the call can be issued; like duties.operations.calls."""
        return {}

    def edit_url(self, call: Call) -> str:
        """Page on which the issuer says what is asked, while the call is a draft."""
        return ""

    def answer_url(self, assignment: Assignment) -> str:
        """Page on which the post asked gives its answer; empty: the plain answer form."""
        return ""

    def review_url(self, assignment: Assignment) -> str:
        """Page on which the answer is read in full; empty: the items on the assignment's page are enough."""
        return ""

    def standing_url(self, call: Call) -> str:
        """Page on which an issued call's answers are seen together; empty: the call's own page says enough."""
        return ""

    def items(self, actor: Actor, assignment: Assignment) -> Sequence[Item]:
        """What is asked, one by one, with what was given so far."""
        return ()

    def check(self, assignment: Assignment) -> Sequence[Fault]:
        """What is wrong with the answer as it stands; asked before it is submitted, and shown to who reviews."""
        return ()

    def prepare(self, assignments: Sequence[Assignment]) -> None:
        """Make the rows of assignments that are about to be issued. Raises SalaError when that cannot be."""

    def twins(self, assignments: Sequence[Assignment]) -> dict[int, Assignment]:
        """Assignment about to be issued → open assignment of another call that asks the same post for the same."""
        return {}

    def moved(self, actor: Actor, assignment: Assignment, step: str) -> None:
        """A step was taken, in the running transaction: freeze an answer, publish an accepted one, free what ended."""

    def summary(self, assignment: Assignment) -> str:
        """The answer in one line, kept with the step when it is submitted."""
        return ""

    def carry_forward(self, source: Call, target: Call, today: date) -> None:
        """A new round of the same call is drafted: copy what is asked."""

    def figures(self, call: Call) -> dict[str, Any]:
        """Counts of the part that are frozen with the call's own when it closes, under keys of their own."""
        return {}


@cache
def askers() -> dict[str, Asker]:
    """Code → asker, the plain one under the empty code."""
    return {asker.code: asker for asker in (Asker(), *import_string(settings.SALA_ASKERS))}


def asker_of(call: Call) -> Asker:
    return askers()[call.asker]
