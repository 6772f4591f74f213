"""The moment by which what is reckoned for one page must end: all of it together, statements and child processes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

_until: ContextVar[float | None] = ContextVar("until", default=None)  # on the clock that only goes forward


class Passed(Exception):
    """Nothing is left of the time."""


def is_set() -> bool:
    return _until.get() is not None


def left(most: float) -> float:
    """Seconds that may still be used, `most` at most and where no deadline is set. Raises Passed."""
    until = _until.get()
    if until is None:
        return most
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise Passed
    return min(most, seconds)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Each statement of the block is given what is left when it begins. In a transaction; the setting ends with the block.

    Raises Passed when one begins too late; the database breaks off the one that runs at the end (OperationalError).
    """
    kept = _until.set(time.monotonic() + seconds)
    before = _tell(connection, "select current_setting('statement_timeout')", [])
    try:
        with connection.execute_wrapper(_limited):
            yield
        _tell(connection, "select set_config('statement_timeout', %s, true)", [before])
    finally:
        _until.reset(kept)


_OF_TRANSACTIONS = ("SAVEPOINT", "RELEASE", "ROLLBACK")  # they end a part that failed: nothing else can be told then


def _limited(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if isinstance(sql, str) and sql.startswith(_OF_TRANSACTIONS):
        return execute(sql, params, many, context)
    milliseconds = max(1, round(left(float("inf")) * 1000))
    _tell(context["connection"], "select set_config('statement_timeout', %s, true)", [str(milliseconds)])
    return execute(sql, params, many, context)


def _tell(where: Any, sql: str, values: list[str]) -> str:
    """Beside Django's own cursors, so that it is neither limited nor counted itself."""
    where.ensure_connection()
    return where.connection.execute(sql, values).fetchone()[0]
