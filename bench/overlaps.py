"""All pairs of 20,000 grants that overlap, with geodesic hectares, beside bare PostGIS and a tree in memory."""

import time

import numpy
import shapely
from django.db import connection
from pyproj import Geod

from bench.concessions import make_concessions
from sala.concessions.queries.pairs import overlapping_pairs

PACK = "laos"
CONCESSIONS, MOST = 20_000, 1.3
BARE = """
select a.area_id, b.area_id, st_area(st_intersection(a.geometry, b.geometry)::geography) / 10000
from concessions_areashape a join concessions_areashape b
  on a.area_id < b.area_id and st_intersects(a.geometry, b.geometry)
"""


def _in_memory() -> int:
    geod = Geod(ellps="WGS84")
    with connection.cursor() as cursor:
        cursor.execute("select st_asbinary(geometry) from concessions_areashape order by area_id")
        shapes = shapely.from_wkb(numpy.array([bytes(row[0]) for row in cursor.fetchall()], dtype=object))
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    first = one < other
    parts = shapely.intersection(shapes[one[first]], shapes[other[first]])
    return sum(1 for part in parts if abs(geod.geometry_area_perimeter(part)[0]) > 0)


def run(report) -> None:
    make_concessions(CONCESSIONS)
    took: dict[str, list[float]] = {"ours": [], "bare": [], "memory": []}
    pairs = 0
    for _turn in range(3):
        start = time.perf_counter()
        pairs = len(overlapping_pairs()) // 2
        took["ours"].append(time.perf_counter() - start)
        start = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(BARE)
            cursor.fetchall()
        took["bare"].append(time.perf_counter() - start)
        start = time.perf_counter()
        _in_memory()
        took["memory"].append(time.perf_counter() - start)
    best = {name: min(found) for name, found in took.items()}
    report.row("overlaps", "pairs found", pairs, "")
    report.row("overlaps", "all pairs", best["ours"], "s", "bare PostGIS", best["bare"])
    report.row("overlaps", "all pairs again", best["ours"], "s", "shapely STRtree", best["memory"])
    faster = min(best["bare"], best["memory"])
    report.row("overlaps", "against the faster of both", best["ours"] / faster, "×", target=MOST)
