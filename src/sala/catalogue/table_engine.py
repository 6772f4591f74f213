"""DuckDB over the Parquet of an edition, locked: it reads the named files and nothing else.

No other file, no network, no extension, no change of a setting; capped in memory, threads and, for readers, time. The
files are read-only to the questions, because every question is a SELECT of ours.

A connection is a database of its own, and opening one costs as much as answering from a table of a million rows. So those
that answered are kept for the next question to the same files, and with them what the files say of themselves at their end.
"""

import threading
from collections import deque
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
ROW = "_row"  # the column of a row's number in the delivered file
PATIENCE = 20  # seconds that a question waits for its turn
KEPT = 4  # connections at rest in one process; each holds some 6 MB

_turns = threading.BoundedSemaphore(AT_ONCE)
_resting: deque[tuple[tuple[str, ...], duckdb.DuckDBPyConnection]] = deque()  # the last used at the end
_changing = threading.Lock()  # of _resting


def source_of(digest: str) -> str:
    """The FROM part: our own file, named by its hash."""
    return f"read_parquet('{store.path_of(digest)}')"


@contextmanager
def connected(*digests: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A locked connection that sees the files with these hashes only, and answers nobody else meanwhile."""
    paths = tuple(str(store.path_of(digest)) for digest in digests)
    connection = _rested(paths) or _opened(paths)
    try:
        yield connection
    except BaseException:
        connection.close()  # whatever went wrong in it goes with it
        raise
    _rest(paths, connection)


def _opened(paths: tuple[str, ...]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:", config={"threads": str(THREADS), "memory_limit": MEMORY})
    connection.execute("set allowed_paths = ?", [list(paths)])
    connection.execute("set parquet_metadata_cache = true")
    connection.execute("set enable_external_file_cache = false")  # the files lie here: the system keeps them in memory
    connection.execute("set allocator_background_threads = true")  # memory of a large question goes back to the system
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def _rested(paths: tuple[str, ...]) -> duckdb.DuckDBPyConnection | None:
    with _changing:
        found = next((each for each in reversed(_resting) if each[0] == paths), None)
        if found is None:
            return None
        _resting.remove(found)
        return found[1]


def _rest(paths: tuple[str, ...], connection: duckdb.DuckDBPyConnection) -> None:
    with _changing:
        _resting.append((paths, connection))
        surplus = _resting.popleft()[1] if len(_resting) > KEPT else None
    if surplus is not None:
        surplus.close()


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
                clock.join()  # or it might break off the next question of this connection
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


@lru_cache(maxsize=256)
def is_in_order(digest: str) -> bool:
    """Whether the rows lie in the file by their numbers, so that nobody has to sort them. Looked up once, for files never change."""
    last = -1
    with parquet.ParquetFile(store.path_of(digest)) as file:
        for batch in file.iter_batches(columns=[ROW], use_threads=False):
            numbers = batch.column(0).to_numpy(zero_copy_only=False)
            if batch.column(0).null_count or numbers[0] <= last or (numbers[1:] <= numbers[:-1]).any():
                return False
            last = numbers[-1]
    return True


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
