"""Holding the register against a figure that somebody published: the same definition, the difference, and what it is made of.

No database: facts come in as plain rows, figures as the pack writes them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

NUMBER, GRANTED, DEVELOPED = "number", "granted_ha", "developed_ha"
IN_FORCE = "in_force"

# why an entry may be counted here and not there, or the other way round; each entry has the first that fits
OUTSIDE, ENDED, CLOSED, UNCONFIRMED, UNLOCATED, REST = "outside", "ended", "closed", "unconfirmed", "unlocated", "rest"
ORDER = (OUTSIDE, ENDED, CLOSED, UNCONFIRMED, UNLOCATED, REST)


@dataclass(frozen=True)
class Fact:
    """Entries that are alike, as far as the reader reads them; number: how many.

    granted, developed  hectares of all of them together; None where those of none are known, or they are closed
    is_confirmed        None where that is closed to the reader
    """

    kind: str
    sector: str
    state: str
    is_double: bool
    is_confirmed: bool | None
    is_located: bool
    granted: Decimal | None = None
    developed: Decimal | None = None
    number: int = 1


@dataclass(frozen=True)
class Figure:
    """A published figure. of: what is counted; counts: {"kind", "sectors", "standing"}, each may be left out."""

    name: Any
    figure: Decimal
    of: str = NUMBER
    counts: Mapping[str, Any] = field(default_factory=dict)
    parts: Sequence["Figure"] = ()
    adds_up: bool = False

    @property
    def parts_sum(self) -> Decimal:
        return sum((part.figure for part in self.parts), Decimal(0))

    @property
    def own_gap(self) -> Decimal | None:
        """How much more the whole is than its own parts together; None where they are not said to make it up."""
        return self.figure - self.parts_sum if self.adds_up and self.parts else None


def read(data: Mapping[str, Any], name: Any) -> Figure:
    """A figure as the pack writes it (the data of its term). Raises KeyError and ArithmeticError for what is none."""
    of = data.get("of", NUMBER)
    parts = [
        Figure(part.get("name", {}), Decimal(str(part["figure"])), of, part.get("counts") or {})
        for part in data.get("parts") or []
    ]
    return Figure(name, Decimal(str(data["figure"])), of, data.get("counts") or {}, parts, bool(data.get("adds_up")))


@dataclass(frozen=True)
class Part:
    """Entries of one reason. total: their share of ours; left: ours without these and those above them."""

    reason: str
    total: Decimal
    left: Decimal
    difference: Decimal


@dataclass(frozen=True)
class Held:
    """A figure against the register. ours: by the same definition; difference: ours less the published one.

    parts    what ours is made of; their totals add up to ours
    doubles  entered twice, counted once     silent  entries of the definition whose hectares are not known
    """

    figure: Figure
    ours: Decimal
    difference: Decimal
    parts: list[Part]
    doubles: Decimal
    silent: int
    entries: int


def hold(figure: Figure, facts: Iterable[Fact], ended: Iterable[str], in_force: Iterable[str], outside: str) -> Held:
    """ended, in_force: states; outside: the state of what only an outside source names."""
    over, standing = frozenset(ended), frozenset(in_force)
    meant = [fact for fact in facts if _fits(figure, fact, standing)]
    single = [fact for fact in meant if not fact.is_double]
    sums = dict.fromkeys(ORDER, Decimal(0))
    for fact in single:
        sums[_reason(fact, over, outside)] += _amount(figure, fact) or 0
    ours = sum(sums.values(), Decimal(0))
    parts, left = [], ours
    for reason in ORDER:
        if reason != REST:
            left -= sums[reason]
        if sums[reason]:
            parts.append(Part(reason, sums[reason], left, left - figure.figure))
    return Held(
        figure, ours, ours - figure.figure, parts, sum((_amount(figure, fact) or Decimal(0) for fact in meant if fact.is_double), Decimal(0)),
        sum(fact.number for fact in single if _amount(figure, fact) is None), sum(fact.number for fact in single),
    )  # fmt: skip


def _fits(figure: Figure, fact: Fact, in_force: frozenset[str]) -> bool:
    counts = figure.counts
    return (
        counts.get("kind") in (None, fact.kind)
        and (not counts.get("sectors") or fact.sector in counts["sectors"])
        and (counts.get("standing") != IN_FORCE or fact.state in in_force)
    )


def _reason(fact: Fact, ended: frozenset[str], outside: str) -> str:
    if fact.state == outside:
        return OUTSIDE
    if fact.state in ended:
        return ENDED
    if fact.is_confirmed is None:
        return CLOSED
    if not fact.is_confirmed:
        return UNCONFIRMED
    return REST if fact.is_located else UNLOCATED


def _amount(figure: Figure, fact: Fact) -> Decimal | None:
    return {NUMBER: Decimal(fact.number), GRANTED: fact.granted, DEVELOPED: fact.developed}[figure.of]
