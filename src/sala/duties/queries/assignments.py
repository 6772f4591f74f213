"""Assignments: of a call, of a post, missing below another one, and how each went."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from sala.core import clock
from sala.documents.working_days import Calendar
from sala.duties.calculations import OutcomeRow
from sala.duties.due import reckon
from sala.duties.models import Assignment, Call, Waiver
from sala.duties.states import OPEN, State
from sala.people.models import Position

LAST_CALLS = 10


def with_everything(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    return rows.select_related(
        "call__issuer__organisation__area", "position__organisation__area", "validating_position__organisation__area",
        "waits_for__organisation", "area",
    )  # fmt: skip


def asked_by(call: Call) -> QuerySet[Assignment]:
    """What a call waits for: its own assignments, and those of other calls that deliver the same.

    The few others are asked for first; joined to all assignments they would make every one of them be looked at.
    """
    attached = list(call.attachments.values_list("assignment", flat=True))
    return Assignment.objects.filter(Q(call=call) | Q(pk__in=attached) if attached else Q(call=call))


def waiting_for(positions: Iterable[int]) -> QuerySet[Assignment]:
    """Open assignments in which it is the move of these posts, the most urgent first."""
    return Assignment.objects.filter(waits_for__in=list(positions), state__in=OPEN).order_by("due_on", "id")


def open_assignments(position: Position) -> QuerySet[Assignment]:
    """What the post must still answer or check. It stays with the post whoever holds it."""
    asked = Q(position=position, state__in=OPEN)
    return with_everything(Assignment.objects.filter(asked | Q(waits_for=position))).order_by("due_on", "id")


def open_work(position: Position) -> list[dict[str, Any]]:
    """The open assignments of a post as plain values, to be kept on a hand-over sheet."""
    return [
        {
            "id": row.pk,
            "reference": row.call.reference,
            "title": dict(row.call.title),
            "state": row.state,
            "checks": row.position_id != position.pk,
            "due_on": row.due_on.isoformat() if row.due_on else None,
            "url": row.get_absolute_url(),
        }
        for row in open_assignments(position)
    ]


def last_calls(rows: QuerySet[Assignment], position: Position) -> QuerySet[Assignment]:
    """The latest calls the post was asked, out of the rows a reader may see; for whoever takes the post over."""
    asked = rows.filter(position=position, call__is_issued=True)
    return asked.select_related("call__issuer__organisation").order_by("-call_id")[:LAST_CALLS]


def missing_children(assignment: Assignment) -> list[Assignment]:
    """Children that are neither accepted nor waived nor named as a gap that still holds."""
    today = clock.today()
    named = Waiver.objects.filter(parent=assignment, child=OuterRef("pk")).filter(
        Q(until__isnull=True) | Q(until__gte=today)
    )
    rows = assignment.children.exclude(
        state__in=[State.ACCEPTED, State.WAIVED, State.WITHDRAWN, State.SUPERSEDED]
    ).filter(~Exists(named))
    return list(with_everything(rows).order_by("position__organisation__code", "id"))


def outcomes(call: Call, calendar: Calendar) -> Iterator[OutcomeRow]:
    """How each assignment of a call went, for its statistics."""
    rows = asked_by(call).annotate(times=Count("extensions", filter=Q(extensions__granted=True)))
    for row in rows.select_related("call"):
        first = timezone.localtime(row.first_submitted_at).date() if row.first_submitted_at else None
        issued = timezone.localtime(row.call.issued_at).date() if row.call.issued_at else None
        in_time = None
        if first is not None and row.due_on is not None:
            in_time = not reckon(row.due_on, today=first, calendar=calendar).late
        days = (first - issued).days if first and issued else None
        yield OutcomeRow(row.state, in_time, days, row.returns, row.times)


def states_of(rows: QuerySet[Assignment]) -> dict[str, int]:
    """State → how many."""
    return dict(rows.order_by().values_list("state").annotate(number=Count("pk")))
