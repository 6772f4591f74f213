"""The rows of a list of places, read: what each says of one area, or why it cannot be used."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sala.core import lao
from sala.core.language import Translated, languages
from sala.places.finder import Finder
from sala.places.headings import CODE, name_heading
from sala.places.list_values import Unclear, day, point
from sala.places.lists import Line
from sala.places.models import Area, Level
from sala.places.names import fold

# What an address can hold: /places/CODE/
PLAIN_CODE = re.compile(r"^\w[\w.-]{0,29}$", re.ASCII)


@dataclass
class PlaceRow:
    """What a line says of a place.

    code  its code in this register, empty when the register is to give one    codes  system → code
    keys  its names, folded
    """

    line: int
    parent: Area
    code: str = ""
    name: Translated = field(default_factory=Translated)
    names: list[str] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    point: tuple[float, float] | None = None
    valid_from: date | None = None
    source: str = ""
    keys: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return str(self.name) or self.code or next(iter(self.codes.values()), "")

    def stored(self) -> dict[str, Any]:
        """As PlaceListRow.said."""
        return {
            "code": self.code, "name": dict(self.name), "names": self.names, "codes": self.codes,
            "point": list(self.point) if self.point else None, "source": self.source,
            "valid_from": self.valid_from.isoformat() if self.valid_from else "",
        }  # fmt: skip

    def key(self) -> str:
        """The same for the same words about the same area above."""
        words = [self.parent.pk, self.code.casefold(), sorted(self.codes.items()), sorted(self.keys)]
        return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def keys_of_names(texts: Any, level: Level) -> tuple[str, ...]:
    """Folded names without the words of the level, each once."""
    return tuple(dict.fromkeys(filter(None, (fold(text, level.words()) for text in texts))))


def from_stored(line: int, parent: Area, level: Level, said: Mapping[str, Any]) -> PlaceRow:
    """The row that `stored` kept."""
    name = Translated(said["name"])
    return PlaceRow(
        line=line, parent=parent, code=said["code"], name=name, names=said["names"], codes=said["codes"],
        point=(said["point"][0], said["point"][1]) if said["point"] else None, source=said["source"],
        valid_from=date.fromisoformat(said["valid_from"]) if said["valid_from"] else None,
        keys=keys_of_names([*name.values(), *said["names"]], level),
    )  # fmt: skip


class AreasAbove:
    """The area above that a line names, by code or name.

    parents  the areas one level above, of the day of the list      above  those two levels above
    ending   ids of parents that end on a day that is on record already
    """

    def __init__(self, parents: Finder, above: Finder | None, ending: set[int]):
        self.parents, self.above, self.ending = parents, above, ending

    def of(self, said: Mapping[str, str]) -> Area:
        """Raises Unclear where the line names none, or none that there is."""
        within = self.above.one(said["above"]) if self.above and said.get("above") else None
        if said.get("above") and within is None:
            raise Unclear({"code": "no-above", "value": said["above"][:60]})
        texts = [text for role in ("parent_code", "parent") if (text := said.get(role, ""))]
        if not texts:
            raise Unclear({"code": "without-parent"})
        found = {area.pk: area for text in texts if (area := self.parents.one(text, within=within)) is not None}
        if len(found) > 1:
            raise Unclear({"code": "two-parents", "value": ", ".join(texts)[:60]})
        if not found:
            raise Unclear({"code": "no-such-parent", "value": ", ".join(texts)[:60]})
        parent = next(iter(found.values()))
        if within is not None and not parent.path.startswith(within.path):
            raise Unclear({"code": "parent-not-in", "area": parent.pk, "parent": within.pk})
        if parent.pk in self.ending:
            raise Unclear({"code": "parent-ends", "area": parent.pk})
        return parent


class PlaceReader:
    """Lines as rows. columns: role → column"""

    def __init__(self, columns: Mapping[str, str], level: Level, above: AreasAbove, bounds: list[float] | None):
        self.columns, self.level, self.above, self.bounds = dict(columns), level, above, bounds

    def read(self, line: Line) -> PlaceRow:
        """Raises Unclear with the first reason why the line cannot be used."""
        said = {role: line.values.get(column, "").strip() for role, column in self.columns.items()}
        name = Translated({code: said.get(name_heading(code), "") for code in languages()})
        row = PlaceRow(line=line.row, parent=self.above.of(said), code=lao.digits(said.get("code", "")), name=name,
                       source=said.get("source", "")[:200])  # fmt: skip
        row.names = [text.strip() for text in said.get("names", "").replace("\n", ";").split(";") if text.strip()]
        if any(len(text) > 200 for text in (*name.values(), *row.names)):
            raise Unclear({"code": "long-name"})
        row.codes = {
            role.removeprefix(CODE): lao.digits(said[role]) for role in said if role.startswith(CODE) and said[role]
        }
        for code in (row.code, *row.codes.values()):
            if len(code) > 60 or (code == row.code and code and not PLAIN_CODE.match(code)):
                raise Unclear({"code": "bad-code", "value": code[:60]})
        row.valid_from = day(said.get("valid_from", ""), "valid_from")
        row.point = point(said.get("latitude", ""), said.get("longitude", ""), self.bounds)
        row.keys = keys_of_names([*name.values(), *row.names], self.level)
        return row
