"""The rows of a list of changes, read: which place each means, and what becomes of it. Nothing is written here."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sala.core import lao
from sala.core.language import Translated, languages
from sala.places.finder import Finder
from sala.places.headings import CODE, name_heading
from sala.places.list_values import Unclear, day
from sala.places.lists import Line
from sala.places.models import Area, Level, PlaceListRow
from sala.places.place_headings import KINDS, kinds_in
from sala.places.place_rows import AreasAbove
from sala.places.queries.areas import areas_on

LONGEST = 200  # letters of a name or of what is said of a decision


@dataclass
class PlaceChange:
    """What a line says of a place: a new name, a new area above, or its end; nothing where all of it is so already.

    name  the names that the line gives, by language     was  those that the place had in these languages when it was read
    to    the new area above                             into  the place that takes it in when it ends
    """

    line: int
    area: Area
    on: date
    decision: str
    name: Translated | None = None
    was: Translated = field(default_factory=Translated)
    to: Area | None = None
    ends: bool = False
    into: Area | None = None

    @property
    def parent(self) -> Area:
        assert self.area.parent
        return self.area.parent

    @property
    def label(self) -> str:
        return f"{self.area.name} {self.area.code}"

    @property
    def touched(self) -> list[Area]:
        """The areas that whoever makes or refuses it answers for."""
        return [area for area in (self.area, self.to, self.into) if area is not None]

    @property
    def kinds(self) -> dict[str, Any]:
        """What changes, by the kind of change."""
        found = {"rename": self.name, "move": self.to, "end": self.ends}
        return {kind: value for kind, value in found.items() if value}

    def stored(self) -> dict[str, Any]:
        """As PlaceListRow.said."""
        return {
            "on": self.on.isoformat(), "decision": self.decision, "name": dict(self.name) if self.name else None,
            "was": dict(self.was), "to": self.to.pk if self.to else None, "ends": self.ends, "into": self.into.pk if self.into else None,
        }  # fmt: skip

    def key(self) -> str:
        """The same for the same change of the same place, on whatever decision and from whatever name."""
        said = {name: value for name, value in self.stored().items() if name not in ("decision", "was")}
        words = json.dumps([self.area.pk, said], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(words.encode()).hexdigest()


def change_of(row: PlaceListRow) -> PlaceChange:
    """What a row of a list of changes says, as it was stored."""
    said, ids = row.said, [pk for pk in (row.said["to"], row.said["into"]) if pk]
    others = Area.objects.select_related("level", "parent").in_bulk(ids)
    assert row.area
    was = Translated(said.get("was"))  # a row of before this was kept: its names must be read again
    return PlaceChange(
        line=row.number, area=row.area, on=date.fromisoformat(said["on"]), decision=said["decision"],
        name=Translated(said["name"]) if said["name"] else None, was=was, to=others.get(said["to"]), ends=said["ends"],
        into=others.get(said["into"]),
    )  # fmt: skip


class ChangeReader:
    """Lines as changes.

    columns  role → column     as_of  the day of a row that names none     decision  of a row that names none
    """

    def __init__(self, columns: Mapping[str, str], level: Level, above: AreasAbove, as_of: date, decision: str):
        self.columns, self.above, self.as_of, self.decision = dict(columns), above, as_of, decision
        rows = areas_on(as_of, level).select_related("parent")
        self.places = Finder(rows, one_level=True, day=as_of)
        self.areas = {area.pk: area for area in rows}
        systems = [role.removeprefix(CODE) for role in columns if role.startswith(CODE)]
        self.by_system = {system: Finder(rows, one_level=True, system=system, day=as_of) for system in systems}
        ended = Area.objects.filter(level=level, ended_on__isnull=False).exclude(pk__in=self.areas)
        self.ended = {area.code.casefold(): area for area in ended.select_related("level", "parent")}

    def read(self, line: Line) -> PlaceChange:
        """Raises Unclear with the first reason why the line cannot be used."""
        said = {role: line.values.get(column, "").strip() for role, column in self.columns.items()}
        area = self._area(said)
        decision = said.get("decision", "") or self.decision
        if not decision:
            raise Unclear({"code": "without-decision"})
        change = PlaceChange(line.row, area, day(said.get("on", ""), "on") or self.as_of, decision[:LONGEST])
        self._fill(change, said, kinds_in(said.get("change", "")))
        return change

    def _fill(self, change: PlaceChange, said: Mapping[str, str], wanted: set[str]) -> None:
        """wanted: the kinds that the line names; none: whatever it says differently than the register."""
        if strange := wanted - KINDS.keys():
            raise Unclear({"code": "no-change", "value": min(strange)[:60]})
        names = {code: text for code in languages() if (text := said.get(name_heading(code), ""))}
        if any(len(text) > LONGEST for text in names.values()):
            raise Unclear({"code": "long-name"})
        is_named, is_moved = bool(names), bool(said.get("parent") or said.get("parent_code"))
        lacks = ("rename" in wanted and not is_named) or ("move" in wanted and not is_moved)
        if lacks or not (is_named or is_moved or said.get("into") or "end" in wanted):
            raise Unclear({"code": "change-lacks"})
        change.ends = "end" in wanted or (not wanted and bool(said.get("into")))
        if is_named and (not wanted or "rename" in wanted):
            now, name = change.area.name, Translated(names)
            if any(now.get(code) != text for code, text in name.items()):
                change.name, change.was = name, Translated({code: now.get(code) for code in name})
        if is_moved and (not wanted or "move" in wanted):
            to = self.above.of(said)
            change.to = to if to.pk != change.area.parent_id else None
        if change.ends and (change.name or change.to):
            raise Unclear({"code": "ends-alone"})
        if change.ends:
            self._ends(change, said.get("into", ""))

    def _ends(self, change: PlaceChange, heir: str) -> None:
        if change.area.has_ended:
            if change.area.ended_on != change.on:
                raise Unclear({"code": "ended-before", "area": change.area.pk, "day": str(change.area.ended_on)})
            change.ends = False
            return
        if not heir:
            return
        change.into = self.places.one(heir, within=change.area.parent) or self.places.one(heir)
        if change.into is None or change.into.pk == change.area.pk:
            raise Unclear({"code": "no-such-heir", "value": heir[:60]})

    def _area(self, said: Mapping[str, str]) -> Area:
        """The place that a line means: by its codes, else by its name now under the area above."""
        coded = [(said["code"], self.places)] if said.get("code") else []
        coded += [
            (said[f"{CODE}{system}"], finder)
            for system, finder in self.by_system.items()
            if said.get(f"{CODE}{system}")
        ]
        if coded:
            found = {area.pk for value, finder in coded for area in finder.coded(value)}
            value = ", ".join(value for value, _finder in coded)[:60]
            if not found and (gone := self.ended.get(lao.digits(said.get("code", "")).casefold())):
                if gone.ended_on and not said.get("into") and "end" not in kinds_in(said.get("change", "")):
                    raise Unclear({"code": "ended-before", "area": gone.pk, "day": str(gone.ended_on)})
                return gone
            return self._one(found, value)
        if not said.get("now"):
            raise Unclear({"code": "which-place"})
        above = self.above.parents.one(said["above_now"]) if said.get("above_now") else None
        if said.get("above_now") and above is None:
            raise Unclear({"code": "no-such-parent", "value": said["above_now"][:60]})
        named = [area for area in self.places.named(said["now"]) if above is None or area.path.startswith(above.path)]
        return self._one({area.pk for area in named}, said["now"][:60])

    def _one(self, found: set[int], value: str) -> Area:
        if len(found) != 1:
            raise Unclear({"code": "no-such-place", "value": value})
        return self.areas[found.pop()]
