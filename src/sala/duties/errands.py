"""What the worker does for the pages of calls when many posts are asked."""

from typing import Any

from django.conf import settings

from sala.access.actor import Actor
from sala.core import errands
from sala.core.errands import Finish
from sala.core.models import Errand
from sala.duties import operations
from sala.duties.models import Assignment, Call

KIND = "letter"


def ask_letter(actor: Actor, call: Call, assignment: Assignment | None = None) -> Errand:
    """The letter of a call: written at once, by the worker when its annex is long. found: number of the letter."""
    long = assignment is None and call.assignments.count() > settings.LETTER_POSTS_AT_ONCE
    return errands.ask(
        actor, KIND, title=str(call), long=long, call=call.pk, assignment=assignment.pk if assignment else None
    )


def write_letter(actor: Actor, errand: Errand) -> Finish:
    """asked: call, assignment (or nothing). found: letter, number. The call is held only while the letter is kept."""
    asked: dict[str, Any] = errand.asked
    call = Call.objects.select_related("issuer__organisation__area", "replaces").get(pk=asked["call"])
    assignment = Assignment.objects.get(pk=asked["assignment"]) if asked["assignment"] else None
    prepared = operations.prepare_letter(actor, call, assignment)

    def finish() -> str:
        letter = operations.issue_letter(actor, call, assignment=assignment, prepared=prepared)
        errand.found = {"letter": letter.pk, "number": letter.paper.number}
        return f"{call.get_absolute_url()}#letters"

    return finish
