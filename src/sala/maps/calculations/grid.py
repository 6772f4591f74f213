"""The one grid of cells to which all layers of an analysis are brought."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from math import ceil, cos, radians
from typing import Any

import numpy as np
import rasterio
from pyproj import Geod, Transformer
from rasterio.transform import Affine
from rasterio.windows import Window

WORLD = "EPSG:4326"
METRES_PER_DEGREE = 111_320.0  # of latitude, on the mean
ELLIPSOID = Geod(ellps="WGS84")
ROWS_MEASURED = 65  # rows whose cells are measured on the ellipsoid; those between lie on a smooth curve


@dataclass(frozen=True)
class Grid:
    """Cells of one size, rows from the north. cell_x and cell_y in units of the coordinate system, both above nought."""

    crs: str
    west: float
    north: float
    cell_x: float
    cell_y: float
    width: int
    height: int

    @classmethod
    def covering(cls, bounds: tuple[float, float, float, float], metres: float) -> "Grid":
        """A grid in degrees over west, south, east, north whose cells are `metres` wide and high in its middle."""
        west, south, east, north = bounds
        cell_y = metres / METRES_PER_DEGREE
        cell_x = cell_y / cos(radians((south + north) / 2))
        # whole numbers of cells, allowing for the last digit of the division
        columns, rows = ceil((east - west) / cell_x - 1e-9), ceil((north - south) / cell_y - 1e-9)
        return cls(WORLD, west, north, cell_x, cell_y, max(1, columns), max(1, rows))

    @classmethod
    def of(cls, path: str) -> "Grid":
        """The grid of a raster itself."""
        with rasterio.open(path, driver="GTiff") as raster:
            t = raster.transform
            return cls(raster.crs.to_string(), t.c, t.f, t.a, -t.e, raster.width, raster.height)

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> "Grid":
        return cls(**said)

    def written(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def cells(self) -> int:
        return self.width * self.height

    @property
    def transform(self) -> Affine:
        return Affine(self.cell_x, 0, self.west, 0, -self.cell_y, self.north)

    def bounds(self, window: Window | None = None) -> tuple[float, float, float, float]:
        """West, south, east, north of the grid or of a part of it, in its own units."""
        left, top, wide, high = (
            (window.col_off, window.row_off, window.width, window.height) if window else (0, 0, self.width, self.height)
        )
        west, north = self.west + left * self.cell_x, self.north - top * self.cell_y
        return west, north - high * self.cell_y, west + wide * self.cell_x, north


@lru_cache(maxsize=8)
def row_hectares(grid: Grid) -> np.ndarray:
    """Hectares of one cell in each row, geodesic; along a row the mean of its first, middle and last cell."""
    rows = np.unique(np.linspace(0, grid.height - 1, min(grid.height, ROWS_MEASURED)).round().astype(int))
    columns = {0, grid.width // 2, grid.width - 1}
    to_world = Transformer.from_crs(grid.crs, WORLD, always_xy=True)
    measured = [np.mean([_hectares(grid, row, column, to_world) for column in columns]) for row in rows]
    return np.interp(np.arange(grid.height), rows, measured)


def _hectares(grid: Grid, row: int, column: int, to_world: Transformer) -> float:
    west, south, east, north = grid.bounds(Window(column, row, 1, 1))
    x, y = to_world.transform([west, east, east, west], [south, south, north, north])
    return abs(ELLIPSOID.polygon_area_perimeter(x, y)[0]) / 10_000
