"""From text to the lexemes that are stored and asked for. The same functions serve both sides.

Lao words come from ICU's dictionary over the normalised text. Pairs of clusters find what the dictionary cut
differently. Latin script goes to PostgreSQL's English stemmer.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

from sala.core import lao

ANALYSER = "icu78-bigram-1"
MOST_POSITIONS = 16383  # what a tsvector can hold
_LAO_RUN = re.compile("[\u0e80-\u0eff]+")
END = "\u2418"  # closes a run, so that its last cluster has a pair too


def lao_words(text: str) -> list[str]:
    """Lao words of a text, as normalised lexemes, in order."""
    return [word for run in _LAO_RUN.findall(lao.normalise(text)) for word in lao.words(run)]


def latin_part(text: str) -> str:
    """What is left for the English stemmer: the text without Lao script, figures kept."""
    return _LAO_RUN.sub(" ", lao.digits(text))


def cluster_pairs(text: str) -> list[str]:
    """Overlapping pairs of clusters of each run; the last one of a run is paired with an end mark."""
    pairs = []
    for run in lao.clusters("".join(character if lao.has_lao(character) else " " for character in lao.normalise(text))):
        closed = [*run, END]
        pairs += [first + second for first, second in pairwise(closed)]
    return pairs


def quoted(lexeme: str) -> str:
    """A lexeme as PostgreSQL reads it in a tsvector or tsquery literal."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def vector(lexemes: Iterable[str], weight: str = "", start: int = 1) -> str:
    """Literal of a tsvector with positions from `start` on."""
    return " ".join(
        f"{quoted(lexeme)}:{min(position, MOST_POSITIONS)}{weight}" for position, lexeme in enumerate(lexemes, start)
    )


def audience_lexemes(audiences: Iterable[str]) -> list[str]:
    return [f"@{audience}" for audience in audiences]
