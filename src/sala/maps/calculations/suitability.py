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
from typing import Any, NamedTuple

import numpy as np
import rasterio
from rasterio.windows import Window

from sala.maps.calculations import overlay, small_numbers, sources
from sala.maps.calculations.grid import Grid, row_hectares
from sala.maps.calculations.small_numbers import Scored, scored, summed
from sala.maps.calculations.standardise import standardised
from sala.maps.calculations.swaying import Sway, sampled_step, sway_of
from sala.maps.calculations.tally import Table

SIDE = 1024  # cells of a window's side: six layers of it stay near the processor
ROWS = 64  # of a window, reckoned at once
THREADS = 2
WAITING = 8  # windows computed ahead of the one that is written
CACHE = (
    32 * 2**20
)  # bytes of blocks that GDAL keeps: each is read and written once, and else it takes a part of the machine
HALF_PERCENT = 200
NOTHING = 255
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
    with rasterio.Env(GDAL_CACHEMAX=CACHE), rasterio.open(target, "w", **size, **OUTPUT) as output:
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
    A few rows are weighed, rounded and counted at a time, so that they stay in the processor's cache.
    """
    grid, window = Grid.read(recipe["grid"]), Window(*place)
    weights, missing = [each["weight"] for each in recipe["criteria"]], recipe.get("missing", overlay.NONE)
    small = small_numbers_of(recipe, grid, window)
    layers = [] if small else [layer(each, grid, window) for each in recipe["criteria"]]
    allowed = [layer(each, grid, window) >= 0.5 for each in recipe.get("constraints", [])]  # nan is not allowed either
    zones = _zones(recipe, grid, window)
    outside = zones == 0 if zones is not None and recipe.get("clip") else None
    per_row = row_hectares(grid)[window.row_off : window.row_off + window.height]
    limits = [limit - overlay.NOISE for limit in recipe.get("limits", overlay.LIMITS)]
    steps = [limit * HALF_PERCENT for limit in limits]
    scores = np.empty((window.height, window.width), np.uint8)
    hectares = np.zeros((recipe["zones"]["count"] + 1 if zones is not None else 1, Table.COLUMNS))
    for top in range(0, window.height, ROWS):
        rows = np.s_[top : top + ROWS]
        some = [each[rows] for each in allowed]
        total = _summed(small, some, rows) if small else _weighed([each[rows] for each in layers], weights, some, missing)  # fmt: skip
        if outside is not None:
            total[outside[rows]] = np.nan
        sums = np.einsum("ij->i", total)
        gaps = bool(np.isnan(sums).any())
        _round(total, gaps, scores[rows])
        if zones is None:
            hectares += _hectares_of_rows(per_row[rows], total, sums, gaps, steps)
        else:
            hectares += _hectares(per_row[rows], total, zones[rows], recipe["zones"]["count"], steps)
    hectares[:, -1] /= HALF_PERCENT
    sways = {}
    if step:
        thin = np.s_[::step, ::step]
        parts = [each.of(values[thin]) for each, values in zip(small.alone, small.cells, strict=True)] if small else [each[thin] for each in layers]  # fmt: skip
        forbidden = [each[thin] for each in allowed]
        if outside is not None:
            parts = [np.where(outside[thin], np.nan, each) for each in parts]
            forbidden = [each | outside[thin] for each in forbidden]
        sways = sway_of(parts, weights, forbidden, missing, limits, recipe["sway"], per_row[::step] * step**2)
    return place, scores, hectares, sways


class Small(NamedTuple):
    """Criteria of small whole numbers: what each value adds in half per cents, how good it is alone, and the values."""

    weighed: list[Scored]
    alone: list[Scored]
    cells: np.ndarray  # criteria × rows × columns, as they are stored


def small_numbers_of(recipe: dict[str, Any], grid: Grid, window: Window) -> Small | None:
    """The criteria where all are rasters of small whole numbers on these very cells and none may be missing."""
    criteria = recipe["criteria"]
    if recipe.get("missing", overlay.NONE) != overlay.NONE or any(each["source"]["kind"] != "raster" for each in criteria):  # fmt: skip
        return None
    opened = [sources.raster_source(each["source"], grid) for each in criteria]
    kinds, within = [np.dtype(each.raster.dtypes[0]) for each in opened], [each.within(window) for each in opened]
    if not all(map(small_numbers.fits, kinds)) or any(each is None for each in within):
        return None
    cells = np.empty((len(opened), window.height, window.width), np.result_type(*kinds))
    found = Small([], [], cells)
    shares = overlay.normalised([each["weight"] for each in criteria]).tolist()
    for said, share, each, kind, where, own in zip(criteria, shares, opened, kinds, within, cells, strict=True):
        each.raster.read(1, window=where, out=own)
        found.weighed.append(scored(kind, said["standardise"], each.nodata, share * HALF_PERCENT))
        found.alone.append(scored(kind, said["standardise"], each.nodata))
    return found


def _summed(small: Small, allowed: Sequence[np.ndarray], rows: slice) -> np.ndarray:
    """Half per cents, as _weighed, of small numbers."""
    total = summed(small.weighed, small.cells[:, rows])
    for each in allowed:
        total[~each] = 0
    return total


def _weighed(layers: Sequence[np.ndarray], weights: Sequence[float], allowed: Sequence[np.ndarray], missing: str) -> np.ndarray:  # fmt: skip
    found: np.ndarray = overlay.weighed(layers, weights, allowed, missing) * np.float32(HALF_PERCENT)
    return found


def _round(total: np.ndarray, gaps: bool, scores: np.ndarray) -> None:
    """Half per cents to whole ones, halves upwards; NOTHING where there is no result."""
    upwards = np.float32(0.5 + overlay.NOISE * HALF_PERCENT)
    if gaps:
        total = np.where(np.isnan(total), NOTHING, total)
    np.add(total, upwards, out=scores, casting="unsafe")


def layer(said: dict[str, Any], grid: Grid, window: Window) -> np.ndarray:
    """A criterion standardised, float32. Rasters of small whole numbers by a table of all their values."""
    source = said["source"]
    if source["kind"] == "raster":
        opened = sources.raster_source(source, grid)
        kind = np.dtype(opened.raster.dtypes[0])
        if small_numbers.fits(kind):
            values, gaps = opened.cells(window)
            found = scored(kind, said["standardise"], None).of(values)
            return found if gaps is None else np.where(gaps, np.float32(np.nan), found)
    return standardised(sources.values_at(source, grid, window), said["standardise"]).astype(np.float32)


def _zones(recipe: dict[str, Any], grid: Grid, window: Window) -> np.ndarray | None:
    """The number of the zone of each cell, 0 outside all; None where the recipe has no zones."""
    if not recipe.get("zones"):
        return None
    source = {"kind": "vector", "path": recipe["zones"]["path"], "column": "zone", "outside": 0}
    return sources.values_at(source, grid, window).astype(np.int64)


def _hectares(per_row: np.ndarray, total: np.ndarray, zones: np.ndarray, count: int, steps: Sequence[float]) -> np.ndarray:  # fmt: skip
    """Rows: outside all zones, then each zone; columns: the classes, without result, and Σ half per cents × hectares.

    steps  half per cents from which the classes begin
    """
    known = ~np.isnan(total)
    keys = np.full(total.shape, len(overlay.CLASSES), np.int64)
    keys[known] = sum((total[known] >= np.float32(step)).astype(np.int64) for step in steps)
    keys += zones * Table.COLUMNS
    size = (count + 1) * Table.COLUMNS
    cells = np.bincount((keys + np.arange(len(total))[:, None] * size).ravel(), minlength=size * len(total))
    found: np.ndarray = (per_row @ cells.reshape(len(total), size)).reshape(count + 1, Table.COLUMNS)
    found[0, -1] += float(np.where(known, total, 0).sum(axis=1, dtype=np.float64) @ per_row)  # over the whole map, once
    return found


def _hectares_of_rows(per_row: np.ndarray, total: np.ndarray, sums: np.ndarray, gaps: bool, steps: Sequence[float]) -> np.ndarray:  # fmt: skip
    """The same without zones: cells from each step on are counted row by row. sums  of each row, nan where it has a gap."""
    missing = np.zeros(len(total), np.int64)
    if gaps:
        nothing = np.isnan(total)
        missing, sums = _counted(nothing), np.where(nothing, 0, total).sum(axis=1)
    above = [total.shape[1] - missing] + [_counted(total >= np.float32(step)) for step in steps]
    counts = [above[place] - above[place + 1] for place in range(len(steps))]
    return (per_row @ np.column_stack([*counts, above[-1], missing, sums]))[None]


def _counted(found: np.ndarray) -> np.ndarray:
    """How many are true in each row, eight at a time."""
    return np.bitwise_count(np.packbits(found, axis=1)).sum(axis=1, dtype=np.int64)
