"""What is owed for each period of a term, when rate and quantity change on certain days.

A month is counted from the day on which the term begins: of a term from the 15th, a month goes from the 15th to the
14th. A part of such a month counts by its days. So twelve months of a term are always exactly twelve, whatever the
calendar, and the parts of a month add up to it.
"""

import calendar
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from sala.ledger.calculations.sharing import rounded

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """A value that holds from a day until another, both included; without a last day it holds on."""

    start: date
    end: date | None
    value: Decimal
    source: int | None = None  # id of the rule it comes from


@dataclass(frozen=True)
class Part:
    """A stretch of a period in which rate and quantity stay the same. months may be a part of one."""

    start: date
    end: date
    months: Fraction
    rate: Step
    quantity: Step


@dataclass(frozen=True)
class Instalment:
    """One period, first and last day included, what is owed for it in the smallest unit, and how that came about."""

    start: date
    end: date
    amount: int
    exact: Fraction
    parts: tuple[Part, ...]


class RateGap(ValueError):
    """For some days no value is laid down. `days` are the stretches, first and last day included; `what` says of which."""

    def __init__(self, what: str, days: Sequence[tuple[date, date]]):
        self.what, self.days = what, list(days)
        super().__init__(f"{what}: " + ", ".join(f"{first} – {last}" for first, last in days))


class RateOverlap(ValueError):
    """Two values hold on the same day, from `day` on."""

    def __init__(self, what: str, day: date):
        self.what, self.day = what, day
        super().__init__(f"{what}: {day}")


def month_start(anchor: date, months: int) -> date:
    """The day on which the n-th month after the anchor begins; the last day of a month that is shorter."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, calendar.monthrange(year, month + 1)[1]))


def months_between(anchor: date, start: date, end: date) -> Fraction:
    """Months from start to end, both included, counted from the anchor (see above)."""
    return _months_until(anchor, end + ONE_DAY) - _months_until(anchor, start)


def _months_until(anchor: date, day: date) -> Fraction:
    number = (day.year - anchor.year) * 12 + day.month - anchor.month
    while month_start(anchor, number) > day:
        number -= 1
    begins, ends = month_start(anchor, number), month_start(anchor, number + 1)
    return number + Fraction((day - begins).days, (ends - begins).days)


def periods(start: date, end: date, every: int) -> list[tuple[date, date]]:
    """Periods of so many months from the first day of a term to its last; the last one may be shorter."""
    if every < 1 or end < start:
        raise ValueError("a term ends after it begins, and a period has a month or more")
    found, number = [], 0
    while (begins := month_start(start, number)) <= end:
        number += every
        found.append((begins, min(end, month_start(start, number) - ONE_DAY)))
    return found


def schedule(start: date, end: date, *, every: int, rates: Sequence[Step], quantities: Sequence[Step],
             digits: int) -> list[Instalment]:  # fmt: skip
    """What is owed for each period of a term: rate × quantity × months / 12, each stretch by the values of its days.

    start, end  first and last day of the term          every  months of a period, 12 for yearly
    rates       per unit of quantity and year, in whole units of the currency
    digits      decimal places of the currency
    Each period is rounded half to even at the smallest unit; the last one takes the rest, so that all add up to the
    rounded sum of the whole term. Raises RateGap with the days for which nothing is laid down, RateOverlap.
    """
    rates, quantities = _ordered("rate", rates), _ordered("quantity", quantities)
    for what, steps in (("rate", rates), ("quantity", quantities)):
        if gaps := _gaps(start, end, steps):
            raise RateGap(what, gaps)
    spans = periods(start, end, every)
    parts = [_parts(start, first, last, rates, quantities) for first, last in spans]
    exact = [sum((_owed(part) for part in one), Fraction(0)) * 10**digits for one in parts]
    amounts = [rounded(one) for one in exact]
    amounts[-1] = rounded(sum(exact, Fraction(0))) - sum(amounts[:-1])
    return [
        Instalment(first, last, amount, one, tuple(pieces))
        for (first, last), amount, one, pieces in zip(spans, amounts, exact, parts, strict=True)
    ]


def _owed(part: Part) -> Fraction:
    return Fraction(part.rate.value) * Fraction(part.quantity.value) * part.months / 12


def _ordered(what: str, steps: Sequence[Step]) -> list[Step]:
    found = sorted(steps, key=lambda step: step.start)
    for before, after in itertools.pairwise(found):
        if before.end is None or before.end >= after.start:
            raise RateOverlap(what, after.start)
    return found


def _gaps(start: date, end: date, steps: Sequence[Step]) -> list[tuple[date, date]]:
    """Stretches between start and end in which no step holds."""
    found, free = [], start
    for step in steps:
        if step.start > end:
            break
        if step.end is not None and step.end < free:
            continue
        if step.start > free:
            found.append((free, step.start - ONE_DAY))
        if step.end is None or step.end >= end:
            return found
        free = step.end + ONE_DAY
    return [*found, (free, end)] if free <= end else found


def _at(steps: Sequence[Step], day: date) -> Step:
    return next(step for step in reversed(steps) if step.start <= day and (step.end is None or day <= step.end))


def _parts(anchor: date, first: date, last: date, rates: Sequence[Step], quantities: Sequence[Step]) -> list[Part]:
    changes = {step.start for step in (*rates, *quantities) if first < step.start <= last}
    begins = [first, *sorted(changes)]
    ends = [day - ONE_DAY for day in begins[1:]] + [last]
    return [
        Part(day, until, months_between(anchor, day, until), _at(rates, day), _at(quantities, day))
        for day, until in zip(begins, ends, strict=True)
    ]
