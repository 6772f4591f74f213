"""Verdict and storage of a drawing of 10,000 ha against 20,000 concessions and 20 layers, beside the bare overlaps in PostGIS."""

import statistics
import time

import numpy
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

from bench.boundaries import make_boundaries
from bench.concessions import actor, make_concessions, make_layers, polygon
from sala.concessions.models import ConstraintLayer
from sala.concessions.operations.screening import Asked, screen
from sala.people.models import Organisation
from sala.places.models import Area

PACK = "laos"
CONCESSIONS, LAYERS, POLYGONS, VERTICES, LARGE = 20_000, 20, 10_000, 100_000, 3
RUNS, HECTARES, MOST_MS, MOST_RATIO = 40, 10_000, 300, 1.5
SLIVER = 0.1  # hectares
# What anybody would ask PostGIS who has the same cut pieces, indexes and questions: how large it is, where it lies, how much
# of which concession and how alike the two are where they can be, how much of which layer, counted once, and its slivers.
# The list around the pieces keeps the planner from expecting a thousand of them and reading every concession.
BARE = """
with here as materialized (select %(shape)s::geometry as shape),
asked as materialized (select piece from here, unnest(array(select st_subdivide(shape, 128))) as cut(piece)),
features as (
    select p.layer_id, st_collect(part) as parts, sum(st_area(part::geography)) / 10000 as ha
    from asked join concessions_constraintpiece p on st_intersects(p.geometry, piece), st_intersection(p.geometry, piece) as part
    where p.layer_id = any(%(layers)s) group by p.layer_id, p.number
)
select 'size', null, st_area(shape::geography) / 10000, null::float from here
union all
select 'place', b.area_id, case when not st_covers(b.geometry, shape) then st_area(st_intersection(b.geometry, shape)::geography) / 10000 end, null::float
from here join places_boundary b on st_intersects(b.geometry, shape)
union all
select 'concession', a.concession_id, met.ha, case
    when least(st_area(s.geometry), st_area(shape)) > 0.8 * greatest(st_area(s.geometry), st_area(shape))
    then st_area(st_intersection(s.geometry, shape)) / st_area(st_union(s.geometry, shape)) end
from here, (
    select p.area_id, sum(st_area(st_intersection(p.geometry, piece)::geography)) / 10000 as ha
    from asked join concessions_areapiece p on st_intersects(p.geometry, piece) group by p.area_id
) as met join concessions_concessionarea a on a.id = met.area_id join concessions_areashape s on s.area_id = a.id where a.is_current
union all
select 'layer', layer_id, st_area(st_union(parts) filter (where ha >= %(sliver)s)::geography) / 10000, sum(ha) filter (where ha < %(sliver)s)
from features group by layer_id
"""


def run(report) -> None:
    start = time.perf_counter()
    make_boundaries()
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
            cursor.execute(BARE, {"shape": shape.ewkt, "layers": layers, "sliver": SLIVER})
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
