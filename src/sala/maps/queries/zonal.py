"""Figures of rasters and layers by area: one row for each area of a level within a place, all reckoned at once.

Sizes are geodesic; shapes of a layer that overlap count once; pieces under a tenth of a hectare are slivers and told apart.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.catalogue.models import Edition
from sala.core.errors import Invalid, TooLarge
from sala.core.files import child, store
from sala.maps.models import Analysis
from sala.maps.queries.here import readable_rows, within_time
from sala.maps.queries.layers_here import SLIVER_HA, class_column, told_of
from sala.places.models import Area, Boundary, Level
from sala.places.queries import current, latest_boundaries

MOST_ZONES, MOST_SOURCES = 400, 12
METHOD = "fraction of cells"
MEASURES = ("features", "km", "ha")  # of points, lines and polygons

# A feature that only touches a zone from outside leaves a line or a point there, which is no part of it. Pieces are cut
# once; the union of a zone counts what overlaps once, whatever its class.
_WITHIN = """
    with zones as (select area_id, geometry as shape from places_boundary where id = any(%(boundaries)s)),
    sized as materialized (
        select z.area_id, coalesce(f.properties ->> %(column)s, '') as class, p.piece, st_dimension(p.piece) as dimension,
            st_area(p.piece::geography) / 10000 as ha
        from zones z join catalogue_feature f on f.edition_id = %(edition)s and f.geometry && z.shape
            and st_intersects(f.geometry, z.shape)
        cross join lateral (select st_intersection(f.geometry, z.shape) as piece) p
        where st_dimension(p.piece) = st_dimension(f.geometry)
    )
    select area_id, class, count(*) filter (where ha >= %(sliver)s or dimension < 2),
        coalesce(st_area(st_union(st_collectionextract(piece, 3)) filter (where ha >= %(sliver)s)::geography), 0) / 10000,
        coalesce(sum(st_length(st_collectionextract(piece, 2)::geography)), 0) / 1000,
        coalesce(sum(ha) filter (where ha < %(sliver)s and dimension = 2), 0)
    from sized group by grouping sets ((area_id, class), (area_id))
"""
_UNCOVERED = """
    select z.area_id, 1 - st_area(st_intersection(z.geometry, whole.geometry)::geography) / nullif(st_area(z.geometry::geography), 0)
    from places_boundary z, places_boundary whole where z.id = any(%s) and whole.id = %s
"""


def name_of(edition: Edition) -> str:
    """What a layer or raster is called in an address: its dataset and part, whatever its newest edition."""
    return f"{edition.dataset.slug}.{edition.distribution.code}"


def zones_of(place: Area, level: Level) -> dict[int, Boundary]:
    """Newest boundary by area of this level within the place. Raises Invalid where there is none, TooLarge for too many."""
    areas = current(level).filter(path__startswith=place.path)
    found = latest_boundaries(areas)
    if not found:
        raise Invalid(_("No boundary of this level is known within this place. Choose another level or place, or take in the boundaries first."))  # fmt: skip
    if len(found) > MOST_ZONES:
        raise TooLarge(_("There are %(count)s areas of this level; up to %(most)s can be reckoned at once. Choose a smaller place or a higher level.") % {"count": len(found), "most": MOST_ZONES})  # fmt: skip
    return found


def figures_by_area(place: Area, level: Level, editions: list[Edition]) -> dict[str, Any]:
    """{"zones": [{"code", "name", "url", "ha"}], "boundaries": their vintages, "sources": one for each edition, "without":
    areas of the level that have no boundary}.

    A source of cells has "rows": for each zone the figures of maps.calculations.zones; one of shapes has "measure" (of points
    "features", of lines "km", of polygons "ha"), "column", "classes" (the values found, the largest first) and rows {"ha", "share", "km", "features", "slivers", "uncovered", "classes": {value: {"ha",
    "km", "features", "share"}}}. Raises Invalid, TooLarge.
    """
    if len(editions) > MOST_SOURCES:
        raise Invalid(_("Choose up to %(most)s layers and rasters.") % {"most": MOST_SOURCES})
    boundaries = zones_of(place, level)
    with within_time():
        zones = _zones(boundaries)
        rasters = _of_rasters([row for row in editions if row.is_raster], zones, boundaries)
        sources = [
            rasters[edition.pk] if edition.is_raster else told_of(edition) | _of_layer(edition, zones, boundaries)
            for edition in editions
        ]
    vintages = {row.vintage_id: row.vintage for row in boundaries.values()}
    return {
        "zones": zones, "sources": sources, "method": METHOD,
        "without": current(level).filter(path__startswith=place.path).count() - len(boundaries),
        "boundaries": [
            {"vintage": row.pk, "title": row.title, "source": row.source, "as_of": row.as_of.isoformat(), "sha256": row.file_hash}
            for row in sorted(vintages.values(), key=lambda row: row.pk)
        ],
    }  # fmt: skip


def _zones(boundaries: dict[int, Boundary]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        ids = [row.pk for row in boundaries.values()]
        cursor.execute("select area_id, st_area(geometry::geography) / 10000 from places_boundary where id = any(%s)", [ids])  # fmt: skip
        sizes = dict(cursor.fetchall())
    areas = Area.objects.filter(pk__in=boundaries).order_by("code")
    return [
        {"id": row.pk, "code": row.code, "name": row.name, "url": row.get_absolute_url(), "ha": round(float(sizes[row.pk]), 2)}
        for row in areas
    ]  # fmt: skip


def _of_rasters(editions: list[Edition], zones: list[dict[str, Any]], boundaries: dict[int, Boundary]) -> dict[int, dict[str, Any]]:  # fmt: skip
    if not editions:
        return {}
    kept = Boundary.objects.in_bulk([row.pk for row in boundaries.values()])
    shapes = [kept[boundaries[zone["id"]].pk].geometry.wkb.hex() for zone in zones]
    asked = [{"path": str(store.path_of(row.raster["sha256"])), "kind": row.raster["kind"]} for row in editions if row.raster]  # fmt: skip
    found = child.run("sala.maps.calculations.zones:summaries", asked, shapes)["rasters"]
    return {
        row.pk: told_of(row) | {"kind": row.raster["kind"], "unit": row.raster["unit"], "rows": rows} | _values(rows)
        for row, rows in zip(editions, found, strict=True) if row.raster
    }  # fmt: skip


def _values(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The classes of a raster that has classes, those found anywhere; its shares by value."""
    if not any("shares" in row for row in rows):
        return {}
    for row in rows:
        row["by_value"] = {str(value): share for value, share in row.pop("shares", [])}
    return {"values": sorted({value for row in rows for value in row["by_value"]}, key=float)}


def measure_of(edition: Edition) -> str:
    """By what the features of a layer are added up: how many there are, how long or how large they are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select st_dimension(geometry) from catalogue_feature where edition_id = %s limit 1", [edition.pk]
        )
        found = cursor.fetchone()
    return MEASURES[found[0] if found else 2]


def _of_layer(edition: Edition, zones: list[dict[str, Any]], boundaries: dict[int, Boundary]) -> dict[str, Any]:
    column, ids = class_column(edition), [row.pk for row in boundaries.values()]
    asked: dict[str, Any] = {"boundaries": ids, "edition": edition.pk, "column": column, "sliver": SLIVER_HA}
    rows: dict[int, dict[str, Any]] = {
        zone["id"]: {"ha": 0.0, "km": 0.0, "features": 0, "share": 0.0, "slivers": 0.0, "uncovered": None, "classes": {}}
        for zone in zones
    }  # fmt: skip
    sizes: dict[int, float] = {zone["id"]: zone["ha"] for zone in zones}
    totals: dict[str, float] = {}
    measure = measure_of(edition)
    with connection.cursor() as cursor:
        cursor.execute(_WITHIN, asked)
        for area, name, features, ha, km, slivers in cursor.fetchall():
            told = {"features": features, "ha": round(float(ha), 2), "km": round(float(km), 2)}
            told["share"] = float(ha) / sizes[area] if sizes[area] else None
            if name is None:
                rows[area] |= told | {"slivers": round(float(slivers), 4)}
            elif features:
                rows[area]["classes"][name] = told
                totals[name] = totals.get(name, 0) + told[measure]
        whole = latest_boundaries([edition.dataset.place_id]).get(edition.dataset.place_id)
        if whole is not None:
            cursor.execute(_UNCOVERED, [ids, whole.pk])
            for area, share in cursor.fetchall():
                rows[area]["uncovered"] = max(0.0, round(float(share or 0), 6))
    classes = sorted(totals, key=lambda name: (-totals[name], name)) if column else []
    return {
        "kind": "shapes", "measure": measure, "column": column, "classes": classes, "rows": [rows[zone["id"]] for zone in zones],
    }  # fmt: skip


def recipe_of(place: Area, level: Level, editions: list[Edition], found: dict[str, Any]) -> dict[str, Any]:
    """What was asked and within which lines: boundaries are an input as the editions are."""
    return {
        "place": place.code, "level": level.code, "editions": [row.pk for row in editions],
        "boundaries": [{"vintage": row["vintage"], "sha256": row["sha256"]} for row in found["boundaries"]],
    }  # fmt: skip


def reckoned_again(actor: Actor, kept: Analysis, newer: Mapping[int, Edition]) -> tuple[dict[str, Any], dict[str, Any], list[Edition]]:  # fmt: skip
    """(recipe, result, editions) of a kept analysis with the newest editions and boundaries."""
    ids = [newer[pk].pk if pk in newer else pk for pk in kept.recipe["editions"]]
    editions = readable_rows(actor, ids)
    place, level = Area.objects.get(code=kept.recipe["place"]), Level.objects.get(code=kept.recipe["level"])
    found = figures_by_area(place, level, editions)
    return recipe_of(place, level, editions, found), found, editions
