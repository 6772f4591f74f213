"""The second try at Lao words, by their letters: for what the dictionary cut otherwise in the text than in the question.

Pairs of clusters in an index give candidates; each is then read, and counts only where the letters begin and end at
the edges of words. Without that, a short word would be found inside half of all longer ones.
"""

from dataclasses import dataclass, field

from django.db import connection

from sala.search import words
from sala.search.analysis import key_of
from sala.search.hits import Wanted
from sala.search.question import Question

FEW = 20  # hits by words below which letters are tried
CANDIDATES = 200
READ = 400_000  # characters of candidates that are read at most


@dataclass
class ByLetters:
    """rows: ids found; pages: row id → (number, language) of the pages on which the letters stand."""

    rows: list[int] = field(default_factory=list)
    pages: dict[int, list[tuple[int, str]]] = field(default_factory=dict)


def look(question: Question, wanted: Wanted) -> ByLetters:
    """Rows that the words did not find."""
    pairs = question.pairs()
    if not pairs:
        return ByLetters()
    found = ByLetters()
    budget = READ
    for row_id, number, language, texts in _candidates(wanted, pairs, question.latin_query()):
        budget -= sum(map(len, texts))
        if budget < 0:
            break
        if _stand_in(question, texts):
            if row_id not in found.rows:
                found.rows.append(row_id)
            if number:
                found.pages.setdefault(row_id, []).append((number, language))
    return found


def _candidates(wanted: Wanted, pairs: str, latin: str) -> list[tuple[int, int, str, list[str]]]:
    """(row id, page number or 0, language, texts)."""
    and_latin = " and {}.vector @@ %(latin)s::tsquery" if latin else ""
    others = f"{wanted.readable} and {wanted.condition} and not {wanted.match} limit {CANDIDATES}"
    sql = f"""
        (select r.id, 0, '', array(select value from jsonb_each_text(r.title)) ||
                array(select value from jsonb_each_text(r.body))
            from search_searchrow r where r.pairs @@ %(pairs)s::tsquery{and_latin.format("r")} and {others})
        union all
        (select p.row_id, p.number, p.language, array[p.text]
            from search_searchpage p join search_searchrow r on r.id = p.row_id
            where p.pairs @@ %(pairs)s::tsquery{and_latin.format("p")} and {others})"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, wanted.values() | {"pairs": pairs, "latin": latin})
        return cursor.fetchall()


def _stand_in(question: Question, texts: list[str]) -> bool:
    keys = [key_of(text) for text in texts]
    return all(any(words.standing(key, letters) for key in keys) for letters in question.letters)
