"""A table as columns of distinct cells: the whole file is read once, and only distinct cells are looked at later.

Rows that are no data are left out here: blank rows, totals, remarks below the table.
"""

import datetime
import gc
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice, zip_longest
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sala.core.files import delimited, layout, table_words, workbook
from sala.core.files.characters import encoding_of
from sala.core.files.refusals import Refused
from sala.core.files.shown_cells import Percent

MOST_COLUMNS = 2000
MOST_SHEETS = 20  # looked through for a table
CHUNK = 50_000  # rows read at a time
TAIL = 60  # rows at the end in which remarks are looked for
LONG_REMARK = 40  # characters of a lone cell that make it a remark

NUMBER, PERCENT, DATE, TRUTH, TEXT = "number", "percent", "date", "truth", "text"


@dataclass
class Column:
    """values  distinct cells as text, in order of appearance; codes  for each row its place in values
    kinds    for each distinct cell NUMBER, PERCENT, DATE, TRUTH or TEXT as the workbook stored it; None = all text (CSV)
    """

    position: int
    label: str
    name: str
    values: pa.Array
    codes: np.ndarray
    kinds: list[str] | None = None

    def keep(self, rows: np.ndarray) -> None:
        """Leave out all other rows, and the distinct cells that only they had."""
        codes = self.codes[rows]
        present = np.bincount(codes, minlength=len(self.values)) > 0
        used = np.flatnonzero(present)
        self.codes = (np.cumsum(present, dtype=np.int32) - 1)[codes]
        self.values = self.values.take(pa.array(used))
        self.kinds = [self.kinds[place] for place in used] if self.kinds is not None else None


@dataclass
class Grid:
    """numbers  the row (line) number in the file of each row kept; extra  row number → cells beyond the last column"""

    sheet: str
    sheets: list[str]
    title: str
    header_row: int
    first_row: int
    columns: list[Column]
    numbers: np.ndarray
    dropped: dict[str, int]
    extra: dict[int, str] = field(default_factory=dict)
    encoding: str = ""


def read(path: str, format: str, recipe: dict[str, Any]) -> Grid:
    """The table in a CSV file or in one sheet of a workbook: the one named, else the first that holds a table.

    recipe  may hold sheet, header_row (0 = no headings), total_words and note_words (lists by language)
    Raises Refused.
    """
    if format != "xlsx" or recipe.get("sheet"):
        return _read(path, format, recipe)
    for name in workbook.sheet_names(path)[:MOST_SHEETS]:
        try:
            return _read(path, format, {**recipe, "sheet": name})
        except Refused as refusal:  # a cover, a list of contents
            if refusal.code != "no-table":
                raise
    raise Refused("no-table")


def _read(path: str, format: str, recipe: dict[str, Any]) -> Grid:
    if format == "xlsx":
        opened = workbook.open_sheet(path, recipe["sheet"])
        rows, merged, encoding, mark = opened.rows(), opened.merged, "", ""
        sheet, sheets = opened.name, opened.names
    else:
        encoding = encoding_of(path)
        mark = delimited.delimiter_in(path, encoding)
        rows, merged, sheet, sheets = delimited.rows(path, encoding, mark), [], "", []
    header_row = recipe.get("header_row")
    head = list(islice(rows, layout.HEAD_ROWS + (header_row or 0)))
    found = layout.find(head, merged, header_row)
    if found is None:
        raise Refused("no-table")
    if len(found.labels) > MOST_COLUMNS:
        raise Refused("too-many-columns", count=len(found.labels), limit=MOST_COLUMNS)
    width = len(found.labels)
    table = delimited.regular(path, encoding, mark, found.first_row, width) if mark else None
    extra: dict[int, str] = {}
    if table is not None:
        numbers = np.arange(found.first_row, found.first_row + table.num_rows, dtype=np.int64)
        columns = [_Texts(table[place].chunks).column(place + 1) for place in range(width)]
    else:
        data = chain((row for row in head if row[0] >= found.first_row), rows)
        numbers, columns, extra = _columns(data, width, native=format == "xlsx")
    for column, label in zip(columns, found.labels, strict=True):
        column.label = label
    grid = Grid(sheet, sheets, found.title, found.header_row, found.first_row, columns, numbers,
                {"title": found.title_rows, "totals": 0, "notes": 0}, extra, encoding)  # fmt: skip
    _drop(grid, recipe)
    grid.columns = [column for column in columns if column.label or _has_text(column.values).any()]
    for column, name in zip(
        grid.columns, layout.keys_of([c.label or f"column {c.position}" for c in grid.columns]), strict=True
    ):
        column.name = name
    if not len(grid.numbers) or not grid.columns:
        raise Refused("no-table")
    return grid


def _columns(
    rows: Iterator[tuple[int, list[Any]]], width: int, native: bool
) -> tuple[np.ndarray, list[Column], dict[int, str]]:
    builders = [_Native() if native else _Texts() for _column in range(width)]
    numbers: list[np.ndarray] = [np.empty(0, np.int64)]
    extra: dict[int, str] = {}
    gc.disable()  # millions of short lists without a cycle: looking for one takes as long as reading them
    while chunk := list(islice(rows, CHUNK)):
        numbers.append(np.fromiter((number for number, _cells in chunk), np.int64, len(chunk)))
        cells = [row for _number, row in chunk]
        lengths = set(map(len, cells))
        if max(lengths) > width:
            for number, row in chunk:
                beyond = " ".join(filter(None, map(layout.shown, row[width:])))
                if beyond:
                    extra[number] = beyond
            cells = [row[:width] for row in cells]
        if min(lengths) < width:
            cells[0] = cells[0] + [""] * (width - len(cells[0]))
        for builder, column in zip(builders, zip_longest(*cells, fillvalue=""), strict=True):
            builder.add(column)
    gc.enable()
    return np.concatenate(numbers), [builder.column(place) for place, builder in enumerate(builders, start=1)], extra


class _Texts:
    def __init__(self, chunks: list[pa.Array] | None = None) -> None:
        self.chunks = chunks or []

    def add(self, cells: tuple[Any, ...]) -> None:
        self.chunks.append(pa.array(cells, pa.string()))

    def column(self, position: int) -> Column:
        joined = pa.chunked_array(self.chunks, pa.string()).dictionary_encode().combine_chunks()
        if not len(joined):
            return Column(position, "", "", pa.array([], pa.string()), np.empty(0, np.int32))
        return Column(position, "", "", joined.dictionary, joined.indices.to_numpy().astype(np.int32))


class _Native:
    def __init__(self) -> None:
        self.places: dict[tuple[type, Any], int] = {}
        self.chunks: list[np.ndarray] = [np.empty(0, np.int32)]

    def add(self, cells: tuple[Any, ...]) -> None:
        places = self.places
        codes = (places.setdefault((type(cell), cell), len(places)) for cell in cells)
        self.chunks.append(np.fromiter(codes, np.int32, len(cells)))

    def column(self, position: int) -> Column:
        cells = [cell for _type, cell in self.places]
        texts = [cell if isinstance(cell, str) else layout.shown(cell) for cell in cells]
        return Column(
            position, "", "", pa.array(texts, pa.string()), np.concatenate(self.chunks), list(map(_kind, cells))
        )


def _kind(cell: Any) -> str:
    if isinstance(cell, bool):
        return TRUTH
    if isinstance(cell, Percent):
        return PERCENT
    if isinstance(cell, int | float):
        return NUMBER
    if isinstance(cell, datetime.datetime):
        return DATE if cell.time() == datetime.time() else TEXT
    return DATE if isinstance(cell, datetime.date) else TEXT


def _drop(grid: Grid, recipe: dict[str, Any]) -> None:
    filled = np.zeros((len(grid.columns), len(grid.numbers)), bool)
    for place, column in enumerate(grid.columns):
        filled[place] = _has_text(column.values)[column.codes]
    kept: np.ndarray = np.logical_or.reduce(filled) | np.isin(grid.numbers, list(grid.extra))
    notes = _notes(grid, filled, kept, table_words.flat(recipe.get("note_words", table_words.NOTES)))
    kept &= ~notes
    totals = _totals(grid, filled, kept, table_words.flat(recipe.get("total_words", table_words.TOTALS)))
    grid.dropped["totals"], grid.dropped["notes"] = int(totals.sum()), int(notes.sum())
    kept &= ~totals
    dropped = set(grid.numbers[~kept].tolist()) if grid.extra else set()
    grid.extra = {number: text for number, text in grid.extra.items() if number not in dropped}
    if kept.all():
        return
    grid.numbers = grid.numbers[kept]
    for column in grid.columns:
        column.keep(np.flatnonzero(kept))


def _has_text(values: pa.Array) -> np.ndarray:
    return pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(values)), 0).to_numpy(zero_copy_only=False)


def _among(values: pa.Array, words: set[str]) -> np.ndarray:
    """Which values are one of the words. Only short ones that begin like a word are compared in full."""
    letters = "".join(sorted({re.escape(word[0]) for word in words}))
    likely = pc.and_(
        pc.less_equal(pc.utf8_length(values), max(map(len, words)) + 10),
        pc.match_substring_regex(values, rf"(?i)^[\s:.*()\[\]]*[{letters}]"),
    ).to_numpy(zero_copy_only=False)
    for place in np.flatnonzero(likely):
        likely[place] = table_words.compared(values[int(place)].as_py()) in words
    return likely


def _cell(grid: Grid, row: int, place: int) -> str:
    column = grid.columns[place]
    return column.values[int(column.codes[row])].as_py()


def _notes(grid: Grid, filled: np.ndarray, kept: np.ndarray, words: set[str]) -> np.ndarray:
    """Rows of remarks at the end: by their first word, or a lone cell that is long or stands after a blank row."""
    notes = np.zeros(len(kept), bool)
    present = np.flatnonzero(kept)
    for row in reversed(present[-TAIL:].tolist()):
        places = np.flatnonzero(filled[:, row])
        if not len(places):
            break
        text = _cell(grid, row, int(places[0])).strip()
        first = table_words.compared(text).split(":")[0].split("：")[0].strip()
        begins = first in words or (" " in first and first.split()[0].rstrip(".") in words and len(places) == 1)
        before = present[present < row]
        after_gap = len(before) > 0 and grid.numbers[row] - grid.numbers[before[-1]] > 1
        alone = len(places) == 1 and len(grid.columns) > 1
        if not begins and not (
            alone and (len(text) > LONG_REMARK or text.startswith(("*", "(", "¹", "²", "³")) or after_gap)
        ):
            break
        notes[row] = True
    return notes


def _totals(grid: Grid, filled: np.ndarray, kept: np.ndarray, words: set[str]) -> np.ndarray:
    """Rows that sum up others.

    "Total" may as well be a value of a dimension (sex: total, male, female), and then the row is data. So a row counts
    as a total only where it is the single one and stands first or last, or lacks a cell that nearly all others have,
    or where the labels are otherwise all different.
    """
    totals = np.zeros(len(kept), bool)
    present = np.flatnonzero(kept)
    if not len(present) or not words:
        return totals
    first_filled = filled.argmax(axis=0)
    for place, column in enumerate(grid.columns):
        is_word = _among(column.values, words)
        if is_word.any():
            totals |= kept & (first_filled == place) & filled[place] & is_word[column.codes]
    others = present[~totals[present]]
    candidates = np.flatnonzero(totals)
    if not len(candidates) or not len(others):
        return np.zeros(len(kept), bool)
    usual = filled[:, others].mean(axis=1) >= 0.9
    single = len(candidates) == 1 and candidates[0] in (present[0], present[-1])
    for row in candidates.tolist():
        labels = grid.columns[int(first_filled[row])].codes
        all_different = len(np.unique(labels[others])) > 0.9 * len(others)
        if not (single or all_different or (usual & ~filled[:, row]).any()):
            totals[row] = False
    return totals
