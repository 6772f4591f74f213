"""Overlaps of an area with everything that lies there, and of concessions with layers that constrain, in square metres on
the ellipsoid, from pieces of few vertices.

Each layer counts once where its own features lie over each other: hectares of a layer are those of the union of its
parts. Parts of a feature smaller than a sliver are told apart; borders drawn twice are no facts.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

from sala.concessions.states import ENDED

# What two pieces share, as an area: the whole of one that lies in the other.
_PART = "case when st_coveredby({one}, {other}) then {one} else st_collectionextract(st_intersection({one}, {other}), 3) end"

# The area asked about is cut like what it meets: an intersection of two small pieces is quick.
_CONCESSIONS = """
    with asked as materialized (select st_subdivide(st_geomfromewkb(%(shape)s), 128) as piece),
    parts as materialized (
        select a.concession_id, a.id as area_id, {part} as part
        from asked join concessions_areapiece p on st_intersects(p.geometry, asked.piece)
        join concessions_concessionarea a on a.id = p.area_id
        join concessions_concession c on c.id = a.concession_id
        where a.is_current and a.purpose = any(%(purposes)s) and c.same_as_id is null and a.concession_id <> %(not)s
    )
    select concession_id, area_id, sum(st_area(part::geography)) / 10000
    from parts group by concession_id, area_id having sum(st_area(part::geography)) > 0 order by 3 desc, 1
"""

_LAYERS = """
    with asked as materialized (select st_subdivide(st_geomfromewkb(%(shape)s), 128) as piece),
    parts as materialized (
        select p.layer_id, p.number, {part} as part
        from asked join concessions_constraintpiece p on st_intersects(p.geometry, asked.piece)
        where p.layer_id = any(%(layers)s)
    ), features as (
        select layer_id, number, st_collect(part) as parts, sum(st_area(part::geography)) / 10000 as ha
        from parts group by layer_id, number having sum(st_area(part::geography)) > 0
    )
    select layer_id,
        count(*) filter (where ha >= %(sliver)s),
        sum(ha) filter (where ha >= %(sliver)s),
        case when count(*) filter (where ha >= %(sliver)s) > 1
            then st_area(st_union(parts) filter (where ha >= %(sliver)s)::geography) / 10000 end,
        count(*) filter (where ha < %(sliver)s),
        coalesce(sum(ha) filter (where ha < %(sliver)s), 0)
    from features group by layer_id
"""

_LAYERS_OF_CONCESSIONS = """
    select a.concession_id, q.layer_id, st_area(st_union(
        case when st_coveredby(q.geometry, p.geometry) then q.geometry else {part} end)::geography) / 10000
    from concessions_concessionarea a
    join concessions_concession c on c.id = a.concession_id
    join concessions_areapiece p on p.area_id = a.id
    join concessions_constraintpiece q on st_intersects(p.geometry, q.geometry)
    where a.is_current and a.purpose = 'granted' and c.same_as_id is null and not c.state = any(%(ended)s)
      and q.layer_id = any(%(layers)s) and {which}
    group by 1, 2
"""


@dataclass(frozen=True)
class Met:
    """An area of a concession that was met. ha: hectares, two decimals."""

    concession: int
    area: int
    ha: Decimal


@dataclass(frozen=True)
class MetLayer:
    """A constraining layer that was met: hectares counted once, features above a sliver; slivers apart."""

    layer: int
    features: int
    ha: Decimal
    sliver_count: int
    sliver_ha: Decimal


def _rounded(value: Any) -> Decimal:
    return Decimal(str(value or 0)).quantize(Decimal("0.01"))


def with_concessions(shape: GEOSGeometry, purposes: list[str], besides: int | None = None) -> list[Met]:
    """Current areas of these purposes that the shape meets, the largest overlap first. besides: concession left out."""
    asked: dict[str, Any] = {"shape": bytes(shape.ewkb), "purposes": purposes, "not": besides or 0}
    with connection.cursor() as cursor:
        cursor.execute(_CONCESSIONS.format(part=_part("p.geometry", "asked.piece")), asked)
        return [Met(concession, area, _rounded(ha)) for concession, area, ha in cursor.fetchall()]


def with_layers(shape: GEOSGeometry, layers: list[int], sliver: Decimal) -> list[MetLayer]:
    """Constraining layers that the shape meets. sliver: hectares below which a feature's part is told apart."""
    if not layers:
        return []
    with connection.cursor() as cursor:
        statement = _LAYERS.format(part=_part("p.geometry", "asked.piece"))
        cursor.execute(statement, {"shape": bytes(shape.ewkb), "layers": layers, "sliver": sliver})
        return [
            MetLayer(layer, count, _rounded(once if once is not None else added), slivers, _rounded(small))
            for layer, count, added, once, slivers, small in cursor.fetchall()
        ]


def layers_of_concessions(ids: list[int] | None, layers: list[int]) -> list[tuple[int, int, Decimal]]:
    """(concession, layer, hectares of the granted area in it, counted once) of concessions that have not ended: of these, or of all."""
    which = "a.concession_id = any(%(ids)s)" if ids is not None else "true"
    statement = _LAYERS_OF_CONCESSIONS.format(part=_part("p.geometry", "q.geometry"), which=which)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ended": sorted(ENDED), "layers": layers, "ids": ids})
        return [(concession, layer, _rounded(ha)) for concession, layer, ha in cursor.fetchall()]


def _part(one: str, other: str) -> str:
    return _PART.format(one=one, other=other)


def hectares_of(shape: GEOSGeometry) -> Decimal:
    """Geodesic hectares, two decimals."""
    with connection.cursor() as cursor:
        cursor.execute("select st_area(st_geomfromewkb(%s)::geography) / 10000", [bytes(shape.ewkb)])
        return _rounded(cursor.fetchone()[0])
