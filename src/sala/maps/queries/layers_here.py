"""Layers and rasters within a shape: hectares and shares by class, slivers apart, what a layer does not cover, distances."""

from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.db.models import OuterRef, Subquery

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.models import Edition
from sala.catalogue.policy import SHAPES
from sala.catalogue.queries.columns import closed_columns
from sala.core.files import child, store
from sala.places.queries import latest_boundaries

SLIVER_HA = 0.1  # a piece smaller than this is told apart: most are borders drawn twice, not facts
MOST_CLASSES = 24


def _newest(actor: Actor) -> Any:
    """The newest edition of each part that the actor may see."""
    rows = visible(actor, Edition).filter(is_published=True)
    last = rows.filter(distribution=OuterRef("distribution")).order_by("-number").values("pk")[:1]
    related = ("distribution__dataset__owner", "distribution__dataset__place")
    return rows.filter(pk=Subquery(last)).select_related(*related).order_by("distribution__dataset__slug", "pk")


def newest_layers(actor: Actor) -> list[Edition]:
    return list(_newest(actor).filter(format__in=SHAPES).exclude(table_sha256=""))


def newest_rasters(actor: Actor, shape: GEOSGeometry | None = None) -> list[Edition]:
    rows = [row for row in _newest(actor).filter(format="geotiff") if row.raster]
    return [row for row in rows if shape is None or _meets(row.bounds, shape.extent)]


def _meets(bounds: list[float], box: tuple[float, ...]) -> bool:
    return bounds[0] <= box[2] and box[0] <= bounds[2] and bounds[1] <= box[3] and box[1] <= bounds[3]


def told_of(edition: Edition) -> dict[str, Any]:
    """The source of a figure: which edition, of when, whose."""
    dataset = edition.dataset
    return {
        "edition": edition.pk, "title": dataset.title, "owner": dataset.owner.name, "url": edition.get_absolute_url(),
        "period": edition.period, "sha256": edition.sha256, "topics": [dict(term.name) for term in dataset.topics.all()],
    }  # fmt: skip


def hectares(shape: GEOSGeometry) -> float:
    """Geodesic; 0 for a point."""
    with connection.cursor() as cursor:
        cursor.execute("select st_area(st_geomfromewkb(%s)::geography) / 10000", [bytes(shape.ewkb)])
        return float(cursor.fetchone()[0])


def layers_of(shape: GEOSGeometry, editions: list[Edition]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(what lies within the shape by layer, nearest feature of the layers that have nothing there)."""
    layers, distances = [], []
    boundaries = latest_boundaries({edition.dataset.place_id for edition in editions})
    for edition in editions:
        found = told_of(edition) | _within(shape, edition)
        boundary = boundaries.get(edition.dataset.place_id)
        found["uncovered"] = _outside(shape, boundary.pk) if boundary is not None and shape.dims == 2 else None
        found["place"] = edition.dataset.place.name
        if found["features"]:
            layers.append(found)
        else:
            distances.append(told_of(edition) | _nearest(shape, edition) | {"uncovered": found["uncovered"]})
    return layers, [row for row in distances if row["km"] is not None]


# A feature that only touches the shape from outside leaves a line or a point there, which is no part of it.
_PIECES = """
    with here as (select st_geomfromewkb(%(shape)s) as shape),
    pieces as materialized (
        select f.properties ->> %(column)s as class, cut.piece
        from here join catalogue_feature f on f.edition_id = %(edition)s and f.geometry && here.shape
            and st_intersects(f.geometry, here.shape)
        cross join lateral (select st_intersection(f.geometry, here.shape) as piece) cut
        where st_dimension(cut.piece) = least(st_dimension(f.geometry), st_dimension(here.shape))
    ), sized as materialized (
        select class, piece, st_area(piece::geography) / 10000 as ha, st_length(piece::geography) / 1000 as km from pieces
    )
"""


def _within(shape: GEOSGeometry, edition: Edition) -> dict[str, Any]:
    column = class_column(edition)
    asked: dict[str, Any] = {"shape": bytes(shape.ewkb), "edition": edition.pk, "column": column, "sliver": SLIVER_HA}
    with connection.cursor() as cursor:
        cursor.execute(_PIECES + """
            select class, count(*), st_area(st_union(st_collectionextract(piece, 3)) ::geography) / 10000, sum(km)
            from sized where ha >= %(sliver)s or st_dimension(piece) < 2 group by class order by 3 desc nulls last, 2 desc
        """, asked)  # fmt: skip
        classes = [
            {"class": name, "features": count, "ha": round(float(ha or 0), 2), "km": round(float(km or 0), 2)}
            for name, count, ha, km in cursor.fetchall()
        ]
        cursor.execute(_PIECES + """
            select coalesce(st_area(st_union(st_collectionextract(piece, 3)) filter (where ha >= %(sliver)s) ::geography) / 10000, 0),
            coalesce(sum(ha) filter (where ha < %(sliver)s and st_dimension(piece) = 2), 0),
            count(*) filter (where ha < %(sliver)s and st_dimension(piece) = 2) from sized
        """, asked)  # fmt: skip
        covered, slivers, sliver_count = cursor.fetchone()
    whole = hectares(shape)
    for row in classes:
        row["share"] = row["ha"] / whole if whole else None
    return {
        "column": column, "classes": classes[:MOST_CLASSES], "features": sum(row["features"] for row in classes),
        "ha": round(float(covered), 2), "share": float(covered) / whole if whole else None,
        "slivers": {"ha": round(float(slivers), 4), "features": sliver_count} if sliver_count else None,
    }  # fmt: skip


def class_column(edition: Edition) -> str:
    """The open text column with few different values, by which a layer is told apart; empty when there is none."""
    closed = closed_columns(edition.distribution)
    texts = [column["name"] for column in edition.columns if column["type"] == "text" and column["name"] not in closed]
    if not texts:
        return ""
    counts = ", ".join("count(distinct properties ->> %s)" for _name in texts)
    with connection.cursor() as cursor:
        cursor.execute(f"select {counts}, count(*) from catalogue_feature where edition_id = %s", [*texts, edition.pk])
        *found, rows = cursor.fetchone()
    fitting = [(count, name) for count, name in zip(found, texts, strict=True) if 0 < count <= MOST_CLASSES]
    repeated = [pair for pair in fitting if pair[0] < rows]
    return min(repeated or fitting, default=(0, ""))[1]


def _outside(shape: GEOSGeometry, boundary: int) -> float:
    """Share of the shape that lies outside a boundary: the place that the layer says it covers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with here as (select st_geomfromewkb(%s) as shape) select 1 - st_area(st_intersection(b.geometry, here.shape)::geography)"
            " / nullif(st_area(here.shape::geography), 0) from places_boundary b, here where b.id = %s",
            [bytes(shape.ewkb), boundary],
        )
        share = cursor.fetchone()[0]
    return max(0.0, round(float(share or 0), 6))


def _nearest(shape: GEOSGeometry, edition: Edition) -> dict[str, Any]:
    """Kilometres to the nearest feature: of the ten nearest in degrees, the nearest on the ground."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with here as (select st_geomfromewkb(%s) as shape), near as (select geometry from catalogue_feature, here"
            " where edition_id = %s order by geometry <-> here.shape limit 10)"
            " select min(st_distance(geometry::geography, here.shape::geography)) / 1000 from near, here",
            [bytes(shape.ewkb), edition.pk],
        )
        km = cursor.fetchone()[0]
    return {"km": None if km is None else round(float(km), 2)}


def rasters_of(shape: GEOSGeometry, editions: list[Edition]) -> list[dict[str, Any]]:
    """Figures of each raster within the shape, by the share of each cell that lies in it; of a point, of its cell."""
    if not editions:
        return []
    zone = shape if shape.dims == 2 else shape.buffer(1e-6)
    asked = [{"path": str(store.path_of(row.raster["sha256"])), "kind": row.raster["kind"]} for row in editions if row.raster]  # fmt: skip
    found = child.run("sala.maps.calculations.zones:summaries", asked, [zone.wkb.hex()])["rasters"]
    return [
        told_of(row) | {"kind": row.raster["kind"], "unit": row.raster["unit"], **figures[0]}
        for row, figures in zip(editions, found, strict=True) if row.raster and figures[0]["missing"] < 1
    ]  # fmt: skip
