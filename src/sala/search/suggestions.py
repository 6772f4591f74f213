"""Other spellings to try when nothing was found: titles and other names that look like what was typed."""

from django.db import connection

from sala.access.actor import Actor
from sala.core import lao
from sala.search.filters import readable, released
from sala.search.names import OWNER, PLACE

LIKE_ENOUGH = 0.3  # trigram similarity, 0 to 1
MOST = 5
NEWEST_TITLES = 2_000  # of other nouns that are looked through
BETWEEN_NAMES = " ; "  # separates the other names in a place's text

_NAMES = """
    with names as (
        (select r.title, r.body, r.noun from search_searchrow r
            where r.noun in (%(place)s, %(owner)s) and {readable} and {condition})
        union all
        (select r.title, '{{}}'::jsonb, r.noun from search_searchrow r
            where r.noun not in (%(place)s, %(owner)s) and {readable} and {condition}
            order by dated desc nulls last, id desc limit %(newest)s)),
    spelled as (
        select value as name from names, jsonb_each_text(title)
        union
        select regexp_split_to_table(value, %(between)s) from names, jsonb_each_text(body) where noun = %(place)s)
    select name from spelled where similarity(name, %(text)s) >= %(enough)s and length(name) < 120
    order by similarity(name, %(text)s) desc, name limit %(most)s"""


def suggest(actor: Actor, text: str) -> list[str]:
    """Names like the text, the likest first, among what the actor may find."""
    typed = lao.stored(text).strip()
    if not typed:
        return []
    condition = released(actor)
    values = condition.values | {
        "place": PLACE, "owner": OWNER, "newest": NEWEST_TITLES, "between": BETWEEN_NAMES, "text": typed,
        "enough": LIKE_ENOUGH, "most": MOST,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_NAMES.format(readable=readable(actor), condition=condition), values)
        return [name for (name,) in cursor.fetchall() if name != typed]
