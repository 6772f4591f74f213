"""Shapes from GeoPackage, GeoJSON and zipped shapefiles: what is in them, and the same as GeoParquet in WGS 84."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyproj import Transformer

from sala.core.files import layers, layout, shapes
from sala.core.files.refusals import Refused

MOST_FAULTS = 10_000  # listed; all are counted
BATCH = 5000  # shapes read at a time
ROW, GEOMETRY, AREA, LENGTH = "_row", "geometry", "area_ha", "length_km"
OWN = (ROW, GEOMETRY, AREA, LENGTH)  # a property of such a name gets a number
WHOLE_WORLD = [-180.0, -90.0, 180.0, 90.0]

_UNUSABLE = ("null-geometry", "empty-geometry", "invalid-geometry", "too-many-vertices", "swapped-axis", "far-away")

Faults = list[tuple[int, str, str]]  # place, code, detail


def profile(path: str, name: str, folder: str) -> dict[str, Any]:
    """What the layers of a file are. A zipped shapefile is unpacked into `folder`; nothing else is written.

    Returns {"format", "layers": [{"name", "geometry_type", "count", "columns": [{"name", "label", "type"}], "epsg",
    "bounds"}], "rows", "columns", "questions"}; epsg is None where the file does not say it, and then bounds (WGS 84:
    west, south, east, north) is too. rows and columns are those of the first layer; there are never questions.
    Raises Refused, "no-crs" where no layer says its coordinate system.
    """
    format, found = layers.sources(path, name, folder)
    described, said = [], None
    for title, (source, inner) in found.items():
        info = layers.information(source, inner, count=True)
        epsg, said = layers.epsg_of(info["crs"]), said or info["crs"]
        bounds = layers.world_bounds(info["total_bounds"], epsg) if epsg and info["features"] else None
        keys = layout.keys_of(list(info["fields"]), OWN)
        columns = [{"name": key, "label": label, "type": _type_of(str(dtype))}
                   for key, label, dtype in zip(keys, info["fields"], info["dtypes"], strict=True)]  # fmt: skip
        described.append({"name": title, "geometry_type": info["geometry_type"], "count": info["features"],
                          "columns": columns, "epsg": epsg, "bounds": bounds})  # fmt: skip
    if not any(layer["epsg"] for layer in described):
        raise layers.no_crs(said)
    first = described[0]
    return {"format": format, "layers": described, "rows": first["count"], "columns": first["columns"], "questions": []}


def convert(path: str, name: str, folder: str, layer: str | None = None, epsg: int | None = None,
            bounds: list[float] | None = None, *, crossing: bool = True, most_vertices: int = layers.MOST_VERTICES,
            left_out: bool = False) -> dict[str, Any]:  # fmt: skip
    """Write folder/features.parquet of one layer, the first where none is named.

    epsg      the coordinate system where the file does not say it, or says it wrongly
    bounds    west, south, east, north in degrees within which all shapes must lie
    crossing  whether polygons are compared with each other; needed for boundaries, costly for others
    left_out  write folder/left_out.parquet too: _row and properties of the features that are not kept
    Columns: _row (place in the layer, from 1), geometry (WKB; polygons as multipolygons), area_ha or length_km
    (geodesic) where there are polygons or lines, then the properties.
    Returns rows (kept), format, layer, epsg, geometry_types, columns, bounds, counts {"features", "kept", "faults": code → number},
    faults ({"row", "code", "detail", "kept"}, the first 10,000), sha256, bytes. Shapes that cannot be used or placed are
    not kept: null-geometry, empty-geometry, invalid-geometry, too-many-vertices, swapped-axis, far-away. Kept, but
    told: mended, crossing, duplicate-geometry.
    Raises Refused, "too-many-vertices" where nothing else is in the file.
    """
    format, found = layers.sources(path, name, folder)
    if layer is not None and layer not in found:
        raise Refused("unknown-layer", layer=layer, layers=", ".join(found))
    title = layer if layer is not None else next(iter(found))
    info = layers.information(*found[title])
    epsg = layers.known(epsg) if epsg is not None else layers.epsg_of(info["crs"])
    if epsg is None:
        raise layers.no_crs(info["crs"])
    faults: Faults = []
    geometries, properties = _read(*found[title], most_vertices, faults)
    _require_any(geometries, faults, most_vertices)
    geometries = _to_world(geometries, epsg)
    for place, reason, mended in shapes.mend(geometries):
        faults.append((place, "mended" if mended else "invalid-geometry", reason))
    _check_place(geometries, bounds or WHOLE_WORLD, faults)
    lost = {place for place, code, _detail in faults if code in _UNUSABLE}
    kept = np.setdiff1d(np.arange(len(geometries)), list(lost))
    if left_out:
        _write_left_out(sorted(lost), properties, Path(folder) / "left_out.parquet")
    total, geometries = len(geometries), geometries[kept]
    wkb = shapes.as_wkb(geometries)
    _check_neighbours(geometries, wkb, kept, faults, crossing)
    table, columns = _table(kept, geometries, wkb, properties.take(pa.array(kept)))
    whole, kinds = _bounds(geometries), shapes.kinds(geometries)
    target = Path(folder) / "features.parquet"
    pq.write_table(_as_geoparquet(table, kinds, whole), target, compression="zstd", row_group_size=65_536)
    with target.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    codes = Counter(code for _place, code, _detail in faults)
    return {
        "rows": len(kept), "format": format, "layer": title, "epsg": epsg, "geometry_types": kinds, "columns": columns,
        "bounds": whole, "counts": {"features": total, "kept": len(kept), "faults": dict(codes)},
        "faults": [{"row": place + 1, "code": code, "detail": detail, "kept": place not in lost}
                   for place, code, detail in sorted(faults)[:MOST_FAULTS]],
        "sha256": digest, "bytes": target.stat().st_size,
    }  # fmt: skip


def _write_left_out(places: list[int], properties: pa.Table, target: Path) -> None:
    names, arrays = [ROW], [pa.array([place + 1 for place in places], pa.int64())]
    taken = properties.take(pa.array(places, pa.int64()))
    for key, label in zip(layout.keys_of(taken.column_names, OWN), taken.column_names, strict=True):
        column = _plain(taken[label])
        if column is not None:
            names, arrays = [*names, key], [*arrays, column]
    pq.write_table(pa.table(arrays, names), target)


def _require_any(geometries: np.ndarray, faults: Faults, most: int) -> None:
    if not len(geometries):
        raise Refused("no-layer")
    too_many = any(code == "too-many-vertices" for _place, code, _detail in faults)
    if too_many and shapely.is_missing(geometries).all():
        raise Refused("too-many-vertices", limit=most)


def _read(source: str, layer: str | None, most: int, faults: Faults) -> tuple[np.ndarray, pa.Table]:
    """Shapes (None where there is none that can be used) and properties of a layer; notes what cannot be read."""
    parts, tables, place = [], [], 0
    with layers.asking(), pyogrio.open_arrow(source, layer=layer, batch_size=BATCH, use_pyarrow=True) as (meta, reader):
        column = meta["geometry_name"] or "wkb_geometry"
        for batch in reader:
            _require_letters(batch)
            parts.append(_parsed(batch.column(column), place, most, faults))
            tables.append(pa.Table.from_batches([batch]).drop_columns([column]))
            place += batch.num_rows
    return (np.concatenate(parts), pa.concat_tables(tables)) if parts else (np.empty(0, object), pa.table({}))


def _require_letters(batch: pa.RecordBatch) -> None:
    """Refuse text that is not what the file says it is, before anybody reads it."""
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid:
        raise Refused("broken-letters") from None


def _parsed(wkb: pa.Array, start: int, most: int, faults: Faults) -> np.ndarray:
    sizes = pc.fill_null(pc.binary_length(wkb), 0).to_numpy(zero_copy_only=False)
    too_many = sizes > 16 * most + 1024  # a point has 16 bytes at least: a larger shape is not even parsed
    null = pc.is_null(wkb).to_numpy(zero_copy_only=False)
    safe = pc.if_else(pa.array(too_many), pa.scalar(None, wkb.type), wkb)
    found = shapely.from_wkb(safe.to_numpy(zero_copy_only=False), on_invalid="ignore")
    too_many |= shapely.get_num_coordinates(found) > most
    unread = shapely.is_missing(found) & ~null & ~too_many
    # curves, surfaces and mixed collections have no place in a table of one kind of shape
    strange = ~shapely.is_missing(found) & ~np.isin(shapely.get_type_id(found), list(shapes.KINDS))
    for code, detail, places in (
        ("null-geometry", "", null),
        ("too-many-vertices", str(most), too_many),
        ("invalid-geometry", "unreadable", unread),
        ("empty-geometry", "", ~shapely.is_missing(found) & shapely.is_empty(found) & ~strange & ~too_many),
        ("invalid-geometry", "collection or curve", strange & ~too_many),
    ):
        if places.any():
            faults += [(start + place, code, detail) for place in np.flatnonzero(places).tolist()]
            found[places] = None
    return found


def _to_world(geometries: np.ndarray, epsg: int) -> np.ndarray:
    if shapely.has_z(geometries).any():
        geometries = shapely.force_2d(geometries)
    if epsg == layers.WORLD:
        return geometries
    points = shapely.get_coordinates(geometries)
    x, y = Transformer.from_crs(epsg, layers.WORLD, always_xy=True).transform(points[:, 0], points[:, 1])
    return shapely.set_coordinates(geometries, np.column_stack([x, y]))


def _check_place(geometries: np.ndarray, bounds: list[float], faults: Faults) -> None:
    """Whether each shape lies within the bounds, or would with its axes swapped."""
    west, south, east, north = bounds
    boxes = shapely.bounds(geometries)
    inside = (boxes[:, 0] >= west) & (boxes[:, 1] >= south) & (boxes[:, 2] <= east) & (boxes[:, 3] <= north)
    swapped = (boxes[:, 1] >= west) & (boxes[:, 0] >= south) & (boxes[:, 3] <= east) & (boxes[:, 2] <= north)
    wrong = {place for place, code, _detail in faults if code == "invalid-geometry"}
    for place in np.flatnonzero(~inside & ~shapely.is_missing(geometries)).tolist():
        if place not in wrong:
            where = ", ".join(f"{each:.4f}" for each in boxes[place])
            faults.append((place, "swapped-axis" if swapped[place] else "far-away", where))


def _check_neighbours(geometries: np.ndarray, wkb: pa.Array, kept: np.ndarray, faults: Faults, crossing: bool) -> None:
    first = shapes.duplicates(wkb)
    again = first != np.arange(len(first))
    faults += [
        (int(kept[place]), "duplicate-geometry", str(int(kept[first[place]]) + 1)) for place in np.flatnonzero(again)
    ]
    if crossing:
        for place, others in shapes.crossings(geometries, again).items():
            worst = sorted(others, key=lambda other: -other[1])[: shapes.TOLD]
            told = ", ".join(f"{int(kept[other]) + 1} ({100 * share:.1f} %)" for other, share in worst)
            faults.append((int(kept[place]), "crossing", told))


def _table(
    kept: np.ndarray, geometries: np.ndarray, wkb: pa.Array, properties: pa.Table
) -> tuple[pa.Table, list[dict[str, str]]]:
    names, arrays = [ROW, GEOMETRY], [pa.array(kept + 1, pa.int64()), wkb]
    kinds = set(shapely.get_type_id(geometries).tolist())
    if kinds & {shapes.POLYGON, shapes.MULTIPOLYGON}:
        names, arrays = [*names, AREA], [*arrays, pa.array(shapes.areas_ha(geometries), from_pandas=True)]
    if kinds & {shapes.LINE, shapes.MULTILINE}:
        names, arrays = [*names, LENGTH], [*arrays, pa.array(shapes.lengths_km(geometries), from_pandas=True)]
    columns = []
    for key, label in zip(layout.keys_of(properties.column_names, OWN), properties.column_names, strict=True):
        column = _plain(properties[label])
        if column is not None:
            names, arrays = [*names, key], [*arrays, column]
            columns.append({"name": key, "label": label, "type": _type_of(str(column.type))})
    return pa.table(arrays, names), columns


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array | None:
    """A property as it is kept: lists as JSON; bytes (pictures, other shapes) are left out."""
    if pa.types.is_dictionary(column.type):
        return column.cast(column.type.value_type)
    if pa.types.is_nested(column.type):
        lists = column.to_pylist()
        return pa.array(
            [None if each is None else json.dumps(each, ensure_ascii=False, default=str) for each in lists], pa.string()
        )
    is_bytes = pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type)
    return None if is_bytes or pa.types.is_null(column.type) else column


def _type_of(dtype: str) -> str:
    """Our word for a type of numpy or Arrow."""
    for start, word in (("bool", "boolean"), ("int", "integer"), ("uint", "integer"), ("float", "decimal"),
                        ("double", "decimal"), ("decimal", "decimal"), ("date", "date"), ("timestamp", "date")):  # fmt: skip
        if dtype.startswith(start):
            return word
    return "text"


def _bounds(geometries: np.ndarray) -> list[float] | None:
    if not len(geometries):
        return None
    whole = shapely.total_bounds(geometries)
    return [round(float(each), 6) for each in whole] if np.isfinite(whole).all() else None


def _as_geoparquet(table: pa.Table, kinds: list[str], whole: list[float] | None) -> pa.Table:
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": kinds, **({"bbox": whole} if whole else {})}
    geo = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    return table.replace_schema_metadata({"geo": json.dumps(geo)})
