"""Working days of the country: without weekends, standing public holidays and the days off entered here.

The standing holidays come from the `holidays` library, for the country that the pack names
(holidays.library_country); substitute days and days announced by notice are NonWorkingDay rows.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property, lru_cache

import holidays

from sala.core.language import Translated, languages
from sala.core.models import PackFact
from sala.documents.models import NonWorkingDay

WEEKEND = frozenset({5, 6})  # Monday is 0; where the pack names no country
LONGEST = 3660  # days a search for working days may run before something must be wrong


@lru_cache(maxsize=64)
def _standing(country: str, year: int, code: str) -> dict[date, str]:
    """Public holidays of a year with their names in a language; in the library's own one where it lacks that."""
    calendar = holidays.country_holidays(country, years=year)
    known = calendar.supported_languages or ()
    fitting = next((name for name in known if name.split("_")[0] == code), None)
    if fitting:
        calendar = holidays.country_holidays(country, years=year, language=fitting)
    return dict(calendar.items())


def _country() -> str:
    return (PackFact.get("holidays") or {}).get("library_country", "")


@lru_cache(maxsize=8)
def _weekend(country: str) -> frozenset[int]:
    return frozenset(holidays.country_holidays(country).weekend) if country else WEEKEND


class Calendar:
    """The working calendar, read once for a calculation, from its first day on: few queries however many days are asked."""

    def __init__(self) -> None:
        self._entered: dict[int, dict[date, NonWorkingDay]] = {}

    @cached_property
    def country(self) -> str:
        return _country()

    @cached_property
    def weekend(self) -> frozenset[int]:
        return _weekend(self.country)

    def entered(self, year: int) -> dict[date, NonWorkingDay]:
        """Days off entered for a year."""
        if year not in self._entered:
            self._entered[year] = {row.date: row for row in NonWorkingDay.objects.filter(date__year=year)}
        return self._entered[year]

    def standing(self, year: int, code: str) -> dict[date, str]:
        return _standing(self.country, year, code) if self.country else {}

    def is_working(self, day: date) -> bool:
        return (
            day.weekday() not in self.weekend
            and day not in self.standing(day.year, "")
            and day not in self.entered(day.year)
        )

    def days_off(self, year: int) -> list[tuple[date, Translated, NonWorkingDay | None]]:
        """Holidays and entered days of a year with their names; weekends are not listed."""
        named: dict[date, Translated] = {}
        for code in languages():
            for day, name in self.standing(year, code).items():
                named.setdefault(day, Translated())[code] = name
        entered = self.entered(year)
        named.update({day: row.name for day, row in entered.items()})
        return [(day, named[day], entered.get(day)) for day in sorted(named)]


def is_working_day(day: date) -> bool:
    return Calendar().is_working(day)


def add_working_days(start: date, count: int, calendar: Calendar | None = None) -> date:
    """The day that lies `count` working days after start (before it when negative). Start itself is never counted."""
    calendar = calendar or Calendar()
    step = timedelta(days=1 if count >= 0 else -1)
    day, left = start, abs(count)
    for _step in range(LONGEST + 3 * left):
        if not left:
            return day
        day += step
        left -= calendar.is_working(day)
    raise ValueError(f"No {count} working days follow {start}: check the entered days off.")


def working_days_between(first: date, last: date, calendar: Calendar | None = None) -> int:
    """Working days after `first` up to and including `last`, so that add_working_days(first, n) is n away.

    Negative when `last` lies before `first`.
    """
    if last < first:
        return -working_days_between(last - timedelta(days=1), first - timedelta(days=1), calendar)
    calendar = calendar or Calendar()
    return sum(calendar.is_working(day) for day in _days(first, last))


def _days(first: date, last: date) -> Iterator[date]:
    """Days after the first one, up to and including the last."""
    for step in range(1, (last - first).days + 1):
        yield first + timedelta(days=step)
