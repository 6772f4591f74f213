"""What is owed for each period of a term of payment, and by whom. Plain reckoning, without the database.

A year's amount is rate × hectares; a period's is that × its months / 12. What changes on a day (rate, hectares, holder)
counts from that day. Nothing is owed for days on which nobody holds the land, and nothing after the last day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sala.ledger.calculations import Part, Step, rounded, schedule, shares
from sala.ledger.calculations.schedule import ONE_DAY, month_start

RULE, RATE, YEARLY, ONCE, PERCENT = "rule", "rate", "yearly", "once", "percent"
NOBODY = Decimal(0)
MOST_PERIODS = 2400


@dataclass(frozen=True)
class Held:
    """What one grant holds: first and last day (None: without end), per cent of the concession, hectares where known."""

    grant: int
    start: date
    end: date | None
    share: Decimal
    hectares: Decimal | None = None


@dataclass(frozen=True)
class Terms:
    """A term of payment as plain values.

    rate    per hectare and year in whole units of the currency, or per cent      amount  in its smallest unit
    digits  decimal places of the currency                                        days    until a period has to be paid
    """

    basis: str
    start: date
    end: date | None
    months: int
    days: int
    digits: int
    rate: Decimal | None = None
    amount: int | None = None


@dataclass(frozen=True)
class Slice:
    """What one holder owes of a period: amount in the smallest unit, and the days it held."""

    grant: int
    amount: int
    start: date
    end: date


@dataclass(frozen=True)
class Owed:
    """One period. slices add up to the amount. waits: its value was not reported yet, so nothing can be reckoned."""

    start: date
    end: date
    amount: int
    slices: tuple[Slice, ...] = ()
    parts: tuple[Part, ...] = ()
    waits: bool = False
    base: int | None = None  # the reported value that a per cent is owed of


@dataclass(frozen=True)
class Plan:
    """Periods of a term that have begun by a day. `following`: the day on which the next one begins; None: none does."""

    owed: tuple[Owed, ...]
    following: date | None


@dataclass(frozen=True)
class Known:
    """What stands in the register about the days of a term.

    held      grants that count            rates   per hectare and year by the rules, where they decide
    hectares  by the area that counts; None: the hectares of the grants themselves
    reported  begin of a period → value in the smallest unit
    """

    held: Sequence[Held]
    rates: Sequence[Step] = ()
    hectares: Sequence[Step] | None = None
    reported: Mapping[date, int] = field(default_factory=dict)


def counted_from(basis: str, owed: Owed) -> date:
    """The day from which the days until payment are counted: a reported value is known when its period is over."""
    return owed.end + ONE_DAY if basis == PERCENT else owed.start


def last_day(terms: Terms, held: Iterable[Held]) -> date | None:
    """Last day for which anything can be owed; None: no end is known. Without any grant, the day before it begins."""
    ends = [row.end for row in held]
    if not ends:
        return terms.start - ONE_DAY
    of_grants = None if None in ends else max(day for day in ends if day is not None)
    known = [day for day in (terms.end, of_grants) if day is not None]
    return min(known) if known else None


def plan(terms: Terms, known: Known, until: date) -> Plan:
    """Every period that begins on or before `until`, with what each holder owes.

    The last period of the whole term takes what rounding left, so that all periods add up to the rounded whole. Raises
    RateGap with the days of which rate or hectares are not known, RateOverlap where two values hold on one day.
    """
    if terms.basis == ONCE:
        return _once(terms, known, until)
    end = last_day(terms, known.held)
    if (end is not None and end < terms.start) or until < terms.start:
        begins = terms.start if end is None or end >= terms.start else None
        return Plan((), begins)
    count = 1
    while (begin := month_start(terms.start, count * terms.months)) <= until and (end is None or begin <= end):
        count += 1
        if count > MOST_PERIODS:
            break
    cut = month_start(terms.start, count * terms.months) - ONE_DAY
    whole = end is not None and cut >= end
    last = end if whole and end is not None else cut
    spans = _spans(known.held, terms.start, last)
    if terms.basis == PERCENT:
        owed = _of_values(terms, known, spans, last)
    else:
        owed = _by_days(terms, known, spans, last, whole)
    return Plan(tuple(owed), None if whole else cut + ONE_DAY)


def _once(terms: Terms, known: Known, until: date) -> Plan:
    """A sum that is owed once, by whoever holds the land on that day, or held it last before."""
    if until < terms.start:
        return Plan((), terms.start)
    holding = [row for row in known.held if _on(row, terms.start)]
    if not holding:
        before = [row for row in known.held if row.end is not None and row.end < terms.start]
        latest = max((row.end for row in before if row.end), default=None)
        holding = [row for row in before if row.end == latest]
    weights = [row.share or Decimal(1) for row in holding]
    amounts = shares(terms.amount or 0, weights) if holding else []
    slices = tuple(
        Slice(row.grant, amount, terms.start, terms.start)
        for row, amount in zip(holding, amounts, strict=True)
        if amount
    )
    return Plan((Owed(terms.start, terms.start, terms.amount or 0, slices),), None)


def _on(row: Held, day: date) -> bool:
    return row.start <= day and (row.end is None or day <= row.end)


def _spans(held: Sequence[Held], start: date, end: date) -> list[tuple[date, date]]:
    """The days from start to end, cut wherever a grant begins or ends."""
    cuts = {start}
    for row in held:
        cuts |= {day for day in (row.start, row.end + ONE_DAY if row.end else None) if day and start < day <= end}
    begins = sorted(cuts)
    return list(zip(begins, [day - ONE_DAY for day in begins[1:]] + [end], strict=True))


def _holding(held: Sequence[Held], day: date) -> list[Held]:
    return [row for row in held if _on(row, day)]


def _masked(steps: Sequence[Step], held: Sequence[Held], spans: Sequence[tuple[date, date]]) -> list[Step]:
    """The steps cut at the spans; nought for days on which nobody holds the land."""
    found = []
    for first, last in spans:
        if not _holding(held, first):
            found.append(Step(first, last, NOBODY))
            continue
        for step in steps:
            start, end = max(step.start, first), min(step.end or last, last)
            if start <= end:
                found.append(Step(start, end, step.value, step.source))
    return found


def _of_grants(held: Sequence[Held], spans: Sequence[tuple[date, date]]) -> list[Step]:
    """Hectares of those who hold the land, span by span; a span in which those of one are not known is left out."""
    found = []
    for first, last in spans:
        sizes = [row.hectares for row in _holding(held, first)]
        if sizes and all(size is not None for size in sizes):
            found.append(Step(first, last, sum((size for size in sizes if size is not None), Decimal(0))))
    return found


def _by_days(terms: Terms, known: Known, spans: Sequence[tuple[date, date]], last: date, whole: bool) -> list[Owed]:
    forever = (terms.start, None)
    if terms.basis == YEARLY:
        rates = [Step(*forever, Decimal(terms.amount or 0).scaleb(-terms.digits))]
        sizes: Sequence[Step] = [Step(*forever, Decimal(1))]
    else:
        rates = list(known.rates) if terms.basis == RULE else [Step(*forever, terms.rate or Decimal(0))]
        sizes = _of_grants(known.held, spans) if known.hectares is None else known.hectares
    found = schedule(
        terms.start, last, every=terms.months, rates=_masked(rates, known.held, spans),
        quantities=_masked(sizes, known.held, spans), digits=terms.digits,
    )  # fmt: skip
    owed = []
    for place, one in enumerate(found):
        # only where the term itself ends does the last period take the rest; here the list merely stops
        amount = rounded(one.exact) if place == len(found) - 1 and not whole else one.amount
        owed.append(Owed(one.start, one.end, amount, _sliced(amount, one.parts, known.held), one.parts))
    return owed


def _sliced(amount: int, parts: Sequence[Part], held: Sequence[Held]) -> tuple[Slice, ...]:
    """The amount of a period split among those who held the land, by their days and shares; no unit is lost."""
    weights: dict[int, Fraction] = {}
    days: dict[int, tuple[date, date]] = {}
    for part in parts:
        size = Fraction(part.rate.value) * Fraction(part.quantity.value) * part.months
        holding = _holding(held, part.start)
        whole = sum((Fraction(row.share) for row in holding), Fraction(0))
        for row in holding:
            share = Fraction(row.share) / whole if whole else Fraction(1, len(holding))
            weights[row.grant] = weights.get(row.grant, Fraction(0)) + size * share
            first, _last = days.get(row.grant, (part.start, part.end))
            days[row.grant] = (first, part.end)
    if amount <= 0 or not any(weights.values()):
        return ()
    split = shares(amount, list(weights.values()))
    return tuple(Slice(grant, part, *days[grant]) for grant, part in zip(weights, split, strict=True) if part)


def _of_values(terms: Terms, known: Known, spans: Sequence[tuple[date, date]], last: date) -> list[Owed]:
    """A per cent of what was reported, period by period; a period of which nothing was reported waits."""
    one = [Step(terms.start, None, Decimal(1))]
    months = schedule(
        terms.start, last, every=terms.months, rates=_masked(one, known.held, spans),
        quantities=_masked(one, known.held, spans), digits=0,
    )  # fmt: skip
    owed = []
    for period in months:
        if not any(part.quantity.value for part in period.parts):
            owed.append(Owed(period.start, period.end, 0))
            continue
        value = known.reported.get(period.start)
        if value is None:
            owed.append(Owed(period.start, period.end, 0, waits=True))
            continue
        amount = rounded(Fraction(value) * Fraction(terms.rate or 0) / 100)
        slices = _sliced(amount, period.parts, known.held)
        owed.append(Owed(period.start, period.end, amount, slices, waits=False, base=value))
    return owed


def formula(owed: Owed, share: Fraction = Fraction(1)) -> str:
    """How an amount came about, in figures: "30 × 120.5 × 12 / 12 + …"; with the holder's share where that is less."""
    lines = [f"{figure(part.rate.value)} × {figure(part.quantity.value)} × {_months(part.months)} / 12"
             for part in owed.parts if part.rate.value and part.quantity.value]  # fmt: skip
    text = " + ".join(lines)
    if share != 1 and text:
        text = f"({text}) × {share.numerator} / {share.denominator}"
    return text


def figure(value: Decimal) -> str:
    """A number as text without noughts behind it."""
    return format(value.normalize(), "f")


def _months(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    return figure(Decimal(value.numerator * 1000 // value.denominator) / 1000)
