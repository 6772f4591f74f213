"""What is here: everything that is known of a point or an area, as plain data that can be shown, printed and kept.

Sizes are geodesic. Shapes of a layer that overlap count once (their union). What a reader may not see is not counted.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import connection, transaction
from django.db.utils import OperationalError
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.models import Dataset, Edition
from sala.core import deadline
from sala.core.errors import TooLarge, TooMany
from sala.documents.models import Document
from sala.maps.queries.layers_here import hectares, layers_of, newest_layers, newest_rasters, rasters_of
from sala.maps.queries.people_here import people_of
from sala.maps.queries.registers_here import registers_of
from sala.places.models import Area
from sala.places.queries import areas_near, current, locate

LONGEST = 25  # seconds of reckoning in one page, all sources together
AT_ONCE = 2  # pages that are reckoned in one web process; it has threads left for the others
PATIENCE = 3  # seconds that one more waits for its turn
# parts of what was found that each reader gets by their own rights
LIVE = ("registers", "datasets", "documents", "editions")
MOST = 30  # datasets and documents named

_turns = threading.BoundedSemaphore(AT_ONCE)


def what_is_here(actor: Actor, shape: GEOSGeometry, *, editions: list[Edition] | None = None) -> dict[str, Any]:
    """Everything of a shape (point or polygons, WGS 84). `editions`: only of these layers; else the newest of each.

    {"ha", "places", "layers", "distances", "rasters", "people", "registers", "datasets", "documents", "editions": ids that were
    used}
    """
    rows = [*newest_layers(actor), *newest_rasters(actor, shape)] if editions is None else editions
    with within_time():
        return _reckoned(actor, shape, rows)


def kept_of(found: dict[str, Any]) -> dict[str, Any]:
    """What may be kept of it: nothing that each reader gets by their own rights, and no figure of a closed column."""
    kept = {name: value for name, value in found.items() if name not in LIVE}
    told = ("is_closed", "editions")
    return kept | {
        "people": [
            {name: value for name, value in row.items() if name not in told}
            for row in found["people"]
            if not row["is_closed"]
        ]
    }


def editions_of(found: dict[str, Any]) -> set[int]:
    """Ids of all that the kept part was made of."""
    return {*found["editions"], *(pk for row in found["people"] if not row["is_closed"] for pk in row["editions"])}


@contextmanager
def within_time() -> Iterator[None]:
    """What is reckoned in one page ends after a while, all of it together, and few pages are reckoned at once.

    One within another shares its time and its turn. Raises TooLarge, or TooMany when its turn does not come.
    """
    if deadline.is_set():
        yield
        return
    if not _turns.acquire(timeout=PATIENCE):
        raise TooMany(_("Many people have areas reckoned at this moment. Send it again in some seconds."), LONGEST)
    try:
        with transaction.atomic(), deadline.within(LONGEST):
            yield
    except (OperationalError, deadline.Passed) as error:
        if isinstance(error, OperationalError) and "statement timeout" not in str(error):
            raise
        raise TooLarge(_("This area holds too much to be reckoned on a page. Choose a smaller place, or draw with fewer corners.")) from error  # fmt: skip
    finally:
        _turns.release()


def _reckoned(actor: Actor, shape: GEOSGeometry, rows: list[Edition]) -> dict[str, Any]:
    places = places_of(shape)
    layers, distances = layers_of(shape, [row for row in rows if row.is_layer])
    rasters = rasters_of(shape, [row for row in rows if row.is_raster])
    ids = [row["id"] for row in places]
    within = {pk for path in Area.objects.filter(pk__in=ids).values_list("path", flat=True) for pk in map(int, filter(None, path.split("/")))}  # fmt: skip
    datasets = visible(actor, Dataset).filter(place__in=within, is_published=True).select_related("owner")
    documents = visible(actor, Document).filter(areas__in=within).distinct()
    return {
        "ha": round(hectares(shape), 2), "places": places, "layers": layers, "distances": distances, "rasters": rasters,
        "people": people_of(actor, shape) if shape.dims == 2 else [],
        "registers": registers_of(actor, shape),
        "datasets": [{"title": row.title, "owner": row.owner.name, "url": row.get_absolute_url()} for row in datasets[:MOST]],
        "documents": [{"title": row.title, "number": row.number, "url": row.get_absolute_url()} for row in documents[:MOST]],
        "editions": [row.pk for row in rows],
    }  # fmt: skip


def places_of(shape: GEOSGeometry) -> list[dict[str, Any]]:
    """Areas of today that the shape touches, the widest first; of an area drawn, with hectares and share of it."""
    if shape.dims == 0:
        found = locate(Point(shape.centroid.x, shape.centroid.y, srid=4326))
        ids = found.within() if found else []
        rows = current().filter(pk__in=ids).select_related("level").order_by("level__rank")
        return [_place(row) for row in rows]
    return [_place(row) | {"ha": round(ha, 2), "share": share} for row, ha, share in areas_met(shape)]


SLIVER = 0.05  # hectares of an area of administration that are no more than the thickness of a drawn line

# The outline of a country has very many corners: where all of the shape lies in it, nothing is cut.
_SHARED = """
    with drawn as (select st_geomfromewkb(%s) as shape),
    here as materialized (select shape, st_area(shape::geography) / 10000 as ha from drawn)
    select b.area_id, here.ha, case when st_covers(b.geometry, here.shape) then here.ha
        else st_area(st_intersection(b.geometry, here.shape)::geography) / 10000 end
    from places_boundary b, here where b.id = any(%s) and st_intersects(b.geometry, here.shape)
"""


def areas_met(shape: GEOSGeometry) -> list[tuple[Area, float, float]]:
    """(area of today, hectares of it in the shape, these as a share of the shape), the widest area first; no slivers."""
    near = list(areas_near(shape).select_related("level").order_by("level__rank", "code"))
    if not near:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, [bytes(shape.ewkb), [row.boundary for row in near]])
        sizes = {pk: (ha, ha / whole if whole else 0.0) for pk, whole, ha in cursor.fetchall() if ha >= SLIVER}
    return [(row, *sizes[row.pk]) for row in near if row.pk in sizes]


def _place(row: Area) -> dict[str, Any]:
    return {"id": row.pk, "code": row.code, "name": row.name, "level": row.level.name, "url": row.get_absolute_url()}


def readable_rows(actor: Actor, ids: list[int]) -> list[Edition]:
    """These editions in the order asked, as far as the actor may see them."""
    rows = visible(actor, Edition).filter(pk__in=ids)
    found = {row.pk: row for row in rows.select_related("distribution__dataset__owner", "distribution__dataset__place")}
    return [found[pk] for pk in dict.fromkeys(ids) if pk in found]
