"""Stems of English words, as PostgreSQL makes them, remembered by the process.

Asked of the database word by word, not text by text, so that Lao and English words share one run of positions.
"""

from collections.abc import Iterable

from django.db import connection

MOST = 50_000  # words remembered
_known: dict[str, str] = {}


def stems(words: Iterable[str]) -> dict[str, str]:
    """Word → stem; "" for a word too common to be searched (of, the). Figures are their own stem."""
    wanted = set(words)
    found = {word: word if word.isdigit() else _known.get(word) for word in wanted}
    missing = sorted(word for word, stem in found.items() if stem is None)
    if missing:
        with connection.cursor() as cursor:
            cursor.execute("select word, ts_lexize('english_stem', word) from unnest(%s::text[]) as word", [missing])
            fresh = {word: lexemes[0] if lexemes else "" for word, lexemes in cursor.fetchall()}
        if len(_known) > MOST:
            _known.clear()
        _known.update(fresh)
        found |= fresh
    return {word: stem or "" for word, stem in found.items()}
