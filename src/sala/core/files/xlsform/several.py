"""What else is wrong with a form that was refused, so that its author corrects all of it in one go.

The converter stops at the first fault. The row at fault is made harmless in a copy and the copy is tried again, as long as
each fault names its row. A question made harmless keeps its name; what others say of a name that was taken away is no fault
of theirs and is not told.
"""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sala.core.files.refusals import Refused
from sala.core.files.xlsform.sheets import Book

MOST = 9  # told besides the first
SECONDS = 15
HARMLESS = "hidden"  # a type that needs no words, no list, no formula
SHEETS = ("survey", "choices")
TAKES_NAME = {"form-same-name", "form-bad-name", "form-no-name", "form-case-name", "form-root-name", "form-meta-name"}
_NAME = re.compile(r"^[^\W\d][\w.-]*$")
_AROUND = re.compile(r"^(begin|end)[ _]")
Cells = dict[str, str]


def further(book: Book, first: Refused, attempt: Callable[[Book], None]) -> list[dict[str, Any]]:
    """Further faults as {code, values}, in the order in which they were found. attempt: raises Refused where it fails."""
    until = time.monotonic() + SECONDS
    copy = replace(
        book, sheets={name: [dict(cells) for cells in rows] for name, rows in book.sheets.items()}, errors=[]
    )
    found: list[dict[str, Any]] = []
    gone: set[str] = set()
    seen = {_place(first)}
    refused = first
    while len(found) < MOST and time.monotonic() < until and _mended(copy, refused, gone):
        copy = replace(copy)  # what was derived from its rows is derived anew
        try:
            attempt(copy)
        except Refused as again:
            refused = again
        else:
            break
        if _place(refused) in seen:
            break
        seen.add(_place(refused))
        if not (refused.code == "form-reference-unknown" and str(refused.values.get("value")) in gone):
            found.append({"code": refused.code, "values": refused.values})
    return found


def _place(refused: Refused) -> tuple[Any, ...]:
    return refused.code, *(refused.values.get(name) for name in ("sheet", "row", "value"))


def _mended(book: Book, refused: Refused, gone: set[str]) -> bool:
    """Make the row at fault harmless. False where the fault names no row, or is about what encloses others."""
    sheet, row = str(refused.values.get("sheet", "")), int(refused.values.get("row") or 0)
    lines = book.lines.get(sheet, [])
    number = lines.index(row) + 1 if row in lines else row
    rows = book.sheets.get(sheet, [])
    if sheet not in SHEETS or not 2 <= number <= len(rows) + 1:
        return False
    cells = rows[number - 2]
    if sheet == "choices":
        rows[number - 2] = _choice(cells, number)
        return True
    kind = _cell(cells, "type")
    if _AROUND.match(kind[1]):
        return False
    name = _cell(cells, "name")
    keeps = refused.code not in TAKES_NAME and _NAME.match(name[1])
    if not keeps and name[1]:
        gone.add(name[1])
    rows[number - 2] = {kind[0]: HARMLESS, name[0]: name[1] if keeps else f"mended_{number}"}
    return True


def _choice(cells: Cells, number: int) -> Cells:
    listed, name, label = _cell(cells, "list_name"), _cell(cells, "name"), _cell(cells, "label")
    return {listed[0]: listed[1] or "mended", name[0]: f"mended_{number}", label[0]: label[1] or "–"}


def _cell(cells: Cells, heading: str) -> tuple[str, str]:
    """(heading as it is written, text) of a column; a label in a language stands for one without."""
    for written, text in cells.items():
        folded = written.lower().replace(" ", "_")
        if folded == heading or (heading == "label" and folded.startswith("label::")):
            return written, text.strip()
    return heading, ""
