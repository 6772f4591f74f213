"""How a call stands: counts, matrix, what is late, and the posts asked, page by page."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from sala.access.actor import Actor
from sala.access.request import Request
from sala.access.scope import can, visible
from sala.core import clock
from sala.documents.working_days import Calendar
from sala.duties import policy
from sala.duties.due import reckon
from sala.duties.models import Assignment, Call, CallState
from sala.duties.operations.speaking import speaks_for
from sala.duties.queries import asked_by, board, goes_by_place, in_lines, late_of, narrowed, said, states_of
from sala.duties.queries.calls import BY_OFFICE, BY_PLACE, LATE_SHOWN, SHOWN
from sala.duties.standing_in import reached_many

PER_PAGE = 50


def standing(request: Request, found: Call, calendar: Calendar) -> dict[str, Any]:
    """Counts, the matrix of offices or places against states, what is late, and the assignments themselves."""
    actor, asked, chosen = request.actor, asked_by(found), chosen_by(request)
    counts = states_of(asked)
    total = sum(counts.values())
    by = request.GET.get("by") or (BY_PLACE if goes_by_place(asked) else BY_OFFICE)
    page = _page_of(request, narrowed(asked, chosen), None if any(chosen.values()) else total)
    late = list(late_of(asked).values_list("pk", flat=True)[:LATE_SHOWN]) if found.state == CallState.ISSUED else []
    rows = in_lines({*page, *late})
    shown = [rows[pk] for pk in page]
    told = reached_many([row.waits_for or row.position for row in shown if found.is_draft or row.is_open])
    readable = visible(actor, Assignment).filter(pk__in=list(rows))
    return {
        "page": page,
        "chosen": chosen,
        "by": by,
        "states": [(state, state.label) for state in SHOWN if counts.get(state)],
        "counts": counts,
        "total": total,
        "lines": board(asked, by) if found.is_issued and total > 1 else [],
        "late": [(rows[pk], reckon(rows[pk].due_on or clock.today(), calendar=calendar)) for pk in late],
        "open_to_reader": set(readable.values_list("pk", flat=True)),
        "rows": [
            {
                "assignment": row,
                "due": reckon(row.due_on, calendar=calendar) if row.is_open and row.due_on else None,
                "who": told.get((row.waits_for or row.position).pk),
            }
            for row in shown
        ],
        "said": said(found) if found.is_issued and may_follow(actor, found) else [],
    }


def chosen_by(request: Request) -> dict[str, str]:
    """By what the reader narrows the posts asked."""
    return {name: request.GET.get(name, "").strip() for name in ("state", "place", "office")}


def _page_of(request: Request, rows: QuerySet[Assignment], number: int | None) -> Page:
    """A page of the numbers of assignments, by office. number: how many there are, where that is known."""
    paginator = Paginator(rows.order_by("position__organisation__code", "id").values_list("pk", flat=True), PER_PAGE)
    if number is not None:
        paginator.count = number
    return paginator.get_page(request.GET.get("page"))


def may_follow(actor: Actor, found: Call) -> bool:
    return can(actor, policy.MANAGE, found) or speaks_for(actor, found.issuer)
