"""A table of figures as a workbook to fill in without the network, and the same workbook coming back.

One line for each cell asked, so that every figure has its own reason, day and explanation. Only the cells to fill in
are open; a hidden sheet says for which assignment and which state of it the workbook was made. What comes back is
trusted in nothing: every cell is compared with what was sent out.
"""

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.datavalidation import DataValidation

from sala.catalogue.operations.asking import Fill
from sala.catalogue.queries.asked import GivenCell
from sala.core import lao, numbers
from sala.core.errors import Invalid
from sala.core.files import child
from sala.core.files.child import Limits
from sala.core.language import languages
from sala.duties.models import Assignment

FIGURES, NOTES, MARK = "figures", "notes", "sala"  # names of the sheets; the last is hidden
HEADING_ROW = 5
FIRST = HEADING_ROW + 1
INPUTS = {"F": "value", "G": "reason", "H": "next_on", "I": "note"}
WIDTHS = {"A": 24, "B": 40, "C": 18, "D": 12, "E": 14, "F": 16, "G": 34, "H": 14, "I": 34}
MOST_NAMED = 20  # faults told at once
_CELL = re.compile(r"^([A-Z]+)(\d+)$")
READING = Limits(memory=512 * 1024**2, seconds=30)


def headings() -> dict[str, str]:
    """Column → its heading in the reader's language."""
    words = [
        _("Code"), _("Figure"), _("Breakdown"), _("Unit"), _("Last time"), _("Value"), _("Why it is not available"),
        _("Expected on"), _("Explanation"),
    ]  # fmt: skip
    return dict(zip(WIDTHS, words, strict=True))


# ---- going out ---------------------------------------------------------------------------------------------------


def write(assignment: Assignment, cells: Sequence[GivenCell]) -> bytes:
    """The workbook of an assignment, in the reader's language, with what was filled in so far."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = FIGURES
    call = assignment.call
    sheet["A1"], sheet["A1"].font = f"{call.reference}: {call.title}", Font(bold=True, size=14)
    sheet["A2"] = " · ".join(filter(None, [str(assignment.position), str(assignment.area or ""), assignment.period]))
    sheet["A3"] = str(call.instruction)
    sheet["A3"].alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells("A3:I3")
    sheet.row_dimensions[3].height = 60
    for column, words in headings().items():
        cell = sheet[f"{column}{HEADING_ROW}"]
        cell.value, cell.font = words, Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE6EE")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[column].width = WIDTHS[column]
    for number, cell in enumerate(_askable(cells), start=FIRST):
        _write_line(sheet, number, cell)
    sheet.freeze_panes = f"C{FIRST}"
    sheet.protection.enable()
    sheet.print_title_rows = f"{HEADING_ROW}:{HEADING_ROW}"
    _write_notes(book.create_sheet(NOTES), cells)
    mark = book.create_sheet(MARK)
    mark.sheet_state = "veryHidden"
    mark.protection.enable()
    for name, value in _mark(assignment).items():
        mark.append([name, value])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _askable(cells: Sequence[GivenCell]) -> list[GivenCell]:
    """Cells that another call waits for already are not in the workbook."""
    return [cell for cell in cells if cell.asked.given_in_id is None]


def lines_of(cells: Sequence[GivenCell]) -> dict[str, str]:
    """Key of a cell asked → where its value stands in the workbook."""
    return {cell.asked.key: f"F{number}" for number, cell in enumerate(_askable(cells), start=FIRST)}


def _mark(assignment: Assignment) -> dict[str, str]:
    return {
        "call": assignment.call.reference,
        "assignment": str(assignment.pk),
        "version": str(assignment.submissions),
        "period": assignment.period,
    }


def _write_line(sheet: Any, number: int, cell: GivenCell) -> None:
    asked, given = cell.asked, cell.given
    sheet[f"A{number}"], sheet[f"B{number}"] = asked.key, _text(str(asked.row.label))
    sheet[f"C{number}"] = _text(str(asked.column.label)) if asked.column else None
    sheet[f"D{number}"] = _text(asked.row.unit) if asked.row.unit else None
    if cell.previous is not None and cell.previous.value is not None:
        sheet[f"E{number}"] = _number(cell.previous.value)
    if given is not None:
        sheet[f"F{number}"] = _number(given.value) if given.value is not None else None
        sheet[f"G{number}"], sheet[f"H{number}"] = _text(given.reason) or None, given.next_on
        sheet[f"I{number}"] = _text(given.note) or None
    for column in "ABC":
        sheet[f"{column}{number}"].alignment = Alignment(wrap_text=True, vertical="top")
    for column in INPUTS:
        box = sheet[f"{column}{number}"]
        box.protection = Protection(locked=False)
        box.fill = PatternFill("solid", fgColor="FFF9E0")
    sheet[f"H{number}"].number_format = "yyyy-mm-dd"
    for rule, place in ((_limits(asked.row), f"F{number}"), (_later(), f"H{number}")):
        sheet.add_data_validation(rule)
        rule.add(place)


def _text(words: str) -> str:
    """Words that a spreadsheet would take for a formula get an apostrophe before them."""
    return "'" + words if words.startswith(("=", "+", "-", "@")) else words


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _limits(row: Any) -> DataValidation:
    kind = "decimal" if row.decimals else "whole"
    low = row.minimum if row.minimum is not None else Decimal(-(10**12))
    high = row.maximum if row.maximum is not None else Decimal(10**12)
    rule = DataValidation(
        type=kind,
        operator="between",
        formula1=f"{low.normalize():f}",
        formula2=f"{high.normalize():f}",
        allow_blank=True,
    )
    rule.errorTitle = _("Value")
    rule.error = _("Write a number within the limits, or leave it empty and say why it is not available.")[:255]
    rule.showErrorMessage = True
    return rule


def _later() -> DataValidation:
    rule = DataValidation(type="date", operator="greaterThan", formula1="TODAY()", allow_blank=True)
    rule.error, rule.showErrorMessage = _("Write a day that lies ahead, such as 2030-12-31.")[:255], True
    return rule


def _write_notes(sheet: Any, cells: Sequence[GivenCell]) -> None:
    """How to fill it in, in every language, and what each figure means and must keep to."""
    sheet.column_dimensions["A"].width = 110
    for code in languages():
        with translation.override(code):
            for line in _how_to():
                sheet.append([line])
            sheet.append([])
    for row in {cell.asked.row.pk: cell.asked.row for cell in cells}.values():
        if words := footnote(row):
            sheet.append([_text(f"{row.label}: {words}")])
    for line in sheet.iter_rows():
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.protection.enable()


def _how_to() -> list[str]:
    return [
        _("Fill in the yellow cells only. Add no rows or columns, rename nothing, write no formulas."),
        _("Where a figure is not available, leave the value empty, say why, and when it is expected."),
        _("Send the workbook on the page where it was downloaded. Nothing is submitted until you do that there."),
    ]


def footnote(row: Any) -> str:
    """What counts, and what the figure must keep to, in one line."""
    parts = [str(row.meaning)] if row.meaning else []
    if row.minimum is not None:
        parts.append(_("not below %(limit)s") % {"limit": numbers.display(row.minimum.normalize())})
    if row.maximum is not None:
        parts.append(_("not above %(limit)s") % {"limit": numbers.display(row.maximum.normalize())})
    if row.sums:
        parts.append(_("the sum of %(codes)s") % {"codes": " + ".join(row.sums)})
    return "; ".join(parts)


# ---- coming back -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wrong:
    sheet: str
    cell: str
    text: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}: {self.text}"


def look_into(path: Path, name: str) -> dict[str, dict[str, list[str]]]:
    """Sheet → cell → (kind, text), read in the child. Raises Unreadable."""
    return child.run("sala.core.files.cells:read", path, name, limits=READING)["sheets"]


def fills_of(sheets: dict[str, dict[str, list[str]]], assignment: Assignment, cells: Sequence[GivenCell]) -> dict[str, Fill]:  # fmt: skip
    """What the workbook says for each cell asked. Raises Invalid with every fault by sheet and cell, up to a number."""
    _check_mark(sheets.get(MARK, {}), assignment)
    content = sheets.get(FIGURES)
    if content is None:
        raise Invalid(_("The workbook has no sheet “%(sheet)s”. Download it anew and fill in that one.") % {"sheet": FIGURES})  # fmt: skip
    asked = _askable(cells)
    wrong = [*_moved(content, asked), *_added(content, len(asked))]
    fills = {}
    for number, cell in enumerate(asked, start=FIRST):
        read = {}
        for column, name in INPUTS.items():
            place = f"{column}{number}"
            try:
                read[name] = READERS[name](*content.get(place, ["text", ""]))
            except ValueError as error:
                wrong.append(Wrong(FIGURES, place, str(error)))
        if len(read) == len(INPUTS):
            fills[cell.asked.key] = Fill(**read)
    if wrong:
        words = " ".join(map(str, wrong[:MOST_NAMED]))
        raise Invalid(
            _("Nothing was taken from the workbook. %(faults)s") % {"faults": words},
            {"file": [str(one) for one in wrong[:MOST_NAMED]]},
        )
    return fills


def _check_mark(mark: dict[str, list[str]], assignment: Assignment) -> None:
    said = {mark[f"A{row}"][1]: mark.get(f"B{row}", ["", ""])[1] for row in range(1, 5) if f"A{row}" in mark}
    wanted = _mark(assignment)
    if said == wanted:
        return
    words = _("This is not the workbook that was downloaded here. Download it anew and fill in that one.")
    if said.get("call") not in (None, wanted["call"]):
        words = _("This is the workbook of another call (%(call)s). Choose the one of %(own)s.") % {
            "call": said["call"], "own": wanted["call"],
        }  # fmt: skip
    elif said.get("assignment") not in (None, wanted["assignment"]):
        words = _("This workbook was made for another office or place. Download your own.")
    elif said.get("version") not in (None, wanted["version"]):
        words = _("This workbook is older than your last answer. Download it anew, so that nothing is lost.")
    raise Invalid(words, {"file": [f"{MARK}: {words}"]})


def _moved(content: dict[str, list[str]], asked: Sequence[GivenCell]) -> list[Wrong]:
    """Headings and codes stand where they stood."""
    wrong = []
    in_each = []
    for code in languages():
        with translation.override(code):
            in_each.append(headings())
    for column in WIDTHS:
        place = f"{column}{HEADING_ROW}"
        found = content.get(place, ["", ""])[1]
        if found not in [words[column] for words in in_each]:
            words = _("the heading “%(wanted)s” is expected here, “%(found)s” was found.")
            wrong.append(Wrong(FIGURES, place, words % {"wanted": headings()[column], "found": found}))
    for number, cell in enumerate(asked, start=FIRST):
        found = content.get(f"A{number}", ["", ""])[1]
        if found != cell.asked.key:
            words = _("the code “%(wanted)s” is expected here, “%(found)s” was found.")
            wrong.append(Wrong(FIGURES, f"A{number}", words % {"wanted": cell.asked.key, "found": found}))
    return wrong


def _added(content: dict[str, list[str]], lines: int) -> list[Wrong]:
    wrong = []
    for place in content:
        match = _CELL.match(place)
        assert match is not None
        column, row = column_index_from_string(match[1]), int(match[2])
        if column > len(WIDTHS) or row >= FIRST + lines:
            wrong.append(Wrong(FIGURES, place, _("nothing is asked here. Delete the row or column that was added.")))
    return wrong


def _value(kind: str, text: str) -> Decimal | None:
    """A number; also a text that is one, in either convention and in Lao digits."""
    if kind == "formula":
        raise ValueError(_("a formula stands here. Write the number itself."))
    if kind in ("date", "truth", "error"):
        raise ValueError(_("“%(text)s” is not a number. Write digits.") % {"text": text})
    if not text.strip():
        return None
    if kind == "number":
        return Decimal(text)
    try:
        return numbers.parse(text)
    except numbers.UnclearNumber:
        raise
    except ValueError:
        raise ValueError(_("“%(text)s” is not a number. Write digits.") % {"text": text}) from None


def _words(kind: str, text: str) -> str:
    if kind == "formula":
        raise ValueError(_("a formula stands here. Write the words themselves."))
    return lao.stored(text.removeprefix("'")).strip()


def _day(kind: str, text: str) -> date | None:
    if kind == "formula":
        raise ValueError(_("a formula stands here. Write the day itself."))
    if not text.strip():
        return None
    try:
        return date.fromisoformat(lao.digits(text.strip()))
    except ValueError:
        example = date_format(date(2030, 12, 31), "Y-m-d")
        raise ValueError(_("“%(text)s” is not a day. Write it like %(example)s.") % {"text": text, "example": example}) from None  # fmt: skip


READERS: dict[str, Callable[[str, str], Any]] = {"value": _value, "reason": _words, "next_on": _day, "note": _words}
