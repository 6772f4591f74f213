"""Which facilities may be one that was entered twice. Plain Python: what is known of each in, pairs with reasons out.

Only those of one kind are compared. A name counts within one district only, because every village has its school; a
number in a name tells two apart, however alike the rest is.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import cos, hypot, radians

import shapely

from sala.places.matching import Reason
from sala.places.names import similarity, sound

METRES = 100.0  # two of a kind that stand closer may be one
ALIKE = 0.85  # similarity of names from which a person should look
SAME_SOUND = 0.97
MOST_PAIRS = 40_000  # names compared one with another in one go; beyond, only those that sound the same
_DEGREE = 111_320.0  # metres of a degree of latitude
_NO_DIGIT = re.compile(r"\D+")
_NO_SIGN = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Known:
    """What is known of a facility. around: id of its district; keys: as Facility.keys; codes: (system, folded value)."""

    pk: int
    kind: int
    around: int
    keys: tuple[str, ...] = ()
    point: tuple[float, float] | None = None
    codes: frozenset[tuple[str, str]] = frozenset()


@dataclass
class Pair:
    """Two facilities, the lower id first, and why they may be one; the likeliest pairs have the highest score."""

    one: int
    other: int
    reasons: list[Reason] = field(default_factory=list)
    score: float = 0.0


def folded_code(value: str) -> str:
    """A code without separators and leading zeros, so that "01-0234" and "10234" meet."""
    return _NO_SIGN.sub("", value).casefold().lstrip("0")


def name_likeness(one: Iterable[str], other: Iterable[str]) -> float:
    """The best similarity (0..1) of two names whose numbers are the same."""
    right = [(key, _numbers(key)) for key in other]
    return max(
        (similarity(left, key) for left in one for key, numbers in right if _numbers(left) == numbers), default=0.0
    )


def _numbers(key: str) -> str:
    return _NO_DIGIT.sub(" ", key).strip()


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance of two points (longitude, latitude) that lie close to one another."""
    narrow = cos(radians((one[1] + other[1]) / 2))
    return _DEGREE * hypot((one[0] - other[0]) * narrow, one[1] - other[1])


def pairs(known: Sequence[Known]) -> list[Pair]:
    """All pairs that may be one, the likeliest first."""
    found: dict[tuple[int, int], Pair] = {}
    for _kind, rows in _grouped(known, lambda row: row.kind):
        _by_code(rows, found)
        _by_point(rows, found)
    groups = [rows for _place, rows in _grouped(known, lambda row: (row.kind, row.around))]
    every = sum(len(rows) * (len(rows) - 1) // 2 for rows in groups) <= MOST_PAIRS
    for rows in groups:
        _by_name(rows, found, every)
    return sorted(found.values(), key=lambda pair: (-pair.score, pair.one, pair.other))


def like(wanted: Known, known: Iterable[Known]) -> list[Pair]:
    """Of these, what may be the one wanted, the likeliest first; `other` is the id of what was found."""
    found: dict[tuple[int, int], Pair] = {}
    for row in known:
        if row.pk == wanted.pk or row.kind != wanted.kind:
            continue
        if wanted.codes & row.codes:
            _note_codes(wanted, row, found)
        if wanted.point and row.point and (far := metres(wanted.point, row.point)) <= METRES:
            _note(wanted, row, found, {"code": "close", "metres": round(far)}, _closeness(far))
        if wanted.around == row.around and (alike := name_likeness(wanted.keys, row.keys)) >= ALIKE:
            _note(wanted, row, found, _of_names(alike), alike)
    for pair in found.values():
        if pair.other == wanted.pk:
            pair.one, pair.other = pair.other, pair.one
    return sorted(found.values(), key=lambda pair: (-pair.score, pair.other))


def _grouped(known: Iterable[Known], key: Callable[[Known], Hashable]) -> Iterable[tuple[Hashable, list[Known]]]:
    groups: dict[Hashable, list[Known]] = {}
    for row in known:
        groups.setdefault(key(row), []).append(row)
    return groups.items()


def _by_code(rows: Sequence[Known], found: dict[tuple[int, int], Pair]) -> None:
    holders: dict[tuple[str, str], list[Known]] = {}
    for row in rows:
        for code in row.codes:
            holders.setdefault(code, []).append(row)
    seen = set()
    for several in holders.values():
        for one, other in combinations(several, 2):
            if (one.pk, other.pk) not in seen:
                seen.add((one.pk, other.pk))
                _note_codes(one, other, found)


def _note_codes(one: Known, other: Known, found: dict[tuple[int, int], Pair]) -> None:
    system, value = min(one.codes & other.codes)
    _note(one, other, found, {"code": "number-same", "system": system, "value": value}, 1.0)


def _by_point(rows: Sequence[Known], found: dict[tuple[int, int], Pair]) -> None:
    placed = [row for row in rows if row.point]
    if len(placed) < 2:
        return
    points = shapely.points([row.point for row in placed])
    reach = 2 * METRES / _DEGREE / max(0.2, cos(radians(max(abs(row.point[1]) for row in placed if row.point))))
    left, right = shapely.STRtree(points).query(points, predicate="dwithin", distance=reach)
    for one, other in zip(left, right, strict=True):
        if one < other:
            far = metres(placed[one].point or (0, 0), placed[other].point or (0, 0))
            if far <= METRES:
                _note(placed[one], placed[other], found, {"code": "close", "metres": round(far)}, _closeness(far))


def _by_name(rows: Sequence[Known], found: dict[tuple[int, int], Pair], every: bool) -> None:
    if every:
        compared: Iterable[tuple[Known, Known]] = combinations(rows, 2)
    else:
        same: dict[str, list[Known]] = {}
        for row in rows:
            for key in row.keys:
                same.setdefault(sound(key), []).append(row)
        compared = {pair for several in same.values() for pair in combinations(several, 2)}
    for one, other in compared:
        if (alike := name_likeness(one.keys, other.keys)) >= ALIKE:
            _note(one, other, found, _of_names(alike), alike)


def _of_names(alike: float) -> Reason:
    if alike == 1:
        return {"code": "name-same"}
    return {"code": "name-sounds"} if alike >= SAME_SOUND else {"code": "name-near", "percent": round(100 * alike)}


def _closeness(far: float) -> float:
    return 0.9 - 0.3 * far / METRES


def _note(one: Known, other: Known, found: dict[tuple[int, int], Pair], reason: Reason, score: float) -> None:
    first, second = sorted((one.pk, other.pk))
    pair = found.setdefault((first, second), Pair(first, second))
    if reason not in pair.reasons:
        pair.reasons.append(reason)
        pair.score += score
