"""A piece of a layer as a file: GeoPackage, GeoJSON or a table of its properties, by the writers of the catalogue."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
from django.contrib.gis.db.models.functions import AsWKB
from django.db.models import F
from django.utils.translation import gettext as _

from sala.core.csv_page import harmless
from sala.core.errors import TooLarge
from sala.core.files import child
from sala.core.models import PackFact
from sala.maps.collections import Box, Collection

KINDS = ("gpkg", "geojson", "csv")
TYPES = {
    "csv": "text/csv; charset=utf-8", "geojson": "application/geo+json", "gpkg": "application/geopackage+sqlite3",
}  # fmt: skip
WRITERS = {"geojson": "sala.core.files.layer_export:write_geojson", "gpkg": "sala.core.files.layer_export:write_gpkg"}
MOST = 200_000  # features
BATCH = 2000


def take(collection: Collection, box: Box | None, kind: str, folder: Path) -> Path:
    """Write the features in the box (all without one) into the folder. Raises TooLarge."""
    rows = collection.within(box) if box else collection.rows
    if rows.order_by()[: MOST + 1].count() > MOST:
        raise TooLarge(
            _("That is more than can be made at once. Choose a smaller part, or take the whole edition along.")
        )
    names = list(collection.names)
    found = rows.order_by(collection.number).annotate(wkb=AsWKB(F(collection.geometry)))
    lines = found.values_list(collection.number, "wkb", "shown").iterator(chunk_size=BATCH)
    if kind == "csv":
        return _table(lines, names, folder / "out.csv")
    source = folder / "part.parquet"
    _parquet(lines, names, source)
    target = folder / f"out.{kind}"
    child.run(WRITERS[kind], source, target, names, notice=PackFact.notice())
    return target


def _table(lines: Any, names: list[str], target: Path) -> Path:
    with target.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["number", *map(harmless, names)])
        for number, _wkb, values in lines:
            writer.writerow([number, *(harmless((values or {}).get(name)) for name in names)])
    return target


def _parquet(lines: Any, names: list[str], target: Path) -> None:
    shapes, columns = [], {name: [] for name in names}  # type: ignore[var-annotated]
    for _number, wkb, values in lines:
        shapes.append(bytes(wkb))
        for name in names:
            columns[name].append((values or {}).get(name))
    arrays = [pa.array(shapes, pa.binary()), *(_array(columns[name]) for name in names)]
    parquet.write_table(pa.table(arrays, names=["geometry", *names]), target)


def _array(values: list[Any]) -> pa.Array:
    """Numbers as numbers; a column of several kinds, or of nested values, as text."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int} or kinds <= {bool} or kinds <= {str}:
        return pa.array(values)
    if kinds <= {int, float}:
        return pa.array(values, pa.float64())
    return pa.array(
        [
            value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for value in values
        ]
    )
