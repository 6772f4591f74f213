"""Means of 20 rasters of 10,000 × 10,000 cells within 148 districts: beside rasterstats and beside bare exactextract."""

import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
import shapely
from exactextract import exact_extract
from rasterstats import zonal_stats

from bench.rasters import CELL, NORTH, SIDE, WEST, write_invented
from sala.maps.calculations import zones

RASTERS, PEERED = 20, 2  # the slow peer works on the first two, and is given ten times that
DISTRICTS = 148
FASTER, OF_BARE = 5, 1.2


def districts() -> list[shapely.Polygon]:
    """Invented districts with the borders of real ones: many corners, none straight."""
    rng = np.random.default_rng(148)
    wide = SIDE * CELL
    points = rng.uniform(0.02, 0.98, (DISTRICTS, 2)) * wide + [WEST, NORTH - wide]
    box = shapely.box(WEST, NORTH - wide, WEST + wide, NORTH)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=box))
    whole = shapely.segmentize(shapely.intersection(cells, box), wide / 400)
    return [shapely.transform(each, lambda xy: xy + 0.002 * np.sin(xy[:, ::-1] * 90)) for each in whole]


def run(report) -> None:
    polygons = districts()
    features = [{"type": "Feature", "geometry": shape.__geo_interface__, "properties": {}} for shape in polygons]
    with tempfile.TemporaryDirectory() as name:
        rasters = [str(write_invented(Path(name) / f"{number}.tif", number)) for number in range(RASTERS)]
        ours = bare = 0.0
        for number, path in enumerate(rasters):
            for who in ("ours", "bare") if number % 2 else ("bare", "ours"):  # each first as often as the other
                start = perf_counter()
                if who == "ours":
                    found = zones.summary(path, "continuous", polygons)
                    ours += perf_counter() - start
                else:
                    plain = exact_extract(path, features, zones.MEASURES, max_cells_in_memory=zones.WINDOW)
                    bare += perf_counter() - start
        slow = 0.0
        for path in rasters[:PEERED]:
            start = perf_counter()
            stats = zonal_stats(polygons, path, stats="count mean sum min max std", nodata=255)
            slow += perf_counter() - start
        slow *= RASTERS / PEERED
        means = [each["mean"] for each in zones.summary(rasters[PEERED - 1], "continuous", polygons)]
    difference = max(abs(one - other["mean"]) for one, other in zip(means, stats, strict=True))
    same = max(abs(one["mean"] - other["properties"]["mean"]) for one, other in zip(found, plain, strict=True))
    assert same < 1e-9
    report.row("zonal", f"{DISTRICTS} districts × {RASTERS} rasters", ours, "s", peer=f"rasterstats ({PEERED} rasters, × {RASTERS // PEERED})",
               peer_value=slow, target=slow / FASTER)  # fmt: skip
    report.row(
        "zonal", "beside bare exactextract", ours, "s", peer="exactextract", peer_value=bare, target=OF_BARE * bare
    )
    report.row("zonal", "mean of a district, difference to rasterstats", difference, "of 200", target=0.5)
