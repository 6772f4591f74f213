"""Every filled cell of a workbook, with what kind of thing stands in it: for workbooks of our own that come back.

Formulas are told apart from values and never worked out. Runs in the child process.
"""

from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from sala.core.files import detect
from sala.core.files.refusals import Refused

MOST_CELLS = 50_000
LONGEST = 2_000  # characters of a text that are kept
SIZE_LIMIT = 8 * 1024**2


def read(path: str, name: str) -> dict[str, Any]:
    """{"sheets": {sheet: {"F7": [kind, text]}}}; kind: number, text, date, formula, truth or error.

    A number's text is plain decimal, a date's is ISO. Raises Refused.
    """
    found = detect.identify(path, name, limit=SIZE_LIMIT)
    if found["format"] != "xlsx":
        raise Refused("unknown-type", found=found["format"], allowed="xlsx")
    try:
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, TypeError) as error:
        raise Refused("damaged", detail=str(error)[:100]) from None
    count, sheets = 0, {}
    for sheet in book.worksheets:
        cells: dict[str, list[str]] = {}
        sheet.reset_dimensions()
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None:
                    continue
                count += 1
                if count > MOST_CELLS:
                    raise Refused("too-many-cells", limit=MOST_CELLS)
                cells[cell.coordinate] = _said(cell)
        sheets[sheet.title] = cells
    book.close()
    return {"sheets": sheets}


def _said(cell: Any) -> list[str]:
    value = cell.value
    if cell.data_type == "f" or not isinstance(value, (str, bool, int, float, date, time)):
        return ["formula", str(getattr(value, "text", value))[:LONGEST]]
    if cell.data_type == "e":
        return ["error", str(value)[:LONGEST]]
    if isinstance(value, bool):
        return ["truth", str(value)]
    if isinstance(value, datetime):
        return ["date", value.date().isoformat() if value.time() == time() else value.isoformat()]
    if isinstance(value, (date, time)):
        return ["date", value.isoformat()]
    if isinstance(value, (int, float)):
        return ["number", f"{value:.15g}" if isinstance(value, float) else str(value)]
    return ["text", value[:LONGEST]]
