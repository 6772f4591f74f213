"""Taking in a list of places as new areas under those that exist; what is in doubt is kept for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, require
from sala.core import clock, lao
from sala.core.errors import Invalid
from sala.core.models import Certainty
from sala.core.operation import operation
from sala.journal.operations import record, record_many
from sala.places import loading, policy
from sala.places.finder import Finder
from sala.places.list_values import Unclear
from sala.places.lists import FacilityList
from sala.places.models import (
    Area,
    AreaCode,
    AreaName,
    ImportState,
    Level,
    ListSays,
    NameKind,
    Parenthood,
    PlaceList,
    PlaceListRow,
    RowState,
)
from sala.places.operations import tree
from sala.places.operations.open_rows import replace
from sala.places.place_changes import PlaceChange
from sala.places.place_headings import guess_places
from sala.places.place_matching import PlaceFate, PlaceMatcher
from sala.places.place_rows import AreasAbove, PlaceReader, PlaceRow
from sala.places.queries.areas import areas_on

BATCH = 500
COUNTED = ("new", "changed", "unchanged", "refused", "waiting")


@dataclass(frozen=True)
class PlaceDelivery:
    """What is said of a list.

    level    of all its rows                      as_of    the day it describes
    system   code system of a column of numbers; empty: the register's own
    columns  role → heading or key; those left out are guessed, unless `exact`
    """

    level: Level
    as_of: date
    system: str = ""
    source: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    exact: bool = False
    is_invented: bool = False


@operation
def add_places(actor: Actor, asked: FacilityList, delivery: PlaceDelivery) -> PlaceList:
    """Enter what the rows say, as far as the actor's right goes. A refused row stops no other one.

    Raises Invalid for a list without a column of names or of areas above. The same list again changes nothing; then the
    record of the first time is given back, with the counts of this time.
    """
    require(actor, policy.ADD, PlaceList())
    tree.hold_tree()
    above, columns = above_of(delivery), columns_of(asked, delivery)
    reader = PlaceReader(columns, delivery.level, above, loading.bounds())
    matcher = PlaceMatcher(delivery.level, delivery.as_of, decided(delivery.level))
    fates = [_fate(actor, reader, matcher, line, columns) for line in asked.lines]
    enter([fate for fate in fates if fate.state == "new"], delivery.level, delivery.source, delivery.is_invented)
    for fate in fates:
        if fate.state == "changed":
            change(fate, delivery.as_of, delivery.source)
    return keep_list(actor, asked, delivery, columns, fates)


def columns_of(asked: FacilityList, delivery: PlaceDelivery) -> dict[str, str]:
    """Role → column. Raises Invalid when a named column is not there, or the list cannot say what is where."""
    columns = named_columns(
        asked, delivery, {} if delivery.exact else guess_places(asked, delivery.level, delivery.system)
    )
    shown = {"columns": ", ".join(asked.columns.values())}
    if not columns.keys() & {"parent", "parent_code"}:
        raise Invalid(_("No column of the areas above was found. Say which it is. The list has: %(columns)s.") % shown)
    if not any(role.startswith("name_") for role in columns):
        raise Invalid(_("No column of names was found. Say which it is. The list has: %(columns)s.") % shown)
    return columns


def named_columns(asked: FacilityList, delivery: PlaceDelivery, guessed: Mapping[str, str]) -> dict[str, str]:
    """What was guessed, with what was said of the columns. Raises Invalid when a named column is not there."""
    columns = dict(guessed)
    for role, heading in delivery.columns.items():
        if not heading:
            columns.pop(role, None)
            continue
        found = asked.column(heading)
        if not found:
            raise Invalid(
                _("There is no column “%(column)s”. The list has: %(columns)s.")
                % {"column": heading, "columns": ", ".join(asked.columns.values())}
            )
        columns[role] = found
    return columns


def _levels_above(level: Level) -> list[Level]:
    """The two levels above, the nearer one first. Raises Invalid where there is none."""
    levels = list(Level.objects.filter(rank__lt=level.rank).order_by("-rank")[:2])
    if not levels:
        raise Invalid(_("Nothing lies above the level “%(level)s”. Choose another one.") % {"level": level})
    return levels


def above_of(delivery: PlaceDelivery) -> AreasAbove:
    """The areas above those of the list, on its day. Raises Invalid where nothing lies above its level."""
    levels = _levels_above(delivery.level)
    parents = Finder(areas_on(delivery.as_of, levels[0]), one_level=True, day=delivery.as_of)
    above = Finder(areas_on(delivery.as_of, levels[1]), one_level=True, day=delivery.as_of) if levels[1:] else None
    lasting = Parenthood.objects.filter(area__in=parents.areas, valid__endswith__isnull=True).values_list(
        "area_id", flat=True
    )
    ending = {pk for pk, area in parents.areas.items() if area.parent_id} - set(lasting)
    return AreasAbove(parents, above, ending)


def decided(level: Level, says: str = ListSays.PLACES) -> dict[str, PlaceListRow]:
    """What people decided on the rows of earlier lists; the newest word counts."""
    rows = PlaceListRow.objects.filter(batch__level=level, batch__says=says).filter(
        state__in=(RowState.APPLIED, RowState.REFUSED)
    )
    rows = rows.order_by("batch_id", "number")
    return {row.key: row for row in rows}


def _fate(actor: Actor, reader: PlaceReader, matcher: PlaceMatcher, line: Any, columns: Mapping[str, str]) -> PlaceFate:
    try:
        row = reader.read(line)
    except Unclear as unclear:
        return PlaceFate(line.row, label_of(line.values, columns), "refused", reasons=[unclear.reason])
    if not can(actor, policy.ADD, row.parent):
        return PlaceFate(row.line, row.label, "refused", row, reasons=[{"code": "outside-right"}])
    return matcher.fate(row)


def label_of(values: Mapping[str, str], columns: Mapping[str, str]) -> str:
    roles = [*(role for role in columns if role.startswith("name_")), "code"]
    return next((values[columns[role]] for role in roles if role in columns and values.get(columns[role])), "")


# ---- writing -----------------------------------------------------------------------------------------------------


def enter(fates: Sequence[PlaceFate], level: Level, source: str, is_invented: bool) -> None:
    """Save the areas of these rows, with their parents, codes and names; each fate then holds its area."""
    wanted = [(fate, fate.row) for fate in fates if isinstance(fate.row, PlaceRow)]
    codes = _codes_for([row for _fate, row in wanted])
    made = [
        Area(level=level, code=code, name=row.name, parent=row.parent, path="", label_point=_point(row.point),
             valid_from=row.valid_from, source=row.source or source[:200], is_invented=is_invented,
             certainty=Certainty.EXAMPLE if is_invented else Certainty.CONFIRMED)
        for (_fate, row), code in zip(wanted, codes, strict=True)
    ]  # fmt: skip
    Area.objects.bulk_create(made, batch_size=BATCH)
    for area in made:
        area.path = f"{area.parent.path if area.parent else '/'}{area.pk}/"
    Area.objects.bulk_update(made, ["path"], batch_size=BATCH)
    parents, numbers, names = [], [], []
    for (fate, row), area in zip(wanted, made, strict=True):
        fate.area = area
        start = max((day for day in (row.valid_from, row.parent.valid_from) if day), default=None)
        parents.append(Parenthood(area=area, parent=row.parent, valid=DateRange(start, None)))
        numbers += [AreaCode(area=area, system=system[:30], value=value, valid=DateRange(start, None), source=source[:200])
                    for system, value in row.codes.items()]  # fmt: skip
        names += [_spelling(area, text, source) for text in dict.fromkeys(row.names) if text not in row.name.values()]
    Parenthood.objects.bulk_create(parents, batch_size=BATCH)
    AreaCode.objects.bulk_create(numbers, batch_size=BATCH)
    AreaName.objects.bulk_create(names, batch_size=BATCH)


def _codes_for(rows: Sequence[PlaceRow]) -> list[str]:
    """The code of each row; one that has none gets the next free number of its parent."""
    used = {code.casefold() for code in Area.objects.values_list("code", flat=True)} | {
        row.code.casefold() for row in rows
    }
    next_of: dict[int, int] = {}
    found = []
    for row in rows:
        code = row.code
        while not code or (not row.code and code.casefold() in used):
            next_of[row.parent.pk] = next_of.get(row.parent.pk, 0) + 1
            code = f"{row.parent.code}-{next_of[row.parent.pk]:03d}"
        used.add(code.casefold())
        found.append(code)
    return found


def _point(pair: tuple[float, float] | None) -> Point | None:
    return Point(*pair, srid=4326) if pair else None


def _spelling(area: Area, text: str, source: str) -> AreaName:
    return AreaName(area=area, text=text, key=lao.normalise(text)[:200], kind=NameKind.ALIAS, source=source[:200])


def change(fate: PlaceFate, as_of: date, source: str) -> None:
    """Write what a row knows better of its area."""
    area, changes = fate.area, fate.changes
    if area is None:
        return
    for name, field_name in (("name", "name"), ("point", "label_point")):
        if name in changes:
            setattr(area, field_name, _point(changes[name]) if name == "point" else changes[name])
    if changes.keys() & {"name", "point"}:
        area.save(update_fields=["name", "label_point"])
    for text in changes.get("names", ()):
        AreaName.objects.get_or_create(
            area=area, text=text, kind=NameKind.ALIAS,
            defaults={"key": lao.normalise(text)[:200], "source": source[:200]},
        )  # fmt: skip
    if "codes" in changes:
        tree.give_codes(area, changes["codes"], as_of)


def keep_list(actor: Actor, asked: FacilityList, delivery: PlaceDelivery, columns: Mapping[str, str],
              fates: Sequence[PlaceFate], says: str = ListSays.PLACES) -> PlaceList:  # fmt: skip
    """The list with its report and the rows that wait; the earlier one where this one says the same.

    The same file read otherwise – for another day, on another decision, by other columns – takes the place of the earlier
    reading: what waits there is closed. The sheets of one workbook are lists of their own.
    """
    counts: dict[str, Any] = {state: sum(1 for fate in fates if fate.state == state) for state in COUNTED}
    report = {
        **counts,
        "columns": {role: asked.columns[column] for role, column in columns.items()},
        "sheet": asked.sheet,
        "lines": [line_of(fate) for fate in fates if fate.reasons or fate.state in ("changed", "waiting")],
    }
    waiting = [(fate, fate.row) for fate in fates if fate.state == "waiting" and fate.row is not None]
    older = list(
        PlaceList.objects.filter(file_hash=asked.file_hash, level=delivery.level, says=says, report__sheet=asked.sheet)
    )
    writes = counts["new"] or counts["changed"]
    if older and not writes and _says_the_same(older[0], delivery, report, [row for _fate, row in waiting]):
        older[0].report = report
        return older[0]
    batch = PlaceList.objects.create(
        says=says, level=delivery.level, file_name=asked.file_name[:200], file_hash=asked.file_hash, source=delivery.source[:200],
        as_of=delivery.as_of, is_invented=delivery.is_invented, report=report, created_at=clock.now(),
        state=ImportState.REVIEW if counts["waiting"] else ImportState.DONE,
    )  # fmt: skip
    PlaceListRow.objects.bulk_create([_waits(batch, fate, row) for fate, row in waiting])
    replace(actor, older, batch)
    record(actor, policy.ADD, batch, change="imported", says=says, file_hash=asked.file_hash, level=delivery.level.code,
           as_of=delivery.as_of, **counts)  # fmt: skip
    told = [(fate.area, fate) for fate in fates if fate.area is not None and fate.state in ("new", "changed")]
    record_many(actor, policy.ADD, [(area, told_of(batch, fate)) for area, fate in told])
    return batch


def told_of(batch: PlaceList, fate: PlaceFate) -> dict[str, Any]:
    """What the journal keeps of an area that came or changed by a list."""
    if fate.state == "new":
        return {"change": "entered", "list": batch.pk}
    return {"change": "changed", "list": batch.pk, "fields": sorted(fate.changes)}


def _waits(batch: PlaceList, fate: PlaceFate, row: PlaceRow | PlaceChange) -> PlaceListRow:
    return PlaceListRow(batch=batch, number=fate.line, label=fate.label[:300], key=row.key(), said=row.stored(),
                        parent=row.parent, area=fate.area, reasons=fate.reasons, candidates=fate.candidates)  # fmt: skip


def _says_the_same(before: PlaceList, delivery: PlaceDelivery, report: Mapping[str, Any],
                   waiting: Sequence[PlaceRow | PlaceChange]) -> bool:  # fmt: skip
    """Whether a list read again would leave open what is open there already, word for word."""
    if before.report["columns"] != report["columns"]:
        return False
    rows = before.rows.filter(state=RowState.PROPOSED).values_list("number", "key", "said")
    open_rows = {number: (key, said) for number, key, said in rows}
    if not open_rows and not waiting:
        return True
    told = (before.as_of, before.source, before.is_invented)
    if told != (delivery.as_of, delivery.source[:200], delivery.is_invented):
        return False
    return all(open_rows.get(row.line) == (row.key(), row.stored()) for row in waiting)


def line_of(fate: PlaceFate) -> dict[str, Any]:
    return {"row": fate.line, "label": fate.label[:200], "state": fate.state, "reasons": fate.reasons,
            "place": fate.area.code if fate.area else "", "fields": sorted(fate.changes)}  # fmt: skip
