"""Showing where the words stand: titles and snippets with <mark>, everything else escaped.

The key of a text is made cluster by cluster, so that each of its letters knows which letters of the text it came from.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from sala.core import lao
from sala.search import words
from sala.search.analysis import key_of
from sala.search.english import stems
from sala.search.question import LEAST_FOR_BEGINNING, Question

LONGEST_READ = 20_000  # characters of a text that are searched for a good passage
LENGTH = 200  # characters of a snippet, about
BEFORE = 60  # of them before the first marked word
LONGEST_CLUSTER = 20

_HIDDEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_MARKS = "\u0300-\u036f\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd"
_CLUSTER = re.compile(
    f"(?:[\u0ec0-\u0ec4][{_HIDDEN}]*)*"  # vowels before
    f"(?:\u0eab[{_HIDDEN}]*[\u0e99\u0ea1\u0ea5\u0ea3]|.)"  # a letter, or H with the letter it belongs to
    f"[{_MARKS}{_HIDDEN}]*[\u0eb0\u0eb2\u0eb3\u0ebd]?[\u0ec8-\u0ecd{_HIDDEN}]*",
    re.DOTALL,
)
_LATIN = re.compile("[0-9a-z]+")


class Aligned(NamedTuple):
    """A key, and for each of its letters where the cluster it comes from begins and ends in the text."""

    key: str
    starts: list[int]
    ends: list[int]


@lru_cache(maxsize=8192)
def _key_of_cluster(cluster: str) -> str:
    return " " if cluster.isspace() else key_of(cluster)


def aligned(text: str, key: str = "") -> Aligned:
    """key: that of the whole text, where it is known. Well typed text is its own key, letter for letter."""
    plain = lao.digits(text).lower()
    if plain == key or plain.isascii():
        return Aligned(plain, list(range(len(text))), list(range(1, len(text) + 1)))
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for cluster in _CLUSTER.finditer(text):
        for letter in _key_of_cluster(cluster[0][:LONGEST_CLUSTER]):
            if letter == " " and (not letters or letters[-1] == " "):
                continue
            letters.append(letter)
            starts.append(cluster.start())
            ends.append(cluster.end())
    return Aligned("".join(letters), starts, ends)


def spans(text: str, question: Question) -> list[tuple[int, int]]:
    """Where the words of the question stand in the text, in order and without overlap."""
    text = text[:LONGEST_READ]
    key = key_of(text)
    if not _may_hold(key, question):
        return []
    where = aligned(text, key)
    found: list[tuple[int, int]] = []
    for letters, phrase in zip(question.letters, question.phrases, strict=True):
        places = words.standing(where.key, letters)
        for word in phrase if not places and len(phrase) > 1 else ():
            places += words.standing(where.key, word)
        found += places
    found += _latin_places(where.key, question)
    in_text = sorted((where.starts[start], where.ends[end - 1]) for start, end in found)
    return _without_overlap(in_text)


def _may_hold(key: str, question: Question) -> bool:
    """A quick look before the long one: whether any word of the question is in the text at all."""
    letters = key.replace(" ", "")
    if any(word in letters for phrase in question.phrases for word in phrase):
        return True
    return any((stem or word)[:LEAST_FOR_BEGINNING] in key for word, stem in question.latin)


def _latin_places(key: str, question: Question) -> list[tuple[int, int]]:
    if not question.latin:
        return []
    wanted = {word for word, _stem in question.latin} | {stem for _word, stem in question.latin if stem}
    beginning = question.latin[-1][0] if question.ends_open else None
    places = list(_LATIN.finditer(key))
    roots = stems(place[0] for place in places)
    return [
        place.span()
        for place in places
        if place[0] in wanted or roots[place[0]] in wanted or (beginning and place[0].startswith(beginning))
    ]


def _without_overlap(found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def marked(text: str, found: Sequence[tuple[int, int]], start: int = 0, end: int | None = None) -> SafeString:
    """The text from start to end, escaped, with these spans marked."""
    end = len(text) if end is None else end
    pieces, at = [], start
    for first, last in found:
        if last <= start or first >= end:
            continue
        first, last = max(first, start), min(last, end)
        pieces.append(f"{escape(text[at:first])}<mark>{escape(text[first:last])}</mark>")
        at = last
    pieces.append(escape(text[at:end]))
    return mark_safe("".join(pieces))  # noqa: S308 - every piece of text is escaped above


def snippet(text: str, found: Sequence[tuple[int, int]], length: int = LENGTH) -> SafeString:
    """A passage of the text with most of the marked words; its beginning when there are none."""
    best = max(found, key=lambda one: (_within(found, one[0], length), -one[0]), default=(0, 0))[0]
    edges = _edges(text)
    start = _edge_near(edges, max(0, best - BEFORE))
    end = _edge_near(edges, min(len(text), start + length))
    dots_before, dots_after = "… " if start > 0 else "", " …" if end < len(text) else ""
    return mark_safe(f"{dots_before}{marked(text, found, start, end)}{dots_after}")  # noqa: S308 - escaped in marked


def _within(found: Sequence[tuple[int, int]], start: int, length: int) -> int:
    return sum(start <= first < start + length - BEFORE for first, _last in found)


def _edges(text: str) -> list[int]:
    """Where a passage may begin or end: after a space; in unbroken text between clusters."""
    spaces = [0, *(place.end() for place in re.finditer(r"\s+", text)), len(text)]
    if len(spaces) > len(text) / LENGTH * 4:
        return spaces
    return sorted({*spaces, *(cluster.start() for cluster in _CLUSTER.finditer(text))})


def _edge_near(edges: list[int], position: int) -> int:
    return edges[max(0, bisect_right(edges, position) - 1)]
