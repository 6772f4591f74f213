"""A list of facilities as the child process read it, and which of its columns is what.

A guess is only where the reader starts: the page and the command let a person say otherwise.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from sala.core import lao
from sala.core.files import child, store
from sala.core.language import languages, required_language
from sala.places.finder import Finder
from sala.places.headings import LABELS, code_heading, folded, known_headings, name_heading, system_names

ENOUGH = 0.5  # share of the rows that a column of places must explain
SAMPLE = 300  # rows looked at in a long list
NAME, NUMBER = "name", "number"  # headings that do not say which language, which code system


@dataclass(frozen=True)
class Line:
    """One row. `row` is its number in the file, as a person counts; `values` are texts by column."""

    row: int
    values: Mapping[str, str]


@dataclass(frozen=True)
class FacilityList:
    """columns: key → heading in the file; sheets: all that the workbook has; sheet: the one that was read."""

    file_name: str
    file_hash: str
    columns: dict[str, str]
    lines: list[Line]
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)

    def column(self, asked: str) -> str:
        """Key of a column named by its key or its heading; empty when there is none."""
        if asked in self.columns:
            return asked
        return next((key for key, heading in self.columns.items() if heading == asked), "")


def read(path: Path, file_name: str, sheet: str = "") -> FacilityList:
    """The list in a CSV file or a workbook. Every cell is kept as it is shown. Raises Unreadable."""
    with tempfile.TemporaryDirectory() as folder:
        profile = child.run("sala.core.files.table:profile", path, file_name, folder, sheet=sheet or None)
        recipe: dict[str, Any] = {"types": {column["name"]: "text" for column in profile["columns"]}}
        if profile["sheet"]:
            recipe["sheet"] = profile["sheet"]
        child.run("sala.core.files.table:convert", path, file_name, folder, recipe)
        rows = pq.read_table(Path(folder) / "data.parquet").to_pylist()
    columns = {column["name"]: column["label"] or column["name"] for column in profile["columns"]}
    lines = [Line(int(row["_row"]), {key: lao.stored(row[key] or "").strip() for key in columns}) for row in rows]
    return FacilityList(
        file_name=file_name, file_hash=store.digest_of(path), columns=columns,
        lines=[line for line in lines if any(line.values.values())], sheet=profile["sheet"] or "", sheets=profile["sheets"],
    )  # fmt: skip


def roles(system: str = "") -> list[str]:
    """What a column of a list can be, in the order in which a person looks for it."""
    systems = dict.fromkeys([*([system] if system else []), *system_names()])
    keys = [key for key in LABELS if key != "is_invented"]
    return [*map(name_heading, languages()), *keys[:1], *map(code_heading, systems), *keys[1:]]


def guess(asked: FacilityList, places: Finder, system: str = "") -> dict[str, str]:
    """Role → column. system: the code system in which a column of mere numbers is read."""
    known, found = known_headings(), {}
    for column, heading in asked.columns.items():
        role = known.get(folded(heading), "")
        if role == NAME:
            role = name_heading(language_of(asked, column))
        elif role == NUMBER:
            role = code_heading(system) if system else ""
        if role and role != "is_invented" and role not in found:
            found[role] = column
    if not found.keys() & {"place", "place_name", "district"}:
        rest = [column for column in asked.columns if column not in found.values()]
        hits = {column: sum(1 for text in _texts(asked, column) if places.named(text)) for column in rest}
        best = max(hits, key=lambda column: hits[column], default="")
        if best and hits[best] >= ENOUGH * max(1, len(_texts(asked, best))):
            found["place_name"] = best
    return found


def _texts(asked: FacilityList, column: str) -> list[str]:
    return [text for line in asked.lines[:SAMPLE] if (text := line.values.get(column, ""))]


def language_of(asked: FacilityList, column: str) -> str:
    """The country's own language, unless the names of a column are written in letters that it does not use."""
    texts = _texts(asked, column)
    in_lao = sum(1 for text in texts if lao.has_lao(text))
    others = [code for code in languages() if code != required_language()]
    return required_language() if 2 * in_lao >= len(texts) or not others else others[0]
