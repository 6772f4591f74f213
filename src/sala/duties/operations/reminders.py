"""Reminders of open work: a week before, a day before, and each week that it is late. Running twice sends nothing twice."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from sala.documents.working_days import Calendar
from sala.duties.due import Due, reckon
from sala.duties.models import Assignment
from sala.duties.operations.notices import tell_post
from sala.duties.states import WITH_ASKED

EARLY, LAST = 7, 1  # days before the due date


def wave_of(due: Due, today: date) -> str | None:
    """Name of the reminder that is due today; None on a day without one. A day missed is made good on the next."""
    if due.late:
        return f"overdue-{((today - due.last).days - 1) // 7 + 1}"
    left = (due.on - today).days
    if left <= LAST:
        return f"before-{LAST}"
    return f"before-{EARLY}" if left <= EARLY else None


def remind(today: date) -> int:
    """Queue what is to be said today, one message per assignment, wave and person. Returns how many are new."""
    made, calendar = 0, Calendar()
    waiting = Assignment.objects.filter(state__in=WITH_ASKED, due_on__isnull=False)
    for number in waiting.order_by("due_on", "id").values_list("pk", flat=True):
        with transaction.atomic():
            made += _remind_of(number, today, calendar)
    return made


def _remind_of(number: int, today: date, calendar: Calendar) -> int:
    rows = Assignment.objects.filter(pk=number, state__in=WITH_ASKED)
    assignment = rows.select_related("call", "position__organisation").first()
    if assignment is None or assignment.due_on is None:
        return 0
    due = reckon(assignment.due_on, today=today, calendar=calendar)
    wave = wave_of(due, today)
    if wave is None:
        return 0
    return tell_post(
        assignment,
        assignment.position,
        wave=wave,
        title=lambda: _("Overdue: your answer is late") if due.late else _("Reminder: an answer is due soon"),
        today=today,
    )
