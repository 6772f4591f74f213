"""Template words of duties: what a post owes, for the page of the post; how a due date stands; what a subject is called."""

from datetime import date
from typing import Any

from django import template
from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.access.scope import can, visible
from sala.core import subjects
from sala.documents.models import Document
from sala.duties import policy
from sala.duties.due import AGAINST
from sala.duties.queries import duties_of, found_subjects
from sala.duties.states import Step
from sala.people.models import Position

register = template.Library()


@register.filter
def called(row: models.Model | None) -> str:
    """What a row of any noun is called in the list of nouns."""
    return str(subjects.of(row).title(row)) if row is not None else ""


@register.filter
def address(row: models.Model | None) -> str:
    """The page of a row of any noun; empty when it has none."""
    found: Any = getattr(row, "get_absolute_url", None)
    return found() if found else ""


WAVES = {
    "before": _("Reminder before the due date"),
    "overdue": _("Reminder after the due date"),
    "check": _("Reminder to the post that checks"),
    "escalation": _("Told to the head of the unit"),
    "extension": _("About more time"),
    **{str(step): step.label for step in Step},
}


@register.filter
def wave(code: str) -> Any:
    """What a wave of messages was about, from its name such as overdue-2, with or without the date it counts from."""
    name, _dash, count = code.partition(AGAINST)[0].partition("-")
    said = WAVES.get(name, code)
    return f"{said} ({count})" if name in ("overdue", "escalation") else said


@register.simple_tag(takes_context=True)
def owed_by(context: template.Context, position: Position, day: date | None = None) -> dict[str, Any]:
    """Duties of a post on a day (default: today), each with its subject where the reader may see it, and what the
    reader may do about them."""
    actor = context["actor"]
    rows = list(duties_of(position, day))
    found = found_subjects(actor, [(row.subject_type, row.subject_id) for row in rows])
    documents = visible(actor, Document).in_bulk([row.document_id for row in rows if row.document_id])
    return {
        "rows": [
            {
                "duty": row,
                "noun": subjects.by_noun(row.subject_type) if subjects.knows(row.subject_type) else None,
                "subject": found.get((row.subject_type, row.subject_id)),
                "document": documents.get(row.document_id),
            }
            for row in rows
        ],
        "may_edit": can(actor, policy.EDIT, position),
        "may_call": actor.has_anywhere(policy.ISSUE),
    }
