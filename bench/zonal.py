"""Figures of 20 rasters of 10,000 × 10,000 cells within 148 districts: beside rasterstats and beside bare exactextract.

Beside the clock the processor time of all threads is told: on a machine that others use too it says what the work costs.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from exactextract import exact_extract
from rasterstats import zonal_stats

from bench.rasters import CELL, NORTH, SIDE, WEST, write_invented
from sala.maps.calculations import zones

RASTERS, PEERED = 20, 2  # the slow peer works on the first two, and is given ten times that
DISTRICTS = 148
FASTER, OF_BARE = 5, 1.2
FIGURES = ["count", "mean", "sum", "min", "max", "stdev"]
WINDOW = 4_000_000  # cells that exactextract may have in memory at once


def districts() -> list[shapely.Polygon]:
    """Invented districts with the borders of real ones: many corners, none straight."""
    rng = np.random.default_rng(148)
    wide = SIDE * CELL
    points = rng.uniform(0.02, 0.98, (DISTRICTS, 2)) * wide + [WEST, NORTH - wide]
    box = shapely.box(WEST, NORTH - wide, WEST + wide, NORTH)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=box))
    whole = shapely.segmentize(shapely.intersection(cells, box), wide / 400)
    return [shapely.transform(each, lambda xy: xy + 0.002 * np.sin(xy[:, ::-1] * 90)) for each in whole]


def timed(work: Callable[[], Any]) -> tuple[Any, np.ndarray]:
    """What it answers, and (seconds by the clock, seconds of the processor)."""
    wall, processor = time.perf_counter(), time.process_time()
    found = work()
    return found, np.array([time.perf_counter() - wall, time.process_time() - processor])


def run(report) -> None:
    polygons = districts()
    features = [{"type": "Feature", "geometry": shape.__geo_interface__, "properties": {}} for shape in polygons]
    with tempfile.TemporaryDirectory() as name:
        rasters = [str(write_invented(Path(name) / f"{number}.tif", number)) for number in range(RASTERS)]
        asked = [{"path": path, "kind": "continuous"} for path in rasters]

        def bare(path: str) -> Any:
            return exact_extract(path, features, FIGURES, max_cells_in_memory=WINDOW)

        def slow(path: str) -> Any:
            return zonal_stats(polygons, path, stats="count mean sum min max std", nodata=255)

        ours, peers, spent, plain = [], np.zeros(2), np.zeros(2), []
        found, seconds = timed(lambda: zones.summaries_within(asked, polygons))
        ours.append(seconds)
        for path in rasters:
            each, seconds = timed(lambda path=path: bare(path))
            plain.append(each)
            peers += seconds
        ours.append(timed(lambda: zones.summaries_within(asked, polygons))[1])
        for path in rasters[:PEERED]:
            stats, seconds = timed(lambda path=path: slow(path))
            spent += seconds * RASTERS / PEERED
        ours.append(timed(lambda: zones.summaries_within(asked, polygons))[1])
        one = timed(lambda: zones.summary(rasters[0], "continuous", polygons))[1]
    for raster, other in zip(found, plain, strict=True):
        for mine, theirs in zip(raster, other, strict=True):
            for name in FIGURES:
                expected = theirs["properties"][name]
                assert abs(mine["cells" if name == "count" else name] - expected) <= 1e-9 * max(1, abs(expected))
    difference = max(abs(one["mean"] - other["mean"]) for one, other in zip(found[PEERED - 1], stats, strict=True))
    wall, processor = np.median(ours, axis=0)
    what, times = f"{DISTRICTS} districts × {RASTERS} rasters", f"rasterstats ({PEERED} rasters, × {RASTERS // PEERED})"
    report.row("zonal", what, wall, "s", peer=times, peer_value=spent[0], target=spent[0] / FASTER)
    report.row("zonal", "beside bare exactextract", wall, "s", peer="exactextract", peer_value=peers[0], target=OF_BARE * peers[0])  # fmt: skip
    report.row("zonal", "processor time", processor, "s", peer=times, peer_value=spent[1])
    report.row("zonal", "processor time beside exactextract", processor, "s", peer="exactextract", peer_value=peers[1])
    report.row("zonal", "one raster alone", one[0], "s", peer="exactextract", peer_value=peers[0] / RASTERS)
    report.row("zonal", "one raster alone, processor time", one[1], "s", peer="exactextract", peer_value=peers[1] / RASTERS)  # fmt: skip
    report.row("zonal", "mean of a district, difference to rasterstats", difference, "of 200", target=0.5)
