"""The sheet that describes a folder of files: one row per file, read in the child process like every file of others.

A folder holds sheet.csv or sheet.xlsx. Its first row names the columns; `file` must be among them. Documents and
datasets are taken in with the same kind of sheet, each looking at the columns it knows.
"""

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sala.core.errors import Invalid
from sala.core.files import child
from sala.core.files.refusals import Refused

NAMES = ("sheet.csv", "sheet.xlsx")
TASK = "sala.documents.sheets:rows"
MOST_ROWS = 20_000
LARGEST = 20 * 1024**2  # bytes
ROW = "row"  # key under which each row carries its number in the sheet, the heading being 1


def read_sheet(folder: Path) -> list[dict[str, str]]:
    """Rows of the folder's sheet: column name in small letters → text, dates as 2026-03-31, and `row`, the line number.

    Raises Invalid when there is no sheet or it has no column `file`; Unreadable when it cannot be read.
    """
    for name in NAMES:
        path = Path(folder) / name
        if path.is_file():
            found: list[dict[str, str]] = child.run(TASK, path)["rows"]
            return found
    raise Invalid(
        f"{folder} has no sheet. Put a {' or '.join(NAMES)} into it, with the columns file, title_…, kind, owner."
    )


def rows(path: str) -> dict[str, Any]:
    """Child: {"rows": [...]} of a .csv (any usual separator, UTF-8) or .xlsx file."""
    file = Path(path)
    if file.stat().st_size > LARGEST:
        raise Refused("too-large", size=file.stat().st_size // 1024**2, limit=LARGEST // 1024**2)
    table = _workbook(file) if file.suffix.lower() == ".xlsx" else _delimited(file)
    if not table:
        raise Refused("empty")
    headings = [_text(cell).strip().lower().replace(" ", "_") for cell in table[0]]
    if "file" not in headings:
        raise Refused("unknown-column", column="file")
    if len(table) > MOST_ROWS:
        raise Refused("too-many-rows", count=len(table), limit=MOST_ROWS)
    found = []
    for number, cells in enumerate(table[1:], 2):
        row = {heading: _text(cell).strip() for heading, cell in zip(headings, cells, strict=False) if heading}
        if any(row.values()):
            found.append({**row, ROW: str(number)})
    return {"rows": found}


def _delimited(file: Path) -> list[list[Any]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise Refused("broken-encoding", line=line) from error
    heading = text.split("\n", 1)[0]
    separator = max(",;\t", key=heading.count)
    csv.field_size_limit(1024**2)
    return list(csv.reader(io.StringIO(text), delimiter=separator))


def _workbook(file: Path) -> list[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook  # only the child has a use for it

    try:
        return CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, OSError, ValueError) as error:
        raise Refused("damaged", detail=str(error)[:200]) from error


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
