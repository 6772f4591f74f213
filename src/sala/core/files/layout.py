"""Where the table stands on its sheet: the title above, one or two rows of headings, the first row of values.

Works on the first rows only (the head), as text. It is a guess that is shown to the sender, who may name the heading
row instead; nothing here reads numbers.
"""

import datetime
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from sala.core import lao
from sala.core.files.shown_cells import Percent

HEAD_ROWS = 80
JOIN = " / "  # between the two parts of a heading that spans two rows

_NUMBER = re.compile(r"[+-]?[\d.,\s%]*\d[\d.,\s%]*")
_YEAR = re.compile(r"(1[89]|20|25)\d\d")
_NOT_IN_KEY = re.compile(r"[^\w\u0e80-\u0eff]+|_+")

Cells = list[str]
Merged = list[tuple[int, int, int, int]]


@dataclass
class Layout:
    """Row numbers as in the file. header_row is 0 where the table has no headings; labels are one for each column."""

    title: str
    title_rows: int
    header_row: int
    first_row: int
    labels: list[str] = field(default_factory=list)


def shown(cell: Any) -> str:
    """A cell as a person reads it: dates as 2026-01-31, whole numbers without a fraction."""
    if isinstance(cell, str):
        return " ".join(cell.split())
    if isinstance(cell, Percent):
        return str(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return str(cell)


def keys_of(labels: list[str], taken: tuple[str, ...] = ()) -> list[str]:
    """A key for each label: letters, digits and _, lower case, unique, none of `taken`; Lao letters are kept."""
    keys: list[str] = []
    for position, label in enumerate(labels, start=1):
        text = unicodedata.normalize("NFC", lao.digits(label)).translate(lao.ZERO_WIDTH).casefold()
        key = _NOT_IN_KEY.sub("_", text).strip("_")[:60].strip("_") or f"column_{position}"
        key = f"c_{key}" if key[0].isdigit() else key
        unique, number = key, 2
        while unique in keys or unique in taken:
            unique, number = f"{key}_{number}", number + 1
        keys.append(unique)
    return keys


def find(head: list[tuple[int, list[Any]]], merged: Merged, header_row: int | None = None) -> Layout | None:
    """The layout of the table whose first rows these are; None when there is no table.

    header_row  number of the (first) heading row when the sender has said it; 0 = the table has no headings.
    """
    rows = [(number, [shown(cell) for cell in cells]) for number, cells in head]
    rows = [(number, cells) for number, cells in rows if any(cells)]
    if not rows:
        return None
    if header_row is None:
        start = _start(rows)
        is_lower = _joins(rows, start - 1, merged)
        top = start - 1 if is_lower else start
        bottom = start + 1 if not is_lower and _joins(rows, start, merged) else start
        headless = top == bottom and not _is_heading(rows[top][1])
    elif header_row == 0:
        top, headless = 0, True
        bottom = top
    else:
        places = [place for place, (number, _cells) in enumerate(rows) if number >= header_row]
        if not places:
            return None
        top, headless = places[0], False
        bottom = top + 1 if _joins(rows, top, merged) else top
    title = "\n".join(" ".join(filter(None, cells)) for _number, cells in rows[:top])
    if headless:
        labels = [""] * _width([], [cells for _number, cells in rows[top:]])
        return Layout(title, top, 0, rows[top][0], labels)
    below = [cells for _number, cells in rows[bottom + 1 :]]
    if not below:
        return None
    labels = rows[top][1] if top == bottom else _joined(rows[top], rows[bottom], merged)
    width = _width(labels, below)
    return Layout(title, top, rows[top][0], rows[bottom + 1][0], (labels + [""] * width)[:width])


def _filled(cells: Cells) -> int:
    return sum(map(bool, cells))


def _reach(cells: Cells) -> int:
    return max((place for place, cell in enumerate(cells, start=1) if cell), default=0)


def _start(rows: list[tuple[int, Cells]]) -> int:
    """Place of the first row that is as full as the rows of values are."""
    counts = sorted(_filled(cells) for _number, cells in rows[len(rows) // 3 :])
    typical = counts[len(counts) // 2]
    enough = min(max(2, round(0.6 * typical)), max(_filled(cells) for _number, cells in rows))
    return next(place for place, (_number, cells) in enumerate(rows) if _filled(cells) >= enough)


def _is_word(cell: str) -> bool:
    return not _NUMBER.fullmatch(lao.digits(cell)) or bool(_YEAR.fullmatch(lao.digits(cell)))


def _is_heading(cells: Cells) -> bool:
    filled = [cell for cell in cells if cell]
    return sum(map(_is_word, filled)) * 2 >= len(filled)


def _spans(number: int, merged: Merged) -> dict[int, int]:
    """First column → last column of the ranges merged sideways in this row."""
    return {left: right for top, left, _bottom, right in merged if top == number and right > left}


def _joins(rows: list[tuple[int, Cells]], place: int, merged: Merged) -> bool:
    """Whether the rows at `place` and after it are one heading in two rows."""
    if place < 0 or place + 2 >= len(rows):
        return False
    (number, upper), (next_number, lower), (_number, values) = rows[place : place + 3]
    width = max(_reach(upper), _reach(lower))
    upper, lower, values = ((cells + [""] * width)[:width] for cells in (upper, lower, values))
    if next_number != number + 1 or not any(lower) or not all(_is_word(cell) for cell in lower + upper if cell):
        return False
    spans = {left: right for left, right in _spans(number, merged).items() if right - left + 1 < width}
    only_above = any(above and not below for above, below in zip(upper, lower, strict=True))
    if spans:
        first = next(place for place, cell in enumerate(lower) if cell)
        is_title = _filled(upper) == 1 and bool(upper[first])
        return not is_title and (only_above or _filled(lower) == width - first)
    if _filled(upper) < 2 or not only_above:
        return False
    gaps = [place for place, cell in enumerate(upper) if not cell and place > 0]
    # a gap above a heading, and numbers under it: a first row of values would hold a number there itself
    return bool(gaps) and all(lower[place] for place in gaps) and any(lower[place] and not _is_word(values[place]) for place in gaps)  # fmt: skip


def _joined(upper_row: tuple[int, Cells], lower_row: tuple[int, Cells], merged: Merged) -> Cells:
    (number, upper), (_number, lower) = upper_row, lower_row
    width = max(_reach(upper), _reach(lower))
    upper, lower = ((cells + [""] * width)[:width] for cells in (upper, lower))
    spans = _spans(number, merged)
    labels, above, until = [], "", 0
    for column in range(1, width + 1):
        if upper[column - 1]:
            above, until = upper[column - 1], spans.get(column, column if spans else width)
        text = above if column <= until and lower[column - 1] else upper[column - 1]
        parts = [part for part in (text, lower[column - 1]) if part]
        labels.append(JOIN.join(dict.fromkeys(parts)))
    return labels


def _width(labels: Cells, below: list[Cells]) -> int:
    """Columns of the table: as far as the headings go, or further where a fifth of the rows do."""
    reaches = sorted((_reach(cells) for cells in below), reverse=True)
    return max(_reach(labels), reaches[len(reaches) // 5] if reaches else 0)
