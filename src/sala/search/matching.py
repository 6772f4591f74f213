"""All that words find of one noun, as ids: for lists that narrow and count by columns the search does not know."""

from django.db import connection, transaction

from sala.access.actor import Actor
from sala.search import letters
from sala.search.filters import Filters, narrowed, readable, released, with_audiences
from sala.search.hits import COUNTED, Wanted
from sala.search.letters import FEW
from sala.search.question import ALL, ANY, APART, Question, ask


def matching(actor: Actor, text: str, noun: str) -> list[int]:
    """Subject ids, those with the words in their title first, then the newest; at most COUNTED, none without words."""
    question = ask(text)
    if not question:
        return []
    for how in (ALL, APART, ANY) if question.has_several_words() else (ALL,):
        wanted = _wanted(actor, question, noun, how)
        found = _found(wanted)
        if how == ALL and len(found) < FEW:
            found += [pk for pk in _subjects(letters.look(question, wanted).rows) if pk not in found]
        if found:
            return found
    return []


def _wanted(actor: Actor, question: Question, noun: str, how: str) -> Wanted:
    return Wanted(
        condition=narrowed(released(actor), Filters(noun=noun), {}, None, actor),
        readable=readable(actor),
        query=with_audiences(actor, question.query(how)),
        title=question.title_query(),
        exact=with_audiences(actor, question.exact_query()),
        bare=question.query(how),
        neighbours=question.neighbours(how),
    )


def _found(wanted: Wanted) -> list[int]:
    """The index answers for the words without reading them; so does it for those of titles."""
    sql = f"""
        with title as materialized (
            select id from search_searchrow where vector @@ %(title)s::tsquery limit {COUNTED})
        select r.subject_id from search_searchrow r where {wanted.match} and {wanted.condition}
        order by r.id in (select id from title) desc, r.dated desc nulls last, r.id desc limit {COUNTED}"""  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(sql, wanted.values())
        return [pk for (pk,) in cursor.fetchall()]


def _subjects(rows: list[int]) -> list[int]:
    """Of search rows, in their order."""
    sql = "select subject_id from unnest(%s::bigint[]) with ordinality as t(pk, nth) join search_searchrow on id = pk order by nth"
    with connection.cursor() as cursor:
        cursor.execute(sql, [rows])
        return [pk for (pk,) in cursor.fetchall()]
