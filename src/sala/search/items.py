"""From row ids to what is shown of each object: its title, a passage with the words, its best pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils.safestring import SafeString

from sala.access.scope import TIER_NAMES, Tier
from sala.core.language import Found, Translated
from sala.search import marks
from sala.search.facets import kind_names, noun_name
from sala.search.models import SearchPage, SearchRow
from sala.search.question import Question
from sala.search.results import Item, PageHit

PAGES_SHOWN = 3

_BEST_PAGES = """
    select row_id, number, language, text, is_guess from (
        select row_id, number, language, text, is_guess, row_number() over (
            partition by row_id order by ts_rank_cd(vector, %(query)s::tsquery) desc, number) as place
        from search_searchpage where row_id = any(%(ids)s) and vector @@ %(query)s::tsquery
            and (%(neighbours)s = '' or pairs @@ %(neighbours)s::tsquery)) ranked
    where place <= %(most)s order by row_id, place"""


def items_of(ids: Sequence[int], question: Question, how: str, by_letters: Mapping[int, list[tuple[int, str]]],
             language: str) -> list[Item]:  # fmt: skip
    """Items in the order of the ids. The ids are of rows that the reader may see: nothing is checked here."""
    rows = SearchRow.objects.defer("vector", "pairs", "audiences", "before", "extent").in_bulk(list(ids))
    found = [rows[pk] for pk in ids if pk in rows]
    kinds = kind_names({row.kind: row.kind_name for row in found if row.kind}, language)
    pages = _pages([row.pk for row in found], question, how, by_letters)
    return [_item(row, question, kinds, pages.get(row.pk, []), language) for row in found]


def _item(row: SearchRow, question: Question, kinds: Mapping[str, str], pages: list[tuple[int, str, str, bool]],
          language: str) -> Item:  # fmt: skip
    title = Translated(row.title).text(language)
    passage, passage_language = _passage(Translated(row.body), question, language)
    return Item(
        noun=row.noun, subject_id=row.subject_id, type=noun_name(row.noun, plural=False),
        kind=Found(kinds.get(row.kind, ""), language),
        title=marks.marked(title.text, marks.spans(title.text, question) if question else []),
        plain_title=title.text, title_language=title.language,
        snippet=passage, snippet_language=passage_language, url=row.url,
        place=Translated(row.place), owner=Translated(row.owner), dated=row.dated,
        tier=row.tier, tier_name=TIER_NAMES[Tier(row.tier)] if row.tier in set(Tier) else "",
        pages=[_page(row, question, *page) for page in pages],
    )  # fmt: skip


def _passage(body: Translated, question: Question, language: str) -> tuple[SafeString, str]:
    """From the text in the reader's language if the words stand there, else from one where they do."""
    first = body.text(language)
    order = [first.language, *(code for code in body if code != first.language)] if body else []
    for code in order if question else []:
        found = marks.spans(body[code], question)
        if found:
            return marks.snippet(body[code], found), code
    return marks.snippet(first.text, []), first.language


def _page(row: SearchRow, question: Question, number: int, language: str, text: str, is_guess: bool) -> PageHit:
    found = marks.spans(text, question)
    return PageHit(number, f"{row.url}?text={language}#page-{number}", marks.snippet(text, found), language, is_guess)


def _pages(ids: list[int], question: Question, how: str,
           by_letters: Mapping[int, list[tuple[int, str]]]) -> dict[int, list[tuple[int, str, str, bool]]]:  # fmt: skip
    """Row id → (number, language, text, whether a machine guessed it) of the best pages."""
    found: dict[int, list[tuple[int, str, str, bool]]] = {}
    if not (ids and question):
        return found
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "query": question.query(how),
            "neighbours": question.neighbours(how),
            "ids": ids,
            "most": PAGES_SHOWN,
        }
        cursor.execute(_BEST_PAGES, values)
        for row_id, *page in cursor.fetchall():
            found.setdefault(row_id, []).append(tuple(page))
    for row_id in [pk for pk in ids if pk in by_letters and pk not in found]:
        wanted = by_letters[row_id][:PAGES_SHOWN]
        pages = SearchPage.objects.filter(row_id=row_id, number__in=[number for number, _language in wanted])
        texts = {(page.number, page.language): (page.text, page.is_guess) for page in pages.defer("vector", "pairs")}
        found[row_id] = [(*one, *texts[one]) for one in wanted if one in texts]
    return found
