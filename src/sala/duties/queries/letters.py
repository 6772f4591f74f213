"""Letters of a call, and whether what they say still holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core.language import languages, required_language
from sala.documents.working_days import Calendar
from sala.duties.due import reckon
from sala.duties.models import Assignment, Call, CallLetter, CallState
from sala.duties.states import OPEN

NEW_DATES_SHOWN = 20


@dataclass(frozen=True)
class Standing:
    """A letter as the page of its call shows it.

    now  the last day in time as it is today, where the paper says another one; None while it says the same
    """

    letter: CallLetter
    now: date | None


def letters_seen(actor: Actor, call: Call) -> list[CallLetter]:
    """Circulars for whoever sees the call; letters to one post for whoever sees its assignment. Newest first."""
    rows = CallLetter.objects.filter(call=call).select_related(
        "paper", "assignment__position__organisation", "follows__paper"
    )
    letters = list(rows.prefetch_related("paper__files"))
    to_posts = [letter.assignment_id for letter in letters if letter.assignment_id]
    mine = set(visible(actor, Assignment).filter(pk__in=to_posts).values_list("pk", flat=True)) if to_posts else set()
    return [letter for letter in letters if letter.assignment_id is None or letter.assignment_id in mine]


def standing_letters(actor: Actor, call: Call) -> list[Standing]:
    calendar = Calendar()
    return [Standing(letter, _now(letter, call, calendar)) for letter in letters_seen(actor, call)]


def _now(letter: CallLetter, call: Call, calendar: Calendar) -> date | None:
    if call.state != CallState.ISSUED or not letter.paper.is_valid:
        return None
    if letter.assignment is not None and not letter.assignment.is_open:
        return None
    due_on = letter.assignment.due_on if letter.assignment else call.due_on
    last = reckon(due_on, calendar=calendar).last if due_on else None
    return last if last != letter.due_on else None


def newest_letter(call: Call, assignment: Assignment | None = None) -> CallLetter | None:
    """The letter that holds: the circular, or the one to this post."""
    rows = CallLetter.objects.filter(call=call, assignment=assignment, paper__withdrawn_at__isnull=True)
    return rows.select_related("paper__issuer__area").order_by("-id").first()


def without_their_letter(call: Call) -> list[Assignment]:
    """Open assignments whose date differs from the call's and from what was last written to them."""
    rows = call.assignments.filter(state__in=OPEN, extensions__granted=True).exclude(due_on=call.due_on).distinct()
    told = {
        letter.assignment_id: letter.due_on
        for letter in CallLetter.objects.filter(
            call=call, assignment__isnull=False, paper__withdrawn_at__isnull=True
        ).order_by("id")
    }
    calendar = Calendar()
    waiting = [
        row
        for row in rows.select_related("position__organisation").order_by("id")
        if row.due_on and told.get(row.pk) != reckon(row.due_on, calendar=calendar).last
    ]
    return waiting[:NEW_DATES_SHOWN]


def written_languages(call: Call) -> list[str]:
    """Languages in which everything that a letter says is written; the country's own always."""
    texts: Iterable[dict] = (call.title, call.purpose, call.instruction)
    return [code for code in languages() if code == required_language() or all(code in text for text in texts)]
