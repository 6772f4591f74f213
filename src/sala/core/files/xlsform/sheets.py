"""The sheets of an XLSForm, from a workbook (.xlsx, .xls) or text (.csv, .md), within limits, with the row of each line.

The kind of file is found by its content. Cells become text by pyxform's own rules, so that the XForm is the same.
"""

import csv
import io
import re
import signal
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import xlrd
from openpyxl.reader.excel import ExcelReader
from pyxform import aliases, constants
from pyxform.errors import PyXFormError
from pyxform.parsing.sheet_headers import dealias_and_group_headers
from pyxform.question import MultipleChoiceQuestion
from pyxform.xls2json_backends import (
    DefinitionData,
    csv_to_dict,
    get_excel_column_headers,
    get_excel_rows,
    is_empty,
    md_to_dict,
    xls_value_to_unicode,
    xlsx_value_to_str,
)  # fmt: skip

from sala.core.files import archive, delimited, detect
from sala.core.files.characters import encoding_of
from sala.core.files.refusals import Refused

MOST_BYTES = 50 * archive.MEGABYTE
MOST_TEXT_BYTES = 20 * archive.MEGABYTE
UNPACKED = archive.Bounds(total=600 * archive.MEGABYTE)
MOST_COLUMNS = 1000
MOST_ROWS = 200_000  # of a sheet; of the survey
MOST_QUESTIONS = 10_000
MOST_CELLS = 3_000_000
OPENED_SECONDS = 15  # of computing, to find the cells of an .xls file
LONGEST_CELL = 32_767  # letters, as in Excel
LONGEST_LINE = 100_000  # letters of a line of Markdown
DEEPEST = 50  # groups within one another
SHOWN_SHEETS = 12

_LETTERS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot hold
_ERRORS = {"#REF!", "#NAME?", "#N/A", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!"}
_CONTROLS = "|".join(aliases.control)
_BEGIN = re.compile(rf"^begin[ _]({_CONTROLS})\b")
_END = re.compile(rf"^end[ _]({_CONTROLS})$")
_STRANGE = {"unknown-type", "not-accepted-yet", "archive-plain", "shapefile-alone"}

Cells = dict[str, Any]


@dataclass
class Book:
    """sheets  name in small letters → rows below the headings; headings  the same → headings
    lines   the same → line of the file of each row, where the file is text; its first is that of the headings
    """

    stem: str
    names: list[str]
    sheets: dict[str, list[dict[str, str]]]
    headings: dict[str, list[str]]
    lines: dict[str, list[int]] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def definition(self) -> DefinitionData:
        return self._definition

    @cached_property
    def _definition(self) -> DefinitionData:
        given: Cells = {"sheet_names": self.names, "fallback_form_name": self.stem}
        for name, rows in self.sheets.items():
            given[name] = rows
            given[f"{name}_header"] = [dict.fromkeys(self.headings[name])] if self.headings[name] else []
        return DefinitionData(**given)

    def line(self, sheet: str, row: int) -> int:
        """The row as its author counts it: in a text file, the line."""
        lines = self.lines.get(sheet, [])
        return lines[row - 1] if 0 < row <= len(lines) else row

    @cached_property
    def rows(self) -> list[tuple[int, Cells]]:
        """(row, cells by the converter's name of the column) of the survey, blank rows left out."""
        survey = dealias_and_group_headers(
            sheet_name=constants.SURVEY, sheet_data=self.sheets.get("survey", []),
            sheet_header=self.definition().survey_header or [], header_aliases=aliases.survey_header,
            header_columns=set(MultipleChoiceQuestion.get_slot_names()), strip_whitespace=True,
        )  # fmt: skip
        return [(number, cells) for number, cells in enumerate(survey.data, start=2) if cells]

    @cached_property
    def places(self) -> dict[tuple[str, ...], int]:
        """Names from the outermost group to the question → row of the survey."""
        found: dict[tuple[str, ...], int] = {}
        around: list[str] = []
        for number, cells in self.rows:
            kind, name = str(cells.get("type", "")), str(cells.get("name", ""))
            if _END.match(kind):
                del around[-1:]
                continue
            found.setdefault((*around, name or f"generated_note_name_{number}"), number)
            if _BEGIN.match(kind):
                around.append(name)
                if len(around) > DEEPEST:
                    raise Refused("form-too-deep", sheet="survey", row=self.line("survey", number), limit=DEEPEST)
        return found

    def row_where(self, test: Callable[[Cells], bool]) -> int:
        """The first row of the survey that passes, or 0."""
        return next((number for number, cells in self.rows if test(cells)), 0)

    def row_named(self, name: str) -> int:
        return self.row_where(lambda cells: str(cells.get("name", "")) == name)

    def cell_with(self, text: str) -> tuple[str, int, str]:
        """(sheet, row, heading) of the first cell that holds the text; ("", 0, "") when there is none."""
        for sheet in ("survey", "settings", "entities", "choices"):
            for number, cells in enumerate(self.sheets.get(sheet, []), start=2):
                for heading, value in cells.items():
                    if text in value:
                        return sheet, number, heading
        return "", 0, ""


def read(path: str, name: str) -> Book:
    """Raises Refused: what is no form, protected, damaged or beyond the limits."""
    stem = _LETTERS.sub("", Path(name).stem).strip() or "form"
    kind = _kind(path)
    if kind == "xlsx":
        book = _read_workbook(_xlsx(path), stem)
    elif kind == "xls":
        book = _read_workbook(_xls(path), stem)
    else:
        book = _read_text(path, stem)
    _require_form(book, kind)
    _check_cells(book)
    return book


def _kind(path: str) -> str:
    """xlsx, xls or text."""
    try:
        found = detect.identify(path, "form", limit=MOST_BYTES)["format"]
    except Refused as refusal:
        if refusal.code == "old-excel":
            return "xls"
        if refusal.code in _STRANGE:
            raise Refused("form-kind", found=refusal.values.get("found", "archive")) from None
        raise
    if found == "xlsx":
        archive.entries(path, UNPACKED)
        return "xlsx"
    if found not in ("csv", "text"):
        raise Refused("form-kind", found=found)
    return "text"


# a sheet of a workbook: its name, and its rows of cells from a given row on, as wide as asked
Sheet = tuple[str, Callable[[int, int | None], Iterable[tuple[Any, ...]]], Callable[[Any, int, str], str | None]]


@contextmanager
def _xlsx(path: str) -> Iterator[list[Sheet]]:
    with Path(path).open("rb") as handle:
        reader = ExcelReader(handle, read_only=True, data_only=True)
        reader.read()
        found: list[Sheet] = []
        for sheet in reader.wb.worksheets:
            # the size a file claims for its sheet is not believed: some say one cell, some a million rows
            sheet.reset_dimensions()

            def rows(first: int, width: int | None, sheet: Any = sheet) -> Iterable[tuple[Any, ...]]:
                return sheet.iter_rows(min_row=first, max_col=width)

            found.append((sheet.title, rows, _of_xlsx))
        yield found


def _of_xlsx(cell: Any, row: int, heading: str) -> str | None:
    value = cell.value.strip() if isinstance(cell.value, str) else cell.value
    return None if is_empty(value) else xlsx_value_to_str(value)


@contextmanager
def _xls(path: str) -> Iterator[list[Sheet]]:
    with _in_time(OPENED_SECONDS):
        workbook = xlrd.open_workbook(path, logfile=io.StringIO(), ragged_rows=True)
    found: list[Sheet] = []
    for sheet in workbook.sheets():

        def rows(first: int, width: int | None, sheet: Any = sheet) -> Iterator[tuple[Any, ...]]:
            for number in range(first - 1, sheet.nrows):
                yield tuple(sheet.row(number)[:width])

        def text(cell: Any, row: int, heading: str, title: str = sheet.name) -> str | None:
            value = cell.value.strip() if isinstance(cell.value, str) else cell.value
            if is_empty(value):
                return None
            if cell.ctype == xlrd.XL_CELL_ERROR:
                return xlrd.error_text_from_code.get(value, "#N/A")
            try:
                return xls_value_to_unicode(value, cell.ctype, workbook.datemode)
            except xlrd.xldate.XLDateError:
                raise Refused("form-date-cell", sheet=title, row=row + 2, column=heading) from None

        found.append((sheet.name, rows, text))
    yield found


@contextmanager
def _in_time(seconds: float) -> Iterator[None]:
    """xlrd goes round for ever in a damaged file whose sectors point in a circle; computing time is counted."""

    def stop(_signal: int, _frame: Any) -> None:
        raise Refused("damaged", detail=".xls")

    if threading.current_thread() is not threading.main_thread():  # only that one may be woken
        yield
        return
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _read_workbook(opened: AbstractContextManager[list[Sheet]], stem: str) -> Book:
    try:
        with warnings.catch_warnings(action="ignore"), opened as found:  # openpyxl's, on what it does not keep
            return _sheets_of(found, stem)
    except Refused:
        raise
    except (MemoryError, RecursionError):
        raise Refused("too-large-for-memory") from None
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise Refused("encrypted") from None
        raise Refused("damaged", detail=str(error)[:100]) from None
    except OSError:
        raise
    except Exception as error:  # the two readers answer a damaged file with any of a dozen exceptions
        raise Refused("damaged", detail=f"{type(error).__name__}: {error}"[:100]) from None


def _sheets_of(found: list[Sheet], stem: str) -> Book:
    book = Book(stem, [title for title, _rows, _text in found], {}, {})
    cells = 0
    for title, rows, text in found:
        name = title.lower()
        if name not in constants.SUPPORTED_SHEET_NAMES:
            if len(found) > 1:
                continue
            name = "survey"
        first = next(iter(rows(1, None)), ())
        headings = _headings(title, (cell.value if cell.value is None else str(cell.value) for cell in first))
        limit = MOST_QUESTIONS if name == "survey" else MOST_ROWS
        below = get_excel_rows(headings, _limited(rows(2, len(headings) or 1), title, limit), text)
        cells += sum(map(len, below))
        if cells > MOST_CELLS:
            raise Refused("form-too-many-cells", limit=MOST_CELLS)
        book.sheets[name] = below
        book.headings[name] = [heading for heading in headings if heading is not None]
    return book


def _headings(title: str, first: Iterable[str | None]) -> list[str | None]:
    try:
        headings = get_excel_column_headers(first)
    except PyXFormError as error:
        value = str(error).partition(": ")[2]
        raise Refused("form-same-column", sheet=title, row=1, other=value, value=value) from None
    if len(headings) > MOST_COLUMNS:
        raise Refused("form-too-many-columns", sheet=title, count=len(headings), limit=MOST_COLUMNS)
    return headings


def _limited(rows: Iterable[tuple[Any, ...]], title: str, limit: int) -> Iterator[tuple[Any, ...]]:
    for number, row in enumerate(rows):
        # sixty blank rows end a sheet, so what lies far below the last question is never reached
        if number >= limit + 100:
            raise Refused("form-too-many-rows", sheet=title, limit=limit)
        yield row


def _read_text(path: str, stem: str) -> Book:
    size = Path(path).stat().st_size
    if size > MOST_TEXT_BYTES:
        raise Refused("too-large", size=size // archive.MEGABYTE, limit=MOST_TEXT_BYTES // archive.MEGABYTE)
    encoding = encoding_of(path)
    with Path(path).open(encoding=encoding, newline=None) as handle:
        start = handle.read(detect.HEAD)
    begins = next((line for line in start.splitlines() if line.strip() and not line.lstrip().startswith("#")), "")
    try:
        if begins.lstrip().startswith("|"):
            return _markdown(Path(path).read_text(encoding=encoding), stem)
        return _csv(path, encoding, stem)
    except (PyXFormError, KeyError, IndexError, TypeError):
        raise Refused("form-not-one") from None


def _csv(path: str, encoding: str, stem: str) -> Book:
    """The name of a sheet stands alone in the first column; its rows follow, from the second column on."""
    text, sheet = io.StringIO(), ""
    lines: dict[str, list[int]] = {}
    writer = csv.writer(text)
    for line, cells in delimited.rows(path, encoding, delimited.delimiter_in(path, encoding)):
        writer.writerow(cells)
        if cells and cells[0].strip():
            sheet = cells[0].strip().lower()
        if any(cell.strip() for cell in cells[1:]):
            lines.setdefault(sheet, []).append(line)
    return _book_of(csv_to_dict(text.getvalue().encode()), lines, stem)


def _markdown(text: str, stem: str) -> Book:
    lines: dict[str, list[int]] = {}
    sheet = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            raise Refused("form-long-cell", row=number, count=len(line), limit=LONGEST_LINE)
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.strip().startswith("|") or set(line.strip()) <= set("|-"):
            continue
        if cells[0]:
            sheet = cells[0].lower()
        if any(cells[1:]):
            lines.setdefault(sheet, []).append(number)
    return _book_of(md_to_dict(text.encode()), lines, stem)


def _book_of(found: dict[str, Any], lines: dict[str, list[int]], stem: str) -> Book:
    book = Book(stem, found["sheet_names"], {}, {})
    for name in constants.SUPPORTED_SHEET_NAMES:
        if name not in found:
            continue
        rows = book.sheets[name] = found[name]
        headings: dict[str, None] = next(iter(found.get(f"{name}_header", [])), {})
        book.headings[name] = [str(heading) for heading in headings]
        limit = MOST_QUESTIONS if name == "survey" else MOST_ROWS
        if len(book.headings[name]) > MOST_COLUMNS:
            raise Refused("form-too-many-columns", sheet=name, count=len(book.headings[name]), limit=MOST_COLUMNS)
        if len(rows) > limit:
            raise Refused("form-too-many-rows", sheet=name, limit=limit)
        if len(lines.get(name, [])) == len(rows) + 1:
            book.lines[name] = lines[name]
    return book


def _require_form(book: Book, kind: str) -> None:
    if not book.sheets and kind == "text":
        raise Refused("form-not-one")
    if "survey" not in book.sheets:
        more = ", …" if len(book.names) > SHOWN_SHEETS else ""
        raise Refused(
            "form-no-survey", sheets=", ".join(f"“{name[:40]}”" for name in book.names[:SHOWN_SHEETS]) + more or "–"
        )
    if not any(book.sheets["survey"]) and book.headings["survey"]:
        raise Refused("form-no-questions", sheet="survey")


def _check_cells(book: Book) -> None:
    """No text too long for a cell, no letter that XML cannot hold; errors of the spreadsheet are remembered."""
    for sheet, rows in book.sheets.items():
        for row, cells in enumerate(({each: each for each in book.headings[sheet]}, *rows), start=1):
            for heading, value in cells.items():
                where = {"sheet": sheet, "row": book.line(sheet, row), "column": heading}
                if len(value) > LONGEST_CELL:
                    raise Refused("form-long-cell", **where, count=len(value), limit=LONGEST_CELL)
                if _LETTERS.search(value):
                    where["column"] = _LETTERS.sub("", heading)
                    raise Refused("form-letter", **where)
                if value in _ERRORS:
                    book.errors.append({"code": "form-error-cell", "sheet": sheet, "row": where["row"], "values": where | {"value": value}})  # fmt: skip
