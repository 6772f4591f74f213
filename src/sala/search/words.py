"""Lao words of a text, for finding: ICU's words, the parts of compounds, and where each of them stands.

Three things are done around ICU, each for a reason that was measured (bench/search_relevance.py):
- the key is written in the spelling of ICU's dictionary (composed SARA AM, the single letters for H with a nasal);
- a space inside a word, as in much typed and extracted text, is healed where ICU's words run across it;
- compounds whose parts readers look for (rice field in dry-season rice field) also give their parts. Which ones do
  is a list computed from ICU's dictionary (compounds.py); all other words stay whole, so that the syllables inside
  a word are not found as words.
"""

import re
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from sala.core import lao
from sala.search import icu_dictionary
from sala.search.compounds import listed

REPEAT = "\u0ec6"  # says that the word before it is repeated
AROUND = 2  # pieces between spaces that are read on either side of a place to be judged
SHORT = 3  # a word of so few characters changes its sense when repeated
CUT = "|"

_PHRASE = re.compile("[\u0e80-\u0eff]+(?: [\u0e80-\u0eff]+)*")
_SARA_AM = re.compile("([\u0ec8-\u0ecb]?)\u0ecd\u0eb2")
_TONE_THEN_NIKHAHIT = re.compile("([\u0ec8-\u0ecb])\u0ecd")
_REPEATED = re.compile(f"({REPEAT}+)")


class Word(NamedTuple):
    """One word. start and end are positions in the key; parts are (text, start, end) of a compound's parts."""

    text: str
    start: int
    end: int
    parts: tuple[tuple[str, int, int], ...] = ()


class Phrase(NamedTuple):
    """Words that follow one another with at most spaces between."""

    words: list[Word]


def respelled(key: str) -> str:
    """A key of lao.normalise in the spelling of ICU's dictionary."""
    key = _SARA_AM.sub("\\1\u0eb3", key)
    key = _TONE_THEN_NIKHAHIT.sub("\u0ecd\\1", key)
    return key.replace("\u0eab\u0e99", "\u0edc").replace("\u0eab\u0ea1", "\u0edd")


@cache
def compounds() -> dict[str, tuple[int, ...]]:
    """Compound → lengths at which it may be cut. Reckoned once for a release of ICU and kept in the state folder."""
    kept = Path(settings.STATE) / f"lao-compounds-{version('icu4py')}.txt"
    if not kept.exists():
        _keep(kept, listed(icu_dictionary.words()))
    found: dict[str, list[int]] = {}
    for line in kept.read_text(encoding="utf-8").splitlines():
        first, _cut, rest = line.partition(CUT)
        found.setdefault(first + rest, []).append(len(first))
    return {word: tuple(cuts) for word, cuts in found.items()}


def _keep(path: Path, text: str) -> None:
    """Write a file so that nobody ever reads half of it."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as handle:
        handle.write(text)
    Path(handle.name).replace(path)


def phrases(key: str) -> Iterator[Phrase]:
    """The Lao phrases of a key, in order."""
    for found in _PHRASE.finditer(key):
        yield _phrase(found[0], found.start())


def standing(key: str, wanted: str) -> list[tuple[int, int]]:
    """Where in a key these letters stand as whole words, as (start, end)."""
    places: list[tuple[int, int]] = []
    for found in _PHRASE.finditer(key):
        text = found[0]
        if wanted in text.replace(" ", ""):
            for start, end in _around(text, wanted):
                places += _whole(text[start:end], found.start() + start, wanted)
    return places


def _whole(text: str, start: int, wanted: str) -> list[tuple[int, int]]:
    """Where in a text that begins at `start` these letters stand as whole words; nothing else of its words is made."""
    letters, at = _bare(text, start)
    edges, found = _edges(letters), []
    index = letters.find(wanted)
    while index >= 0:
        end = index + len(wanted)
        if index in edges and end in edges:
            found.append((at[index], at[end - 1] + 1))
        index = letters.find(wanted, index + 1)
    return found


def _edges(letters: str) -> set[int]:
    """Positions at which a word or a part begins or ends."""
    known, found, start = compounds(), {0, len(letters)}, 0
    for text in _icu_words(letters):
        found.add(start)
        if text in known or text.endswith(REPEAT):
            for first, last in _pieces(text):
                found |= {start + first, start + last}
        start += len(text)
    found.add(start)
    return found


def _bare(text: str, start: int) -> tuple[str, Sequence[int]]:
    """A text without spaces, and where each of its letters stands when the text begins at `start`."""
    if " " not in text:
        return text, range(start, start + len(text))
    return text.replace(" ", ""), [start + index for index, letter in enumerate(text) if letter != " "]


def _around(text: str, wanted: str) -> list[tuple[int, int]]:
    """Passages of a phrase that hold the letters, with AROUND pieces between spaces on either side: enough for ICU."""
    loose = re.compile(" ?".join(map(re.escape, wanted)))
    passages: list[tuple[int, int]] = []
    for found in loose.finditer(text):
        start, end = found.start(), found.end()
        for _piece in range(AROUND + 1):
            start = text.rfind(" ", 0, max(start - 1, 0)) + 1
            end = text.find(" ", end + 1) if text.find(" ", end + 1) >= 0 else len(text)
        if passages and start <= passages[-1][1]:
            passages[-1] = (passages[-1][0], end)
        else:
            passages.append((start, end))
    return passages


def _phrase(text: str, start: int) -> Phrase:
    return Phrase(_words(*_bare(text, start)))


def _words(letters: str, at: Sequence[int]) -> list[Word]:
    known, words, start = compounds(), [], 0
    for text in _icu_words(letters):
        end = start + len(text)
        has_parts = text in known or text.endswith(REPEAT)
        words.append(Word(text, at[start], at[end - 1] + 1, _parts(text, start, at) if has_parts else ()))
        start = end
    return words


def _icu_words(letters: str) -> list[str]:
    """ICU's words. The sign of repetition stays with its word: ICU does not know it and would cut before it."""
    if REPEAT not in letters:
        return lao.words(letters)
    words: list[str] = []
    for piece in _REPEATED.split(letters):
        if piece.startswith(REPEAT) and words:
            words[-1] += piece
        elif piece:
            words += [piece] if piece.startswith(REPEAT) else lao.words(piece)
    return words


def _parts(text: str, start: int, at: Sequence[int]) -> tuple[tuple[str, int, int], ...]:
    return tuple((text[a:b], at[start + a], at[start + b - 1] + 1) for a, b in _pieces(text))


def _pieces(text: str) -> list[tuple[int, int]]:
    """Where in a compound or a repeated word its parts begin and end."""
    bare = text.rstrip(REPEAT)
    pieces = {piece for cut in compounds().get(bare, ()) for piece in ((0, cut), (cut, len(bare)))}
    if bare != text and len(bare) > SHORT:
        pieces.add((0, len(bare)))
    return sorted(pieces)
