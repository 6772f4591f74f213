"""Plain reckoning about datasets: when the next edition is due, which periods are missing, how complete a record is."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sala.core import periods
from sala.core.periods import Period

PromiseState = Literal["none", "irregular", "retired", "current", "due", "overdue"]


@dataclass(frozen=True)
class Promise:
    """State of an update promise. `due` is the last day on which the next edition is in time."""

    state: PromiseState
    due: date | None = None

    @property
    def is_late(self) -> bool:
        return self.state == "overdue"


def add_months(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise ValueError(day)


def promise(*, months: int | None, days: int | None, frequency: str | None, grace_days: int, covered_until: date | None,
            since: date, today: date, retired: bool = False) -> Promise:  # fmt: skip
    """Whether the promise is kept today.

    months, days   length of one period of the frequency; both None for irregular and never
    covered_until  last day of the last period delivered; None when nothing was delivered yet (then `since` counts)
    A dataset without promise or with an irregular one is said to be so, never counted as current.
    """
    if retired:
        return Promise("retired")
    if frequency is None:
        return Promise("none")
    if not months and not days:
        return Promise("irregular")
    start = covered_until or since
    next_end = (
        add_months(start + timedelta(days=1), months) - timedelta(days=1)
        if months
        else start + timedelta(days=days or 1)
    )
    due = next_end + timedelta(days=grace_days)
    if today > due:
        return Promise("overdue", due)
    return Promise("due" if today > next_end else "current", due)


def missing_periods(delivered: list[str], today: date) -> list[str]:
    """Codes of the periods between the first delivered and today's that have no edition. Spans are left out."""
    known = sorted(
        {period for code in delivered if code and "/" not in code for period in [periods.parse(code)]},
        key=lambda period: period.start,
    )
    if len(known) < 2:
        return []
    missing: list[str] = []
    have = {period.code for period in known}
    step: Period = known[0]
    last = known[-1]
    while step.end < min(last.end, today):
        if step.code not in have:
            missing.append(step.code)
        step = step.following()
    return missing


@dataclass(frozen=True)
class Criterion:
    """One yes-or-no question about a dataset's description. share: what it is judged by, in percent, where it is a share."""

    code: str
    met: bool
    share: int | None = None


def score(criteria: list[Criterion]) -> int:
    """Share of criteria met, in whole percent."""
    return round(100 * sum(criterion.met for criterion in criteria) / len(criteria)) if criteria else 0


SMALLEST = 5  # a number of uses below this is not told where it says something about people


def hide_small(counts: dict[str, int]) -> dict[str, int] | None:
    """The counts of a group's parts, or None when one of them is small: from the others and the sum it could be reckoned."""
    return None if any(0 < count < SMALLEST for count in counts.values()) else counts


def first_of_month(day: date, months: int = 0) -> date:
    """The first day of the month some months away."""
    return add_months(day.replace(day=1), months)
