"""Figures of rasters within zones, by the share of each cell that lies in a zone.

A cell cut by the border counts by the part inside. What share of the zone the raster says nothing about (no data, or
beyond its edge) is told beside each figure; it is 0 for a zone that is covered wholly. Rasters of one grid share the
work at the borders: for each window it is found once which cells lie in which zone, then each raster is read there.
"""

import math
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import numpy as np
import rasterio
import shapely
from pyproj import Transformer
from rasterio.enums import MaskFlags
from rasterio.io import DatasetReader
from rasterio.windows import Window

from sala.maps.calculations.coverage import Edges, cover_of, edges_of
from sala.maps.calculations.grid import WORLD, Grid
from sala.maps.calculations.moments import Classes, Inside, Moments

METHOD = "fraction of cells"
CATEGORICAL = "categorical"
WIDE, CELLS = 2048, 1_000_000  # of a window, or the least whole blocks
BLOCK = 4_000_000  # cells of a block that is read whole
THREADS = 2
TOGETHER = 32  # rasters open in each thread


def summaries(rasters: Sequence[dict[str, Any]], zones: Sequence[str]) -> dict[str, Any]:
    """The figures of several rasters within the same zones.

    rasters  [{"path", "kind": "continuous" or "categorical"}]     zones  polygons in WGS 84, WKB as hexadecimal digits
    Returns {"rasters": for each raster a list with one entry for each zone: {"missing": share of the zone, "cells"} with
    "mean", "sum", "min", "max", "stdev", or "shares" [[value, share of what is known] …]; both are absent or empty where
    nothing is known}.
    """
    return {"rasters": summaries_within(rasters, shapely.from_wkb([bytes.fromhex(text) for text in zones]))}


def summary(path: str, kind: str, zones: Sequence[shapely.Geometry] | np.ndarray) -> list[dict[str, Any]]:
    return summaries_within([{"path": path, "kind": kind}], zones)[0]


def summaries_within(rasters: Sequence[dict[str, Any]], zones: Sequence[shapely.Geometry] | np.ndarray) -> list[list[dict[str, Any]]]:  # fmt: skip
    """As `summaries`, of shapes in WGS 84."""
    shapes = np.asarray(zones, object)
    grids: dict[Grid, list[int]] = {}
    for number, each in enumerate(rasters):
        grids.setdefault(Grid.of(each["path"]), []).append(number)
    found: dict[int, list[dict[str, Any]]] = {}
    for grid, numbers in grids.items():
        placed = in_system(shapes, grid.crs)
        edges, whole = edges_of(placed, grid), shapely.area(placed) / (grid.cell_x * grid.cell_y)
        for some in [numbers[start : start + TOGETHER] for start in range(0, len(numbers), TOGETHER)]:
            kept = _gathered([rasters[number] for number in some], grid, edges, len(shapes))
            for number, figures in zip(some, kept, strict=True):
                found[number] = [_told(figures, zone, cells) for zone, cells in enumerate(whole.tolist())]
    return [found[number] for number in range(len(rasters))]


def in_system(shapes: np.ndarray, crs: str) -> np.ndarray:
    """Shapes in WGS 84 brought to another coordinate system, corner by corner."""
    if crs == WORLD:
        return shapes
    transform = Transformer.from_crs(WORLD, crs, always_xy=True).transform
    points = shapely.get_coordinates(shapes)
    return shapely.set_coordinates(shapes.copy(), np.column_stack(transform(points[:, 0], points[:, 1])))


def _gathered(rasters: Sequence[dict[str, Any]], grid: Grid, edges: Edges, zones: int) -> list[Moments | Classes]:
    """The figures of each raster, window by window, two windows at once; added up in the same order every time."""
    kept: list[Moments | Classes] = [
        Classes(zones) if each["kind"] == CATEGORICAL else Moments(zones) for each in rasters
    ]
    with _opening([each["path"] for each in rasters]) as opened, ThreadPoolExecutor(THREADS) as pool:
        shape = opened()[0].block_shapes[0]
        work = partial(_window, opened, kept, edges)
        for found in pool.map(work, _windows(grid, edges, shape)):
            for figures, part in zip(kept, found, strict=True):
                figures.add(part)
    return kept


@contextmanager
def _opening(paths: list[str]) -> Iterator[Any]:
    """What opens the rasters, once in each thread that asks: a dataset belongs to the thread that opened it."""
    mine, lock = threading.local(), threading.Lock()
    with ExitStack() as stack:

        def opened() -> list[DatasetReader]:
            if not hasattr(mine, "rasters"):
                mine.rasters = [rasterio.open(path, driver="GTiff") for path in paths]
                with lock:
                    for each in mine.rasters:
                        stack.callback(each.close)
            return mine.rasters

        yield opened


def _windows(grid: Grid, edges: Edges, block: tuple[int, int]) -> list[Window]:
    """Whole blocks of the raster, a few together, as far as they meet the box around a zone; nothing beyond all zones."""
    if not len(edges.zone):
        return []
    high, wide = block if block[0] * block[1] <= BLOCK else (1, WIDE)
    wide *= max(1, WIDE // wide)
    high *= max(1, CELLS // min(wide, grid.width) // high)
    begins = np.flatnonzero(np.diff(edges.zone, prepend=-1))
    west = np.floor(np.minimum.reduceat(np.minimum(edges.x, edges.end_x), begins))
    east = np.ceil(np.maximum.reduceat(np.maximum(edges.x, edges.end_x), begins))
    north, south = np.floor(np.minimum.reduceat(edges.y, begins)), np.ceil(np.maximum.reduceat(edges.end_y, begins))
    found = []
    for top in range(0, grid.height, high):
        for left in range(0, grid.width, wide):
            met = (west < left + wide) & (east > left) & (north < top + high) & (south > top)
            if met.any():
                first, last = max(left, int(west[met].min())), min(left + wide, grid.width, int(east[met].max()))
                start, end = max(top, int(north[met].min())), min(top + high, grid.height, int(south[met].max()))
                if first < last and start < end:
                    found.append(Window(first, start, last - first, end - start))
    return found


def _window(opened: Any, kept: list[Moments | Classes], edges: Edges, window: Window) -> list[Any]:
    cover = cover_of(edges, window.col_off, window.row_off, window.width, window.height)
    if not len(cover.length) and not len(cover.cut_zone):
        return [[] for _raster in kept]
    inside = Inside(cover)
    return [figures.of(inside, *_cells(raster, window)) for figures, raster in zip(kept, opened(), strict=True)]


def _cells(raster: DatasetReader, window: Window) -> tuple[np.ndarray, np.ndarray | None]:
    """Values of a window in one row, and which of them are known; None where all are."""
    values = raster.read(1, window=window).ravel()
    flags, known = raster.mask_flag_enums[0], None
    if flags == [MaskFlags.nodata] and values.dtype.kind in "iu" and float(raster.nodata).is_integer():
        known = values != int(raster.nodata)
    elif MaskFlags.all_valid not in flags:
        known = raster.read_masks(1, window=window).ravel() != 0
    scale, offset = raster.scales[0], raster.offsets[0]
    if (scale, offset) != (1.0, 0.0):
        values = values * scale + offset
    if values.dtype.kind == "f":
        told = ~np.isnan(values)
        known = told if known is None else known & told
    return values, None if known is None or known.all() else known


def _told(figures: Moments | Classes, zone: int, cells: float) -> dict[str, Any]:
    known = float(figures.count[zone])
    told: dict[str, Any] = {"cells": known, "missing": min(1.0, max(0.0, 1 - known / cells)) if known else 1.0}
    if told["missing"] < 1e-9:
        told["missing"] = 0.0
    if isinstance(figures, Classes):
        told["shares"] = [[value, count / known] for value, count in sorted(figures.values[zone].items())]
    elif known:
        told |= {name: value for name, value in figures.told(zone).items() if math.isfinite(value)}
    return told
