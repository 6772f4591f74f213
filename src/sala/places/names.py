"""How place names are compared: spellings that mean the same place, and how near two spellings are.

Three keys of a name, from strict to loose:
normalise (core.lao)  every accepted way to type the same word gives one key
fold                  also without Latin diacritics, spaces, hyphens and the level's own words ("District X" = "X")
sound                 also without what is heard alike: romanisations (x/s, ou/u, v/w, kh/k), Lao tones and vowels
Only the first two may join anything without a person; `sound` ranks proposals.
"""

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

from sala.core import lao

LEAST_LEFT = 2  # letters that must remain when a level's word is taken off

_MARKS = re.compile("[\u0300-\u036f]")
_SEPARATORS = re.compile(r"[^\w\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd]+|_")  # Lao marks are part of the word
# In the order of use: later rules see what earlier ones made.
_SOUNDS = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        ("ck", "k"),
        ("tch|ch", "c"),
        ("x|z", "s"),
        ("v", "w"),
        ("f", "ph"),
        ("gn|nh|nj", "n"),
        ("([kptbdl])h", r"\1"),
        ("r(?=[^aeiouy]|$)", ""),
        ("r", "l"),
        ("oo|ou|ow", "u"),
        ("eua|oua|ua|uo|oa|eu|ue", "u"),
        ("ie|ia|ea", "e"),
        ("ay|ai|ey|oy|oi", "i"),
        ("y", "i"),
        ("(?<=[bcdgklmnpst])e$", ""),
    )
]
# Heard alike, or left out by many who write: tones, HO SUNG before a sonorant; the two MAI vowels, RO and LO.
_LAO_SILENT = re.compile("[\u0ec8-\u0ecb\u0ebc]|\u0eab(?=[\u0e87\u0e8d\u0e99\u0ea1\u0ea5\u0ea7\u0ebc])")
_LAO_ALIKE = str.maketrans({"\u0ec3": "\u0ec4", "\u0ea3": "\u0ea5"})
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = re.compile("[aeiou]+")


def plain(text: str) -> str:
    """Search key with Latin letters stripped of their diacritics; other scripts keep their marks."""
    return without_marks(lao.normalise(text))


def without_marks(key: str) -> str:
    """`plain` of a text whose search key is known already."""
    if key.isascii():
        return key
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", key)))


@lru_cache(maxsize=64)
def _level_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """Level words as they stand in a plain key, longest first."""
    keys = {plain(word).strip() for word in words}
    return tuple(sorted(filter(None, keys), key=len, reverse=True))


def _without_level(key: str, words: tuple[str, ...]) -> str:
    """The name without its level's word: Lao writes it before the name without a space, Latin on either side with one."""
    for word in _level_words(words):
        if lao.has_lao(word) or word.endswith("."):
            rests = [key.removeprefix(word)]
        else:
            rests = [key.removeprefix(f"{word} "), key.removesuffix(f" {word}")]
        for rest in rests:
            if rest != key and len(_SEPARATORS.sub("", rest)) >= LEAST_LEFT:
                return rest
    return key


def fold(text: str, level_words: Iterable[str] = ()) -> str:
    """Key without diacritics, spaces, hyphens and the words of the level ("Muang X", "X District" → x)."""
    return fold_plain(plain(text), tuple(level_words))


def fold_plain(key: str, level_words: tuple[str, ...]) -> str:
    """`fold` of a text whose plain key is known already."""
    return _SEPARATORS.sub("", _without_level(key, level_words))


def bare(text: str, words: Iterable[str]) -> str:
    """Key without any of these words at either end, however many stand there ("Primary School Ban X" → x)."""
    key, known = plain(text), tuple(words)
    while (rest := _without_level(key, known).strip()) != key:
        key = rest
    return _SEPARATORS.sub("", key)


@lru_cache(maxsize=100_000)
def sound(folded: str) -> str:
    """Romanisation-blind key of a folded name; of a Lao one without what is heard alike. Other scripts pass unchanged."""
    if lao.has_lao(folded):
        return _LAO_SILENT.sub("", folded).translate(_LAO_ALIKE)
    for pattern, replacement in _SOUNDS:
        folded = pattern.sub(replacement, folded)
    return _DOUBLED.sub(r"\1", folded)


@lru_cache(maxsize=200_000)
def similarity(one: str, other: str) -> float:
    """Nearness (0..1) of two folded names. 1 only for the same key; 0.97 for the same sound."""
    if one == other:
        return 1.0
    if lao.has_lao(one) != lao.has_lao(other) or not one or not other:
        return 0.0
    left, right = sound(one), sound(other)
    if left == right:
        return 0.97
    whole = SequenceMatcher(None, left, right, autojunk=False).ratio()
    bones = SequenceMatcher(None, _VOWELS.sub("a", left), _VOWELS.sub("a", right), autojunk=False).ratio()
    return round(0.95 * max(whole, 0.5 * (whole + bones)), 4)


def nearest(one: Iterable[str], other: Iterable[str]) -> float:
    """The best similarity between any name of one place and any of another (folded keys)."""
    right = list(other)
    return max((similarity(left, name) for left in one for name in right), default=0.0)
