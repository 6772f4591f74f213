"""What places takes from a country pack: levels, areas with their codes, names and parents; kinds of facilities.

Names, codes and dates of the pack are facts with a source. A load changes what differs, but never an area that the
country's own registrars have edited or changed since: their word stands, and the report says so.
Column `former_parents` of areas.csv tells to which area one belonged before: "01:2014-01-01" means to 01 until then.
"""

from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.db.backends.postgresql.psycopg_any import DateRange

from sala.core import lao
from sala.core.language import Translated
from sala.core.models import Certainty, PackFact
from sala.core.pack import Pack, Report, unique
from sala.journal.models import Event
from sala.places import policy
from sala.places.models import Area, AreaCode, AreaName, FacilityKind, Level, NameKind, Parenthood, Succession
from sala.places.operations.facilities import keep_keys
from sala.places.queries.facilities import SYSTEMS

FACILITIES = "facilities"  # the file of the pack


def validate(pack: Pack) -> list[str]:
    rows = pack.rows("areas")
    faults = unique(rows, "code", "areas.csv") if rows else ["areas.csv: no areas"]
    codes = {row["code"] for row in rows}
    levels = {level["code"] for level in pack.info.get("levels", [])}
    required = f"name_{pack.info['required_language']}"
    for number, row in enumerate(rows, start=2):
        where = f"areas.csv line {number}"
        if row["level"] not in levels:
            faults.append(f"{where}: level {row['level']} is not in pack.yaml")
        if row["parent"] and row["parent"] not in codes:
            faults.append(f"{where}: parent {row['parent']} is not an area")
        if not row.get(required):
            faults.append(f"{where}: {required} is empty")
        faults += [f"{where}: {fault}" for fault in _faults_of_parents(row, codes)]
    for name in ("area_codes", "area_names"):
        for number, row in enumerate(pack.rows(name), start=2):
            if row["area"] not in codes:
                faults.append(f"{name}.csv line {number}: area {row['area']} is not in areas.csv")
    return faults + _faults_of_kinds(pack)


def _faults_of_kinds(pack: Pack) -> list[str]:
    faults = unique(pack.listed(FACILITIES, "kinds"), "code", "facilities.yaml kinds")
    for key in ("kinds", "code_systems"):
        for entry in pack.listed(FACILITIES, key):
            faults += pack.check_words(entry.get("name"), f"facilities.yaml {key} {entry.get('code')}")
    for entry in pack.listed(FACILITIES, "kinds"):
        faults += pack.check_words(entry.get("name_plural"), f"facilities.yaml kinds {entry.get('code')} name_plural")
    return faults


def _faults_of_parents(row: dict[str, str], codes: set[str]) -> list[str]:
    try:
        former = _former_parents(row)
    except ValueError:
        return ["former_parents must look like 01:2014-01-01"]
    days = [until for _code, until in former]
    faults = [f"former parent {code} is not an area" for code, _until in former if code not in codes]
    return faults + (["former_parents must stand in the order of their dates"] if days != sorted(set(days)) else [])


def apply(pack: Pack, actor: object) -> Report:
    report = Report()
    levels = {}
    for entry in pack.info["levels"]:
        levels[entry["code"]], _made = Level.objects.update_or_create(
            code=entry["code"],
            defaults={
                "rank": entry["rank"],
                "name": Translated(entry["name"]),
                "plural": Translated(entry["name_plural"]),
                "prefixes": entry.get("prefixes", []),
            },
        )
    rank = {code: level.rank for code, level in levels.items()}
    areas: dict[str, Area] = {area.code: area for area in Area.objects.all()}
    invented = bool(pack.info.get("is_invented"))
    edited = _edited_here()
    for row in sorted(pack.rows("areas"), key=lambda row: (rank[row["level"]], row["code"])):
        wanted: dict[str, Any] = {
            "level": levels[row["level"]],
            "name": _names(row, pack),
            "parent": areas[row["parent"]] if row["parent"] else None,
            "label_point": _point(row),
            "valid_from": _day(row["valid_from"]),
            "ended_on": _day(row["valid_to"]),
            "source": row["source"][:200],
            "certainty": row.get("certainty") or Certainty.CONFIRMED,
            "is_invented": invented,
        }
        known = areas.get(row["code"])
        if known is not None and known.pk in edited:
            report.count("unchanged")
            continue
        areas[row["code"]] = _area(report, known, row["code"], wanted)
        if known is None:
            _parenthoods(areas[row["code"]], [(areas[code], until) for code, until in _former_parents(row)])
    _codes(report, pack, areas)
    _aliases(report, pack, areas)
    _predecessors(pack, areas)
    _kinds(report, pack)
    PackFact.objects.update_or_create(key=SYSTEMS, defaults={"value": pack.listed(FACILITIES, "code_systems")})
    return report


def _edited_here() -> set[int]:
    """Areas that a registrar has edited or changed; the pack does not overrule them."""
    events = Event.objects.filter(subject_type="area", verb__in=[policy.EDIT, policy.CHANGE])
    return set(events.values_list("subject_id", flat=True))


def _former_parents(row: dict[str, str]) -> list[tuple[str, date]]:
    parts = [part.strip().partition(":") for part in (row.get("former_parents") or "").split(";") if part.strip()]
    return [(code, date.fromisoformat(until)) for code, _colon, until in parts]


def _parenthoods(area: Area, former: list[tuple[Area, date]]) -> None:
    """The dated truth of a new area: its former parents one after the other, then today's."""
    if area.parent is None:
        return
    start = area.valid_from
    for parent, until in [*former, (area.parent, area.ended_on)]:
        Parenthood.objects.create(area=area, parent=parent, valid=DateRange(start, until))
        start = until


def _names(row: dict[str, str], pack: Pack) -> Translated:
    return Translated({code: row.get(f"name_{code}", "") for code in pack.languages()})


def _point(row: dict[str, str]) -> Point | None:
    return Point(float(row["lon"]), float(row["lat"]), srid=4326) if row.get("lon") else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, Point) and isinstance(new, Point):
        return old.equals_exact(new, 1e-9)
    return old == new


def _area(report: Report, area: Area | None, code: str, wanted: dict[str, Any]) -> Area:
    if area is None:
        area = Area(code=code, path="", **wanted)
        area.save()
        area.path = f"{wanted['parent'].path if wanted['parent'] else '/'}{area.pk}/"
        area.save(update_fields=["path"])
        report.count("new", f"area {code} {area.name}")
        return area
    different = [name for name, value in wanted.items() if name != "parent" and not _same(getattr(area, name), value)]
    if different:
        for name in different:
            setattr(area, name, wanted[name])
        area.save()
        report.count("changed", f"area {code} {area.name}: {', '.join(different)}")
    else:
        report.count("unchanged")
    return area


def _codes(report: Report, pack: Pack, areas: dict[str, Area]) -> None:
    known = {(row.area_id, row.system, row.value) for row in AreaCode.objects.all()}
    for row in pack.rows("area_codes"):
        area = areas[row["area"]]
        if (area.pk, row["system"], row["value"]) in known:
            report.count("unchanged")
            continue
        valid = DateRange(_day(row.get("valid_from")), _day(row.get("valid_to")))
        AreaCode.objects.create(
            area=area,
            system=row["system"],
            value=row["value"],
            valid=valid,
            source=row.get("source", "")[:200],
        )
        report.count("new")


def _aliases(report: Report, pack: Pack, areas: dict[str, Area]) -> None:
    known = set(AreaName.objects.values_list("area_id", "text", "kind"))
    for row in pack.rows("area_names"):
        area, kind = areas[row["area"]], row.get("kind") or NameKind.ALIAS
        text = lao.stored(row["name"])
        if (area.pk, text, kind) in known:
            report.count("unchanged")
            continue
        known.add((area.pk, text, kind))
        AreaName.objects.create(
            area=area, text=text, key=lao.normalise(text), language=row.get("language", ""), kind=kind,
            source=row.get("source", "")[:200],
        )  # fmt: skip
        report.count("new")


def _predecessors(pack: Pack, areas: dict[str, Area]) -> None:
    """`10:2013;09:2013` in a row means: this area was formed from those, on the day it began."""
    for row in pack.rows("areas"):
        for part in filter(None, (row.get("predecessors") or "").split(";")):
            code, _colon, year = part.strip().partition(":")
            if code in areas:
                on = _day(row["valid_from"]) or date(int(year or 1900), 1, 1)
                Succession.objects.get_or_create(
                    kind="split", on=on, predecessor=areas[code], successor=areas[row["code"]],
                    defaults={"details": {"source": row["source"]}},
                )  # fmt: skip


def _kinds(report: Report, pack: Pack) -> None:
    """Kinds of facilities. One that is not in the pack any more is retired: what was entered keeps it."""
    entries = pack.listed(FACILITIES, "kinds")
    known = {kind.code: kind for kind in FacilityKind.objects.all()}
    for order, entry in enumerate(entries):
        wanted = {"name": Translated(entry["name"]), "plural": Translated(entry["name_plural"]), "order": order,
                  "prefixes": entry.get("prefixes", []), "retired": False}  # fmt: skip
        kind = known.pop(entry["code"], None)
        if kind is None:
            FacilityKind.objects.create(code=entry["code"], **wanted)
            report.count("new", f"facility kind {entry['code']}")
        elif any(getattr(kind, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(kind, name, value)
            kind.save()
            for facility in kind.facility_set.select_related("kind", "area__level"):
                keep_keys(facility)
            report.count("changed", f"facility kind {kind.code}")
        else:
            report.count("unchanged")
    FacilityKind.objects.filter(pk__in=[kind.pk for kind in known.values()]).update(retired=True)
