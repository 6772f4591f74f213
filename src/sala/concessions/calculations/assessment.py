"""Score, grade, reasons and what would lift the grade, from plain points. Knows no table.

Of answers that differ the lowest counts until somebody settles it. The score is the weighted share of all points of
which something is known; with too much unknown there is no grade. A cap lets no better grade through while its
criterion has too few points.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

MOST = 4  # points of a criterion
NONE = "none"  # not gradable
TOLD = 5  # reasons of low points, and single lifts, that are told
HUNDRED, CENT = Decimal(100), Decimal("0.01")

Points = Mapping[str, int | None]


@dataclass(frozen=True)
class Weighed:
    """One criterion. effort: from 1 to 5, what it costs to improve it."""

    code: str
    weight: int
    effort: int = 3


@dataclass(frozen=True)
class Cap:
    """With fewer points than `below` the grade is `grade` at best."""

    code: str
    criterion: str
    below: int
    grade: str


@dataclass(frozen=True)
class Scheme:
    """A version of the criteria. grades: letter → least score, the best first, the last from 0.

    missing_limit  per cent of the weight        contradiction  points by which two answers differ
    """

    criteria: tuple[Weighed, ...]
    grades: Mapping[str, int]
    missing_limit: int
    contradiction: int = 2
    caps: tuple[Cap, ...] = ()

    def rank(self, grade: str) -> int:
        """0 for the best grade; what cannot be graded stands behind the last."""
        letters = list(self.grades)
        return letters.index(grade) if grade in letters else len(letters)


@dataclass(frozen=True)
class Graded:
    """score, missing: per cent with two decimals; score None where there is no grade. caps: codes that hold it back."""

    grade: str
    score: Decimal | None
    missing: Decimal
    caps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lift:
    """Criteria and the points they need so that the grade becomes `grade`; None: any answer. effort: added up."""

    needs: tuple[tuple[str, int | None], ...]
    effort: int
    grade: str

    def as_kept(self) -> dict[str, Any]:
        return {"needs": [list(each) for each in self.needs], "effort": self.effort, "grade": self.grade}


def counted(said: Mapping[str, int], settled: int | None = None) -> int | None:
    """The points that count of what the sources say; None where nobody knows."""
    if settled is not None:
        return settled
    return min(said.values(), default=None)


def differ(said: Mapping[str, int], by: int) -> bool:
    """Whether two sources contradict each other."""
    return bool(said) and max(said.values()) - min(said.values()) >= by


def unsettled(scheme: Scheme, said: Mapping[str, Mapping[str, int]], settled: Iterable[str]) -> list[str]:
    """Criteria of which the sources contradict each other and nobody said what counts. said: criterion → source → points."""
    done = set(settled)
    return [code for code, sources in said.items() if code not in done and differ(sources, scheme.contradiction)]


def missing_share(scheme: Scheme, points: Points) -> Decimal:
    """Per cent of the weight of which nothing is known, not rounded."""
    total = sum(each.weight for each in scheme.criteria)
    unknown = sum(each.weight for each in scheme.criteria if points.get(each.code) is None)
    return Decimal(unknown) * HUNDRED / total if total else HUNDRED


def graded(scheme: Scheme, points: Points) -> Graded:
    """The grade of these points. points: criterion → 0–4, None where nothing is known."""
    missing = missing_share(scheme, points)
    shown = missing.quantize(CENT)
    if missing > scheme.missing_limit:
        return Graded(NONE, None, shown)
    known = [(each.weight, value) for each in scheme.criteria if (value := points.get(each.code)) is not None]
    most = sum(weight * MOST for weight, _value in known)
    if not most:
        return Graded(NONE, None, shown)
    score = (Decimal(sum(weight * value for weight, value in known)) * HUNDRED / most).quantize(CENT, ROUND_DOWN)
    grade = next(letter for letter, least in scheme.grades.items() if score >= least)
    caps = []
    for cap in scheme.caps:
        value = points.get(cap.criterion)
        if value is not None and value < cap.below:
            caps.append(cap)
    worst = max([grade, *(cap.grade for cap in caps)], key=scheme.rank)
    holding = tuple(cap.code for cap in caps if scheme.rank(cap.grade) > scheme.rank(grade))
    return Graded(worst, score, shown, holding)


def reasons(scheme: Scheme, points: Points, unsettled: Iterable[str]) -> list[list[Any]]:
    """Why it is this grade: [code, value …] each. Caps first, then contradictions, then what costs the most points.

    unsettled  criteria whose answers contradict each other
    """
    found = graded(scheme, points)
    told: list[list[Any]] = []
    if found.grade == NONE:
        told.append(["missing", str(found.missing), scheme.missing_limit])
    told += [["cap", code] for code in found.caps]
    told += [["differs", code] for code in unsettled]
    losses = [(each.weight * (MOST - value), each.code, value) for each in scheme.criteria if (value := points.get(each.code)) is not None]  # fmt: skip
    lost = sorted((row for row in losses if row[0]), key=lambda row: (-row[0], row[1]))
    told += [["low", code, value] for _loss, code, value in lost[:TOLD]]
    return told or [["nothing_lost"]]


def lifts(scheme: Scheme, points: Points) -> list[Lift]:
    """What would lift the grade, the cheapest first.

    Single criteria that do it alone; where none does, the criteria that do it together. What cannot be graded is lifted
    by answers, whatever they are. Nothing for the best grade.
    """
    now = graded(scheme, points)
    if now.grade == NONE:
        return _answers(scheme, points)
    if scheme.rank(now.grade) == 0:
        return []
    alone = [lift for each in scheme.criteria if (lift := _alone(scheme, points, each, now.grade)) is not None]
    if alone:
        return sorted(alone, key=lambda lift: (lift.effort, scheme.rank(lift.grade), lift.needs))[:TOLD]
    return [_together(scheme, points, now)]


def _better(scheme: Scheme, points: Points, needs: Mapping[str, int], than: str) -> str:
    """The grade with these points raised, where it is better; else empty."""
    grade = graded(scheme, {**points, **needs}).grade
    return grade if scheme.rank(grade) < scheme.rank(than) else ""


def _alone(scheme: Scheme, points: Points, each: Weighed, than: str) -> Lift | None:
    value = points.get(each.code)
    for wanted in range(0 if value is None else value + 1, MOST + 1):
        if grade := _better(scheme, points, {each.code: wanted}, than):
            return Lift(((each.code, wanted),), each.effort, grade)
    return None


def _together(scheme: Scheme, points: Points, now: Graded) -> Lift:
    capping = {cap.criterion for cap in scheme.caps if cap.code in now.caps}
    room = [each for each in scheme.criteria if points.get(each.code) != MOST]

    def price(each: Weighed) -> tuple[bool, Decimal, str]:
        value = points.get(each.code)
        gain = each.weight * (MOST - (value or 0))
        return (each.code not in capping, Decimal(each.effort) / gain, each.code)

    needs: dict[str, int] = {}
    for each in sorted(room, key=price):
        needs[each.code] = MOST
        if _better(scheme, points, needs, now.grade):
            break
    effort = {each.code: each.effort for each in scheme.criteria}
    for code in sorted(needs, key=lambda code: (-effort[code], code)):
        without = {other: wanted for other, wanted in needs.items() if other != code}
        if without and _better(scheme, points, without, now.grade):
            needs = without
    for code in list(needs):
        for wanted in range((points.get(code) or 0) + 1, MOST):
            if _better(scheme, points, {**needs, code: wanted}, now.grade):
                needs[code] = wanted
                break
    grade = _better(scheme, points, needs, now.grade)
    return Lift(tuple(sorted(needs.items())), sum(effort[code] for code in needs), grade)


def _answers(scheme: Scheme, points: Points) -> list[Lift]:
    """The fewest answers that make it gradable, the cheapest of equal weight."""
    unknown = [each for each in scheme.criteria if points.get(each.code) is None]
    taken: list[Weighed] = []
    filled = dict(points)
    for each in sorted(unknown, key=lambda each: (-each.weight, each.effort, each.code)):
        if missing_share(scheme, filled) <= scheme.missing_limit and any(
            value is not None for value in filled.values()
        ):
            break
        taken.append(each)
        filled[each.code] = 0
    return [Lift(tuple((each.code, None) for each in taken), len(taken), "")] if taken else []
