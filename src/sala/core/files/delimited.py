"""Rows of a delimited text file (CSV), each with the number of the line on which it begins."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from sala.core.files.refusals import Refused

MARKS = "\t;|,"  # in this order when two fit equally: a comma may as well be a decimal mark
LONGEST_CELL = 1_000_000  # characters
LONGEST_QUOTE = 1000  # lines within one quoted cell; more means that a quotation mark is missing
SAMPLE = 64 * 1024  # characters looked at to find the mark

csv.field_size_limit(LONGEST_CELL)


def delimiter_of(text: str) -> tuple[str, float]:
    """The mark between cells and the share of rows that agree on the number of cells; ("", 0) when there is none."""
    best: tuple[float, float, str] = (0.0, 0.0, "")
    for order, mark in enumerate(MARKS):
        try:
            rows = [row for row in csv.reader(io.StringIO(text), delimiter=mark) if row]
        except csv.Error:
            continue
        if len(rows) > 1:
            rows = rows[:-1]  # the sample may end within the last row
        width: int
        agreeing: float
        width, agreeing = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
        if width < 2:
            wide = [row for row in rows if len(row) > 1]
            width, agreeing = (2, len(wide) / 4) if wide else (0, 0)  # a few rows under many notes
        if width >= 2:
            best = max(best, (round(agreeing / len(rows), 2), -order, mark))
    return best[2], best[0]


def delimiter_in(path: str | Path, encoding: str) -> str:
    """The mark between the cells of a file; a comma where there is one column only."""
    with Path(path).open(encoding=encoding, newline="") as handle:
        return delimiter_of(handle.read(SAMPLE))[0] or ","


def rows(path: str | Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every row, blank ones too. Raises Refused("broken-quotes", line)."""
    with Path(path).open(encoding=encoding, newline="") as handle:
        reader = csv.reader(handle, delimiter=delimiter)
        line, lines = 1, 1
        try:
            for cells in reader:
                lines = reader.line_num - line + 1
                if lines > LONGEST_QUOTE:
                    raise Refused("broken-quotes", line=line)
                yield line, cells
                line = reader.line_num + 1
        except csv.Error:
            raise Refused("broken-quotes", line=line) from None
    if lines > 1 and _quotes(Path(path)) % 2:
        raise Refused("broken-quotes", line=line - lines)


def regular(path: str | Path, encoding: str, delimiter: str, first_line: int, width: int) -> pa.Table | None:
    """All cells from `first_line` on as columns of text, much faster than rows(), where each line is one row.

    None where it is not so (cells over several lines, rows of other widths, blank lines, older encodings); the number
    of a row is then known only by reading row for row.
    """
    if not encoding.startswith("utf-8") or width < 2:
        return None
    names = [str(place) for place in range(width)]
    try:
        table = pa_csv.read_csv(
            path,
            pa_csv.ReadOptions(skip_rows=first_line - 1, column_names=names, block_size=4 * 1024**2),
            pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False),
            pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, quoted_strings_can_be_null=False),
        )  # fmt: skip
    except pa.ArrowInvalid:
        return None
    return table if table.num_rows == _lines(Path(path)) - first_line + 1 else None


def _lines(path: Path) -> int:
    """Lines of a file as the csv module counts them; -1 where they end in the old way, by a carriage return alone."""
    count, last, before = 0, b"\n", b""
    with path.open("rb") as handle:
        while block := handle.read(1024**2):
            count += block.count(b"\n")
            joined = before + block
            if joined.count(b"\r") != joined.count(b"\r\n") + joined.endswith(b"\r"):
                return -1
            last, before = block[-1:], block[-1:] if block.endswith(b"\r") else b""
    return count + (last != b"\n")


def _quotes(path: Path) -> int:
    with path.open("rb") as handle:
        return sum(block.count(b'"') for block in iter(lambda: handle.read(1024**2), b""))
