"""The first day in a post: what I must deliver, to whom, by when, on what basis; what waits, what was answered last,
whom to ask, what to read."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.request import Request
from sala.access.scope import can, visible
from sala.core.errors import NotPermitted
from sala.documents.working_days import Calendar
from sala.duties.due import reckon
from sala.duties.models import Assignment, Call, Thread
from sala.duties.queries import last_calls, open_assignments
from sala.duties.standing_in import heads_of
from sala.people import policy
from sala.people.models import HandOver, Position

NEXT = 3  # tasks shown large


def first_day(request: Request, code: str) -> HttpResponse:
    """For the holder of the post, and for who may appoint to it."""
    position = get_object_or_404(visible(request.actor, Position).select_related("organisation__area"), code=code)
    if position.pk not in request.actor.position_ids and not can(request.actor, policy.APPOINT, position):
        raise NotPermitted(_("This page is for the holder of the post. Look at the directory for its duties."))
    calendar = Calendar()
    seen = visible(request.actor, Assignment)
    work = [
        {"row": row, "due": reckon(row.due_on, calendar=calendar) if row.due_on else None}
        for row in open_assignments(position).filter(pk__in=seen.values("pk"))
    ]
    context = {
        "position": position,
        "next": work[:NEXT],
        "later": work[NEXT:],
        "done": last_calls(seen, position),
        "sheet": visible(request.actor, HandOver).filter(position=position).first(),
        "above": heads_of(position)[:2],
        **_questions(request.actor, position),
    }
    return render(request, "site/first_day.html", context)


def _questions(actor: Actor, position: Position) -> dict[str, Any]:
    """Questions that the post must answer, and those it asked itself with what came back."""
    rows = Thread.objects.filter(subject_type="call").prefetch_related("entries")
    waiting = list(rows.filter(answers=position, answered_at__isnull=True))
    asked = list(rows.filter(asked_by=position).order_by("-id")[:5])
    calls = visible(actor, Call).in_bulk({thread.subject_id for thread in (*waiting, *asked)})
    return {
        "to_answer": [(calls[thread.subject_id], thread) for thread in waiting if thread.subject_id in calls],
        "asked": [(calls[thread.subject_id], thread) for thread in asked if thread.subject_id in calls],
    }
