"""From text to the lexemes that are stored and asked for. The same functions serve both sides.

A lexeme's first character tells what it is: a word or stem as it is, '=' the key of a whole title or code, '~' a word
of a title, '@' an audience.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from sala.core import lao
from sala.search import words

LAST_POSITION = 16_383  # of a tsvector
MOST_POSITIONS = 255  # of one lexeme in a tsvector
LONGEST_WORD = 100  # characters; what is longer is not a word that anybody types
LONGEST_TEXT = 100_000  # characters of one body that are searched
GAP = 10  # positions between two texts, so that no phrase runs across


def _fingerprint() -> str:
    """Of everything that decides which lexemes a text gives: this program, its list of compounds, ICU's version."""
    here = Path(__file__).parent
    sources = (Path(__file__), here / "words.py", here / "compounds.py", Path(lao.__file__))
    sha = hashlib.sha256(version("icu4py").encode())
    for source in sources:
        sha.update(source.read_bytes())
    return sha.hexdigest()[:16]


ANALYSER = _fingerprint()  # rows written by another one are written anew by the next reindex

_LATIN = re.compile("[0-9a-z]+")
_WORD = re.compile("[\u0e80-\u0eff]+(?: [\u0e80-\u0eff]+)*|[0-9a-z]+")
NEXT_TO = "\u203f"  # joins two adjacent Lao words to one lexeme
_CLOSED = "\u2418"  # follows the last cluster of a phrase in its pair
_ACCENT = dict.fromkeys(range(0x300, 0x370))
_LATIN_LETTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyz")


def key_of(text: str) -> str:
    """Search key of a text: Lao as ICU's dictionary spells it, Latin letters without accents and case."""
    return _key(lao.normalise(text))


def _key(normal: str) -> str:
    if normal.isascii():
        return normal
    bare = unicodedata.normalize("NFD", words.respelled(normal)).translate(_ACCENT)
    return unicodedata.normalize("NFC", bare)


def exact_key(text: str) -> str:
    """Key of a whole title, number or code: letters and figures only, so that 12/PM, 12 PM and 12-pm are one."""
    return "".join(letter for letter in key_of(text) if unicodedata.category(letter)[0] in "LMN")[:LONGEST_WORD]


def latin_words(key: str) -> list[str]:
    return [word[:LONGEST_WORD] for word in _LATIN.findall(key)]


class Text(NamedTuple):
    """A text made ready: its normalised form and its key."""

    normal: str
    key: str


def ready(text: str) -> Text:
    normal = lao.normalise(text[:LONGEST_TEXT])
    return Text(normal, _key(normal))


class Lexemes:
    """What is stored of one object or page: the words where they stand; pairs of words and of clusters."""

    def __init__(self, roots: Mapping[str, str]) -> None:
        self.roots = roots  # Latin word → stem
        self.placed: dict[str, list[str]] = {}  # lexeme → positions with their weight, such as "3A"
        self.pairs: dict[str, None] = {}
        self.position = 1

    def add(self, text: Text, weight: str, part_weight: str) -> None:
        """Lay down the words of a text. Parts of compounds share the compound's position, with a lower weight."""
        for found in _WORD.findall(text.key):
            if found[0] in _LATIN_LETTERS:
                word = found[:LONGEST_WORD]
                self._lay(word, part_weight)
                if self.roots[word]:
                    self._lay(self.roots[word], weight)
                self.position += 1
                continue
            for phrase in words.phrases(found):
                for entry in phrase.words:
                    self._lay(entry.text[:LONGEST_WORD], weight)
                    for part, _start, _end in entry.parts:
                        self._lay(part, part_weight)
                    self.position += 1
                self.pairs.update(dict.fromkeys(neighbours(phrase)))
        self.position += GAP
        for run in lao_runs(text.normal):
            self.pairs.update(dict.fromkeys(first + second for first, second in pairwise([*run, _CLOSED])))

    def _lay(self, lexeme: str, weight: str) -> None:
        places = self.placed.setdefault(lexeme, [])
        if len(places) < MOST_POSITIONS:
            places.append(f"{min(self.position, LAST_POSITION)}{weight}")

    def mark(self, lexemes: Iterable[str]) -> None:
        """Lexemes without a place in the text."""
        for lexeme in lexemes:
            self.placed.setdefault(lexeme, [])

    def vector(self) -> str:
        """Literal of a tsvector. Lexemes are letters, figures and the signs of this module: nothing to escape in them."""
        return " ".join([f"'{lexeme}':{','.join(at)}" if at else f"'{lexeme}'" for lexeme, at in self.placed.items()])

    def pair_vector(self) -> str:
        together = "' '".join(self.pairs)
        return f"'{together}'" if together else ""


def neighbours(phrase: words.Phrase) -> Iterator[str]:
    """Lexemes of adjacent words; a part counts where it is the end that meets the other word.

    PostgreSQL's own phrases would be read out of every row that holds the words; these are answered by the index.
    """
    before: list[str] = []
    for word in phrase.words:
        after = [word.text, *(part for part, start, _end in word.parts if start == word.start)]
        yield from (f"{left}{NEXT_TO}{right}"[:LONGEST_WORD] for left in before for right in after)
        before = [word.text, *(part for part, _start, end in word.parts if end == word.end)]


def lao_runs(normal: str) -> list[list[str]]:
    """Orthographic clusters of each Lao phrase of a normalised text, spaces between them left out."""
    phrases = [found.replace(" ", "") for found in _WORD.findall(normal) if found[0] not in _LATIN_LETTERS]
    return [run for phrase in phrases for run in lao.clusters(phrase)]


def quoted(lexeme: str) -> str:
    """A lexeme as PostgreSQL reads it in a tsvector or tsquery literal."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


class Ready(NamedTuple):
    """The texts of one object, made ready; `marks` are its lexemes without a place."""

    titles: list[Text]
    bodies: list[Text]
    marks: list[str]

    def latin(self) -> list[str]:
        return [word for text in (*self.titles, *self.bodies) for word in latin_words(text.key)]


def prepare(
    titles: Iterable[str], bodies: Iterable[str], codes: Sequence[str] = (), audiences: Iterable[str] = ()
) -> Ready:
    """All languages of an object together, with what finds it exactly and who may find it."""
    titles = list(titles)
    marks = [f"={key}" for key in map(exact_key, [*titles, *codes]) if key]
    marks += [f"@{audience}" for audience in audiences]
    return Ready([ready(text) for text in titles], [ready(text) for text in bodies], marks)


def lexemes_of(prepared: Ready, roots: Mapping[str, str]) -> Lexemes:
    """Titles weigh A (their parts B), the rest C (D). roots: the stem of each of the prepared Latin words."""
    found = Lexemes(roots)
    for title in prepared.titles:
        found.add(title, "A", "B")
    found.mark([f"~{lexeme}" for lexeme in found.placed])
    for body in prepared.bodies:
        found.add(body, "C", "D")
    found.mark(prepared.marks)
    return found
