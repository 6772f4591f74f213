"""The statement that finds, counts, ranks and groups: one, whatever the number of hits.

Counting and grouping stop after COUNTED rows. Ranking reads the words of each row, so at most RANKED rows are ranked:
those with the words in their title first, then the newest. However often the words stand in a text, a title with all
of them comes before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from sala.search.filters import NEWEST, Condition

COUNTED = 10_000
RANKED = 500
REACHABLE = 1_000  # hits that can be paged through
WEIGHTS = "{0.1, 0.4, 0.3, 1.0}"  # of D (parts, in the text), C (text), B (parts, in the title), A (title)
SHORTER_FIRST, BELOW_ONE = 1, 32  # how PostgreSQL is told to treat long texts, and to keep a rank below 1
MOST_EXACT = 100
MOST_VALUES = 30  # of a facet, those with most hits
OF_PAGES = 0.05  # what the matching pages of a document add to its rank, times the logarithm of their number

FEW = "(select are_few from few)"  # SQL: no more rows hold the words than are counted
HIT = "select * from words union all select * from others"  # read where it stands: a copy of all would cost more

_COLUMNS = "r.id, r.noun, r.kind, r.topics, r.owner_id, r.area_ids, r.tier, r.year, r.dated"
_NEWEST = "dated desc nulls last, id desc"
# What has few values is counted together in one pass, and each facet of it from that. Topics and areas are taken apart
# only when rows with the same ones were counted: there are far fewer of these than rows.
_TOGETHER = """together as materialized (
        select noun, kind, year, tier, count(*) as number, min(id) as id from hit group by noun, kind, year, tier)"""
_GROUPS = {
    "noun": "select 'noun', noun, sum(number)::bigint, 0::bigint from together group by noun",
    "kind": "select 'kind', kind, sum(number)::bigint, min(id) from together where kind <> '' group by kind",
    "topic": "select 'topic', topic, sum(number)::bigint, 0 from (select unnest(topics) as topic, count(*) as number"
    " from hit group by topics) each group by topic",
    "place": "select 'place', area::text, sum(number)::bigint, 0 from (select unnest(area_ids) as area, count(*) as number"
    " from hit group by area_ids) each where area = any(%(beneath)s::bigint[]) group by area",
    "owner": "select 'owner', owner_id::text, count(*), 0 from hit where owner_id is not null group by owner_id",
    "year": "select 'year', year::text, sum(number)::bigint, 0 from together where year is not null group by year",
    "tier": "select 'tier', tier, sum(number)::bigint, 0 from together where tier <> '' group by tier",
}


@dataclass
class Wanted:
    """What to find.

    query, title, exact  literals of tsqueries that hold the audiences; query is empty when everything is listed
    bare                 the query without them, for ranking and for pages
    neighbours           literal of a tsquery over pairs: words that stand together; may be empty
    condition, readable  the other conditions on a row; the audiences, where the query does not hold them
    extra                ids of rows found by their letters; they come last
    beneath              ids of the areas that the place facet counts
    groups               the facets to count
    """

    condition: Condition
    readable: str
    query: str = ""
    title: str = ""
    exact: str = ""
    bare: str = ""
    neighbours: str = ""
    extra: Sequence[int] = ()
    beneath: Sequence[int] = ()
    groups: Sequence[str] = tuple(_GROUPS)
    sort: str = ""

    @property
    def match(self) -> str:
        """SQL: a row `r` holds the words."""
        return f"(r.vector @@ %(query)s::tsquery{self.together('r')})"

    def together(self, table: str) -> str:
        return f" and {table}.pairs @@ %(neighbours)s::tsquery" if self.neighbours else ""

    def values(self) -> dict[str, Any]:
        return self.condition.values | {
            "query": self.query, "title": self.title, "exact": self.exact, "bare": self.bare,
            "neighbours": self.neighbours,
            "extra": list(self.extra), "beneath": list(self.beneath),
        }  # fmt: skip


@dataclass
class Counts:
    """number   of hits; when is_capped there are more
    of_many  more than COUNTED rows hold the words, so that they are ranked by ranked_of_many
    groups   facet → (value, number, id of one such row where the facet is a kind), largest first
    """

    number: int = 0
    is_capped: bool = False
    of_many: bool = False
    groups: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict)


def newest(wanted: Wanted, limit: int, offset: int) -> list[int]:
    """Ids of rows without regard to words, the newest first."""
    sql = f"""select r.id from search_searchrow r where {wanted.readable} and {wanted.condition}
        order by {_NEWEST} limit {limit:d} offset {offset:d}"""  # noqa: S608
    return [row[0] for row in _run(sql, wanted)]


def count_all(wanted: Wanted, capped: bool) -> Counts:
    """Counts of rows without regard to words; when capped those of the newest COUNTED."""
    cap = f"order by {_NEWEST} limit {COUNTED + 1}" if capped else ""
    sql = f"""with hit as materialized (
        select {_COLUMNS} from search_searchrow r where {wanted.readable} and {wanted.condition} {cap}),
        {_TOGETHER}
        {_counting(wanted)}"""  # noqa: S608
    return _counts(_run(sql, wanted), capped)


def ranked(wanted: Wanted, limit: int, offset: int, counting: bool) -> tuple[list[int], Counts | None]:
    """Ids of the rows to show, best first, and the counts when asked for. Looks at any COUNTED rows with the words."""
    title = f"select id from search_searchrow where vector @@ %(title)s::tsquery limit {COUNTED}"  # noqa: S608
    few = f"where {FEW}"  # more are ranked by ranked_of_many
    more = f", {_TOGETHER}" if counting else ""
    sql = _statement(wanted, limit, offset, title, _with_words(wanted), HIT, _others(wanted), few, more=more)
    rows = _run_by_index(f"{sql} union all {_limits()} union all {_counting(wanted)}" if counting else sql, wanted)
    shown = [row for row in rows if row[0] == "shown"]
    ids = [pk for _facet, _value, _number, pk in sorted(shown, key=lambda row: row[2])]
    return ids, _counts([row for row in rows if row[0] != "shown"], True) if counting else None


def ranked_of_many(wanted: Wanted, limit: int, offset: int) -> list[int]:
    """The same for words that stand in more than COUNTED rows: of those the newest, and the newest with them in the title.

    Pages of documents are not looked at: a document is found by its title and summary, as everything else.
    """
    newest = f"order by r.dated desc nulls last, r.id desc limit {_reach(limit, offset)}"
    of_rows = "select r.id, r.dated, false as is_extra from search_searchrow r where"
    title = f"""select r.id, r.dated from search_searchrow r
        where r.vector @@ (%(title)s::tsquery && %(query)s::tsquery){wanted.together("r")}
        and {wanted.condition} {newest}"""  # noqa: S608
    hit = f"""
        ({of_rows} {wanted.match} and {wanted.condition} {newest})
        union (select id, dated, false from title)
        union ({of_rows} {wanted.readable} and {wanted.condition} and r.id = any(array(select id from exact)))"""  # noqa: S608
    rows = _run_by_index(_statement(wanted, limit, offset, title, "select 1", hit, pages="false"), wanted)
    return [pk for _facet, _value, _number, pk in sorted(rows, key=lambda row: row[2])]


def _reach(limit: int, offset: int) -> int:
    return RANKED if offset + limit <= RANKED else REACHABLE


def _statement(
    wanted: Wanted, limit: int, offset: int, title: str, words: str, hit: str, others: str = "select 1", enough: str = "",
    pages: str = "true", more: str = "",
) -> str:  # fmt: skip
    """Of the rows `hit`, the page to show. `title` gives those with the words in their title; `words` and `others` are rows
    that `hit` may refer to; `enough` is a condition without which nothing is ranked; `pages` one of looking at pages; `more`
    are rows reckoned from all these."""
    by_date = wanted.sort == NEWEST
    choice = _NEWEST if by_date else f"is_exact desc, is_extra, in_title desc, {_NEWEST}"
    order = _NEWEST if by_date else f"is_exact desc, is_extra, rank desc, {_NEWEST}"
    return f"""
        with in_pages as materialized (
            select row_id, count(*) as pages from (
                select row_id from search_searchpage p where {pages} and p.vector @@ %(bare)s::tsquery{wanted.together("p")}
                limit {COUNTED}) each
            group by row_id),
        exact as materialized (
            select id from search_searchrow where vector @@ %(exact)s::tsquery limit {MOST_EXACT}),
        title as materialized ({title}),
        words as materialized ({words}),
        few as materialized (select count(*) as held, count(*) <= {COUNTED} as are_few from words),
        others as materialized ({others}),
        hit as {"not " if hit == HIT else ""}materialized ({hit}),
        best as (
            select *, row_number() over () as nth from (
                select id, dated, is_extra, id in (select id from exact) as is_exact,
                    id in (select id from title) as in_title from hit {enough}
                order by {choice} limit {_reach(limit, offset)}) chosen),
        scored as (
            select best.*, {_rank(wanted)} as rank from best
            join search_searchrow r on r.id = best.id left join in_pages on in_pages.row_id = best.id){more}
        (select 'shown' as facet, '' as value, row_number() over (order by {order}) as number, id from scored
            order by number limit {limit:d} offset {offset:d})"""  # noqa: S608


def _others(wanted: Wanted) -> str:
    """Rows of which only a page, the code or the letters match."""
    start = f"select {_COLUMNS}"
    also = f"search_searchrow r where {FEW} and {wanted.readable} and {wanted.condition}"
    otherwise = "select row_id from in_pages union select id from exact"
    return f"""
        ({start}, false as is_extra from {also} and r.id = any(array({otherwise}))
            and r.id not in (select id from words) limit (select {COUNTED + 1} - held from few))
        union all ({start}, true from {also} and r.id = any(%(extra)s::bigint[])
            and r.id not in (select id from words) and r.id not in ({otherwise}))"""  # noqa: S608


def _with_words(wanted: Wanted) -> str:
    return f"""select {_COLUMNS}, false as is_extra from search_searchrow r
        where {wanted.match} and {wanted.condition} limit {COUNTED + 1}"""  # noqa: S608


def _rank(wanted: Wanted) -> str:
    if wanted.sort == NEWEST:
        return "0"
    return f"""in_title::int + case when nth <= {RANKED} then
        ts_rank_cd('{WEIGHTS}', r.vector, %(bare)s::tsquery, {SHORTER_FIRST | BELOW_ONE})
        + {OF_PAGES} * ln(1 + coalesce(in_pages.pages, 0)) else -2 end"""


def _counting(wanted: Wanted) -> str:
    groups = [f"({_GROUPS[name]} order by 3 desc, 2 limit {MOST_VALUES})" for name in wanted.groups]
    return " union all ".join(
        [
            "select '' as facet, '' as value, coalesce(sum(number), 0)::bigint as number, 0::bigint as id from together",
            *groups,
        ]
    )


def _limits() -> str:
    """Whether more rows or more pages hold the words than are looked at."""
    return f"""select '', 'words', held, 0 from few
        union all select '', 'pages', coalesce(sum(pages), 0)::bigint, 0 from in_pages where {FEW}"""  # noqa: S608


def _run(sql: str, wanted: Wanted) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, wanted.values())
        return cursor.fetchall()


def _run_by_index(sql: str, wanted: Wanted) -> list[tuple[Any, ...]]:
    """For words that stand in very many rows PostgreSQL would go through the table, not counting what it costs to
    fetch each row's words from where long columns are kept; the index answers without them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(sql, wanted.values())
        return cursor.fetchall()


def _counts(rows: list[tuple[Any, ...]], capped: bool) -> Counts:
    counts = Counts()
    for facet, value, number, sample in rows:
        if facet:
            counts.groups.setdefault(facet, []).append((value, number, sample))
        elif value == "words":
            counts.of_many = number > COUNTED
        elif value == "pages":
            counts.is_capped |= number >= COUNTED
        else:
            counts.is_capped |= capped and number > COUNTED
            counts.number = min(number, COUNTED) if capped else number
    for group in counts.groups.values():
        group.sort(key=lambda one: (-one[1], one[0]))
    return counts
