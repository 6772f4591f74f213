"""Layers for people: GeoParquet of ours as GeoJSON or GeoPackage, in WGS 84."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely

from sala.core.files import layers, shapes

GEOMETRY = "geometry"
STYLED = "geom"  # map programs look for the style of a column of this name

Columns = list[str] | list[dict[str, str]]


def write_geojson(path_parquet: str, target: str, columns: Columns, notice: str = "") -> dict[str, Any]:
    """Write shapes and these properties (names, or {"name"}) as GeoJSON (RFC 7946). Returns {"rows", "bytes"}.

    notice  what whoever draws the shapes must know, kept in the file as its description
    """
    return _write(path_parquet, target, columns, "GeoJSON", notice=notice, layer_options={"RFC7946": "YES"})


def write_gpkg(
    path_parquet: str, target: str, columns: Columns, layer: str = "data", style: str = "", notice: str = ""
) -> dict[str, Any]:
    """Write shapes and these properties as a layer of a GeoPackage; arguments and result as write_geojson.

    style  of the layer as a map program reads it (QML); kept in the file as its standard style
    """
    told = _write(path_parquet, target, columns, "GPKG", STYLED if style else GEOMETRY, notice, layer=layer)
    if style:
        _keep_style(target, layer, style)
    return told | {"bytes": Path(target).stat().st_size}


def _keep_style(target: str, layer: str, style: str) -> None:
    """The table in which map programs look for the style of a layer."""
    with closing(sqlite3.connect(target)) as database, database:
        database.execute(
            "create table layer_styles (id integer primary key autoincrement, f_table_catalog text, f_table_schema text,"
            " f_table_name text, f_geometry_column text, styleName text, styleQML text, styleSLD text, useAsDefault boolean,"
            " description text, owner text, ui text, update_time datetime default current_timestamp)"
        )
        database.execute(
            "insert into gpkg_contents (table_name, data_type, identifier) values ('layer_styles', 'attributes', 'layer_styles')"
        )
        database.execute(
            "insert into layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,"
            " styleSLD, useAsDefault, description, owner) values ('', '', ?, ?, 'sala', ?, '', 1, '', '')",
            [layer, STYLED, style],
        )


def _write(
    path_parquet: str,
    target: str,
    columns: Columns,
    driver: str,
    shape: str = GEOMETRY,
    notice: str = "",
    **options: Any,
) -> dict[str, Any]:
    if notice:
        options["layer_options"] = {**options.get("layer_options", {}), "DESCRIPTION": notice}
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
    table = table.rename_columns([shape if name == GEOMETRY else name for name in table.column_names])
    pyogrio.write_arrow(table, target, driver=driver, geometry_name=shape, geometry_type=kind,
                        crs=f"EPSG:{layers.WORLD}", **options)  # fmt: skip
    return {"rows": table.num_rows, "bytes": Path(target).stat().st_size}
