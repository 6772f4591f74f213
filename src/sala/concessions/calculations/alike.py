"""Which parties may be one entered twice: plain reckoning over the keys of their names and their registration numbers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

REGISTRATION, NAME, LETTER = "registration", "name", "letter"  # why, the surest first
LEAST = 6  # letters of a key: in shorter ones another letter is another name
MANY = 12  # that share a key: a word that says nothing, such as the name of a trade; not compared


@dataclass(frozen=True, order=True)
class Alike:
    """Two parties (ids, the smaller first), and why they may be one."""

    rank: int
    one: int
    other: int
    why: str


def alike(keys: Mapping[int, Iterable[str]], registrations: Mapping[int, tuple[str, str]]) -> list[Alike]:
    """Pairs that may be one party, the surest first.

    keys            party → keys of its names (calculations.names)
    registrations   party → (country, registration number as it is written); a country that is not known fits each other
    """
    found: dict[tuple[int, int], str] = {}
    for why, groups in (
        (REGISTRATION, _by_registration(registrations)),
        (NAME, _by_key(keys)),
        (LETTER, _by_letter(keys)),
    ):
        for group in groups:
            for pair in combinations(sorted(group), 2):
                found.setdefault(pair, why)
    ranks = {REGISTRATION: 0, NAME: 1, LETTER: 2}
    pairs = (Alike(ranks[why], one, other, why) for (one, other), why in found.items())
    return sorted(pair for pair in pairs if not _registered_apart(registrations, pair))


def _registered_apart(registrations: Mapping[int, tuple[str, str]], pair: Alike) -> bool:
    """Two numbers of one country are two companies, however alike their names are."""
    one, other = registrations.get(pair.one), registrations.get(pair.other)
    if one is None or other is None:
        return False
    return one[0] == other[0] and _plain(one[1]) != _plain(other[1])


def _plain(number: str) -> str:
    return "".join(letter for letter in number.casefold() if letter.isalnum())


def _by_registration(registrations: Mapping[int, tuple[str, str]]) -> list[set[int]]:
    groups: defaultdict[str, set[int]] = defaultdict(set)
    for pk, (_country, number) in registrations.items():
        if plain := _plain(number):
            groups[plain].add(pk)
    found: list[set[int]] = []
    for group in groups.values():
        for one, other in combinations(sorted(group), 2):
            countries = {registrations[one][0], registrations[other][0]} - {""}
            if len(countries) < 2:
                found.append({one, other})
    return found


def _by_key(keys: Mapping[int, Iterable[str]]) -> list[set[int]]:
    groups: defaultdict[str, set[int]] = defaultdict(set)
    for pk, texts in keys.items():
        for key in texts:
            groups[key].add(pk)
    return [group for group in groups.values() if 1 < len(group) <= MANY]


def _by_letter(keys: Mapping[int, Iterable[str]]) -> list[set[int]]:
    """Keys that become the same when at most one letter is left out of each: one was left out, added, or is another. Another
    figure is another name: "Quarry 1" is not "Quarry 2"."""
    groups: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for pk, texts in keys.items():
        for key in texts:
            figures = "".join(letter for letter in key if letter.isdigit())
            if len(key) >= LEAST:
                for shorter in {key, *(key[:place] + key[place + 1 :] for place in range(len(key)))}:
                    groups[figures, shorter].add(pk)
    return [group for group in groups.values() if 1 < len(group) <= MANY]
