"""Taking in a list of facilities: every row that is clear, with the fate of the others on record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, require
from sala.core import clock, lao
from sala.core.errors import Invalid, SalaError
from sala.core.operation import lock, operation
from sala.journal.operations import record, record_many
from sala.places import lists, loading, policy
from sala.places.finder import Finder
from sala.places.list_matching import Fate, Matcher, Reader, Row
from sala.places.list_values import Unclear
from sala.places.lists import FacilityList
from sala.places.models import (
    Facility,
    FacilityCode,
    FacilityImport,
    FacilityKind,
    FacilityName,
    FacilityPlace,
)
from sala.places.operations import facilities as pieces
from sala.places.queries.areas import areas_on

BATCH = 500


@dataclass(frozen=True)
class ListDelivery:
    """What is said of a list.

    as_of    the day it describes                 kind    of every row that names none
    system   code system of a column of numbers   columns role → heading or key; those left out are guessed, unless `exact`
    """

    as_of: date
    kind: FacilityKind | None = None
    system: str = ""
    source: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    exact: bool = False
    is_invented: bool = False


@operation
def import_facilities(actor: Actor, asked: FacilityList, delivery: ListDelivery) -> FacilityImport:
    """Enter and change what the rows say, as far as the actor's right goes. A refused row stops no other one.

    Raises Invalid for a list without a column of names or numbers. The same list again changes nothing; then the record of
    the first time is given back, with the counts of this time.
    """
    require(actor, policy.FACILITY_IMPORT, FacilityImport())
    places = Finder(areas_on(delivery.as_of))
    columns = columns_of(asked, delivery, places)
    reader = Reader(columns, places, delivery.kind, loading.bounds())
    rows: list[Row] = []
    fates: list[Fate] = []
    for line in asked.lines:
        try:
            rows.append(reader.read(line))
        except Unclear as unclear:
            fates.append(Fate(Row(line.row, _label(line.values, columns)), "refused", reasons=[unclear.reason]))
    fates += [_permitted(actor, fate) for fate in Matcher(rows, delivery.as_of).run()]
    fates.sort(key=lambda fate: fate.row.line)
    made = _enter([fate for fate in fates if fate.state == "new"], delivery)
    for fate in fates:
        if fate.state == "changed":
            _try(fate, delivery)
    return _keep(actor, asked, delivery, columns, fates, made)


def columns_of(asked: FacilityList, delivery: ListDelivery, places: Finder) -> dict[str, str]:
    """Role → column. Raises Invalid when a named column is not there, or nothing says which facility a row means."""
    columns = {} if delivery.exact else lists.guess(asked, places, delivery.system)
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
    if not any(role.startswith(("name_", "code")) for role in columns):
        raise Invalid(
            _("No column of names or numbers was found. Say which it is. The list has: %(columns)s.")
            % {"columns": ", ".join(asked.columns.values())}
        )
    return columns


def _label(values: Mapping[str, str], columns: Mapping[str, str]) -> str:
    roles = [role for role in columns if role.startswith("name_")] + ["code"]
    return next((values[columns[role]] for role in roles if role in columns and values.get(columns[role])), "")


def _permitted(actor: Actor, fate: Fate) -> Fate:
    places = [place for place in (fate.row.area, fate.facility) if place is not None]
    kind = fate.facility.kind if fate.facility else fate.row.kind
    subjects = [one if isinstance(one, Facility) else Facility(area=one, kind=kind) for one in places]
    if fate.state in ("new", "changed") and not all(can(actor, policy.FACILITY_IMPORT, one) for one in subjects):
        return Fate(fate.row, "refused", fate.facility, reasons=[{"code": "outside-right"}])
    return fate


# ---- writing -----------------------------------------------------------------------------------------------------


def _enter(fates: Sequence[Fate], delivery: ListDelivery) -> list[Facility]:
    codes = pieces.next_codes(len(fates)) if fates else []
    made = [_made(fate, code, delivery) for fate, code in zip(fates, codes, strict=True)]
    Facility.objects.bulk_create(made, batch_size=BATCH)
    places, numbers, names = [], [], []
    for fate, facility in zip(fates, made, strict=True):
        fate.facility, row = facility, fate.row
        places.append(
            FacilityPlace(facility=facility, area=facility.area, valid=DateRange(row.opened_on, row.closed_on))
        )
        numbers += [FacilityCode(facility=facility, system=system, value=value[:60], valid=DateRange(row.opened_on, None),
                                 source=delivery.source[:200]) for system, value in row.codes.items()]  # fmt: skip
        names += [FacilityName(facility=facility, text=text, key=lao.normalise(text)[:200], source=delivery.source[:200])
                  for text in pieces.spellings(row.names) if text not in row.name.values()]  # fmt: skip
    FacilityPlace.objects.bulk_create(places, batch_size=BATCH)
    FacilityCode.objects.bulk_create(numbers, batch_size=BATCH)
    FacilityName.objects.bulk_create(names, batch_size=BATCH)
    return made


def _made(fate: Fate, code: str, delivery: ListDelivery) -> Facility:
    row = fate.row
    return Facility(
        code=code, kind=row.kind, name=row.name, area=row.area, keys=row.keys, opened_on=row.opened_on,
        closed_on=row.closed_on, successor=fate.changes.get("successor"), point=_point(row.point), accuracy_m=row.accuracy_m if row.point else None,
        source=row.source or delivery.source[:200], is_invented=delivery.is_invented,
    )  # fmt: skip


def _point(pair: tuple[float, float] | None) -> Point | None:
    return Point(*pair, srid=4326) if pair else None


def _try(fate: Fate, delivery: ListDelivery) -> None:
    """Write what a row changes; where a rule forbids it, the row is refused after all and nothing of it is kept."""
    try:
        with transaction.atomic():
            _change(fate, delivery)
    except SalaError as error:
        fate.state, fate.changes, fate.reasons = "refused", {}, [{"code": "rule", "detail": str(error)}]


def _change(fate: Fate, delivery: ListDelivery) -> None:
    if fate.facility is None:
        return
    facility, changes = lock(fate.facility), fate.changes
    written: dict[str, Any] = {name: changes[name] for name in ("name", "accuracy_m", "opened_on") if name in changes}
    if "point" in changes:
        written["point"] = _point(changes["point"])
    if "area" in changes:
        pieces.settle(facility, changes["area"], delivery.as_of)
        facility.point, facility.accuracy_m = None, None
        facility.save()
    if written:
        pieces.apply_changes(facility, **written)
    pieces.add_names(facility, changes.get("names", ()), delivery.source)
    for system, value in changes.get("codes", {}).items():
        has_one = facility.codes.filter(system=system, valid__endswith__isnull=True).exists()
        pieces.set_code(facility, system, value, delivery.as_of if has_one else facility.opened_on, delivery.source)
    if "closed_on" in changes:
        pieces.shut(facility, changes["closed_on"], changes["successor"])
    pieces.keep_keys(facility)
    fate.facility = facility


def _keep(actor: Actor, asked: FacilityList, delivery: ListDelivery, columns: Mapping[str, str], fates: Sequence[Fate],
          made: Sequence[Facility]) -> FacilityImport:  # fmt: skip
    counts: dict[str, Any] = {
        state: sum(1 for fate in fates if fate.state == state) for state in ("new", "changed", "unchanged", "refused")
    }
    said = {role: asked.columns[column] for role, column in columns.items()}
    report = {
        **counts,
        "columns": said,
        "lines": [_line(fate) for fate in fates if fate.reasons or fate.state == "changed"],
    }
    before = FacilityImport.objects.filter(file_hash=asked.file_hash).first()
    if before is not None and not counts["new"] and not counts["changed"]:
        before.report = report
        return before
    batch = FacilityImport.objects.create(
        file_name=asked.file_name[:200], file_hash=asked.file_hash, source=delivery.source[:200], as_of=delivery.as_of,
        report=report, created_at=clock.now(),
    )  # fmt: skip
    record(
        actor,
        policy.FACILITY_IMPORT,
        batch,
        change="imported",
        file_hash=asked.file_hash,
        as_of=delivery.as_of,
        **counts,
    )
    changed = [fate for fate in fates if fate.state == "changed" and fate.facility is not None]
    record_many(
        actor, policy.FACILITY_IMPORT, [(facility, {"change": "entered", "import": batch.pk}) for facility in made]
    )
    record_many(actor, policy.FACILITY_IMPORT, [
        (fate.facility, {"change": "changed", "import": batch.pk, "fields": sorted(fate.changes)})
        for fate in changed if fate.facility is not None
    ])  # fmt: skip
    return batch


def _line(fate: Fate) -> dict[str, Any]:
    return {"row": fate.row.line, "label": fate.row.label[:200], "state": fate.state, "reasons": fate.reasons,
            "facility": fate.facility.code if fate.facility else "", "fields": sorted(fate.changes)}  # fmt: skip
