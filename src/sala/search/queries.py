"""One search over everything an actor may see."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.cache import cache
from django.db import connection

from sala.access.actor import Actor
from sala.core import language as languages
from sala.search import hits, letters, names
from sala.search.facets import facets_of
from sala.search.filters import Condition, Filters, narrowed, readable, released, sees_tiers, with_audiences
from sala.search.hits import COUNTED, REACHABLE, Counts, Wanted
from sala.search.items import items_of
from sala.search.letters import FEW, ByLetters
from sala.search.names import OWNER, PLACE, Named
from sala.search.question import ALL, ANY, APART, Question, ask
from sala.search.results import Results

SIZE, MOST_A_PAGE = 20, 100
KEPT = 60  # seconds for which counts are kept
GROUPS = ("noun", "kind", "topic", "place", "owner", "year")


@dataclass
class _Counted:
    """What is kept of a search: how strictly it was taken, what its letters gave, its counts."""

    how: str
    counts: Counts
    by_letters: ByLetters = field(default_factory=ByLetters)


@dataclass
class _Search:
    """One search under way."""

    actor: Actor
    question: Question
    filters: Filters
    condition: Condition
    readable: str
    beneath: dict[int, Named]

    def wanted(self, how: str = ALL, extra: Sequence[int] = ()) -> Wanted:
        return Wanted(
            condition=self.condition,
            readable=self.readable,
            query=with_audiences(self.actor, self.question.query(how)) if self.question else "",
            title=self.question.title_query(),
            exact=with_audiences(self.actor, self.question.exact_query()),
            bare=self.question.query(how),
            neighbours=self.question.neighbours(how),
            extra=extra,
            beneath=list(self.beneath),
            groups=(*GROUPS, "tier") if sees_tiers(self.actor) else GROUPS,
            sort=self.filters.sort,
        )

    def cache_key(self) -> str:
        """Same words, filters, audiences and state of the index: same counts."""
        who = "everything" if self.actor.is_everything else " ".join(sorted(self.actor.audiences))
        told = "\0".join([str(_generation()), who, self.question.text, repr(self.filters)])
        return f"search:{hashlib.sha256(told.encode()).hexdigest()}"


def find(actor: Actor, text: str = "", filters: Filters | None = None, language: str | None = None,
         page: int = 1, size: int = SIZE) -> Results:  # fmt: skip
    """What the actor may find, best first, or newest first without words.

    language  the reader's: texts are shown in it where they exist
    page      from 1 on; size at most MOST_A_PAGE
    """
    filters = filters or Filters()
    page, size = max(page, 1), min(max(size, 1), MOST_A_PAGE)
    search, places, owner = _begin(actor, ask(text), filters)
    offset = (page - 1) * size
    if search.question:
        ids, counted = _by_words(search, size, offset)
    else:
        ids, counted = _listed(search, size, offset)
    language = language or languages.current()
    counts = counted.counts
    return Results(
        question=search.question, filters=filters,
        items=items_of(ids, search.question, counted.how, counted.by_letters.pages, language),
        count=counts.number, count_is_capped=counts.is_capped,
        facets=facets_of(counts, filters, search.beneath, language),
        how=counted.how, page=page, size=size,
        reachable=min(counts.number, REACHABLE if search.question else COUNTED),
        names={code: place.name for code, place in places.items()} | ({owner.code: owner.name} if owner else {}),
    )  # fmt: skip


def _begin(actor: Actor, question: Question, filters: Filters) -> tuple[_Search, dict[str, Named], Named | None]:
    places = names.by_code(PLACE, [filters.place, filters.home_place])
    owner = names.by_code(OWNER, [filters.owner]).get(filters.owner)
    ids = {code: place.id for code, place in places.items()}
    condition = narrowed(released(actor), filters, ids, owner.id if owner else None, actor)
    beneath = names.beneath(places.get(filters.place or filters.home_place))
    return _Search(actor, question, filters, condition, readable(actor), beneath), places, owner


def _listed(search: _Search, size: int, offset: int) -> tuple[list[int], _Counted]:
    wanted = search.wanted()
    ids = hits.newest(wanted, size, offset) if offset < COUNTED else []
    key = search.cache_key()
    counted = cache.get(key)
    if counted is None:
        is_public = search.actor.audiences == {"public"} and not search.actor.is_everything
        counted = _Counted(ALL, hits.count_all(wanted, capped=not is_public))
        cache.set(key, counted, KEPT)
    return ids, counted


def _by_words(search: _Search, size: int, offset: int) -> tuple[list[int], _Counted]:
    key = search.cache_key()
    kept: _Counted | None = cache.get(key)
    if kept:
        wanted = search.wanted(kept.how, kept.by_letters.rows)
        if kept.counts.of_many:
            return hits.ranked_of_many(wanted, size, offset), kept
        return hits.ranked(wanted, size, offset, counting=False)[0], kept
    ids, counted = _first_time(search, size, offset)
    cache.set(key, counted, KEPT)
    if counted.counts.of_many:
        ids = hits.ranked_of_many(search.wanted(counted.how), size, offset)
    return ids, counted


def _first_time(search: _Search, size: int, offset: int) -> tuple[list[int], _Counted]:
    """All words; with few hits also by their letters; with none all words apart, then any of them."""
    ids, counts = _ranked(search.wanted(), size, offset)
    counted = _Counted(ALL, counts)
    if counts.number < FEW:
        wanted = search.wanted()
        by_letters = letters.look(search.question, wanted)
        if by_letters.rows:
            ids, counts = _ranked(search.wanted(ALL, by_letters.rows), size, offset)
            counted = _Counted(ALL, counts, by_letters)
    if not counts.number and search.question.has_several_words():
        for how in (APART, ANY):
            ids, counts = _ranked(search.wanted(how), size, offset)
            counted = _Counted(how, counts)
            if counts.number:
                break
    return ids, counted


def _ranked(wanted: Wanted, size: int, offset: int) -> tuple[list[int], Counts]:
    ids, counts = hits.ranked(wanted, size, offset, counting=True)
    return ids, counts or Counts()


def _generation() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select last_value from search_generation")
        return cursor.fetchone()[0]
