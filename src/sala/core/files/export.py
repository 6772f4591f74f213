"""Tables for people: Parquet of ours as CSV or as a workbook, with nothing in it that a spreadsheet would run.

A text that begins like a formula (= + - @, tab, carriage return, and their full-width forms) is marked as text; a
negative number in a column of numbers stays a number.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from sala.core.files.refusals import Refused
from sala.core.files.sheet_size import fits_workbook, most_rows

CELL_LENGTH = 32_767  # characters that a cell of a workbook holds
EXACT_DIGITS = 15  # a workbook keeps no more of a number; a longer one is written as text
BATCH = 20_000  # rows
OWN = ("_row", "geometry")  # columns of ours that are in no dictionary

_FORMULA = "^[\\s\ufeff\u200b]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]"
_STARTS_FORMULA = re.compile(_FORMULA)
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Columns = list[str] | list[dict[str, str]]


def _named(columns: Columns) -> tuple[list[str], list[str]]:
    names = [column if isinstance(column, str) else column["name"] for column in columns]
    labels = [column if isinstance(column, str) else column.get("label") or column["name"] for column in columns]
    return names, labels


def harmless(text: str) -> str:
    return "'" + text if _STARTS_FORMULA.match(text) else text


def write_csv(path_parquet: str, target: str, columns: Columns) -> dict[str, Any]:
    """Write the columns, in this order, as CSV: UTF-8 with its mark (so that Excel shows Lao), commas, decimal points.

    columns  names, or {"name", "label"} where the heading differs from the name
    A text like a formula gets an apostrophe before it. Returns {"rows", "bytes"}.
    """
    names, labels = _named(columns)
    rows = 0
    with Path(target).open("wb") as output, pq.ParquetFile(path_parquet) as source:
        output.write(csv_heading(labels))
        for batch in source.iter_batches(BATCH, columns=names):
            output.write(csv_lines(batch.select(names)))
            rows += batch.num_rows
    return {"rows": rows, "bytes": Path(target).stat().st_size}


def csv_heading(labels: Sequence[str]) -> bytes:
    """The first line of a CSV file, with the mark of UTF-8 before it."""
    heading = io.StringIO()
    csv.writer(heading, lineterminator="\n").writerow(map(harmless, labels))
    return heading.getvalue().encode("utf-8-sig")


def csv_lines(rows: pa.Table | pa.RecordBatch) -> pa.Buffer:
    """Rows as lines of CSV; a text like a formula gets an apostrophe before it."""
    names = rows.schema.names
    output = pa.BufferOutputStream()
    options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
    pa_csv.write_csv(pa.table([_plain(rows[name]) for name in names], names), output, options)
    return output.getvalue()


def _plain(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode() if isinstance(values, pa.Array) else pc.cast(values, values.type.value_type)
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        return values if pa.types.is_floating(values.type) else pc.cast(values, pa.string())
    marked = pc.binary_join_element_wise("'", values, "")
    return pc.if_else(pc.match_substring_regex(values, _FORMULA), marked, values)


def write_parquet(path_parquet: str, target: str, columns: Columns) -> dict[str, Any]:
    """Write the row number, the shape where there is one, and the columns in this order as Parquet."""
    names, _labels = _named(columns)
    rows = 0
    with pq.ParquetFile(path_parquet) as source:
        own = [name for name in source.schema_arrow.names if name in OWN]
        schema = pa.schema([source.schema_arrow.field(name) for name in (*own, *names)], source.schema_arrow.metadata)
        with pq.ParquetWriter(target, schema, compression="zstd") as writer:
            for batch in source.iter_batches(BATCH, columns=[*own, *names]):
                writer.write_batch(batch.select(schema.names).cast(schema))
                rows += batch.num_rows
    return {"rows": rows, "bytes": Path(target).stat().st_size}


def write_xlsx(path_parquet: str, target: str, columns: Columns) -> dict[str, Any]:
    """Write the columns, in this order, as the one sheet of a workbook; arguments and result as for write_csv.

    Raises Refused("too-many-rows") where a sheet cannot hold them, or where writing it would take too long.
    """
    names, labels = _named(columns)
    with pq.ParquetFile(path_parquet) as source:
        rows = source.metadata.num_rows
        if not fits_workbook(rows, len(names)):
            raise Refused("too-many-rows", count=rows, limit=most_rows(len(names)))
        book = Workbook(write_only=True)
        sheet = book.create_sheet("data")
        sheet.freeze_panes = "A2"
        sheet.append([_cell(sheet, label) for label in labels])
        for batch in source.iter_batches(BATCH, columns=names):
            lists = [batch[name].to_pylist() for name in names]
            for values in zip(*lists, strict=True):
                sheet.append([_cell(sheet, value) for value in values])
        book.save(target)
    return {"rows": rows, "bytes": Path(target).stat().st_size}


def write_book(target: Any, sheets: Sequence[tuple[str, Sequence[Any], Iterable[Sequence[Any]]]]) -> None:
    """Write a workbook sheet by sheet: (name, headings, rows), with no more than a row in memory.

    target  path or open file. A text like a formula is marked as text.
    """
    book = Workbook(write_only=True)
    for name, heading, rows in sheets:
        sheet = book.create_sheet(name[:31])
        sheet.freeze_panes = "A2"
        sheet.append([_cell(sheet, str(label)) for label in heading])
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    book.save(target)


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**EXACT_DIGITS:
        value = str(value)
    elif isinstance(value, Decimal) and len(value.as_tuple().digits) > EXACT_DIGITS:
        value = f"{value:f}"
    if not isinstance(value, str):
        return value
    value = _UNWRITABLE.sub("", value)[:CELL_LENGTH]
    if not _STARTS_FORMULA.match(value):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"  # text, whatever it begins with
    cell.quotePrefix = True
    return cell
