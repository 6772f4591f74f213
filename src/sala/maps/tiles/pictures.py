"""Tiles of a raster: its cells in the colours of its legend, as PNG in the grid of web maps.

The cells come from the COG that the service wrote itself; its overviews make a tile of the whole country as cheap as one
of a village.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.io import MemoryFile
from rasterio.transform import from_bounds
from rasterio.vrt import WarpedVRT

SIDE = 256  # pixels
HALF_WORLD = 20_037_508.342789244  # metres of Mercator from the middle to the edge
RECIPE = "1"  # raised when tiles are to be made in another way


def tile(path: Path, raster: Mapping[str, Any], z: int, x: int, y: int) -> bytes:
    """A PNG; transparent where there is no value. raster: what the catalogue knows of it (kind and legend)."""
    values, known = _cells(path, raster["kind"] == "categorical", z, x, y)
    if not known.any():
        return _nothing()
    legend = raster["legend"]
    index, coloured = _classes(values, legend)
    palette = np.array([[int(row["colour"][at : at + 2], 16) for at in (1, 3, 5)] for row in legend], np.uint8)
    image = np.zeros((4, SIDE, SIDE), np.uint8)
    image[:3] = np.moveaxis(palette[index], -1, 0)
    image[3] = np.where(known & coloured, 255, 0)
    return _png(image)


def _cells(path: Path, is_categorical: bool, z: int, x: int, y: int) -> tuple[np.ndarray, np.ndarray]:
    """Values at the middles of the pixels, and where there is one."""
    size = 2 * HALF_WORLD / 2**z
    west, north = x * size - HALF_WORLD, HALF_WORLD - y * size
    resampling = Resampling.nearest if is_categorical else Resampling.bilinear
    with (
        rasterio.open(path, driver="GTiff") as cells,
        WarpedVRT(
            cells, crs="EPSG:3857", transform=from_bounds(west, north - size, west + size, north, SIDE, SIDE), width=SIDE,
            height=SIDE, resampling=resampling, warp_mem_limit=32, add_alpha=cells.nodata is None,
        ) as warped,
    ):  # fmt: skip
        values = warped.read(1)
        known = (warped.read(2) if cells.nodata is None else warped.read_masks(1)) != 0
    return np.where(known, values, 0), known & np.isfinite(values)


def _classes(values: np.ndarray, legend: Sequence[Mapping[str, Any]]) -> tuple[np.ndarray, np.ndarray]:
    """The line of the legend for each value, and whether it has one. Beyond the ends the nearest class holds."""
    if "value" in legend[0]:
        order = np.argsort([row["value"] for row in legend])
        sorted_values = np.array([legend[place]["value"] for place in order])
        found = np.searchsorted(sorted_values, values).clip(0, len(legend) - 1)
        return order[found], sorted_values[found] == values
    inner = np.array([row["from"] for row in legend[1:]])
    return np.searchsorted(inner, values, side="right"), np.ones(values.shape, bool)


@lru_cache(maxsize=1)
def _nothing() -> bytes:
    return _png(np.zeros((4, SIDE, SIDE), np.uint8))


def _png(image: np.ndarray) -> bytes:
    with MemoryFile() as memory:
        with memory.open(driver="PNG", width=SIDE, height=SIDE, count=4, dtype="uint8") as picture:
            picture.write(image)
        return bytes(memory.read())
