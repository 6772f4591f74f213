"""Invented leases and concessions as a plan, without places: kinds, sectors, hectares and fates to the published margins.

Plain reckoning. The same number of projects always gives the same plan; shares are the same in every size.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WHOLE = 2642
CONCESSIONS, LEASES = 1532, 1107  # the three that are left were told as neither; they are entered as leases
LOCATED, SHAPED = 0.53, 0.38  # share with a place on the map, and with a shape
DOUBLES, IN_MORATORIUM = 13, 25
OVERLAPS = 40  # pairs drawn so that they meet; no inventory tells how many there are
FEW = 3  # of what a small sample would else show once or never
SECTORS = {  # code → projects, hectares granted, share of them developed; None: as all together
    "mining": (900, 549_000, 0.63),
    "agriculture": (1000, 241_720, 0.36),
    "tree_plantation": (560, 198_280, 0.61),
    "hydropower": (150, 81_000, 0.56),
    "special_economic_zones": (32, 30_000, 0.56),
}
# what the officials call a situation, by the facts that lead to it → share of all
FATES = {
    "at work": 0.46, "idle": 0.16, "ghost": 0.06, "expired": 0.08, "cancelled": 0.07, "without contract": 0.09,
    "in conflict": 0.05, "private": 0.03,
}  # fmt: skip
# how an approval inside a moratorium was answered for, in turn
ANSWERS = ("approved before the order", "continuation of an older project", "special project", "outside the scope of the order", "agreed before the order")  # fmt: skip
WITH_GRANT = frozenset({"at work", "idle", "expired", "cancelled", "in conflict", "private"})
STATES = {
    "at work": "implementing", "idle": "registered", "ghost": "signed", "expired": "expired", "cancelled": "terminated",
    "without contract": "request", "in conflict": "implementing", "private": "registered",
}  # fmt: skip
CENT = Decimal("0.01")


@dataclass
class Project:
    number: int
    kind: str
    sector: str
    fate: str
    hectares: Decimal = Decimal(0)
    developed: Decimal = Decimal(0)
    place: str = ""  # "shape", "point" or empty
    double_of: "Project | None" = None
    answer: str = ""
    overlaps: "Project | None" = None  # whose shape it reaches into


def plan(count: int = WHOLE, stopped: str = "mining") -> list[Project]:
    """The projects without their places: kinds, sectors, hectares and fates to the margins, always the same.

    stopped  the sector of which some were approved while new approvals were stopped
    """
    chance = random.Random(count)  # noqa: S311 — has to be the same each time, not secret
    sectors = _dealt({code: row[0] / WHOLE for code, row in SECTORS.items()}, count)
    kinds = _dealt({"concession": CONCESSIONS / WHOLE, "lease": 1 - CONCESSIONS / WHOLE}, count)
    chance.shuffle(kinds)
    made = [Project(number, kinds[number - 1], sectors[number - 1], "") for number in range(1, count + 1)]
    for code, (_number, hectares, share) in SECTORS.items():
        mine = [one for one in made if one.sector == code]
        fates = _dealt(FATES, len(mine))
        chance.shuffle(fates)
        total = Decimal(round(hectares * count / WHOLE))
        for one, fate, size in zip(mine, fates, _shared(total, len(mine), chance), strict=True):
            one.fate, one.hectares = fate, size
        _develop(mine, total * Decimal(str(share)), chance)
    chance.shuffle(made)
    for place, one in enumerate(made):
        one.place = "shape" if place < round(SHAPED * count) else "point" if place < round(LOCATED * count) else ""
    made.sort(key=lambda one: one.number)
    for place in range(_scaled(DOUBLES, count)):
        made[2 * place + 1].double_of = made[2 * place]
    granted = [one for one in made if one.sector == stopped and one.fate in WITH_GRANT]
    for place, one in enumerate(granted[: _scaled(IN_MORATORIUM, count, FEW)]):
        one.answer = ANSWERS[place % len(ANSWERS)]
    drawn = [
        one
        for one in made
        if one.place == "shape" and one.fate in ("at work", "idle", "in conflict") and not one.double_of
    ]
    for place in range(min(_scaled(OVERLAPS, count, FEW), len(drawn) // 2)):
        drawn[2 * place + 1].overlaps = drawn[2 * place]
    return made


def _scaled(number: int, count: int, least: int = 1) -> int:
    return max(least, round(number * count / WHOLE)) if count else 0


def _dealt(shares: dict[str, float], count: int) -> list[str]:
    """So many words in these shares, as even as whole numbers allow."""
    exact = {word: share * count for word, share in shares.items()}
    whole = {word: math.floor(value + 1e-9) for word, value in exact.items()}
    rest = sorted(exact, key=lambda word: (whole[word] - exact[word], word))
    for word in rest[: count - sum(whole.values())]:
        whole[word] += 1
    return [word for word, number in whole.items() for _each in range(number)]


def _shared(total: Decimal, count: int, chance: random.Random) -> list[Decimal]:
    """Hectares of so many projects, few large and many small, that add up to the total exactly."""
    if not count:
        return []
    weights = [chance.lognormvariate(0, 1.4) for _each in range(count)]
    sizes = [max(CENT, (total * Decimal(weight / sum(weights))).quantize(CENT)) for weight in weights]
    largest = max(range(count), key=lambda place: sizes[place])
    sizes[largest] += total - sum(sizes)
    return sizes


def _develop(mine: Sequence[Project], wanted: Decimal, chance: random.Random) -> None:
    """Hectares developed that add up to what is wanted: those at work much, those idle little, ghosts nothing."""
    most = {
        "at work": 1.0,
        "without contract": 1.0,
        "in conflict": 1.0,
        "private": 1.0,
        "expired": 0.95,
        "cancelled": 0.6,
        "idle": 0.3,
    }
    room = {one.number: (one.hectares * Decimal(most.get(one.fate, 0))).quantize(CENT) for one in mine}
    total = sum(room.values(), Decimal(0))
    share = min(Decimal(1), wanted / total) if total else Decimal(0)
    for one in mine:
        one.developed = (room[one.number] * share).quantize(CENT)
    last = max((one for one in mine if room[one.number]), key=lambda one: room[one.number], default=None)
    if last is not None:
        missing = min(wanted, total).quantize(CENT) - sum(one.developed for one in mine)
        last.developed = min(last.hectares, last.developed + missing)
