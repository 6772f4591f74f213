"""A list as a table for spreadsheets: UTF-8 with its mark, so that Lao is shown, and no cell that could run as a formula."""

import csv
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

_FORMULA = re.compile("[\\s\ufeff\u200b]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def csv_response(file_name: str, heading: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Answer a page as CSV, to be saved. Numbers stay numbers; a text like a formula gets an apostrophe before it."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, file_name) or "attachment"
    writer = csv.writer(response)
    writer.writerow([harmless(cell) for cell in heading])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return response


def harmless(cell: Any) -> Any:
    if isinstance(cell, (int, float)):
        return cell
    text = "" if cell is None else str(cell)
    return "'" + text if _FORMULA.match(text) else text
