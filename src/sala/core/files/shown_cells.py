"""Cells of a workbook whose number format says more than the number: 12 shown as 0012, 0.125 shown as 12.5%.

Only the formats of whole numbers padded with zeros and of percentages are looked at. Where a workbook has none of them
in use, nothing is read beyond its list of formats.
"""

import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from xml.parsers import expat

from sala.core.files.refusals import Refused

BLOCK = 1024 * 1024
_BUILT_IN = {9: "0%", 10: "0.00%"}
_NOT_SHOWN = re.compile(r'\[[^\]]*\]|"[^"]*"|\\.|_.|\*.')  # colours and languages, quoted letters, padding
_CELL = re.compile(r"^([A-Z]{1,3})(\d+)$")


class Percent(float):
    """A number that its cell shows as a percentage; str() gives what is shown, without rounding."""

    def __str__(self) -> str:
        return f"{(Decimal(repr(float(self))) * 100).normalize():f}%"


def zeros_of(code: str) -> int:
    """How many digits a format pads whole numbers to; 0 when it does not."""
    plain = _NOT_SHOWN.sub("", code.split(";")[0]).strip()
    return len(plain) if re.fullmatch("0{2,}", plain) else 0


def is_percent(code: str) -> bool:
    plain = _NOT_SHOWN.sub("", code.split(";")[0]).strip()
    return bool(re.fullmatch(r"[#0,]*0(\.[0#?]+)?\s*%", plain))


def as_shown(cell: Any, digits: int) -> Any:
    """A number as its format shows it. digits: of padding, or 0 for a percentage. Other cells stay."""
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return cell
    if not digits:
        return Percent(cell)
    if cell < 0 or not float(cell).is_integer() or cell >= 10**15:
        return cell
    return f"{int(cell):0{digits}d}"


class Formats:
    """The formats of one sheet. `cells` gives (row, column, digits) in the order of the file, both counted from 1."""

    def __init__(self, path: str, sheet: str):
        self.path = path
        with zipfile.ZipFile(path) as book:
            self.names = set(book.namelist())
            self.styles = self._styles(book)
            self.part = self._part(book, sheet) if self.styles else ""

    def __bool__(self) -> bool:
        return bool(self.styles and self.part)

    def _styles(self, book: zipfile.ZipFile) -> dict[str, int]:
        """Number of a style → digits of padding, 0 for percentages; only styles that say more than the number."""
        codes, used, inside = dict(_BUILT_IN), [], [""]

        def begin(name: str, given: dict[str, str]) -> None:
            name = name.rpartition(":")[2]
            if name in ("cellXfs", "cellStyleXfs"):
                inside[0] = name
            elif name == "numFmt":
                codes[_number(given.get("numFmtId"))] = given.get("formatCode", "")
            elif name == "xf" and inside[0] == "cellXfs":
                used.append(_number(given.get("numFmtId")))

        _walk(book, "xl/styles.xml" if "xl/styles.xml" in self.names else "", begin)
        found = {}
        for place, identity in enumerate(used):
            code = codes.get(identity, "")
            if zeros_of(code) or is_percent(code):
                found[str(place)] = zeros_of(code)
        return found

    def _part(self, book: zipfile.ZipFile, sheet: str) -> str:
        """Where the sheet lies in the workbook; empty when that cannot be told."""
        relations: dict[str, str] = {}
        wanted = [""]

        def sheets(name: str, given: dict[str, str]) -> None:
            if name.rpartition(":")[2] == "sheet" and given.get("name") == sheet:
                wanted[0] = next((value for key, value in given.items() if key.rpartition(":")[2] == "id"), "")

        def targets(name: str, given: dict[str, str]) -> None:
            if name.rpartition(":")[2] == "Relationship":
                relations[given.get("Id", "")] = given.get("Target", "")

        _walk(book, "xl/workbook.xml", sheets)
        _walk(book, "xl/_rels/workbook.xml.rels" if "xl/_rels/workbook.xml.rels" in self.names else "", targets)
        target = relations.get(wanted[0], "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        return part if part in self.names else ""

    def cells(self) -> Iterator[tuple[int, int, int]]:
        waiting: list[tuple[int, int, int]] = []

        def begin(name: str, given: dict[str, str]) -> None:
            style = given.get("s")
            if style in self.styles and "r" in given and name.rpartition(":")[2] == "c":
                place = _CELL.match(given["r"])
                if place:
                    waiting.append((int(place[2]), _column(place[1]), self.styles[style]))

        parser = expat.ParserCreate()
        parser.StartElementHandler = begin
        with zipfile.ZipFile(self.path) as book, book.open(self.part) as stream:
            while block := stream.read(BLOCK):
                _parse(parser, block)
                yield from waiting
                waiting.clear()


def overlaid(rows: Iterator[tuple[int, list[Any]]], formats: Formats) -> Iterator[tuple[int, list[Any]]]:
    """The rows with those cells as they are shown. Rows and cells come in the same order, so nothing is kept."""
    cells = formats.cells()
    pending = next(cells, None)
    for number, row in rows:
        while pending and pending[0] < number:
            pending = next(cells, None)
        while pending and pending[0] == number:
            if pending[1] <= len(row):
                row[pending[1] - 1] = as_shown(row[pending[1] - 1], pending[2])
            pending = next(cells, None)
        yield number, row


def _walk(book: zipfile.ZipFile, part: str, begin: Any) -> None:
    if not part:
        return
    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    with book.open(part) as stream:
        while block := stream.read(BLOCK):
            _parse(parser, block)


def _parse(parser: Any, block: bytes) -> None:
    try:
        parser.Parse(block, False)
    except expat.ExpatError as error:
        raise Refused("damaged", detail=str(error)[:100]) from None


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


def _column(letters: str) -> int:
    total = 0
    for letter in letters:
        total = total * 26 + ord(letter) - 64
    return total
