"""Figures of a raster within zones, by the share of each cell that lies in a zone (exactextract).

A cell cut by the border counts by the part inside. What share of the zone the raster says nothing about (no data, or
beyond its edge) is told beside each figure; it is 0 for a zone that is covered wholly.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import rasterio
import shapely
from exactextract import exact_extract
from exactextract.feature import JSONFeatureSource
from exactextract.raster import RasterioRasterSource
from pyproj import Transformer

from sala.maps.calculations.grid import WORLD

METHOD = "fraction of cells"
MEASURES = ["count", "mean", "sum", "min", "max", "stdev"]
CLASSES = ["count", "unique", "frac"]
WINDOW = 4_000_000  # cells of a zone that are in memory at once


def summaries(rasters: Sequence[dict[str, Any]], zones: Sequence[str]) -> dict[str, Any]:
    """The figures of several rasters within the same zones.

    rasters  [{"path", "kind": "continuous" or "categorical"}]     zones  polygons in WGS 84, WKB as hexadecimal digits
    Returns {"rasters": for each raster a list with one entry for each zone: {"missing": share of the zone, "cells"} with
    "mean", "sum", "min", "max", "stdev", or "shares" [[value, share of what is known] …]; both are absent or empty where
    nothing is known}.
    """
    shapes = shapely.from_wkb([bytes.fromhex(text) for text in zones])
    return {"rasters": [summary(each["path"], each["kind"], shapes) for each in rasters]}


def summary(path: str, kind: str, zones: Sequence[shapely.Geometry] | np.ndarray) -> list[dict[str, Any]]:
    with rasterio.open(path, driver="GTiff") as raster:
        placed = in_system(np.asarray(zones, object), raster.crs.to_string())
        features = [{"type": "Feature", "geometry": shape.__geo_interface__, "properties": {}} for shape in placed]
        wanted = CLASSES if kind == "categorical" else MEASURES
        source = RasterioRasterSource(raster)
        found = exact_extract(source, JSONFeatureSource(features), wanted, max_cells_in_memory=WINDOW)
        cell = abs(raster.transform.a * raster.transform.e)
        whole = shapely.area(placed) / cell
    return [_told(each["properties"], cells, kind) for each, cells in zip(found, whole.tolist(), strict=True)]


def in_system(shapes: np.ndarray, crs: str) -> np.ndarray:
    """Shapes in WGS 84 brought to another coordinate system, corner by corner."""
    if crs == WORLD:
        return shapes
    transform = Transformer.from_crs(WORLD, crs, always_xy=True).transform
    points = shapely.get_coordinates(shapes)
    return shapely.set_coordinates(shapes.copy(), np.column_stack(transform(points[:, 0], points[:, 1])))


def _told(found: dict[str, Any], cells: float, kind: str) -> dict[str, Any]:
    known = float(found["count"] or 0)
    told: dict[str, Any] = {"cells": known, "missing": min(1.0, max(0.0, 1 - known / cells)) if cells else 1.0}
    if told["missing"] < 1e-9:
        told["missing"] = 0.0
    if kind == "categorical":
        pairs = zip(np.atleast_1d(found["unique"]), np.atleast_1d(found["frac"]), strict=True) if known else []
        told["shares"] = sorted([value.item(), share.item()] for value, share in pairs)
    elif known:
        told |= {name: float(found[name]) for name in MEASURES[1:] if math.isfinite(float(found[name]))}
    return told
