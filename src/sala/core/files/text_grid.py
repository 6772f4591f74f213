"""A raster from a grid of numbers written as text (Esri ASCII): how a pack holds small rasters of its own.

The text is read with no library at all, and the result is a GeoTIFF as anybody might send one.
"""

from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin

from sala.core.files.refusals import Refused

HEADINGS = ("ncols", "nrows", "xllcorner", "yllcorner", "cellsize", "nodata_value")
MOST_CELLS = 1_000_000


def convert(path: str, target: str, finer: int = 1, unit: str = "", told: str = "") -> dict[str, int]:
    """Write the grid as a GeoTIFF in degrees (WGS 84).

    finer  cells that each cell of the text becomes along its side; values between the middles are interpolated
    told   what the file says of itself, such as that it is invented
    Raises Refused (damaged) where the text is no such grid.
    """
    heading, cells = _read(Path(path).read_text(encoding="ascii"))
    if finer > 1:
        cells = _finer(cells, heading["nodata_value"], finer)
    size = heading["cellsize"] / finer
    north = heading["yllcorner"] + heading["nrows"] * heading["cellsize"]
    with rasterio.open(
        target, "w", driver="GTiff", crs="EPSG:4326", transform=from_origin(heading["xllcorner"], north, size, size),
        width=cells.shape[1], height=cells.shape[0], count=1, dtype="float32", nodata=heading["nodata_value"],
    ) as made:  # fmt: skip
        made.write(cells.astype(np.float32), 1)
        made.update_tags(TIFFTAG_IMAGEDESCRIPTION=told)
        if unit:
            made.units = (unit,)
    return {"width": cells.shape[1], "height": cells.shape[0]}


def _read(text: str) -> tuple[dict[str, float], np.ndarray]:
    words = text.split()
    heading: dict[str, float] = {"nodata_value": -9999.0}
    try:
        while words and words[0].lower() in HEADINGS:
            heading[words[0].lower()], words = float(words[1]), words[2:]
        shape = int(heading["nrows"]), int(heading["ncols"])
        if not 0 < shape[0] * shape[1] <= MOST_CELLS:
            raise ValueError("too many cells")
        return heading, np.array(words, float).reshape(shape)
    except (ValueError, KeyError, IndexError) as error:
        raise Refused("damaged", detail=str(error)[:120]) from None


def _finer(cells: np.ndarray, nothing: float, finer: int) -> np.ndarray:
    """Straight between the middles of four cells; a fine cell in a cell without a value has none."""
    known = np.where(cells == nothing, np.nan, cells)
    filled = np.where(np.isnan(known), np.nanmean(known), known)
    rows, columns = (_weights(length, finer) for length in cells.shape)
    found = rows @ filled @ columns.T
    found[np.repeat(np.repeat(np.isnan(known), finer, 0), finer, 1)] = nothing
    return found


def _weights(length: int, finer: int) -> np.ndarray:
    """Of each fine cell, the shares of the coarse cells along one side."""
    middles = (np.arange(length * finer) + 0.5) / finer - 0.5
    below = np.clip(np.floor(middles).astype(int), 0, length - 1)
    above = np.clip(below + 1, 0, length - 1)
    part = np.clip(middles - below, 0, 1)
    found = np.zeros((length * finer, length))
    np.add.at(found, (np.arange(len(middles)), below), 1 - part)
    np.add.at(found, (np.arange(len(middles)), above), part)
    return found
