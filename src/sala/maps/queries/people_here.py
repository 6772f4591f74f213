"""Figures of areas brought to a drawn shape, by the share of each area that lies in it.

Only what adds up (persons, households, counts, hectares) may be shared out by area; a mean, a rate or a percentage may
not, and is left out.
"""

from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.db.models import Max

from sala.access.actor import Actor, public
from sala.access.scope import visible
from sala.catalogue.models import Edition, Figure
from sala.catalogue.queries.figures import closed_figures
from sala.places.queries import current, latest_boundaries

EXTENSIVE = {"persons", "households", "number", "ha", "km2"}
WHOLE = 0.999999  # share from which an area lies wholly in the shape


def people_of(actor: Actor, shape: GEOSGeometry) -> list[dict[str, Any]]:
    """One row for each key figure that adds up: value within the shape, from how many areas, and of which year.

    The finest level whose areas have the figure is used. "weighted": some of its areas lie only partly in the shape;
    "editions": all that its values stand in; "is_closed": not everybody who sees the dataset may read it.
    """
    shares = _shares(shape)
    figures = Figure.objects.filter(area__in=shares, edition__in=visible(actor, Edition).filter(is_published=True))
    figures = figures.exclude(key_figure__in=closed_figures(actor))
    rows = figures.select_related(
        "key_figure__distribution__dataset__owner", "area__level", "edition__distribution__dataset"
    )
    newest = dict(figures.order_by().values_list("key_figure").annotate(Max("period_end")))
    by_figure: dict[Any, dict[int, Any]] = {}
    for row in rows.order_by("edition__number"):
        unit = row.key_figure.unit or _unit_of(row)
        if unit in EXTENSIVE and row.period_end == newest[row.key_figure_id]:
            by_figure.setdefault((row.key_figure, unit), {})[row.area_id] = row
    closed = set(closed_figures(public()))
    return [
        _told(figure, unit, found, shares) | {"is_closed": figure.pk in closed}
        for (figure, unit), found in by_figure.items()
    ]


def _unit_of(row: Figure) -> str:
    column = row.key_figure.distribution.dictionary.filter(name=row.key_figure.value_column).first()
    return column.unit if column else ""


def _told(figure: Any, unit: str, found: dict[int, Any], shares: dict[int, float]) -> dict[str, Any]:
    finest = max(row.area.level.rank for row in found.values())
    used = [row for row in found.values() if row.area.level.rank == finest]
    value = sum(float(row.value) * shares[row.area_id] for row in used)
    return {
        "name": figure.name, "unit": unit, "value": round(value, figure.places), "places": figure.places, "areas": len(used),
        "level": used[0].area.level.name, "period": used[0].period, "weighted": any(shares[row.area_id] < WHOLE for row in used),
        "title": used[0].edition.dataset.title, "url": used[0].edition.get_absolute_url(), "edition": used[0].edition_id,
        "editions": sorted({row.edition_id for row in used}),
    }  # fmt: skip


def _shares(shape: GEOSGeometry) -> dict[int, float]:
    """Area id → share of the area that lies in the shape, by geodesic area."""
    boundaries = latest_boundaries(current())
    with connection.cursor() as cursor:
        cursor.execute(
            "with here as (select st_geomfromewkb(%s) as shape)"
            " select b.area_id, st_area(st_intersection(b.geometry, here.shape)::geography) / st_area(b.geometry::geography)"
            " from places_boundary b, here where b.id = any(%s) and st_intersects(b.geometry, here.shape)",
            [bytes(shape.ewkb), [row.pk for row in boundaries.values()]],
        )
        return {pk: min(1.0, float(share)) for pk, share in cursor.fetchall() if share > 1e-6}
