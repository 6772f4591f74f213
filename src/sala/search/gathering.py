"""Writing very many search rows at once: the index takes in the words of many rows together.

Row by row, each word of each row is a place of its own to find in the index, and that is most of the work. PostgreSQL
can gather them in a list that it sorts in now and then. Readers have to look through that list, so it is kept short,
and it is used only while everything is written anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

INDEXES = ("search_words_and_areas", "search_page_words_and_pairs")
GATHERED = 4096  # kilobytes; a reader looks through so many in less than half a second

_MINE = """select pg_has_role(current_user, relowner, 'usage') from pg_class
    where oid = 'search_searchrow'::regclass"""


@contextmanager
def gathered() -> Iterator[None]:
    """While this runs the indexes gather; only the owner of the tables may have them do so, others write as ever."""
    with connection.cursor() as cursor:
        cursor.execute(_MINE)
        if not cursor.fetchone()[0]:
            yield
            return
        for name in INDEXES:
            cursor.execute(f"alter index {name} set (fastupdate = on, gin_pending_list_limit = {GATHERED})")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for name in INDEXES:
                cursor.execute(f"alter index {name} set (fastupdate = off)")
                cursor.execute(f"alter index {name} reset (gin_pending_list_limit)")
                cursor.execute("select gin_clean_pending_list(%s::regclass)", [name])
