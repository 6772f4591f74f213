"""Layers as cells of the grid, a window at a time: rasters read or warped, shapes burnt in.

A source is said by {"kind": "raster", "path", "resampling": "nearest" or "bilinear"} or {"kind": "vector", "path" (our
GeoParquet), "column", "values" (value → number, empty: the column is a number), "outside"}. Without a column a cell is
1 inside a shape and `outside` elsewhere. A cell belongs to the shape that holds its centre. {"kind": "distance", "path"}
gives kilometres to the nearest feature.
"""

import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow.parquet as parquet
import rasterio
import shapely
from pyproj import Transformer
from rasterio.enums import Resampling
from rasterio.features import rasterize
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from sala.maps.calculations.distances import kilometres
from sala.maps.calculations.grid import WORLD, Grid

ALIGNED = "aligned"
NEAR = 1e-6  # of a cell: how far two grids may lie apart and still be one
_opened = threading.local()  # a GDAL dataset belongs to the thread that opened it


def fit(source: Mapping[str, Any], grid: Grid) -> str:
    """How the source comes to the grid: "aligned" (its own cells), the resampling, "centre" for shapes, or "distance"."""
    if source["kind"] != "raster":
        return "centre" if source["kind"] == "vector" else "distance"
    own = Grid.of(source["path"])
    return ALIGNED if _offset(own, grid) is not None else source.get("resampling", "bilinear")


def _offset(own: Grid, grid: Grid) -> tuple[int, int] | None:
    """Columns and rows from the source's corner to the grid's, when the cells of both are the same."""
    if own.crs != grid.crs or abs(own.cell_x / grid.cell_x - 1) > NEAR / grid.width or abs(own.cell_y / grid.cell_y - 1) > NEAR / grid.height:  # fmt: skip
        return None
    columns, rows = (grid.west - own.west) / own.cell_x, (own.north - grid.north) / own.cell_y
    if abs(columns - round(columns)) > 1e-3 or abs(rows - round(rows)) > 1e-3:
        return None
    return round(columns), round(rows)


class RasterSource:
    """A raster seen as cells of the grid. One for each thread."""

    def __init__(self, source: Mapping[str, Any], grid: Grid):
        self.raster = rasterio.open(source["path"], driver="GTiff")
        self.offset = _offset(Grid.of(source["path"]), grid)
        self.size = self.raster.height, self.raster.width
        self.reader: Any = self.raster
        if self.offset is None:
            self.reader = WarpedVRT(
                self.raster, crs=grid.crs, transform=grid.transform, width=grid.width, height=grid.height,
                resampling=Resampling[source.get("resampling", "bilinear")], warp_mem_limit=64, add_alpha=self.raster.nodata is None,
            )  # fmt: skip
        self.nodata = self.raster.nodata

    def cells(self, window: Window) -> tuple[np.ndarray, np.ndarray | None]:
        """Values as they are stored, and where there are none (None: everywhere there is one)."""
        if self.offset is None:
            values = self.reader.read(1, window=window)
            # no data, and what lies beyond the edge: by the mark of the file, or by the alpha band that warping adds
            covered = (
                self.reader.read(2, window=window) if self.nodata is None else self.reader.read_masks(1, window=window)
            )
            gaps = covered == 0
            return values, gaps | np.isnan(values) if values.dtype.kind == "f" else gaps
        if within := self.within(window):
            values = self.raster.read(1, window=within)
            return values, self._gaps(values)
        left, top = window.col_off + self.offset[0], window.row_off + self.offset[1]
        height, width = self.size
        values = np.zeros((window.height, window.width), self.raster.dtypes[0])
        gaps = np.ones(values.shape, bool)
        first_column, first_row = max(0, left), max(0, top)
        columns, rows = min(left + window.width, width) - first_column, min(top + window.height, height) - first_row
        if columns > 0 and rows > 0:
            part = self.raster.read(1, window=Window(first_column, first_row, columns, rows))
            place = np.s_[first_row - top : first_row - top + rows, first_column - left : first_column - left + columns]
            values[place] = part
            inner = self._gaps(part)
            gaps[place] = False if inner is None else inner
        return values, gaps

    def within(self, window: Window) -> Window | None:
        """The window in the raster's own columns and rows; None where it is not wholly made of its own cells."""
        if self.offset is None:
            return None
        left, top = window.col_off + self.offset[0], window.row_off + self.offset[1]
        if left < 0 or top < 0 or left + window.width > self.size[1] or top + window.height > self.size[0]:
            return None
        return Window(left, top, window.width, window.height)

    def _gaps(self, values: np.ndarray) -> np.ndarray | None:
        if values.dtype.kind == "f":
            return np.isnan(values) if self.nodata is None or np.isnan(self.nodata) else values == self.nodata
        if self.nodata is None or not self.nodata.is_integer():
            return None
        return values == int(self.nodata)  # beside a float numpy would widen them all


def raster_source(source: Mapping[str, Any], grid: Grid) -> RasterSource:
    """The source opened in this thread, kept for its next windows."""
    kept: dict[Any, RasterSource] = _opened.__dict__.setdefault("sources", {})
    key = source["path"], source.get("resampling"), grid
    if key not in kept:
        if len(kept) > 40:
            kept.clear()
        kept[key] = RasterSource(source, grid)
    return kept[key]


def values_at(source: Mapping[str, Any], grid: Grid, window: Window) -> np.ndarray:
    """The source as float32 cells of a window; nan where it says nothing."""
    if source["kind"] == "vector":
        return _burnt(source, grid, window)
    if source["kind"] == "distance":
        return kilometres(source["path"], grid, window, _burnt({**source, "outside": 0}, grid, window) == 1)
    values, gaps = raster_source(source, grid).cells(window)
    found: np.ndarray = values.astype(np.float32)
    if gaps is not None:
        found[gaps] = np.nan
    return found


def _burnt(source: Mapping[str, Any], grid: Grid, window: Window) -> np.ndarray:
    outside = np.nan if source.get("outside") is None else float(source["outside"])
    shapes, numbers, tree = _shapes(
        source["path"], source.get("column") or "", tuple(sorted((source.get("values") or {}).items())), grid.crs
    )
    near = tree.query(shapely.box(*grid.bounds(window)))
    if source["kind"] == "distance":  # only what has an inside
        near = near[np.isin(shapely.get_type_id(shapes[near]), (3, 6))]
    pairs = [(shapes[place], numbers[place]) for place in np.sort(near)]
    if not pairs:
        return np.full((window.height, window.width), outside, np.float32)
    transform = rasterio.windows.transform(window, grid.transform)
    return rasterize(pairs, out_shape=(window.height, window.width), transform=transform, fill=outside, dtype="float32")


@lru_cache(maxsize=16)
def _shapes(path: str, column: str, values: tuple[tuple[str, float], ...], crs: str) -> tuple[Any, Any, shapely.STRtree]:  # fmt: skip
    """Shapes in the grid's coordinate system, the number each is burnt with, and their index. Shapes without one are left out."""
    table = parquet.read_table(path, columns=["geometry", *([column] if column else [])])
    shapes = shapely.from_wkb(table["geometry"].to_numpy())
    if not column:
        numbers = np.ones(len(shapes))
    elif values:
        known = dict(values)
        numbers = np.array([known.get(str(value), np.nan) for value in table[column].to_pylist()], float)
    else:
        numbers = np.array([np.nan if value is None else float(value) for value in table[column].to_pylist()], float)
    kept = ~np.isnan(numbers) & ~shapely.is_missing(shapes)
    shapes, numbers = shapes[kept], numbers[kept]
    if crs != WORLD:
        transform = Transformer.from_crs(WORLD, crs, always_xy=True).transform
        points = shapely.get_coordinates(shapes)
        shapes = shapely.set_coordinates(shapes, np.column_stack(transform(points[:, 0], points[:, 1])))
    return shapes, numbers, shapely.STRtree(shapes)
