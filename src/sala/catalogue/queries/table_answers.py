"""Answering readers' questions to a table: a page of rows, or the whole answer as a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet

from sala.catalogue.models import Edition
from sala.catalogue.queries.table_query import Question
from sala.catalogue.table_engine import LONG, is_in_order, source_of, turn

EXACT = 2**53  # a larger whole number loses digits in a program that reads JSON numbers as floating ones
EXACT_DIGITS = 15
BEFORE = 5  # rows shown before the marked one
BATCH = 20_000  # rows


@dataclass
class Answer:
    """names: headings. rows: their values, with the row number of the file first when is_plain.

    total   rows of the whole answer, None where it was not asked
    offset  where these rows begin in it
    """

    names: list[str]
    rows: list[tuple[Any, ...]]
    is_plain: bool
    offset: int
    total: int | None = None


def answer(edition: Edition, asked: Question, around: int | None = None) -> Answer:
    """The rows asked for.

    around  start a few rows before this row number of the file instead of at the question's offset
    """
    source, total, offset = source_of(edition.table_sha256), None, asked.offset
    with turn(edition.table_sha256) as connection:
        if asked.count:
            found = connection.execute(*asked.counting(source)).fetchone()
            total = found[0] if found else 0
        text, values = asked.statement(source, is_in_order=is_in_order(edition.table_sha256))
        if around is not None and asked.is_plain:
            joined = "and" if asked.where.text else "where"
            before = f"select count(*) from {source}{asked.where.clause} {joined} _row < ?"
            found = connection.execute(before, [*asked.where.values, around]).fetchone()
            values[-1] = offset = max(0, (found[0] if found else 0) - BEFORE)
        rows = connection.execute(text, values).fetchall()
    return Answer(asked.names, rows, asked.is_plain, offset, total)


def write_answer(edition: Edition, asked: Question, target: Path) -> None:
    """The whole answer, not a page of it, as Parquet."""
    with turn(edition.table_sha256, seconds=LONG) as connection:
        text, values = asked.statement(
            source_of(edition.table_sha256), is_paged=False, is_in_order=is_in_order(edition.table_sha256)
        )
        reader = connection.execute(text, values).to_arrow_reader(BATCH)
        with parquet.ParquetWriter(target, reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)


def facets(edition: Edition, asked: Question, names: Sequence[str], most: int) -> dict[str, list[tuple[Any, int]]]:
    """Column → its commonest values under the question's condition, each with how many rows have it."""
    source, found = source_of(edition.table_sha256), {}
    with turn(edition.table_sha256) as connection:
        for name in names:
            column = '"' + name.replace('"', '""') + '"'
            text = f"select {column}, count(*) from {source}{asked.where.clause} group by 1 order by 2 desc, 1 limit ?"
            found[name] = connection.execute(text, [*asked.where.values, most]).fetchall()
    return found


def mark_of(edition: Edition, columns: Iterable[str], sent: str, kind: str) -> str:
    """The answer's ETag: the table, the columns of it that the reader sees, the question, the format."""
    return sha256("\0".join([edition.table_sha256, "\n".join(columns), sent, kind]).encode()).hexdigest()[:32]


def plain(value: Any) -> Any:
    """A value as JSON says it: numbers as numbers where no digit is lost, else as text; days as ISO 8601."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if abs(value) <= EXACT else str(value)
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, Decimal):
        if value == value.to_integral_value() and abs(value) <= EXACT:
            return int(value)
        return float(value) if len(value.normalize().as_tuple().digits) <= EXACT_DIGITS else format(value, "f")
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
