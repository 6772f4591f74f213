"""Tables from CSV files and Excel workbooks: what is in them, and the same as Parquet.

A recipe says how to read one; it is remembered for the next edition of the same table. All its keys are optional:
    sheet         name of the sheet
    header_row    number of the (first) row of headings; 0 = the table has none
    decimal_mark  "," or "." for all columns, or column name → mark
    date_order    column name → "dmy" or "mdy"
    types         column name → one of values.TYPES, where the sender knows better
    total_words, note_words, null_words   lists of words by language, instead of those in table_words
A question in a profile is answered in the recipe: kind "decimal-mark" under decimal_mark, "date-order" under
date_order, with the `answer` of the reading that is right.
"""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sala.core.files import detect, grid, values
from sala.core.files.refusals import Refused

PREVIEW_ROWS = 20
MOST_FAULTS = 200
MOST_DISTINCT = 10_000  # a higher count is told as this one
EXAMPLES = 5
THREADS = 2
ROW = "_row"

_UNANSWERED = {"decimal-mark": "decimal-mark-unknown", "date-order": "date-order-unknown"}


def profile(path: str, name: str, folder: str, *, decimal_mark: Any = None, sheet: str | None = None,
            header_row: int | None = None, recipe: dict[str, Any] | None = None) -> dict[str, Any]:  # fmt: skip
    """What the table holds. Nothing is written.

    name  what the sender called the file; decimal_mark, sheet, header_row  as in a recipe, and stronger than `recipe`
    Returns format, sheet, sheets, encoding, title, header_row, first_row, rows, columns (name, label, type, nulls,
    distinct, min, max, unit, examples), preview (rows as column name → value, with _row), dropped (rows of title, totals and
    notes that are no data), questions (column, kind, examples, readings) and faults (row, column, value, expected; at
    most 200 of fault_count; expected is a type, or "end-of-row" where a row has more cells than the table has columns).
    Raises Refused.
    """
    said = {"decimal_mark": decimal_mark, "sheet": sheet, "header_row": header_row}
    read, readings, format = _read(path, name, {**(recipe or {}), **{key: value for key, value in said.items() if value is not None}})  # fmt: skip
    faults, fault_count = _faults(read, readings)
    return {
        "format": format, "sheet": read.sheet, "sheets": read.sheets, "encoding": read.encoding, "title": read.title,
        "header_row": read.header_row, "first_row": read.first_row, "rows": len(read.numbers),
        "columns": _described(read, readings), "preview": _preview(read, readings), "dropped": read.dropped,
        "questions": [reading.question for reading in readings if reading.question],
        "faults": faults, "fault_count": fault_count,
    }  # fmt: skip


def convert(path: str, name: str, folder: str, recipe: dict[str, Any]) -> dict[str, Any]:
    """Write folder/data.parquet: _row (line or row number in the file, from 1), then the typed columns.

    A cell that does not fit the type of its column is null and listed in faults. Numbers with a fraction are exact
    decimals. Returns rows, columns (as in the profile), faults, fault_count, sha256 and bytes of the Parquet file.
    Raises Refused, also while a question is open.
    """
    read, readings, _format = _read(path, name, recipe)
    _require_columns(read, recipe)
    _require_answers(read, readings)
    names = [ROW, *(column.name for column in read.columns)]
    arrays = [pa.array(read.numbers, pa.int64())]
    arrays += [
        reading.typed.take(pa.array(column.codes)) for column, reading in zip(read.columns, readings, strict=True)
    ]
    target = Path(folder) / "data.parquet"
    pq.write_table(pa.table(arrays, names), target, compression="zstd", row_group_size=131_072)
    faults, fault_count = _faults(read, readings)
    with target.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return {"rows": len(read.numbers), "columns": _described(read, readings), "faults": faults,
            "fault_count": fault_count, "sha256": digest, "bytes": target.stat().st_size}  # fmt: skip


def _read(path: str, name: str, recipe: dict[str, Any]) -> tuple[grid.Grid, list[values.Reading], str]:
    format = detect.identify(path, name)["format"]
    if format not in ("csv", "xlsx", "text"):
        raise Refused("unknown-type", found=format, allowed=".csv, .xlsx")
    read = grid.read(path, format, recipe)
    with ThreadPoolExecutor(THREADS) as pool:  # the work is done outside Python, so two columns go at once
        readings = list(pool.map(lambda column: values.read(column, recipe), read.columns))
    return read, readings, "xlsx" if format == "xlsx" else "csv"


def _require_columns(read: grid.Grid, recipe: dict[str, Any]) -> None:
    """A recipe may speak of columns of an earlier file while one looks, but not when the table is written."""
    names = {column.name for column in read.columns}
    for part in ("decimal_mark", "date_order", "types"):
        said = recipe.get(part)
        for column in said if isinstance(said, dict) else ():
            if column not in names:
                raise Refused("unknown-column", column=column)


def _require_answers(read: grid.Grid, readings: list[values.Reading]) -> None:
    for kind, code in _UNANSWERED.items():
        asked = [(column, reading.question) for column, reading in zip(read.columns, readings, strict=True)
                 if reading.question and reading.question["kind"] == kind]  # fmt: skip
        if asked:
            labels = ", ".join(column.label or column.name for column, _question in asked)
            raise Refused(code, columns=labels, example=asked[0][1]["examples"][0])


def _described(read: grid.Grid, readings: list[values.Reading]) -> list[dict[str, Any]]:
    described = []
    for column, reading in zip(read.columns, readings, strict=True):
        rows = np.bincount(column.codes, minlength=len(column.values))
        filled = pc.is_valid(reading.typed).to_numpy(zero_copy_only=False)
        least = most = None
        if reading.type not in ("text", "boolean") and filled.any():
            least, most = pc.min_max(reading.typed).as_py().values()
        shown = column.values if reading.question else reading.typed.filter(pa.array(filled))
        described.append({
            "name": column.name, "label": column.label, "type": reading.type,
            "nulls": int(rows[~filled].sum()) if not reading.question else 0,
            "distinct": min(pc.count_distinct(shown).as_py(), MOST_DISTINCT),
            "min": least, "max": most, "unit": reading.unit, "examples": pc.unique(shown.slice(0, 10 * EXAMPLES)).slice(0, EXAMPLES).to_pylist(),
        })  # fmt: skip
    return described


def _preview(read: grid.Grid, readings: list[values.Reading]) -> list[dict[str, Any]]:
    first = slice(0, PREVIEW_ROWS)
    preview: list[dict[str, Any]] = [{ROW: int(number)} for number in read.numbers[first]]
    for column, reading in zip(read.columns, readings, strict=True):
        source = column.values if reading.question else reading.typed
        for row, value in zip(preview, source.take(pa.array(column.codes[first])).to_pylist(), strict=True):
            row[column.name] = value
    return preview


def _faults(read: grid.Grid, readings: list[values.Reading]) -> tuple[list[dict[str, Any]], int]:
    """The first faults by row, and how many there are."""
    found: list[tuple[int, int, str, str, str]] = [
        (number, len(read.columns), "", text[:200], "end-of-row")
        for number, text in list(read.extra.items())[:MOST_FAULTS]
    ]
    count = len(read.extra)
    for place, (column, reading) in enumerate(zip(read.columns, readings, strict=True)):
        if not reading.bad.any():
            continue
        rows = np.flatnonzero(reading.bad[column.codes])
        count += len(rows)
        for row in rows[:MOST_FAULTS].tolist():
            text = column.values[int(column.codes[row])].as_py()
            found.append((int(read.numbers[row]), place, column.name, text[:200], reading.type))
    faults = [{"row": number, "column": name, "value": text, "expected": expected}
              for number, _place, name, text, expected in sorted(found)]  # fmt: skip
    return faults[:MOST_FAULTS], count
