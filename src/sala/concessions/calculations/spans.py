"""Spans of months between days."""

from datetime import date

from sala.duties.rhythm import shifted


def within_months(one: date, other: date, months: int) -> bool:
    """Whether two days lie no more than so many months apart, to the day."""
    early, late = sorted((one, other))
    return late <= shifted(early, months)
