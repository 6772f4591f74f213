"""Calls and open work by their due dates, for the calendar page and its feeds."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core.calendar import Entry
from sala.documents.working_days import Calendar
from sala.duties.due import reckon
from sala.duties.models import Assignment, Call, CallState
from sala.duties.queries.assignments import with_everything
from sala.duties.states import OPEN

SHOWN = (CallState.ISSUED, CallState.CLOSED)


def calls_due(actor: Actor, first: date, last: date) -> Iterable[Entry]:
    """Calls that the reader may see and that run or ran, on the last day in time."""
    rows = visible(actor, Call).filter(state__in=SHOWN, due_on__range=(first, last))
    calendar = Calendar()
    return [_of_call(call, calendar) for call in rows.select_related("issuer__organisation")]


def _of_call(call: Call, calendar: Calendar) -> Entry:
    assert call.due_on is not None
    return Entry(
        uid=f"call-{call.pk}", starts=reckon(call.due_on, calendar=calendar).last, title=call.title,
        url=call.get_absolute_url(), kind=_("Due"), who=call.issuer.organisation.name, note=call.reference,
    )  # fmt: skip


def work_due(actor: Actor, first: date, last: date) -> Iterable[Entry]:
    """Open assignments that the reader's posts answer or check next, and the calls they issued."""
    mine, calendar = actor.position_ids, Calendar()
    work = Assignment.objects.filter(Q(position__in=mine) | Q(waits_for__in=mine), state__in=OPEN)
    rows = with_everything(work.filter(due_on__range=(first, last)))
    calls = Call.objects.filter(issuer__in=mine, state=CallState.ISSUED, due_on__range=(first, last))
    found = [_of_assignment(row, mine, calendar) for row in rows]
    return found + [_of_call(call, calendar) for call in calls.select_related("issuer__organisation")]


def _of_assignment(row: Assignment, mine: Iterable[int], calendar: Calendar) -> Entry:
    assert row.due_on is not None
    checks = row.position_id not in mine
    return Entry(
        uid=f"assignment-{row.pk}", starts=reckon(row.due_on, calendar=calendar).last, title=row.call.title,
        url=row.get_absolute_url(), kind=_("To check") if checks else _("Answer due"),
        who=row.position.organisation.name if checks else row.call.issuer.organisation.name,
        note=f"{row.call.reference} · {row.get_state_display()}",
    )  # fmt: skip
