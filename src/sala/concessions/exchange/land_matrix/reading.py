"""Reading an export in the child process: a table as CSV, a workbook, or a zip with the six tables.

Read by headings, never by position; a row may be shorter than the headings. Whatever cannot be read is told with file,
row, number, column and text; no row is lost.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sala.concessions.exchange.land_matrix import cells, labels
from sala.concessions.exchange.land_matrix.deals import deal_of
from sala.concessions.exchange.land_matrix.headings import PLAIN, kind_of
from sala.core.files import archive, characters, delimited, workbook
from sala.core.files.refusals import Refused

Row = tuple[str, int, dict[str, str]]  # file or sheet, number of the row, heading → text
BOUNDS = archive.Bounds(total=1024 * archive.MEGABYTE, entries=40)
_OF_DEAL = {"locations": "locations", "contracts": "contracts", "sources": "sources"}


def read(path: str, name: str, folder: str) -> dict[str, Any]:
    """Write folder/read.json: {"deals", "investors", "involvements", "faults"}. Returns the count of each.

    deals         as `deals.deal_of`, with "place" [file, row], "locations", "contracts" and "sources" where the file has them
    investors     id, name, country, class, homepage, comment      involvements  owner and owned (id, name), role, share …
    faults        [file, row, number of the deal or investor, column, text, key of cells.WHY or another word]
    Raises Refused.
    """
    taken = _Taken()
    for kind, rows in _tables(Path(path), name, Path(folder)):
        for row in rows:
            taken.add(kind, row)
    answer = taken.finished()
    (Path(folder) / "read.json").write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    return {key: len(value) for key, value in answer.items()}


def _tables(path: Path, name: str, folder: Path) -> list[tuple[str, list[Row]]]:
    start = path.open("rb").read(4)
    if not start:
        raise Refused("empty")
    if start != b"PK\x03\x04":
        found = [_table(_lines_of(path), name)]
    elif any(info.filename == "[Content_Types].xml" for info in archive.entries(path, BOUNDS)):
        found = [_sheet(str(path), sheet) for sheet in workbook.sheet_names(str(path))]
    else:
        found = [_table(_lines_of(unpacked), inside) for inside, unpacked in _unpacked(path, folder)]
    known = [(kind, rows) for kind, rows in found if kind]
    if not known:
        raise Refused("no-land-deals")
    order = ("investors", "involvements", "deals", "locations", "contracts", "sources")
    return sorted(known, key=lambda pair: order.index(pair[0]))


def _unpacked(path: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    with path.open("rb") as handle:
        for number, info in enumerate(archive.entries(path, BOUNDS)):
            if not info.filename.casefold().endswith(".csv"):
                continue
            target = folder / f"{number}.csv"
            with target.open("wb") as output:
                for block in archive.stream(handle, info):
                    output.write(block)
            yield Path(info.filename).name, target


def _lines_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    encoding = characters.encoding_of(path)
    return delimited.rows(path, encoding, delimited.delimiter_in(path, encoding))


def _table(lines: Iterator[tuple[int, list[str]]], name: str) -> tuple[str | None, list[Row]]:
    headings: list[str] = []
    rows: list[Row] = []
    for line, values in lines:
        if not any(value.strip() for value in values):
            continue
        if not headings:
            headings = [value.strip().lstrip("\ufeff") for value in values]
            kind = kind_of(headings)
            if kind is None:
                return None, []
            continue
        padded = [*values, *[""] * (len(headings) - len(values))]
        rows.append((name, line, {heading: text for heading, text in zip(headings, padded, strict=False) if heading}))
    return (kind, rows) if headings else (None, [])


def _sheet(path: str, sheet: str) -> tuple[str | None, list[Row]]:
    try:
        content = workbook.open_sheet(path, sheet)
    except Refused as refusal:
        if refusal.code == "no-table":
            return None, []
        raise
    return _table(((number, [_text(value) for value in row]) for number, row in content.rows()), sheet)


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return cells.unescaped(value) if isinstance(value, str) else str(value)


class _Taken:
    def __init__(self) -> None:
        self.deals: dict[str, dict[str, Any]] = {}
        self.investors: dict[str, dict[str, Any]] = {}
        self.involvements: list[dict[str, Any]] = []
        self.faults: list[tuple[str, int, str, str, str, str]] = []

    def add(self, kind: str, row: Row) -> None:
        {"deals": self._deal, "investors": self._investor, "involvements": self._involvement}.get(kind, self._detail)(
            row, kind
        )

    def finished(self) -> dict[str, Any]:
        return {
            "deals": list(self.deals.values()), "investors": list(self.investors.values()),
            "involvements": self.involvements, "faults": self.faults,
        }  # fmt: skip

    def _deal(self, row: Row, kind: str) -> None:
        file, line, values = row
        number = next((values[name] for name in ("Deal ID", "deal_id") if values.get(name)), "").strip()
        if not number:
            self.faults.append((file, line, "", "Deal ID", "", "no-number"))
            return
        deal, faults = deal_of(values)
        deal["place"] = [file, line]
        self.faults += [(file, line, number, *fault) for fault in faults]
        if number in self.deals:
            self.faults.append((file, line, number, "Deal ID", number, "twice"))
            return
        self.deals[number] = deal

    def _detail(self, row: Row, kind: str) -> None:
        file, line, values = row
        number = values.get("Deal ID", "").strip()
        deal = self.deals.get(number)
        if deal is None:
            self.faults.append((file, line, number, "Deal ID", number, "no-deal"))
            return
        if kind == "locations":
            values = {**values, **self._location(row, number)}
        deal.setdefault(_OF_DEAL[kind], []).append(
            {key: value for key, value in values.items() if value not in ("", None)}
        )

    def _location(self, row: Row, number: str) -> dict[str, Any]:
        file, line, values = row
        written, level = values.get("Point", "").strip(), values.get("Spatial accuracy level", "").strip()
        accuracy = labels.code_of(level, labels.ACCURACY)
        if level and accuracy is None:
            self.faults.append((file, line, number, "Spatial accuracy level", level, "label"))
        point = cells.point_of(written) if written else None
        if written and point is None:
            self.faults.append((file, line, number, "Point", written, "point"))
        return {"accuracy": accuracy or "", "point": point, "Point": ""}

    def _investor(self, row: Row, kind: str) -> None:
        file, line, values = row
        number = values.get("Investor ID", "").strip()
        written = values.get("Classification", "").strip()
        code = labels.code_of(written, labels.CLASSIFICATION)
        if written and code is None:
            self.faults.append((file, line, number, "Classification", written, "label"))
        if not number or not values.get("Name", "").strip():
            self.faults.append((file, line, number, "Investor ID", number, "no-number"))
            return
        if number in self.investors:
            self.faults.append((file, line, number, "Investor ID", number, "twice"))
            return
        self.investors[number] = {
            "id": number, "name": " ".join(values["Name"].split()), "class": code or "", "place": [file, line],
            "country": values.get("Country of registration/origin", "").strip(),
            "homepage": values.get("Investor homepage", "").strip(), "comment": values.get("Comment", "").strip(),
        }  # fmt: skip

    def _involvement(self, row: Row, kind: str) -> None:
        file, line, values = row
        ends = {
            end: (
                values.get(f"Investor ID {word}", "").strip(),
                " ".join(values.get(f"Investor Name {word}", "").split()),
            )
            for end, word in (("owned", "Downstream"), ("owner", "Upstream"))
        }
        if not ends["owner"][0] or not ends["owned"][0]:
            self.faults.append((file, line, "", "Investor ID", "", "no-number"))
            return
        relation, written = values.get("Relation type", "").strip(), values.get("Ownership share", "").strip()
        role = labels.code_of(relation, labels.ROLE)
        if relation and role is None:
            self.faults.append((file, line, ends["owned"][0], "Relation type", relation, "label"))
        share = cells.number_of(written.removesuffix("%"))
        if share is None:
            self.faults.append((file, line, ends["owned"][0], "Ownership share", written, "number"))
        self.involvements.append(
            {**ends, "role": role or "PARENT", "share": share or "", "place": [file, line], "loan": values.get("Loan amount", "").strip(),
             "comment": values.get("Comment", "").strip()}
        )  # fmt: skip


WORDS = {
    **cells.WHY,
    "no-number": "has no number or name; the row is not taken in",
    "twice": "stands in the file already; the first row counts",
    "no-deal": "belongs to no deal of the file; the row is not taken in",
}
__all__ = ["PLAIN", "WORDS", "read"]
