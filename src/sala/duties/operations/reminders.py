"""Reminders of open work: a week before, a day before, and each week that it is late; then the heads are told.

Running twice, or being killed in the middle, sends nothing twice: a message is one row for its assignment, wave and
person, and what was written of a batch stays written. A wave carries the due date it was reckoned against, so that
more time, or a date that moved, brings its own reminders.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext as _

from sala.documents.models import RuleKind
from sala.documents.queries import rule_on
from sala.documents.working_days import Calendar
from sala.duties.due import Due, against, reckon
from sala.duties.models import Assignment
from sala.duties.operations.notices import write_to
from sala.duties.standing_in import heads_of
from sala.duties.states import CHECKED, WITH_ASKED
from sala.people.models import Position
from sala.places.models import Area

EARLY, LAST = 7, 1  # days before the due date
ESCALATION_KEY = "calls.escalation"
HEADS_TOLD = 2  # the head of the unit, and the head above
AT_ONCE = 500  # assignments looked at together


def wave_of(due: Due, today: date) -> str | None:
    """Name of the reminder that is due today; None on a day without one. A day missed is made good on the next."""
    if due.late:
        return against(due.on, f"overdue-{((today - due.last).days - 1) // 7 + 1}")
    left = (due.on - today).days
    if left <= LAST:
        return against(due.on, f"before-{LAST}")
    return against(due.on, f"before-{EARLY}") if left <= EARLY else None


def remind(today: date) -> int:
    """Queue what is to be said today. Returns how many messages are new."""
    calendar = Calendar()
    made = sum(_remind_asked(rows, today, calendar) for rows in _batches(WITH_ASKED))
    made += sum(_remind_checkers(rows, today, calendar) for rows in _batches(CHECKED))
    return made + sum(_escalate(rows, today, calendar) for rows in _batches(WITH_ASKED))


def _batches(states: Sequence[str]) -> Iterator[list[Assignment]]:
    """Open assignments in these states, in the order of their numbers, batch by batch."""
    last = 0
    while True:
        rows = list(
            Assignment.objects.filter(pk__gt=last, state__in=states, due_on__isnull=False)
            .select_related("call", "position__organisation__area", "waits_for__organisation__area")
            .order_by("pk")[:AT_ONCE]
        )
        if not rows:
            return
        yield rows
        last = rows[-1].pk


def _due(row: Assignment, today: date, calendar: Calendar) -> Due:
    assert row.due_on is not None
    return reckon(row.due_on, today=today, calendar=calendar)


def _by_wave(rows: Sequence[Assignment], today: date, calendar: Calendar) -> dict[tuple[str, bool], list[Assignment]]:
    waves: dict[tuple[str, bool], list[Assignment]] = {}
    for row in rows:
        due = _due(row, today, calendar)
        if wave := wave_of(due, today):
            waves.setdefault((wave, due.late), []).append(row)
    return waves


def _remind_asked(rows: Sequence[Assignment], today: date, calendar: Calendar) -> int:
    made = 0
    for (wave, late), waiting in _by_wave(rows, today, calendar).items():
        title = (lambda: _("Overdue: your answer is late")) if late else (lambda: _("Reminder: an answer is due soon"))
        short = (lambda: _("Answer late")) if late else (lambda: _("Answer due"))
        made += write_to([(row, row.position) for row in waiting], title, wave, today=today, short=short)
    return made


def _remind_checkers(rows: Sequence[Assignment], today: date, calendar: Calendar) -> int:
    """An answer that lies with those who check past its due date holds up everybody behind it."""
    made = 0
    for (wave, late), waiting in _by_wave(rows, today, calendar).items():
        if late:
            pairs = [(row, row.waits_for) for row in waiting if row.waits_for]
            made += write_to(pairs, lambda: _("Overdue: an answer waits for your check"), f"check-{wave}", today=today)
    return made


def _escalate(rows: Sequence[Assignment], today: date, calendar: Calendar) -> int:
    """Late by the working days that the rule sets: the head of the unit is told; twice as late: the head above."""
    patience: dict[int, int | None] = {}
    above: dict[int, list[Position]] = {}
    told: dict[str, list[tuple[Assignment, Position]]] = {}
    for row in rows:
        area = row.position.organisation.area
        if area.pk not in patience:
            patience[area.pk] = patience_of(area, today)
        days = patience[area.pk]
        due = _due(row, today, calendar)
        if not days or -due.left < days:
            continue
        if row.position_id not in above:
            above[row.position_id] = heads_of(row.position)
        for step, head in enumerate(above[row.position_id][:HEADS_TOLD], start=1):
            if -due.left >= days * step:
                told.setdefault(against(due.on, f"escalation-{step}"), []).append((row, head))
    return sum(
        write_to(pairs, lambda: _("Late in your unit: an answer that another office waits for"), wave, today=today)
        for wave, pairs in told.items()
    )


def patience_of(area: Area, today: date) -> int | None:
    """Working days late after which the head of a unit there is told; None where no rule says so."""
    rule = rule_on(RuleKind.DEADLINE, ESCALATION_KEY, today, area)
    return int(rule.number) if rule and rule.number is not None else None
