"""Which row of a list of places is which area, and what it adds. Nothing is written here.

A row means an area by its code, or by a name that only one area under the same parent bears. What merely resembles one, or
agrees in name and not in code, waits for a person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sala.core import lao
from sala.core.language import Translated, languages
from sala.places.likeness import ALIKE, SAME_SOUND, name_likeness
from sala.places.list_matching import DIFFERENT
from sala.places.list_values import Unclear
from sala.places.matching import Reason
from sala.places.models import Area, AreaCode, Level, PlaceListRow, RowState
from sala.places.place_changes import PlaceChange
from sala.places.place_rows import PlaceRow, keys_of_names

FAR = 0.01  # degrees, about a kilometre: a point that lies farther from the one on record is told
MOST_CANDIDATES = 5


class Doubt(Exception):
    """A row that a person must decide. candidates: the areas it may be, each with reasons, the likeliest first."""

    def __init__(self, reason: Reason, candidates: Iterable[tuple[Area, list[Reason]]] = ()):
        super().__init__(reason["code"])
        self.reason = reason
        self.candidates = [{"area": area.pk, "reasons": reasons} for area, reasons in candidates][:MOST_CANDIDATES]


@dataclass
class PlaceFate:
    """What becomes of a row: new, changed, unchanged, refused or waiting. changes: as operations.place_lists writes them."""

    line: int
    label: str
    state: str
    row: PlaceRow | PlaceChange | None = None
    area: Area | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)
    candidates: list[dict[str, Any]] = field(default_factory=list)


class PlaceMatcher:
    """Rows of one level against the areas that the register has of it. Read once, in four queries.

    decided  key of a row → the row of an earlier list on which a person decided
    """

    def __init__(self, level: Level, as_of: date, decided: Mapping[str, PlaceListRow] | None = None):
        self.level, self.as_of, self.decided = level, as_of, decided or {}
        rows = Area.objects.filter(level=level).select_related("level", "parent").prefetch_related("names", "codes")
        self.areas = {area.pk: area for area in rows}
        self.own = {code.casefold(): pk for pk, code in Area.objects.values_list("pk", "code")}
        self.by_system: dict[tuple[str, str], list[AreaCode]] = {}
        for code in AreaCode.objects.all():
            self.by_system.setdefault((code.system, code.value.upper()), []).append(code)
        self.keys = {pk: self._keys(area) for pk, area in self.areas.items()}
        self.under: dict[int | None, list[Area]] = {}
        for area in self.areas.values():
            if not area.has_ended:
                self.under.setdefault(area.parent_id, []).append(area)
        self.taken: dict[int, int] = {}
        self.fresh: dict[int, list[PlaceRow]] = {}
        self.fresh_codes: dict[tuple[str, str], int] = {}

    def _keys(self, area: Area) -> tuple[str, ...]:
        return keys_of_names([*area.name.values(), *(name.text for name in area.names.all())], self.level)

    def fate(self, row: PlaceRow) -> PlaceFate:
        found = PlaceFate(row.line, row.label, "refused", row)
        try:
            area = self._meant(row)
            if area is None:
                found.reasons = self.check_new(row)
                self._check_twice(row)
                found.state = "new"
            else:
                if (line := self.taken.setdefault(area.pk, row.line)) != row.line:
                    raise Unclear({"code": "place-twice", "area": area.pk, "row": line})
                found.area = area
                found.changes, found.reasons = self.difference(row, area)
                found.state = "changed" if found.changes else "unchanged"
        except Unclear as unclear:
            found.area, found.reasons = None, [unclear.reason]
        except Doubt as doubt:
            found.state, found.reasons, found.candidates = "waiting", [doubt.reason], doubt.candidates
        return found

    # ---- whom a row means ---------------------------------------------------------------------------------------

    def _meant(self, row: PlaceRow) -> Area | None:
        """The area of a row; None for a new one."""
        before = self.decided.get(row.key())
        if before is not None and before.state == RowState.REFUSED:
            raise Unclear(before.reasons[0])
        if before is not None and before.area_id in self.areas:
            return self.areas[before.area_id]
        coded = set(self._holders(row))
        if strange := coded - self.areas.keys():
            raise Unclear({"code": "code-of-level", "area": min(strange)})
        if len(coded) > 1:
            raise Unclear({"code": "codes-of-places", "value": ", ".join(self.areas[pk].code for pk in sorted(coded))})
        return self._agreeing(row, self.areas[coded.pop()]) if coded else self._named(row)

    def _holders(self, row: PlaceRow) -> Iterable[int]:
        if row.code and row.code.casefold() in self.own:
            yield self.own[row.code.casefold()]
        for system, value in row.codes.items():
            for code in self._in_force(system, value):
                yield code.area_id

    def _in_force(self, system: str, value: str) -> list[AreaCode]:
        return [code for code in self.by_system.get((system, value.upper()), []) if self.as_of in code.valid]

    def _agreeing(self, row: PlaceRow, area: Area) -> Area:
        """The area that has the code, where name and parent agree."""
        if area.ended_on:
            raise Unclear({"code": "place-ended", "area": area.pk, "day": str(area.ended_on)})
        if area.parent_id != row.parent.pk:
            raise Unclear({"code": "place-elsewhere", "area": area.pk, "parent": area.parent_id})
        alike = [
            (one, other) for one in row.keys for other in self.keys[area.pk] if lao.has_lao(one) == lao.has_lao(other)
        ]
        if alike and name_likeness(row.keys, self.keys[area.pk]) < DIFFERENT:
            raise Doubt({"code": "code-other-name", "area": area.pk}, [(area, [{"code": "name-far"}])])
        return area

    def _named(self, row: PlaceRow) -> Area | None:
        """The one area under the same parent that has the name; a code that contradicts, or a name alike, is a doubt."""
        neighbours = self.under.get(row.parent.pk, [])
        same = [area for area in neighbours if set(self.keys[area.pk]) & set(row.keys)]
        if len(same) > 1:
            raise Doubt({"code": "name-of-several"}, [(area, [{"code": "name-same"}]) for area in same])
        if same:
            self._contradicting(row, same[0])
            return same[0]
        near = [(area, score) for area in neighbours if (score := name_likeness(row.keys, self.keys[area.pk])) >= ALIKE]
        near.sort(key=lambda pair: -pair[1])
        if near and not row.code and not any(self._told_apart(row, area) for area, _score in near):
            raise Doubt(
                {"code": "like-place", "area": near[0][0].pk}, [(area, [self._of(score)]) for area, score in near]
            )
        return None

    @staticmethod
    def _of(score: float) -> Reason:
        return {"code": "name-sounds"} if score >= SAME_SOUND else {"code": "name-near", "percent": round(100 * score)}

    def _contradicting(self, row: PlaceRow, area: Area) -> None:
        candidate = [(area, [{"code": "name-same"}])]
        if row.code and row.code.casefold() != area.code.casefold():
            raise Doubt({"code": "name-other-code", "area": area.pk, "value": area.code}, candidate)
        for system, value in row.codes.items():
            held = self.held(area, system)
            if held and value.upper() != held.upper():
                raise Doubt({"code": "name-other-number", "area": area.pk, "value": held, "system": system}, candidate)

    def _told_apart(self, row: PlaceRow, area: Area) -> bool:
        """Both have a code in one system, and not the same."""
        return any(
            (held := self.held(area, system)) and held.upper() != value.upper() for system, value in row.codes.items()
        )

    def held(self, area: Area, system: str) -> str:
        """The area's code in a system on the day of the list."""
        return next((code.value for code in area.codes.all() if code.system == system and self.as_of in code.valid), "")

    # ---- a new one ----------------------------------------------------------------------------------------------

    def check_new(self, row: PlaceRow) -> list[Reason]:
        """Raises Unclear where the row cannot become an area of its own. Returns remarks."""
        if not row.name.get(languages()[0]):
            raise Unclear({"code": "without-name"})
        if row.code and (holder := self.own.get(row.code.casefold())):
            raise Unclear({"code": "place-code-taken", "value": row.code, "area": holder})
        for system, value in row.codes.items():
            if (held := self.by_system.get((system, value.upper()))) and any(code.valid.upper is None for code in held):
                raise Unclear({"code": "place-code-taken", "value": value, "area": held[0].area_id})
        for key in [("", row.code.casefold()), *((system, value.upper()) for system, value in row.codes.items())]:
            if key[1] and (line := self.fresh_codes.setdefault(key, row.line)) != row.line:
                raise Unclear({"code": "code-in-row", "value": key[1], "row": line})
        began = row.parent.valid_from
        if began and row.valid_from and row.valid_from < began:
            return [{"code": "older-than-parent", "parent": row.parent.pk, "day": str(began)}]
        return []

    def _check_twice(self, row: PlaceRow) -> None:
        """Two rows of one list with one name under one parent: told apart by their codes only where a person says so."""
        before = self.fresh.setdefault(row.parent.pk, [])
        for other in before:
            if set(other.keys) & set(row.keys):
                raise Doubt({"code": "name-in-list", "row": other.line})
        before.append(row)

    # ---- one that is known --------------------------------------------------------------------------------------

    def difference(self, row: PlaceRow, area: Area) -> tuple[dict[str, Any], list[Reason]]:
        """What the row knows better of an area, and remarks. What the register says is never replaced."""
        changes: dict[str, Any] = {}
        notes: list[Reason] = []
        missing = {code: text for code, text in row.name.items() if not area.name.get(code)}
        if missing:
            changes["name"] = Translated({**area.name, **missing})
        known = {
            lao.normalise(text)
            for text in (*area.name.values(), *(one.text for one in area.names.all()), *missing.values())
        }
        fresh = [text for text in (*row.name.values(), *row.names) if lao.normalise(text) not in known]
        if fresh:
            changes["names"] = list(dict.fromkeys(fresh))
        if row.point and area.label_point is None:
            changes["point"] = row.point
        elif row.point and area.label_point:
            far = max(abs(area.label_point.x - row.point[0]), abs(area.label_point.y - row.point[1]))
            if far > FAR:
                notes.append({"code": "point-otherwise", "area": area.pk})
        if row.valid_from and area.valid_from and row.valid_from != area.valid_from:
            notes.append({"code": "since-otherwise", "area": area.pk, "day": str(area.valid_from)})
        self._codes(row, area, changes)
        return changes, notes

    def _codes(self, row: PlaceRow, area: Area, changes: dict[str, Any]) -> None:
        fresh = {}
        for system, value in row.codes.items():
            others = [code for code in self._in_force(system, value) if code.area_id != area.pk]
            if others:
                raise Unclear({"code": "place-code-taken", "value": value, "area": others[0].area_id})
            if self.held(area, system).upper() != value.upper():
                if (line := self.fresh_codes.setdefault((system, value.upper()), row.line)) != row.line:
                    raise Unclear({"code": "code-in-row", "value": value, "row": line})
                fresh[system] = value
        if fresh:
            changes["codes"] = fresh
