"""Spans of months between days, and what holds at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sala.duties.rhythm import shifted


@dataclass(frozen=True)
class Span:
    """Days from one on until before another; None where it is open."""

    lower: date | None = None
    upper: date | None = None


ALWAYS = Span()


def within_months(one: date, other: date, months: int) -> bool:
    """Whether two days lie no more than so many months apart, to the day."""
    early, late = sorted((one, other))
    return late <= shifted(early, months)


def most_at_once(rows: Iterable[tuple[Any, Any]]) -> Decimal:
    """The largest sum on one day. rows: (range of days, share or hectares); a range without ends is open there."""
    known = [(valid, Decimal(share)) for valid, share in rows]
    days = {valid.lower for valid, _share in known}
    return max(
        (
            sum((share for valid, share in known if holds(valid, day)), Decimal(0))
            for day in days
        ),
        default=Decimal(0),
    )  # fmt: skip


def holds(valid: Any, day: date | None) -> bool:
    """Whether a range holds on a day; None is before all days."""
    begun = valid.lower is None or (day is not None and valid.lower <= day)
    return begun and (valid.upper is None or day is None or day < valid.upper)
