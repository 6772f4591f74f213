"""Which row of a list is which facility, and what it changes. Nothing is written here.

A row means a facility by its number in this register, by its code in a system, or by a name that only one of its kind
bears in the place. A row that merely resembles one is refused with what it resembles: its sender writes the number of
the register into the row, or "new".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from sala.core import lao
from sala.core.language import Translated, languages
from sala.places.finder import Finder
from sala.places.headings import code_heading, name_heading
from sala.places.keys import keys_of, level_words
from sala.places.likeness import Known, folded_code, like, name_likeness
from sala.places.list_values import Unclear, day, place, point
from sala.places.lists import Line
from sala.places.matching import Reason
from sala.places.models import Area, Facility, FacilityCode, FacilityKind
from sala.places.names import fold
from sala.places.queries.likely import around, known_of

NEW = gettext_noop("new")  # what the sender of a row writes in a language of the country; a plus sign too
SURE = 0.97  # similarity from which a new row is held back
MOVED = 1e-5  # degrees, about a metre
DIFFERENT = 0.6  # names below this similarity contradict a code


def new_words() -> set[str]:
    found = {NEW, "+"}
    for language in languages():
        with translation.override(language):
            found.add(gettext(NEW).casefold())
    return found


@dataclass
class Row:
    """What a line of the list says, read.

    own  number in this register; codes: system → code        is_there  the very place was found, not only the one above
    """

    line: int
    label: str
    own: str = ""
    kind: FacilityKind | None = None
    name: Translated = field(default_factory=Translated)
    names: list[str] = field(default_factory=list)
    area: Area | None = None
    is_there: bool = True
    codes: dict[str, str] = field(default_factory=dict)
    point: tuple[float, float] | None = None
    accuracy_m: int | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    successor: str = ""
    source: str = ""
    keys: list[str] = field(default_factory=list)


@dataclass
class Fate:
    """What becomes of a line. facility: the one it means; None for a new one. changes: as operations apply them."""

    row: Row
    state: str
    facility: Facility | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)


class Reader:
    """Lines of a list as rows. columns: role → column. kind: of every row that names none."""

    def __init__(
        self, columns: Mapping[str, str], places: Finder, kind: FacilityKind | None, bounds: list[float] | None
    ):
        self.columns, self.places, self.kind, self.bounds = dict(columns), places, kind, bounds
        self.levels = level_words()
        self.with_parts = {area.parent_id for area in places.areas.values() if area.parent_id}
        self.kinds = {fold(word): one for one in FacilityKind.objects.filter(retired=False)
                      for word in (*one.prefixes, *one.plural.values(), *one.name.values(), one.code)}  # fmt: skip

    def read(self, line: Line) -> Row:
        """Raises Unclear with the first reason why the line cannot be used."""
        said = {role: line.values.get(column, "") for role, column in self.columns.items()}
        name = Translated({code: said.get(name_heading(code), "") for code in languages()})
        row = Row(line=line.row, label=str(name) or said.get("code", ""), own=lao.digits(said.get("code", "")).strip(),
                  name=name, source=said.get("source", "")[:200], successor=said.get("successor", "").strip().upper())  # fmt: skip
        row.names = [text.strip() for text in said.get("names", "").replace("\n", ";").split(";") if text.strip()]
        row.kind = self._kind(said.get("kind", ""))
        row.codes = self._codes(said)
        row.opened_on, row.closed_on = (
            day(said.get("opened_on", ""), "opened_on"),
            day(said.get("closed_on", ""), "closed_on"),
        )
        row.point = point(said.get("latitude", ""), said.get("longitude", ""), self.bounds)
        row.accuracy_m = self._metres(said.get("accuracy_m", ""))
        code, village, district = (said.get(role, "").strip() for role in ("place", "place_name", "district"))
        if code or village or district or not row.own or self.is_new(row):
            row.area, row.is_there = place(code, village, district, self.places, self.with_parts)
        if row.kind and row.area:
            row.keys = keys_of(row.kind, row.area, [*row.name.values(), *row.names], self.levels)
        return row

    @staticmethod
    def is_new(row: Row) -> bool:
        """Whether the row says that it is none of the register, in whatever language of the country."""
        return bool(row.own) and row.own.casefold() in new_words()

    def _kind(self, text: str) -> FacilityKind | None:
        if not text.strip():
            return self.kind
        found = self.kinds.get(fold(text))
        if found is None:
            raise Unclear({"code": "no-kind", "value": text[:60]})
        return found

    def _codes(self, said: Mapping[str, str]) -> dict[str, str]:
        before = code_heading("")
        found = {role.removeprefix(before): lao.digits(said[role]).strip() for role in said if role.startswith(before)}
        return {system: value for system, value in found.items() if value}

    @staticmethod
    def _metres(text: str) -> int | None:
        clean = lao.digits(text).strip().removesuffix("m").strip().replace(",", ".")
        try:
            return max(0, round(float(clean))) if clean else None
        except (ValueError, OverflowError) as error:
            raise Unclear({"code": "no-metres", "value": text[:60]}) from error


class Matcher:
    """Rows against the register as it is. as_of: the day that the list describes."""

    def __init__(self, rows: Iterable[Row], as_of: date):
        self.rows, self.as_of = list(rows), as_of
        self.levels = level_words()
        kept = Facility.objects.filter(is_duplicate=False)
        related = kept.select_related("kind", "area__level", "successor").prefetch_related(
            "codes", "names", "area__names"
        )
        self.facilities = {row.pk: row for row in related}
        self.by_own = {row.code: row for row in self.facilities.values()}
        self.merged = {
            row.code: row.successor_id
            for row in Facility.objects.filter(is_duplicate=True).only("code", "successor_id")
        }
        self.by_code: dict[tuple[str, str], list[FacilityCode]] = {}
        for facility in self.facilities.values():
            for code in facility.codes.all():
                self.by_code.setdefault((code.system, code.value.upper()), []).append(code)
        self.groups: dict[tuple[int, int], list[Known]] = {}
        for known in known_of(kept):
            self.groups.setdefault((known.kind, known.around), []).append(known)
        self.taken: dict[int, int] = {}  # facility → the line that has it
        self.fresh: dict[tuple[int, int], list[tuple[Row, Known]]] = {}
        self.fresh_codes: dict[tuple[str, str], int] = {}

    def run(self) -> list[Fate]:
        return [self._fate(row) for row in self.rows]

    def _fate(self, row: Row) -> Fate:
        try:
            facility = self._meant(row)
            if facility is None:
                return self._new(row)
            if (line := self.taken.setdefault(facility.pk, row.line)) != row.line:
                raise Unclear({"code": "row-twice", "facility": facility.code, "row": line})
            return self._changed(row, facility)
        except Unclear as unclear:
            return Fate(row, "refused", reasons=[unclear.reason])

    # ---- whom a row means ---------------------------------------------------------------------------------------

    def _meant(self, row: Row) -> Facility | None:
        """The facility of a row; None for a new one. Raises Unclear where a person must say."""
        if Reader.is_new(row):
            return self._entered_before(row)
        if row.own:
            return self._numbered(row)
        coded = {code.facility_id: code for system, value in row.codes.items()
                 for code in self._holding(system, value)}  # fmt: skip
        if len(coded) > 1:
            raise Unclear({"code": "codes-of-two", "facilities": [self.facilities[pk].code for pk in coded]})
        if coded:
            return self._agreeing(row, self.facilities[next(iter(coded))])
        return self._named(row)

    def _entered_before(self, row: Row) -> Facility | None:
        """A row that says "new" means the one that it made when the list was taken in the last time."""
        if row.kind is None or row.area is None or not row.name:
            return None
        group = [self.facilities[known.pk] for known in self.groups.get((row.kind.pk, around(row.area)), [])]
        said = {code: lao.normalise(text) for code, text in row.name.items()}
        same = [
            one for one in group
            if one.area_id == row.area.pk
            and all(lao.normalise(one.name.get(code, "")) == text for code, text in said.items())
            and all(self._has_code(one, system, value) for system, value in row.codes.items())
        ]  # fmt: skip
        return same[0] if len(same) == 1 else None

    @staticmethod
    def _has_code(facility: Facility, system: str, value: str) -> bool:
        return any(code.system == system and code.value.upper() == value.upper() for code in facility.codes.all())

    def _numbered(self, row: Row) -> Facility:
        own = row.own.upper()
        found = self.by_own.get(own) or self.facilities.get(self.merged.get(own) or 0)
        if found is None:
            raise Unclear({"code": "no-facility", "value": row.own})
        return found

    def _holding(self, system: str, value: str) -> list[FacilityCode]:
        """Codes in force on the day of the list, else those that held before or will."""
        codes = self.by_code.get((system, value.upper()), [])
        return [code for code in codes if self.as_of in code.valid] or codes[-1:]

    def _agreeing(self, row: Row, facility: Facility) -> Facility:
        if row.kind and row.kind.pk != facility.kind_id:
            raise Unclear({"code": "other-kind", "facility": facility.code, "kind": facility.kind.code})
        keys = keys_of(facility.kind, facility.area, row.name.values(), self.levels)
        if (
            keys
            and facility.keys
            and name_likeness(keys, facility.keys) < DIFFERENT
            and not self._together(row, facility)
        ):
            raise Unclear({"code": "code-of-another", "facility": facility.code, "name": dict(facility.name)})
        return facility

    @staticmethod
    def _together(row: Row, facility: Facility) -> bool:
        """The row's place holds the facility's, or the other way round."""
        here, there = row.area, facility.area
        return here is None or there.path.startswith(here.path) or here.path.startswith(there.path)

    def _named(self, row: Row) -> Facility | None:
        if row.kind is None or row.area is None:
            return None
        group = self.groups.get((row.kind.pk, around(row.area)), [])
        same = [self.facilities[known.pk] for known in group if set(known.keys) & set(row.keys)]
        same = [facility for facility in same if self._together(row, facility)]
        if len(same) > 1:
            open_now = [facility for facility in same if not facility.has_closed]
            if len(open_now) != 1:
                raise Unclear({"code": "several", "facilities": [facility.code for facility in same]})
            same = open_now
        if not same:
            return None
        for system, value in row.codes.items():
            held = [code.value for code in same[0].codes.all() if code.system == system and self.as_of in code.valid]
            if held and value.upper() not in {one.upper() for one in held}:
                raise Unclear({"code": "other-number", "facility": same[0].code, "value": held[0], "system": system})
        return same[0]

    # ---- a new one ----------------------------------------------------------------------------------------------

    def _new(self, row: Row) -> Fate:
        if row.kind is None:
            raise Unclear({"code": "without-kind"})
        if not row.name.text(languages()[0]).text:
            raise Unclear({"code": "without-name"})
        if row.area is None:
            raise Unclear({"code": "without-place"})
        if row.closed_on and row.opened_on and row.closed_on <= row.opened_on:
            raise Unclear({"code": "closed-first"})
        self._check_codes(row)
        known = Known(pk=0, kind=row.kind.pk, around=around(row.area), keys=tuple(row.keys), point=row.point,
                      codes=frozenset((system, folded_code(value)) for system, value in row.codes.items()))  # fmt: skip
        notes: list[Reason] = [] if row.is_there else [{"code": "in-district", "area": row.area.pk}]
        if not Reader.is_new(row):
            notes += self._alike(known)
        self._check_twice(row, known)
        changes = {"successor": self._successor(row)} if row.closed_on and row.successor else {}
        return Fate(row, "new", changes=changes, reasons=notes)

    def _check_codes(self, row: Row) -> None:
        for system, value in row.codes.items():
            key = (system, value.upper())
            if key in self.by_code:
                raise Unclear(
                    {
                        "code": "code-taken",
                        "value": value,
                        "facility": self.facilities[self.by_code[key][0].facility_id].code,
                    }
                )
            if (line := self.fresh_codes.setdefault(key, row.line)) != row.line:
                raise Unclear({"code": "code-in-row", "value": value, "row": line})

    def _alike(self, known: Known) -> list[Reason]:
        notes: list[Reason] = []
        for pair in like(known, self.groups.get((known.kind, known.around), [])):
            facility = self.facilities[pair.other]
            reason: Reason = {
                "code": "looks-like",
                "facility": facility.code,
                "name": dict(facility.name),
                "why": pair.reasons,
            }
            if pair.score >= SURE:
                raise Unclear(reason)
            notes.append({**reason, "code": "looks-a-little-like"})
        return notes

    def _check_twice(self, row: Row, known: Known) -> None:
        """Two rows of one list that would make the same facility twice."""
        before = self.fresh.setdefault((known.kind, known.around), [])
        for other, one in before:
            if other.area == row.area and set(one.keys) & set(known.keys):
                raise Unclear({"code": "name-in-row", "row": other.line})
        before.append((row, known))

    # ---- one that is known --------------------------------------------------------------------------------------

    def _changed(self, row: Row, facility: Facility) -> Fate:
        changes: dict[str, Any] = {}
        notes: list[Reason] = []
        if row.kind and row.kind.pk != facility.kind_id:
            raise Unclear({"code": "other-kind", "facility": facility.code, "kind": facility.kind.code})
        self._names(row, facility, changes)
        if row.point and (
            facility.point is None
            or max(abs(facility.point.x - row.point[0]), abs(facility.point.y - row.point[1])) > MOVED
        ):
            changes["point"], changes["accuracy_m"] = row.point, row.accuracy_m
        if row.opened_on and row.opened_on != facility.opened_on:
            changes["opened_on"] = row.opened_on
        if row.closed_on is None and facility.has_closed:
            notes.append({"code": "is-closed", "facility": facility.code, "day": str(facility.closed_on)})
        elif row.closed_on and facility.closed_on is None:
            changes["closed_on"], changes["successor"] = row.closed_on, self._successor(row)
        elif row.closed_on and row.closed_on != facility.closed_on:
            notes.append({"code": "closed-otherwise", "facility": facility.code, "day": str(facility.closed_on)})
        if row.area and not self._together(row, facility):
            if facility.has_closed:
                raise Unclear({"code": "closed-elsewhere", "facility": facility.code, "area": facility.area_id})
            changes["area"] = row.area
        self._codes(row, facility, changes)
        return Fate(row, "changed" if changes else "unchanged", facility, changes, notes)

    def _names(self, row: Row, facility: Facility, changes: dict[str, Any]) -> None:
        """A language that was missing is filled in; another spelling becomes one more by which it is found."""
        missing = {code: text for code, text in row.name.items() if code not in facility.name}
        if missing:
            changes["name"] = Translated({**facility.name, **missing})
        known = {
            lao.normalise(text) for text in (*facility.name.values(), *(name.text for name in facility.names.all()))
        }
        known |= {lao.normalise(text) for text in missing.values()}
        fresh = [text for text in (*row.name.values(), *row.names) if lao.normalise(text) not in known]
        if fresh:
            changes["names"] = list(dict.fromkeys(fresh))

    def _successor(self, row: Row) -> Facility | None:
        if not row.successor:
            return None
        if row.successor not in self.by_own:
            raise Unclear({"code": "no-facility", "value": row.successor})
        return self.by_own[row.successor]

    def _codes(self, row: Row, facility: Facility, changes: dict[str, Any]) -> None:
        fresh = {}
        for system, value in row.codes.items():
            held = self.by_code.get((system, value.upper()), [])
            other = next((code for code in held if code.facility_id != facility.pk), None)
            if other is not None:
                raise Unclear(
                    {"code": "code-taken", "value": value, "facility": self.facilities[other.facility_id].code}
                )
            if not held:
                if (line := self.fresh_codes.setdefault((system, value.upper()), row.line)) != row.line:
                    raise Unclear({"code": "code-in-row", "value": value, "row": line})
                fresh[system] = value
        if fresh:
            changes["codes"] = fresh
