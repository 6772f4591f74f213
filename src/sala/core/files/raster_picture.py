"""A small picture of a raster with its legend, made of the overviews: it never reads all cells."""

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.io import DatasetReader

from sala.core.files.raster_statistics import Tally

SIDE = 680  # pixels of the longer side: twice the width of a phone's column
STEPS = 5
RAMP = ("#f1eef6", "#bdc9e1", "#74a9cf", "#2b8cbe", "#045a8d")  # light to dark, told apart in grey print too
COLOURS = (
    "#1b7837", "#c2a5cf", "#d9a441", "#4393c3", "#8c510a", "#5aae61", "#e08214", "#762a83", "#35978f", "#b2182b",
    "#a6dba0", "#fdb863", "#2166ac", "#dfc27d", "#80cdc1", "#9970ab", "#f4a582", "#737373", "#d6604d", "#92c5de",
)  # fmt: skip


def write_picture(raster: DatasetReader, target: Path, tally: Tally, kind: str) -> dict[str, Any]:
    """Write a PNG with transparent cells where there is no value.

    Returns {"legend": [{"colour", "value"} or {"colour", "from", "to"}], "classes": of a categorical raster or None,
    "picture": [width, height]}.
    """
    cells, mask = _small(raster, kind)
    if kind == "categorical":
        classes = tally.classes or []
        legend = [{"colour": _colour(tally, number, each["value"]), "value": each["value"]} for number, each in enumerate(classes)]  # fmt: skip
        index = np.searchsorted([each["value"] for each in classes], cells).clip(0, len(classes) - 1)
        for each, row in zip(classes, legend, strict=True):
            each["colour"] = row["colour"]
    else:
        classes = None
        edges = _edges(cells[mask], tally)
        legend = [
            {"colour": RAMP[number], "from": edges[number], "to": edges[number + 1]} for number in range(len(edges) - 1)
        ]
        index = np.searchsorted(edges[1:-1], cells, side="right")
    paint(index, mask, [row["colour"] for row in legend], target)
    return {"legend": legend, "classes": classes, "picture": [int(cells.shape[1]), int(cells.shape[0])]}


def paint(index: np.ndarray, mask: np.ndarray, colours: list[str], target: Path) -> None:
    """Write a PNG: for each cell the colour with its number; nothing where the mask is False."""
    palette = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in colours], np.uint8)
    image = np.zeros((4, *index.shape), np.uint8)
    image[:3] = np.moveaxis(palette[index], -1, 0)
    image[3] = np.where(mask, 255, 0)
    size = {"height": index.shape[0], "width": index.shape[1], "count": 4, "dtype": "uint8"}
    with rasterio.open(target, "w", driver="PNG", **size) as picture:
        picture.write(image)


def _small(raster: DatasetReader, kind: str) -> tuple[np.ndarray, np.ndarray]:
    scale = max(1.0, max(raster.width, raster.height) / SIDE)
    shape = max(1, round(raster.height / scale)), max(1, round(raster.width / scale))
    resampling = Resampling.nearest if kind == "categorical" else Resampling.average
    cells = raster.read(1, out_shape=shape, resampling=resampling)
    mask = raster.read_masks(1, out_shape=shape, resampling=Resampling.nearest) != 0
    if np.issubdtype(cells.dtype, np.floating):
        mask &= np.isfinite(cells)
        cells = np.where(mask, cells, 0)
    return cells, mask


def _colour(tally: Tally, number: int, value: float) -> str:
    own = tally.colours.get(int(value))
    return "#{:02x}{:02x}{:02x}".format(*own[:3]) if own and any(own[:3]) else COLOURS[number % len(COLOURS)]


def _edges(values: np.ndarray, tally: Tally) -> list[float]:
    """Limits of classes that hold about as many cells each; fewer where values repeat."""
    if not values.size:
        values = np.array([tally.least, tally.greatest])
    inner = np.quantile(values, np.linspace(0, 1, STEPS + 1)[1:-1])
    edges = sorted({tally.least, *(float(each) for each in inner), tally.greatest})
    return edges if len(edges) > 1 else [tally.least, tally.greatest]
