"""The register as a file for people: one row a facility, under headings that the import reads again."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import QuerySet

from sala.core import clock
from sala.core.files import child
from sala.core.language import languages
from sala.core.models import PackFact
from sala.places.headings import code_heading, label_of, name_heading
from sala.places.models import Area, Facility

WRITERS = {
    "csv": "sala.core.files.export:write_csv",
    "xlsx": "sala.core.files.export:write_xlsx",
    "gpkg": "sala.core.files.layer_export:write_gpkg",
}
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
}


def write(rows: QuerySet[Facility], kind: str) -> IO[bytes]:
    """An open file that is gone once it was read. A GeoPackage holds those whose point is known."""
    if kind == "gpkg":
        rows = rows.filter(point__isnull=False)
    table, labels = _table(list(_read(rows)), kind)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "register.parquet", Path(folder) / f"register.{kind}"
        pq.write_table(table, source)
        columns = [{"name": name, "label": label} for name, label in labels]
        told: dict[str, Any] = {"notice": PackFact.notice()} if kind == "gpkg" else {}
        child.run(WRITERS[kind], source, target, columns, **told)
        return target.open("rb")  # the open file outlives its folder


def _read(rows: QuerySet[Facility]) -> QuerySet[Facility]:
    related = rows.select_related("kind", "area", "successor").prefetch_related("codes", "names")
    return related.order_by("kind__order", "area__code", "code")


def _table(rows: Sequence[Facility], kind: str) -> tuple[pa.Table, list[tuple[str, str]]]:
    today = clock.today()
    systems = sorted({code.system for row in rows for code in row.codes.all()})
    above = Area.objects.in_bulk({pk for row in rows for pk in row.area.within()[:-1]})
    texts: dict[str, list[Any]] = {
        "code": [row.code for row in rows],
        "kind": [row.kind.code for row in rows],
        **{name_heading(one): [row.name.get(one, "") for row in rows] for one in languages()},
        "names": ["; ".join(name.text for name in row.names.all()) for row in rows],
        "place": [row.area.code for row in rows],
        "place_name": [str(row.area.name) for row in rows],
        "district": [str(above[row.area.within()[-2]].name) if len(row.area.within()) > 1 else "" for row in rows],
        **{code_heading(one): [_code(row, one, today) for row in rows] for one in systems},
    }
    numbers: dict[str, pa.Array] = {
        "opened_on": pa.array([row.opened_on for row in rows], pa.date32()),
        "closed_on": pa.array([row.closed_on for row in rows], pa.date32()),
        "longitude": pa.array([row.point.x if row.point else None for row in rows], pa.float64()),
        "latitude": pa.array([row.point.y if row.point else None for row in rows], pa.float64()),
        "accuracy_m": pa.array([row.accuracy_m for row in rows], pa.int64()),
    }
    last = {
        "successor": [row.successor.code if row.successor else "" for row in rows],
        "source": [row.source for row in rows],
        "is_invented": ["yes" if row.is_invented else "" for row in rows],
    }
    columns = {name: pa.array(values, pa.string()) for name, values in texts.items()}
    columns |= numbers | {name: pa.array(values, pa.string()) for name, values in last.items()}
    labels = [(name, name if kind == "gpkg" else label_of(name)) for name in columns]
    if kind == "gpkg":
        columns["geometry"] = pa.array([bytes(row.point.wkb) for row in rows if row.point], pa.binary())
    return pa.table(columns), labels


def _code(row: Facility, system: str, day: date) -> str:
    """The code in force, else the last one."""
    found = [code for code in row.codes.all() if code.system == system]
    held = [code for code in found if code.valid.upper is None or code.valid.upper > day]
    last = sorted(held or found, key=lambda code: code.valid.lower or date.min)
    return last[-1].value if last else ""
