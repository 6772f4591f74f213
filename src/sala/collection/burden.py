"""How much of a place's time offices ask for: minutes of visits and of answers. Plain reckoning; knows no table.

Places are given by their path ("/1/14/"), which names the areas around them too.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Stay:
    """A visit as it weighs on places.

    house    who comes               areas   numbers of areas; each stands for all places in it
    minutes  at one place            parts   visits that went into it, when it is a joint one
    asked    (call, form) that is answered on the way; form None: every form of that call
    """

    house: Hashable
    areas: frozenset[int]
    minutes: int
    parts: tuple["Stay", ...] = ()
    asked: tuple[int, int | None] | None = None


@dataclass(frozen=True)
class Asked:
    """Answers that are expected of one place: count of them, each of so many minutes, by whose form."""

    place: int
    house: Hashable
    call: int
    form: int
    minutes: int
    count: int


def _reaches(stay: Stay, around: Iterable[int]) -> bool:
    return not stay.areas.isdisjoint(around)


def apart_at(stay: Stay, around: Iterable[int]) -> int:
    """Minutes that the visits of a joint one would take at a place, each for itself; of any other its own."""
    around = list(around)
    return sum(part.minutes for part in stay.parts or (stay,) if _reaches(part, around))


def minutes_at(stay: Stay, around: Iterable[int]) -> int:
    """Minutes that a visit takes at one place; around: numbers of the place and of all areas around it.

    Where only one of the offices of a joint visit had to go, it takes no longer than that office needs.
    """
    around = list(around)
    if not _reaches(stay, around):
        return 0
    return min(stay.minutes, apart_at(stay, around) or stay.minutes)


def saved(joint: Stay, places: Mapping[int, Iterable[int]]) -> int:
    """Minutes that a joint visit spares all places together. places: number → itself and the areas around it."""
    return sum(max(apart_at(joint, around) - minutes_at(joint, around), 0) for around in places.values())


def burden(places: Mapping[int, Iterable[int]], stays: Iterable[Stay], asked: Iterable[Asked]) -> dict[int, dict[Hashable, int]]:  # fmt: skip
    """Place → who asks → minutes. An answer that a visit fetches is part of the visit, and not counted again."""
    found: dict[int, dict[Hashable, int]] = {}
    fetched: dict[int, set[tuple[int, int | None]]] = {}
    by_area: dict[int, list[int]] = {}
    stays = list(stays)
    for number, stay in enumerate(stays):
        for area in stay.areas:
            by_area.setdefault(area, []).append(number)
    for place, chain in places.items():
        around = list(chain)
        for number in {number for area in around for number in by_area.get(area, ())}:
            stay = stays[number]
            _add(found, place, stay.house, minutes_at(stay, around))
            fetched.setdefault(place, set()).update(
                each.asked for each in (stay, *stay.parts) if each.asked and _reaches(each, around)
            )
    for one in asked:
        on_the_way = fetched.get(one.place, set())
        if (one.call, one.form) not in on_the_way and (one.call, None) not in on_the_way:
            _add(found, one.place, one.house, one.minutes * one.count)
    return found


def _add(found: dict[int, dict[Hashable, int]], place: int, house: Hashable, minutes: int) -> None:
    if minutes:
        houses = found.setdefault(place, {})
        houses[house] = houses.get(house, 0) + minutes
