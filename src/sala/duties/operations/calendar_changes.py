"""A day off that is entered or taken back later: due dates that were promised in working days are reckoned anew.

A date that was written as a date stays as it is; when it is a day off now, the next working day is the last in time.
"""

from datetime import date

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from sala.access.actor import Actor, command
from sala.core import clock
from sala.core.operation import lock, operation
from sala.documents.working_days import Calendar, add_working_days
from sala.duties import policy
from sala.duties.models import Assignment, Call, CallState, Extension
from sala.duties.operations.asked import AT_ONCE
from sala.duties.operations.notices import write_to
from sala.duties.states import OPEN
from sala.journal.operations import record, record_many


def follow_calendar_everywhere() -> int:
    """Every call that runs and promises working days, each in its own commit. Returns how many calls changed."""
    calls = Call.objects.filter(state=CallState.ISSUED, due_days__isnull=False).order_by("pk")
    return sum(follow_calendar(command(), call) for call in calls)


@operation
def follow_calendar(actor: Actor, call: Call) -> bool:
    """Reckon a call's due date and those of its open assignments from the day of issue and the grants on record.

    A date that comes nearer never comes nearer than tomorrow. Returns whether anything moved; a second run moves nothing.
    """
    call = lock(call)
    if call.state != CallState.ISSUED or not call.due_days or call.issued_at is None:
        return False
    calendar = Calendar()
    issued = timezone.localtime(call.issued_at).date()
    promised = add_working_days(max(issued, call.opens_on or issued), call.due_days, calendar)
    before, call.due_on = call.due_on, _fair(promised, call.due_on, calendar)
    moved = _moved(call, promised, calendar)
    if not moved and call.due_on == before:
        return False
    call.save(update_fields=["due_on"])
    Assignment.objects.bulk_update([row for row, _old in moved], ["due_on"], batch_size=AT_ONCE)
    record(actor, policy.MANAGE, call, change="due date follows the calendar", before=before, after=call.due_on)
    record_many(
        actor, policy.MANAGE,
        [(row, {"change": "due date follows the calendar", "before": old, "after": row.due_on, "call": call.pk})
         for row, old in moved],
    )  # fmt: skip
    for day in sorted({row.due_on for row, _old in moved if row.due_on}):
        pairs = [(row, row.position) for row, _old in moved if row.due_on == day]
        write_to(pairs, lambda: _("The calendar changed: a new due date"), f"calendar-{day.isoformat()}")
    return True


def _moved(call: Call, promised: date, calendar: Calendar) -> list[tuple[Assignment, date | None]]:
    """Open assignments with their new date, and the date before."""
    granted = Extension.objects.filter(granted=True).order_by("decided_at", "id")
    rows = (
        call.assignments.select_for_update(of=("self",))
        .filter(state__in=OPEN)
        .select_related("position__organisation__area", "call")
        .prefetch_related(Prefetch("extensions", queryset=granted, to_attr="grants"))
    )
    moved: list[tuple[Assignment, date | None]] = []
    for row in rows:
        row.call = call
        old, due = row.due_on, promised
        for grant in row.grants:
            due = _extended(due, grant, calendar)
        row.due_on = _fair(due, old, calendar)
        if row.due_on != old:
            moved.append((row, old))
    return moved


def _extended(due: date, grant: Extension, calendar: Calendar) -> date:
    """The date with a grant on top: in working days where they are on record, else the day that was granted."""
    if grant.granted_days:
        return add_working_days(due, grant.granted_days, calendar)
    return max(due, grant.granted_until) if grant.granted_until else due


def _fair(new: date, old: date | None, calendar: Calendar) -> date:
    """A date may come nearer when a day off is taken back, but not into the past."""
    if old is None or new >= old:
        return new
    tomorrow = add_working_days(clock.today(), 1, calendar)
    return min(old, max(new, tomorrow))
