"""What places takes from a country pack: levels, areas with their codes, names and parents.

Names, codes and dates of the pack are facts with a source. A load changes what differs and leaves alone what the
country's own registrars have edited since only if the pack says the same; the journal keeps both.
"""

from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.db.backends.postgresql.psycopg_any import DateRange

from sala.core import lao
from sala.core.language import Translated
from sala.core.models import Certainty
from sala.core.pack import Pack, Report, unique
from sala.places.models import Area, AreaCode, AreaName, Level, NameKind, Parenthood, Succession


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
    for name in ("area_codes", "area_names"):
        for number, row in enumerate(pack.rows(name), start=2):
            if row["area"] not in codes:
                faults.append(f"{name}.csv line {number}: area {row['area']} is not in areas.csv")
    return faults


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
            },
        )
    rank = {code: level.rank for code, level in levels.items()}
    areas: dict[str, Area] = {area.code: area for area in Area.objects.all()}
    invented = bool(pack.info.get("is_invented"))
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
        areas[row["code"]] = _area(report, areas.get(row["code"]), row["code"], wanted)
    _codes(report, pack, areas)
    _aliases(report, pack, areas)
    _predecessors(pack, areas)
    return report


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
        if wanted["parent"]:
            Parenthood.objects.create(
                area=area, parent=wanted["parent"], valid=DateRange(wanted["valid_from"], wanted["ended_on"])
            )
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
