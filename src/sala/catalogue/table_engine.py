"""DuckDB over the Parquet of an edition, locked: it reads the named files and nothing else.

No other file, no network, no extension, no change of a setting; capped in memory, threads and, for readers, time. The
files are read-only to the questions, because every question is a SELECT of ours.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet
from django.utils.translation import gettext as _

from sala.core.errors import Invalid, TooLarge, TooMany
from sala.core.files import store

MEMORY = "512MB"
THREADS = 2
SECONDS = 10  # a reader's question is broken off then
LONG = 60  # so is one whose answer is taken along as a file
AT_ONCE = 2  # readers' questions in one web process; the others wait
PATIENCE = 20  # seconds that a question waits for its turn

_turns = threading.BoundedSemaphore(AT_ONCE)


def source_of(digest: str) -> str:
    """The FROM part: our own file, named by its hash."""
    return f"read_parquet('{store.path_of(digest)}')"


@contextmanager
def connected(*digests: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A locked connection that sees the files with these hashes only."""
    connection = duckdb.connect(":memory:", config={"threads": str(THREADS), "memory_limit": MEMORY})
    try:
        connection.execute("set allowed_paths = ?", [[str(store.path_of(digest)) for digest in digests]])
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection
    finally:
        connection.close()


@contextmanager
def turn(*digests: str, seconds: float = SECONDS) -> Iterator[duckdb.DuckDBPyConnection]:
    """A locked connection for a reader's question: few at once, and broken off after a time.

    Raises TooMany when its turn does not come, TooLarge when it takes too long or too much memory, Invalid when a
    number grows beyond what can be reckoned with.
    """
    if not _turns.acquire(timeout=PATIENCE):
        raise TooMany(_("Many people ask the tables at this moment. Send it again in some seconds."))
    try:
        with connected(*digests) as connection:
            clock = threading.Timer(seconds, connection.interrupt)
            clock.start()
            try:
                yield connection
            except duckdb.InterruptException:
                words = _(
                    "This takes longer than %(seconds)d seconds. Ask for fewer rows with a filter, or download the table."
                )
                raise TooLarge(words % {"seconds": seconds}) from None
            except duckdb.OutOfMemoryException:
                raise TooLarge(
                    _("This needs too much memory. Ask for fewer rows or groups, or download the table.")
                ) from None
            except (duckdb.OutOfRangeException, duckdb.ConversionException):
                raise Invalid(_("A number in this question or its answer is too large to reckon with.")) from None
            finally:
                clock.cancel()
    finally:
        _turns.release()


@lru_cache(maxsize=256)
def kinds_of(digest: str) -> dict[str, str]:
    """Column → number, text, date, moment or truth, as the file stores it; what is none of these (a shape) is left out."""
    kinds = {}
    for each in parquet.read_schema(store.path_of(digest)):
        kind = _kind(each.type)
        if kind:
            kinds[each.name] = kind
    return kinds


def _kind(stored: pa.DataType) -> str:
    if pa.types.is_dictionary(stored):
        stored = stored.value_type
    tests = {
        "number": (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal),
        "text": (pa.types.is_string, pa.types.is_large_string),
        "truth": (pa.types.is_boolean,),
        "date": (pa.types.is_date,),
        "moment": (pa.types.is_timestamp,),
    }
    return next((kind for kind, ways in tests.items() if any(way(stored) for way in ways)), "")
