"""A suitability with its picture: what the child makes for a page, and how two results differ cell by cell."""

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.io import DatasetReader

from sala.core.files.raster_picture import SIDE, paint
from sala.maps.calculations import overlay, suitability

COARSE = 90  # cells of the longer side of the drawing on paper
STEPS = (-0.5, -0.1, -0.005, 0.005, 0.1, 0.5)  # limits between the classes of a difference
CHANGE_COLOURS = ("#762a83", "#af8dc3", "#e7d4e8", "#f0f0f0", "#d9f0d3", "#7fbf7b", "#1b7837")


def produce(recipe: dict[str, Any], folder: str, colours: dict[str, str]) -> dict[str, Any]:
    """Write folder/suitability.tif and folder/picture.png.

    Returns what suitability.run does, with "size" of the picture and "coarse": rows of digits 0 (N) … 3 (S1) and "."
    """
    target = Path(folder) / "suitability.tif"
    found = suitability.run(recipe, str(target))
    limits = recipe.get("limits", overlay.LIMITS)
    with rasterio.open(target, driver="GTiff") as raster:
        classes = overlay.classified(_small(raster, SIDE), limits)
        known = classes != suitability.NOTHING
        paint(
            np.where(known, classes, 0),
            known,
            [colours[name] for name in overlay.CLASSES],
            Path(folder) / "picture.png",
        )
        coarse = overlay.classified(_small(raster, COARSE), limits)
    rows = ["".join("." if cell == suitability.NOTHING else str(cell) for cell in row) for row in coarse.tolist()]
    return found | {"size": [classes.shape[1], classes.shape[0]], "coarse": rows}


def difference(first: str, second: str, folder: str) -> dict[str, Any]:
    """How the second result differs from the first over the same cells. Writes folder/picture.png.

    Returns {"size", "legend": [{"colour", "from", "to"}], "coarse": rows of digits, places in the legend, and ".", "mean":
    of the difference, "changed": share of cells with another score, "cells": compared}. Raises ValueError when extent or cells are not the same.
    """
    with rasterio.open(first, driver="GTiff") as one, rasterio.open(second, driver="GTiff") as other:
        if one.shape != other.shape or one.transform != other.transform or one.crs != other.crs:
            raise ValueError("not the same cells")
        total = changed = cells = 0.0
        for left, top, width, height in suitability.places(suitability.Grid.of(first)):
            window = rasterio.windows.Window(left, top, width, height)
            before, after = one.read(1, window=window), other.read(1, window=window)
            known = (before != suitability.NOTHING) & (after != suitability.NOTHING)
            step = after[known].astype(np.int16) - before[known]
            total, changed, cells = total + float(step.sum()), changed + float((step != 0).sum()), cells + step.size
        small, coarse = (_small(other, side) - _small(one, side) for side in (SIDE, COARSE))
    known = ~np.isnan(small)
    index = _steps(small)
    rows = ["".join(map(str, row)) for row in np.where(np.isnan(coarse), ".", _steps(coarse).astype(str)).tolist()]
    paint(index, known, list(CHANGE_COLOURS), Path(folder) / "picture.png")
    edges = (-1.0, *STEPS, 1.0)
    legend = [{"colour": colour, "from": edges[place], "to": edges[place + 1]} for place, colour in enumerate(CHANGE_COLOURS)]  # fmt: skip
    return {
        "size": [small.shape[1], small.shape[0]], "legend": legend, "cells": cells, "coarse": rows,
        "mean": total / cells / suitability.HALF_PERCENT if cells else None, "changed": changed / cells if cells else None,
    }  # fmt: skip


def _steps(change: np.ndarray) -> np.ndarray:
    """The class of each difference; of cells without one, that of no difference."""
    return np.searchsorted(np.array(STEPS), np.nan_to_num(change), side="right")


def _small(raster: DatasetReader, side: int) -> np.ndarray:
    """The scores 0 … 1 of every n-th cell, nan where there is no result."""
    scale = max(1.0, max(raster.width, raster.height) / side)
    shape = max(1, round(raster.height / scale)), max(1, round(raster.width / scale))
    cells = raster.read(1, out_shape=shape, resampling=Resampling.nearest)
    return np.where(cells == suitability.NOTHING, np.nan, cells / suitability.HALF_PERCENT)
