"""How old a debt is, counted from its due date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Band(StrEnum):
    """Days after the due date. On the due date itself nothing is late."""

    CURRENT = "current"
    MONTH = "1-30"
    QUARTER = "31-90"
    YEAR = "91-365"
    OLDER = "over-365"


BANDS = list(Band)
LAST_DAY = {Band.CURRENT: 0, Band.MONTH: 30, Band.QUARTER: 90, Band.YEAR: 365}


@dataclass(frozen=True)
class Open:
    """An amount that is still owed, and since when."""

    amount: int
    due_on: date


def days_late(due_on: date, on: date) -> int:
    """Days since the due date; 0 while it is not past."""
    return max(0, (on - due_on).days)


def band_of(due_on: date, on: date) -> Band:
    late = days_late(due_on, on)
    return next((band for band, last in LAST_DAY.items() if late <= last), Band.OLDER)


def aged(items: Iterable[Open], on: date) -> dict[Band, int]:
    """Band → sum of what is open in it on a day; every band is there. The sums add up to all that is open."""
    found = dict.fromkeys(BANDS, 0)
    for item in items:
        found[band_of(item.due_on, on)] += item.amount
    return found
