"""Suitability from files to a file, window by window: memory depends on the window, never on the map.

A recipe is plain data:
grid         Grid.written()
criteria     [{"source", "standardise", "weight"}]
constraints  [{"source", "standardise"}]; a cell with less than ½, or without a value, is forbidden
missing      "none" or "renormalise"        limits   of the classes, going up
clip         whether cells outside all zones have no result
zones        {"path" (GeoParquet of shapes), "count"}: the table is made for each; empty: for the whole
sway         parts by which each weight is changed, such as [0.1, 0.2]; empty: no test of sensitivity
The result is a raster of half per cents (0 … 200, 255 no result).
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import rasterio
from rasterio.windows import Window

from sala.maps.calculations import overlay, sources
from sala.maps.calculations.grid import Grid, row_hectares
from sala.maps.calculations.standardise import standardised
from sala.maps.calculations.swaying import Sway, sampled_step, sway_of
from sala.maps.calculations.tally import Table

SIDE = 1024  # cells of a window's side: six layers of it stay near the processor
ROWS = 64  # of a window, reckoned at once
THREADS = 2
WAITING = 8  # windows computed ahead of the one that is written
HALF_PERCENT = 200
NOTHING = 255
SMALL = 2  # bytes of a whole number up to which all its values are standardised beforehand
OUTPUT = {
    "driver": "GTiff", "dtype": "uint8", "count": 1, "nodata": NOTHING, "tiled": True, "blockxsize": 512, "blockysize": 512,
    "compress": "DEFLATE", "zlevel": 1, "num_threads": THREADS, "bigtiff": "IF_SAFER",
}  # fmt: skip

Place = tuple[int, int, int, int]  # column, row, width, height
Block = tuple[Place, np.ndarray, np.ndarray, dict[tuple[int, float], Sway]]
Spread = Callable[[Callable[[Place], Block], Sequence[Place]], Iterator[Block]]


def run(recipe: dict[str, Any], target: str, spread: Spread | None = None) -> dict[str, Any]:
    """Write the suitability to `target` and answer its table.

    spread  computes the windows and gives the blocks in any order; two threads of this process when none is given
    Returns {"hectares": for each zone [N, S3, S2, S1, without result], "mean": suitability 0 … 1 by area, "fits": how
    each source came to the grid, "sensitivity": rows of swaying.told}.
    """
    grid = Grid.read(recipe["grid"])
    overlay.normalised([each["weight"] for each in recipe["criteria"]])
    work = partial(block_of, recipe, sampled_step(grid.cells) if recipe.get("sway") else 0)
    table = Table(recipe["zones"]["count"] if recipe.get("zones") else 0)
    swayed: dict[tuple[int, float], Sway] = {}
    size = {"width": grid.width, "height": grid.height, "crs": grid.crs, "transform": grid.transform}
    with rasterio.open(target, "w", **size, **OUTPUT) as output:
        for (left, top, width, height), scores, hectares, sways in (spread or in_threads)(work, places(grid)):
            output.write(scores, 1, window=Window(left, top, width, height))
            table.add(hectares)
            for key, sway in sways.items():
                swayed[key] = swayed[key] + sway if key in swayed else sway
    used = [*recipe["criteria"], *recipe.get("constraints", [])]
    return {
        "hectares": table.rows(), "mean": table.mean(), "fits": [sources.fit(each["source"], grid) for each in used],
        "sensitivity": [{"criterion": key[0], "change": key[1], **sway.told()} for key, sway in sorted(swayed.items())],
    }  # fmt: skip


def places(grid: Grid) -> list[Place]:
    return [
        (left, top, min(SIDE, grid.width - left), min(SIDE, grid.height - top))
        for top in range(0, grid.height, SIDE)
        for left in range(0, grid.width, SIDE)
    ]


def in_threads(work: Callable[[Place], Block], where: Sequence[Place]) -> Iterator[Block]:
    """Two at a time, a few ahead, in order. Decompressing and reckoning both let other threads run."""
    with ThreadPoolExecutor(THREADS) as pool:
        waiting = []
        for place in where:
            waiting.append(pool.submit(work, place))
            if len(waiting) >= WAITING:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()


def block_of(recipe: dict[str, Any], step: int, place: Place) -> Block:
    """One window: scores as they are written, hectares by zone and class, and what swaying the weights would change.

    step  every how many cells of a row and a column the weights are swayed; 0: not at all
    """
    grid, window = Grid.read(recipe["grid"]), Window(*place)
    weights, missing = [each["weight"] for each in recipe["criteria"]], recipe.get("missing", overlay.NONE)
    swayed = bool(step)
    total = None if swayed else straight(recipe, grid, window)
    layers = [] if total is not None else [layer(each, grid, window) for each in recipe["criteria"]]
    allowed = [layer(each, grid, window) >= 0.5 for each in recipe.get("constraints", [])]  # nan is not allowed either
    if total is None:
        total = overlay.weighed(layers, weights, allowed, missing)
    else:
        for each in allowed:
            total[~each] = 0
    zones = _zones(recipe, grid, window)
    if zones is not None and recipe.get("clip"):
        total[zones == 0] = np.nan
    limits = recipe.get("limits", overlay.LIMITS)
    hectares = _hectares(grid, window, total, zones, recipe["zones"]["count"] if zones is not None else 0, limits)
    sways = {}
    if swayed:
        thin = np.s_[::step, ::step]
        parts, forbidden = [each[thin] for each in layers], [each[thin] for each in allowed]
        if zones is not None and recipe.get("clip"):
            parts = [np.where(zones[thin] == 0, np.nan, each) for each in parts]
            forbidden = [each | (zones[thin] == 0) for each in forbidden]
        cells = row_hectares(grid)[window.row_off : window.row_off + window.height : step] * step**2
        sways = sway_of(parts, weights, forbidden, missing, limits, recipe["sway"], cells)
    return place, _scores_of(total), hectares, sways


def straight(recipe: dict[str, Any], grid: Grid, window: Window) -> np.ndarray | None:
    """The weighed sum where all criteria are rasters of small whole numbers on these very cells; else None.

    The score of every value, times the weight, is looked up, a few rows at a time so that they stay in the processor's
    cache; a cell without a value looks up nan, which no sum leaves.
    """
    if recipe.get("missing", overlay.NONE) != overlay.NONE:
        return None
    looked_up = []
    shares = overlay.normalised([each["weight"] for each in recipe["criteria"]]).tolist()
    for said, share in zip(recipe["criteria"], shares, strict=True):
        opened = sources.raster_source(said["source"], grid) if said["source"]["kind"] == "raster" else None
        kind = np.dtype(opened.raster.dtypes[0]) if opened else None
        if opened is None or kind is None or kind.kind != "u" or kind.itemsize > SMALL:
            return None
        values = opened.stored(window)
        if values is None:
            return None
        scores = _scores(kind, repr(sorted(said["standardise"].items())), said) * np.float32(share)
        if opened.nodata is not None and 0 <= opened.nodata < len(scores):
            scores[int(opened.nodata)] = np.nan
        looked_up.append((values, scores))
    total = np.empty((window.height, window.width), np.float32)
    for top in range(0, window.height, ROWS):
        rows = np.s_[top : top + ROWS]
        values, scores = looked_up[0]
        np.take(scores, values[rows], out=total[rows], mode="clip")
        for values, scores in looked_up[1:]:
            total[rows] += np.take(scores, values[rows])
    return total


def _scores_of(total: np.ndarray) -> np.ndarray:
    """Half per cents, rounded; 255 where there is no result."""
    scores = np.empty(total.shape, np.uint8)
    for top in range(0, len(total), ROWS):
        part = total[top : top + ROWS] * np.float32(HALF_PERCENT)
        part += np.float32(0.5)
        nothing = np.isnan(part)
        if nothing.any():
            part[nothing] = NOTHING
        scores[top : top + ROWS] = part
    return scores


def layer(said: dict[str, Any], grid: Grid, window: Window) -> np.ndarray:
    """A criterion standardised, float32. Rasters of small whole numbers by a table of all their values."""
    source = said["source"]
    if source["kind"] == "raster":
        opened = sources.raster_source(source, grid)
        kind = np.dtype(opened.raster.dtypes[0])
        if kind.kind == "u" and kind.itemsize <= SMALL:
            values, gaps = opened.cells(window)
            found: np.ndarray = _scores(kind, repr(sorted(said["standardise"].items())), said)[values]
            if gaps is not None:
                found[gaps] = np.nan
            return found
    return standardised(sources.values_at(source, grid, window), said["standardise"]).astype(np.float32)


_tables: dict[tuple[str, str], np.ndarray] = {}


def _scores(kind: np.dtype, key: str, said: dict[str, Any]) -> np.ndarray:
    """The score of every value that such a number can have."""
    if (kind.name, key) not in _tables:
        values = np.arange(np.iinfo(kind).max + 1, dtype=np.float64)
        _tables[kind.name, key] = standardised(values, said["standardise"]).astype(np.float32)
    return _tables[kind.name, key]


def _zones(recipe: dict[str, Any], grid: Grid, window: Window) -> np.ndarray | None:
    """The number of the zone of each cell, 0 outside all; None where the recipe has no zones."""
    if not recipe.get("zones"):
        return None
    source = {"kind": "vector", "path": recipe["zones"]["path"], "column": "zone", "outside": 0}
    return sources.values_at(source, grid, window).astype(np.int64)


def _hectares(grid: Grid, window: Window, total: np.ndarray, zones: np.ndarray | None, count: int, limits: Sequence[float]) -> np.ndarray:  # fmt: skip
    """Rows: outside all zones, then each zone; columns: the classes, without result, and Σ suitability × hectares."""
    if zones is None:
        return _hectares_of_rows(grid, window, total, limits)
    known = ~np.isnan(total)
    keys = np.full(total.shape, len(overlay.CLASSES), np.int64)
    keys[known] = sum((total[known] >= limit).astype(np.int64) for limit in limits)
    keys += zones * Table.COLUMNS
    per_row = row_hectares(grid)[window.row_off : window.row_off + window.height]
    size = (count + 1) * Table.COLUMNS
    cells = np.bincount((keys + np.arange(window.height)[:, None] * size).ravel(), minlength=size * window.height)
    found = (per_row @ cells.reshape(window.height, size)).reshape(count + 1, Table.COLUMNS)
    found[0, -1] += float(np.where(known, total, 0).sum(axis=1, dtype=np.float64) @ per_row)  # over the whole map, once
    return found


def _hectares_of_rows(grid: Grid, window: Window, total: np.ndarray, limits: Sequence[float]) -> np.ndarray:
    """The same without zones: cells above each limit are counted row by row."""
    counts = np.empty((window.height, Table.COLUMNS))
    for top in range(0, window.height, ROWS):
        part, rows = total[top : top + ROWS], np.s_[top : top + ROWS]
        nothing = np.isnan(part)
        missing = np.count_nonzero(nothing, axis=1)
        above = [window.width - missing] + [np.count_nonzero(part >= np.float32(limit), axis=1) for limit in limits]
        for number in range(len(limits)):
            counts[rows, number] = above[number] - above[number + 1]
        counts[rows, len(limits)], counts[rows, -2] = above[-1], missing
        counts[rows, -1] = np.where(nothing, 0, part).sum(axis=1) if missing.any() else part.sum(axis=1)
    return (row_hectares(grid)[window.row_off : window.row_off + window.height] @ counts)[None]
