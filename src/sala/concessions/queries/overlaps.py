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

ALIKE = Decimal("0.8")  # share of the union of two areas that both have in common
FEW = 50  # features of a layer, of which every pair is looked at

# What two pieces share, as an area: the whole of one that lies in the other. PostGIS keeps an index of the corners of the
# first argument while it stays the same, so it is the area asked about that covers, not the many that are covered.
_PART = (
    "case when st_covers({other}, {one}) then {one} else st_collectionextract(st_intersection({one}, {other}), 3) end"
)

# The area asked about is cut like what it meets: an intersection of two small pieces is quick. Unnested from a list, the
# planner expects a handful of pieces, not the thousand it takes any function for, and goes from piece to piece by the index.
_ASKED = """
    here as materialized (select st_geomfromewkb(%(shape)s) as shape),
    asked as materialized (select piece from here, unnest(array(select st_subdivide(here.shape, 128))) as cut(piece))
"""

# How alike two areas are is asked only where it can matter: two areas share no larger part of their union than the smaller
# is of the larger one.
_CONCESSIONS = """
    with {asked}, parts as materialized (
        select a.concession_id, a.id as area_id, {part} as part
        from asked join concessions_areapiece p on st_intersects(p.geometry, asked.piece)
        join concessions_concessionarea a on a.id = p.area_id
        join concessions_concession c on c.id = a.concession_id
        where a.is_current and a.purpose = any(%(purposes)s) and c.same_as_id is null and a.concession_id <> %(not)s
    ), met as materialized (
        select concession_id, area_id, sum(st_area(part::geography)) / 10000 as ha from parts group by 1, 2
    )
    select c.id, c.reference, c.state, a.purpose, a.mapped_ha, met.ha, case
        when least(st_area(s.geometry), st_area(here.shape)) > %(alike)s * greatest(st_area(s.geometry), st_area(here.shape))
        then st_area(st_intersection(s.geometry, here.shape)) / st_area(st_union(s.geometry, here.shape)) end
    from here, met
    join concessions_concessionarea a on a.id = met.area_id
    join concessions_concession c on c.id = met.concession_id
    join concessions_areashape s on s.area_id = a.id
    where met.ha > 0 order by met.ha desc, c.id
"""

# A union takes longer than everything else here, and features that lie apart are as large as their sum: where they are few
# enough to look at each pair, only a layer in which two meet is united.
_LAYERS = """
    with {asked}, parts as materialized (
        select p.layer_id, p.number, {part} as part
        from asked join concessions_constraintpiece p on st_intersects(p.geometry, asked.piece)
        where p.layer_id = any(%(layers)s)
    ), features as materialized (
        select layer_id, number, st_collect(part) as parts, sum(st_area(part::geography)) / 10000 as ha
        from parts group by layer_id, number having sum(st_area(part::geography)) > 0
    ), counted as materialized (
        select *, count(*) over (partition by layer_id) as among from features where ha >= %(sliver)s
    ), crowded as (
        select layer_id, st_area(st_union(parts)::geography) / 10000 as ha from counted
        where among > %(few)s or layer_id in (
            select a.layer_id from counted a join counted b on a.layer_id = b.layer_id and a.number < b.number
            where a.among <= %(few)s and a.parts && b.parts and st_intersects(a.parts, b.parts))
        group by layer_id
    )
    select layer_id,
        count(*) filter (where f.ha >= %(sliver)s),
        coalesce(max(crowded.ha), sum(f.ha) filter (where f.ha >= %(sliver)s)),
        count(*) filter (where f.ha < %(sliver)s),
        sum(f.ha) filter (where f.ha < %(sliver)s)
    from features f left join crowded using (layer_id) group by layer_id
"""

# As above, feature by feature, for many concessions at once.
_LAYERS_OF_CONCESSIONS = """
    with features as (
        select concession_id, layer_id, number, st_collect(part) as parts, sum(st_area(part::geography)) / 10000 as ha
        from (
            select a.concession_id, q.layer_id, q.number,
                case when st_coveredby(q.geometry, p.geometry) then q.geometry else {part} end as part
            from concessions_concessionarea a
            join concessions_concession c on c.id = a.concession_id
            join concessions_areapiece p on p.area_id = a.id
            join concessions_constraintpiece q on st_intersects(p.geometry, q.geometry)
            where a.is_current and a.purpose = 'granted' and c.same_as_id is null and not c.state = any(%(ended)s)
              and q.layer_id = any(%(layers)s) and {which}
        ) shared
        group by 1, 2, 3 having sum(st_area(part::geography)) > 0
    )
    select concession_id, layer_id,
        count(*) filter (where ha >= %(sliver)s),
        case when count(*) filter (where ha >= %(sliver)s) > 1
            then st_area(st_union(parts) filter (where ha >= %(sliver)s)::geography) / 10000
            else sum(ha) filter (where ha >= %(sliver)s) end,
        count(*) filter (where ha < %(sliver)s),
        sum(ha) filter (where ha < %(sliver)s)
    from features group by 1, 2
"""


@dataclass(frozen=True)
class Met:
    """An area of a concession that was met.

    mapped_ha  hectares of the whole area, None where they were never reckoned         ha  shared ones, two decimals
    alike      shared part of the union of the two areas where it is more than ALIKE, else 0
    """

    concession: int
    reference: str
    state: str
    purpose: str
    mapped_ha: Decimal | None
    ha: Decimal
    alike: float


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
    asked: dict[str, Any] = {
        "shape": bytes(shape.ewkb),
        "purposes": purposes,
        "not": besides or 0,
        "alike": float(ALIKE),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CONCESSIONS.format(asked=_ASKED, part=_part("p.geometry", "asked.piece")), asked)
        return [
            Met(pk, reference, state, purpose, mapped, _rounded(ha), round(alike, 4) if alike and alike > float(ALIKE) else 0.0)
            for pk, reference, state, purpose, mapped, ha, alike in cursor.fetchall()
        ]  # fmt: skip


def with_layers(shape: GEOSGeometry, layers: list[int], sliver: Decimal) -> list[MetLayer]:
    """Constraining layers that the shape meets. sliver: hectares below which a feature's part is told apart."""
    if not layers:
        return []
    with connection.cursor() as cursor:
        statement = _LAYERS.format(asked=_ASKED, part=_part("p.geometry", "asked.piece"))
        cursor.execute(statement, {"shape": bytes(shape.ewkb), "layers": layers, "sliver": sliver, "few": FEW})
        return [
            MetLayer(layer, count, _rounded(ha), slivers, _rounded(small))
            for layer, count, ha, slivers, small in cursor.fetchall()
        ]


def layers_of_concessions(ids: list[int] | None, layers: list[int], sliver: Decimal) -> list[tuple[int, MetLayer]]:
    """(concession, layer that its granted area lies in) of concessions that have not ended: of these, or of all.

    sliver  hectares below which a feature's part is told apart
    """
    which = "a.concession_id = any(%(ids)s)" if ids is not None else "true"
    statement = _LAYERS_OF_CONCESSIONS.format(part=_part("p.geometry", "q.geometry"), which=which)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ended": sorted(ENDED), "layers": layers, "ids": ids, "sliver": sliver})
        return [
            (concession, MetLayer(layer, count, _rounded(ha), slivers, _rounded(small)))
            for concession, layer, count, ha, slivers, small in cursor.fetchall()
        ]


def _part(one: str, other: str) -> str:
    return _PART.format(one=one, other=other)


def hectares_of(shape: GEOSGeometry) -> Decimal:
    """Geodesic hectares, two decimals."""
    with connection.cursor() as cursor:
        cursor.execute("select st_area(st_geomfromewkb(%s)::geography) / 10000", [bytes(shape.ewkb)])
        return _rounded(cursor.fetchone()[0])
