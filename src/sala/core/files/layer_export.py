"""Layers for people: GeoParquet of ours as GeoJSON or GeoPackage, in WGS 84."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely

from sala.core.files import layers, shapes

GEOMETRY = "geometry"

Columns = list[str] | list[dict[str, str]]


def write_geojson(path_parquet: str, target: str, columns: Columns) -> dict[str, Any]:
    """Write shapes and these properties (names, or {"name"}) as GeoJSON (RFC 7946). Returns {"rows", "bytes"}."""
    return _write(path_parquet, target, columns, "GeoJSON", layer_options={"RFC7946": "YES"})


def write_gpkg(path_parquet: str, target: str, columns: Columns) -> dict[str, Any]:
    """Write shapes and these properties as the layer "data" of a GeoPackage; arguments and result as write_geojson."""
    return _write(path_parquet, target, columns, "GPKG", layer="data")


def _write(path_parquet: str, target: str, columns: Columns, driver: str, **options: Any) -> dict[str, Any]:
    names = [column if isinstance(column, str) else column["name"] for column in columns]
    with pq.ParquetFile(path_parquet) as source:
        table = source.read(columns=[GEOMETRY, *names]).replace_schema_metadata(None)
    exact = [pa.types.is_decimal(column.type) for column in table.schema]
    if any(exact):  # neither format has exact decimals
        fields = [
            pa.field(field.name, pa.float64()) if each else field
            for field, each in zip(table.schema, exact, strict=True)
        ]
        table = table.cast(pa.schema(fields))
    kinds = set(shapely.get_type_id(shapely.from_wkb(table[GEOMETRY].to_numpy())).tolist())
    kind = shapes.KINDS[kinds.pop()] if len(kinds) == 1 else "Unknown"
    pyogrio.write_arrow(table, target, driver=driver, geometry_name=GEOMETRY, geometry_type=kind,
                        crs=f"EPSG:{layers.WORLD}", **options)  # fmt: skip
    return {"rows": table.num_rows, "bytes": Path(target).stat().st_size}
