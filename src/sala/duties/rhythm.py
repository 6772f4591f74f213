"""When the next round of a recurring call is drafted, opens and is due."""

import calendar as months_of
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from sala.core import periods
from sala.documents.working_days import Calendar, add_working_days
from sala.duties.models import Call, Rhythm

MONTHS = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3, Rhythm.YEARLY: 12}
PREPARING = 5  # working days in which the issuer completes a draft that does not open itself
WITHOUT_A_RULE = timedelta(days=28)  # from issue to due date, where no rule says how much notice is given


@dataclass(frozen=True)
class Round:
    """One round of a recurring call. due_on is empty where the call promises working days instead of a date.

    number      counted from the call that the template was made of
    drafted_on  the day the calendar makes its draft, early enough that the notice rule is kept
    """

    number: int
    period: str
    opens_on: date | None
    due_on: date | None
    drafted_on: date


class NoDueDate(ValueError):
    """A call that says neither a due date nor how many working days cannot recur."""


def shifted(day: date, months: int) -> date:
    """The same day so many months later; the last day of a month stays the last day of its month."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    last = months_of.monthrange(year, month)[1]
    was_last = day.day == months_of.monthrange(day.year, day.month)[1]
    return date(year, month, last if was_last else min(day.day, last))


def next_period(code: str, months: int) -> str:
    """The period that lies so many months on, of the same kind: 2026 → 2027, 2026-Q3 a year on → 2027-Q3."""
    if not code:
        return ""
    period = periods.parse(code)
    from_day = shifted(period.start, months)
    while period.start < from_day:
        period = period.following()
    return period.code


def next_round(source: Call, rhythm: str, *, after: int, notice: int | None, opens_itself: bool, today: date,
               calendar: Calendar) -> Round:  # fmt: skip
    """The first round after the one of this number that is not due already.

    source  all dates are counted from it, so a round that somebody moved for once does not move the later ones
    notice  working days that the rule asks between issue and due date; None where there is no rule
    """
    if not source.due_on and not source.due_days:
        raise NoDueDate
    step = MONTHS[Rhythm(rhythm)]
    opened = source.opens_on or (
        timezone.localtime(source.issued_at or source.made_at).date() if source.due_days else None
    )
    number = after + 1
    while _due(source, opened, number * step, calendar) <= today:
        number += 1
    months = number * step
    opens = shifted(opened, months) if opened else None
    due = None if source.due_days else _due(source, opened, months, calendar)
    period = next_period(source.period, months)
    return Round(number, period, opens, due, _drafted(opens, due, notice, opens_itself, calendar))


def _due(source: Call, opened: date | None, months: int, calendar: Calendar) -> date:
    if source.due_days and opened:
        return add_working_days(shifted(opened, months), source.due_days, calendar)
    assert source.due_on is not None
    return shifted(source.due_on, months)


def _drafted(opens: date | None, due: date | None, notice: int | None, opens_itself: bool, calendar: Calendar) -> date:
    """The opening day, or sooner where the notice rule asks it; some days more for a draft that somebody completes."""
    days = [opens] if opens else []
    if due and notice is not None:
        days.append(add_working_days(_working(due, calendar), -notice, calendar))
    elif due and not opens:
        days.append(due - WITHOUT_A_RULE)
    first = _working(min(days), calendar)
    return first if opens_itself else add_working_days(first, -PREPARING, calendar)


def _working(day: date, calendar: Calendar) -> date:
    """The day, or the last working day before it."""
    return day if calendar.is_working(day) else add_working_days(day, -1, calendar)
