"""Rates and hectares as steps: which value holds on which days. Plain reckoning, without the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sala.ledger.calculations import Step
from sala.ledger.calculations.schedule import ONE_DAY


@dataclass(frozen=True)
class FeeRate:
    """A rule that lays down a rate: key, path of the area it holds in ("" everywhere), its days, rate and id."""

    id: int
    key: str
    reach: str
    start: date
    end: date | None
    rate: Decimal
    currency: str


def rates_for(rules: Iterable[FeeRate], keys: Sequence[str], path: str, currency: str) -> list[Step]:
    """The rate of each day: of the first key that has one, and of its rules that of the smallest area around the place."""
    fitting = [
        (keys.index(row.key), -len(row.reach), row)
        for row in rules
        if row.key in keys and row.currency == currency and path.startswith(row.reach)
    ]
    cuts = sorted(
        {day for *_rank, row in fitting for day in (row.start, row.end + ONE_DAY if row.end else None) if day}
    )
    found: list[Step] = []
    for place, first in enumerate(cuts):
        last = cuts[place + 1] - ONE_DAY if place + 1 < len(cuts) else None
        holding = [one for one in fitting if one[2].start <= first and (one[2].end is None or first <= one[2].end)]
        if not holding:
            continue
        best = min(holding, key=lambda one: one[:2])[2]
        before = found[-1] if found else None
        if before and before.source == best.id and before.end and before.end + ONE_DAY == first:
            found[-1] = Step(before.start, last, before.value, before.source)
        else:
            found.append(Step(first, last, best.rate, best.id))
    return found


def hectares_by_day(sizes: Iterable[tuple[date | None, Decimal]], start: date) -> list[Step]:
    """Areas as of their days, as steps: the first one known counts from the beginning, each later one from its day."""
    ordered = sorted(sizes, key=lambda one: one[0] or date.min)
    by_day: dict[date, Decimal] = {}
    for place, (day, size) in enumerate(ordered):
        by_day[start if place == 0 or day is None or day < start else day] = size
    begins = sorted(by_day)
    ends: list[date | None] = [day - ONE_DAY for day in begins[1:]]
    return [Step(first, last, by_day[first]) for first, last in zip(begins, [*ends, None], strict=True)]
