"""The checks of a screening that need no map: moratorium, power, term, splitting, and the comparison of two runs.

Verdicts, from good to bad: clear, cannot_tell, attention, blocked. A check without its rule cannot tell; it never
passes in silence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sala.concessions.calculations.facts import Facts, Found
from sala.concessions.calculations.spans import within_months

CLEAR, CANNOT_TELL, ATTENTION, BLOCKED = "clear", "cannot_tell", "attention", "blocked"
ORDER = (CLEAR, CANNOT_TELL, ATTENTION, BLOCKED)

POWER, MORATORIUM, TERM, TOLERANCE = "power_limit", "moratorium", "term", "tolerance"
LONGEST = "concession.longest"


def worst(verdicts: Iterable[str]) -> str:
    """The verdict of the whole: the worst of its parts; clear when there is none."""
    return max(verdicts, key=ORDER.index, default=CLEAR)


def hectares(value: Decimal | float | int) -> str:
    """Hectares as kept: text with two decimals."""
    return f"{Decimal(str(value)):.2f}"


def moratorium(facts: Facts, sector: str, commodities: Sequence[str], known: Sequence[str]) -> Found:
    """Whether approvals are stopped for the sector or for one of the commodities.

    known  every commodity of the sector: with none named, a stop of one of them cannot be told to hold or not
    """
    keys = ["concession", f"concession.{sector}", *(f"concession.{code}" for code in commodities)]
    for key in keys:
        if fact := facts.find(MORATORIUM, key):
            return Found("moratorium", BLOCKED, {"of": key.partition(".")[2]}, fact.id)
    if not commodities:
        for code in known:
            if fact := facts.find(MORATORIUM, f"concession.{code}"):
                return Found("moratorium", CANNOT_TELL, {"of": code}, fact.id)
    return Found("moratorium", CLEAR, {})


def power(facts: Facts, size: Decimal, sector: str, level: str, levels: Sequence[str]) -> Found:
    """Whether the level may grant so much; without a level, the lowest that may.

    levels  codes of the levels of administration, the highest first
    """
    limits = {code: facts.find(POWER, f"concession.{code}.{sector}", f"concession.{code}") for code in levels}
    known = {code: fact for code, fact in limits.items() if fact is not None and fact.number is not None}
    able = [code for code, fact in known.items() if fact.number is not None and size <= fact.number]
    figures: dict[str, Any] = {"hectares": hectares(size), "level": level, "lowest": able[-1] if able else ""}
    if level:
        fact = known.get(level)
        if fact is None or fact.number is None:
            return Found("power", CANNOT_TELL, figures)
        figures["limit"] = hectares(fact.number)
        return Found("power", CLEAR if size <= fact.number else BLOCKED, figures, fact.id)
    if not known:
        return Found("power", CANNOT_TELL, figures)
    return Found("power", CLEAR if able else ATTENTION, figures, known[able[-1]].id if able else None)


def term(facts: Facts, months: int | None, sector: str) -> Found:
    """Whether the term asked for is within the longest that the law allows on the day."""
    fact = facts.find(TERM, f"{LONGEST}.{sector}", LONGEST)
    longest = fact.months if fact else None
    if fact is None or longest is None or months is None:
        return Found("term", CANNOT_TELL, {"months": months, "longest": longest}, fact.id if fact else None)
    return Found("term", CLEAR if months <= longest else BLOCKED, {"months": months, "longest": longest}, fact.id)


@dataclass(frozen=True)
class Neighbour:
    """A grant or request of the same ultimate holder near the area asked about.

    metres  between the two areas; None where either lies somewhere unknown      decided_on  day of approval or request
    """

    reference: str
    size: Decimal
    metres: float | None
    decided_on: date | None
    level: str


def splitting(
    facts: Facts, size: Decimal, sector: str, level: str, day: date, neighbours: Iterable[Neighbour]
) -> Found:
    """Whether one area was asked for in parts, each within the power of a level that may not grant the sum.

    Counted are areas of the same ultimate holder within the distance and the months of the tolerance rules.
    """
    limit = facts.find(POWER, f"concession.{level}.{sector}", f"concession.{level}")
    near, long = (
        facts.number(TOLERANCE, "concession.splitting.metres"),
        facts.number(TOLERANCE, "concession.splitting.months"),
    )
    figures: dict[str, Any] = {"hectares": hectares(size), "level": level}
    if limit is None or limit.number is None or near is None or long is None:
        return Found("splitting", CANNOT_TELL, figures, limit.id if limit else None)
    counted = [
        each
        for each in neighbours
        if each.metres is not None
        and each.metres <= near
        and each.decided_on is not None
        and within_months(each.decided_on, day, int(long))
        and each.level == level
    ]
    together = size + sum((each.size for each in counted), Decimal(0))
    figures |= {
        "with": [each.reference for each in counted],
        "together": hectares(together),
        "limit": hectares(limit.number),
    }
    split = bool(counted) and together > limit.number and size <= limit.number
    return Found("splitting", ATTENTION if split else CLEAR, figures, limit.id)


@dataclass(frozen=True)
class Overlap:
    """How much of an area lies within another. slivers: hectares in parts too small to count, `parts` of them."""

    key: str
    ha: Decimal
    slivers: Decimal = Decimal(0)
    parts: int = 0


# purposes of areas, the gravest first, with what an overlap with one comes to
OF_PURPOSE = {
    "granted": BLOCKED, "disputed": ATTENTION, "implementation": ATTENTION, "surveyed": ATTENTION, "requested": ATTENTION,
    "study": ATTENTION,
}  # fmt: skip
ON_THE_GROUND = ("disputed", "implementation")  # what is there whatever became of the concession on paper


@dataclass(frozen=True)
class Shared:
    """Hectares shared with one area of a concession. counts: whether that is more than borders drawn twice."""

    purpose: str
    ha: Decimal
    counts: bool


def overlap(
    size: Decimal, reference: str, state: str, shared: Sequence[Shared], *, ended: bool, given_back: bool
) -> Found:
    """What an area of `size` hectares shares with one concession: the verdict and the figures of its gravest purpose, and
    hectares of each.

    ended       its grants and requests hold no longer; what is developed and disputed still lies there
    given_back  nor does anybody work there any more
    """
    hectares_of: dict[str, Decimal] = {}
    for part in shared:
        hectares_of[part.purpose] = hectares_of.get(part.purpose, Decimal(0)) + part.ha
    counting = {part.purpose for part in shared if part.counts}
    verdicts = {
        purpose: OF_PURPOSE[purpose]
        for purpose in OF_PURPOSE
        if purpose in counting
        and (not ended or (purpose in ON_THE_GROUND and not (given_back and purpose != "disputed")))
    }
    by_gravity = sorted(
        hectares_of,
        key=lambda purpose: (purpose not in verdicts, purpose not in counting, list(OF_PURPOSE).index(purpose)),
    )
    gravest = by_gravity[0]
    figures = {
        "key": reference, "hectares": hectares(hectares_of[gravest]), "percent": f"{hectares_of[gravest] * 100 / size:.1f}",
        "purpose": gravest, "state": state, "counts": gravest in counting,
        "purposes": {purpose: hectares(hectares_of[purpose]) for purpose in OF_PURPOSE if purpose in hectares_of},
    }  # fmt: skip
    return Found("overlap", verdicts.get(gravest, CLEAR), figures)


def overlap_with(facts: Facts, size: Decimal, other: Decimal | None, shared: Decimal) -> bool:
    """Whether two areas overlap by more than borders drawn twice: above both limits, in hectares and in per cent.

    Without a limit in the rules any overlap counts. The share is that of the smaller of the two.
    """
    least = facts.number(TOLERANCE, "concession.overlap.hectares")
    share = facts.number(TOLERANCE, "concession.overlap.percent")
    smaller = min(size, other) if other else size
    above = shared > 0 and (least is None or shared > least)
    return above and (share is None or not smaller or shared * 100 / smaller > share)


def difference(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What changed between two runs, check by check: [{"check", "of", "before", "after"}], None where it was not there."""

    def keyed(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], Mapping[str, Any]]:
        return {(row["check"], str(row["figures"].get("key", ""))): row for row in rows}

    first, second = keyed(before), keyed(after)
    found = []
    for key in [*first, *(each for each in second if each not in first)]:
        old, new = first.get(key), second.get(key)
        if old is None or new is None or (old["verdict"], old["figures"]) != (new["verdict"], new["figures"]):
            found.append({"check": key[0], "of": key[1], "before": old, "after": new})
    return found
