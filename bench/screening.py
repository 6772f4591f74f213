"""Verdict and storage of a drawing of 10,000 ha against 20,000 concessions and 20 layers, beside the bare overlaps in PostGIS."""

import statistics
import time

import numpy
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

from bench.concessions import actor, make_concessions, make_layers, polygon
from sala.concessions.models import ConstraintLayer
from sala.concessions.operations.screening import Asked, screen
from sala.people.models import Organisation
from sala.places.models import Area

PACK = "laos"
CONCESSIONS, LAYERS, POLYGONS, VERTICES, LARGE = 20_000, 20, 10_000, 100_000, 3
RUNS, HECTARES, MOST_MS, MOST_RATIO = 40, 10_000, 300, 1.5
# what anybody would ask PostGIS who has the same cut pieces, index and question
BARE = """
with asked as materialized (select st_subdivide(%(shape)s::geometry, 128) as piece)
select 'c', a.concession_id, sum(st_area(st_intersection(p.geometry, piece)::geography))
from asked join concessions_areapiece p on st_intersects(p.geometry, piece)
join concessions_concessionarea a on a.id = p.area_id where a.is_current group by 2
union all
select 'l', p.layer_id, st_area(st_union(st_intersection(p.geometry, piece))::geography)
from asked join concessions_constraintpiece p on st_intersects(p.geometry, piece) where p.layer_id = any(%(layers)s) group by 2
"""


def run(report) -> None:
    start = time.perf_counter()
    make_concessions(CONCESSIONS)
    make_layers(LAYERS, POLYGONS, VERTICES, LARGE)
    report.row("screening", f"making {CONCESSIONS:,} concessions and {LAYERS} layers", time.perf_counter() - start, "s")
    chance = numpy.random.default_rng(3)
    owner = Organisation.objects.filter(kind="ministry").order_by("code").first()
    layers = list(ConstraintLayer.objects.values_list("pk", flat=True))
    asked = Asked(sector="tree_plantation", commodities=["rubber"], level="province", term_months=360)
    districts = Area.objects.filter(level__rank=2, ended_on__isnull=True, label_point__isnull=False).order_by("code")
    centres = [(point.x, point.y) for point in districts.values_list("label_point", flat=True)]
    ours, bare = [], []
    for turn in range(RUNS + 2):
        shape = GEOSGeometry(polygon(chance, HECTARES, 60, centres[turn * 3 % len(centres)]).wkt, srid=4326)
        start = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(BARE, {"shape": shape.ewkt, "layers": layers})
            cursor.fetchall()
        middle = time.perf_counter()
        screen(actor(), owner, shape=shape, title=f"Drawing {turn}", asked=asked)
        end = time.perf_counter()
        if turn > 1:  # the first two fill caches for both
            bare.append((middle - start) * 1000)
            ours.append((end - middle) * 1000)
    p95 = statistics.quantiles(ours, n=20)[-1]
    report.row("screening", "verdict and storage, 95th percentile", p95, "ms", target=MOST_MS)
    report.row("screening", "the same, median", statistics.median(ours), "ms", "bare PostGIS", statistics.median(bare))
    ratio = sum(ours) / sum(bare)
    report.row("screening", "all runs against bare PostGIS", ratio, "×", target=MOST_RATIO)
