"""Areas of a concession: each new measurement is a new row with its shape, and the older one is no longer current."""

from datetime import date
from decimal import Decimal
from typing import Any, cast

import shapely
from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point
from django.db import connection
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.concessions import policy
from sala.concessions.field_classes import values_of
from sala.concessions.models import Accuracy, AreaShape, Concession, ConcessionArea
from sala.concessions.models.area import ONE_AT_A_TIME
from sala.concessions.operations import changes
from sala.concessions.operations.changes import Why
from sala.core import clock
from sala.core.checking import check
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.journal.operations import record
from sala.maps import drawing
from sala.places.models import Area
from sala.places.queries import country, latest_boundaries

PIECE = 128  # vertices of a piece at most
Box = tuple[float, float, float, float]  # west, south, east, north in degrees
AROUND = 1.0  # degrees around the points of the areas, where no boundary of the country is known
NOWHERE = 1e-6  # degrees: a point this near 0, 0 was never filled in


@operation
def set_area(actor: Actor, concession: Concession, *, purpose: str, accuracy: str, stated_ha: Decimal | None = None,
             geometry: shapely.Geometry | None = None, point: Point | None = None, measured_on: date | None = None,
             document: Document | None = None, reason: str = "", version: int | None = None,
             **fields: Any) -> ConcessionArea:  # fmt: skip
    """Enter an area of a purpose: its figure, and its shape or the point that stands for it.

    geometry  polygon or multipolygon in WGS 84; a figure without any shape is entered too
    Of a purpose that counts once, the area that was current stays and is no longer current.
    """
    concession = lock(concession)
    require(actor, policy.ENTER, concession)
    changes.require_version(concession, version)
    whole = whole_shape(geometry, country_box()) if geometry is not None else None
    if whole is None and stated_ha is None and point is None:
        raise Invalid(
            _("Give the hectares, a shape or a point: without any of them there is nothing to enter."),
            {"stated_ha": [_("Give the hectares, or draw the area.")]},
        )
    _check_accuracy(accuracy, whole, point)
    if measured_on and measured_on > clock.today():
        raise Invalid(_("The day lies ahead. Correct it."), {"measured_on": [_("Choose a day up to today.")]})
    row = ConcessionArea(
        concession=concession, purpose=purpose, accuracy=accuracy, stated_ha=stated_ha, measured_on=measured_on,
        document=document, **fields,
    )  # fmt: skip
    why = Why(reason, document, measured_on)
    if purpose in ONE_AT_A_TIME:
        for older in concession.areas.filter(purpose=purpose, is_current=True):
            before = values_of(older)
            older.is_current = False
            older.save(update_fields=["is_current"])
            changes.changed(actor, concession, older, before, why)
    check(row)
    row.save()
    keep_shape(row, whole, point)
    changes.entered(actor, concession, row, why)
    changes.touch(concession)
    record(
        actor,
        policy.ENTER,
        concession,
        change="area entered",
        area=row.pk,
        purpose=purpose,
        document=document,
        reason=reason,
    )
    return row


@operation
def set_aside_area(actor: Actor, row: ConcessionArea, *, reason: str, version: int | None = None) -> None:
    """Take an area out of what counts, because it was entered wrongly, given back or is no longer in dispute."""
    concession = lock(row.concession)
    row = lock(row)
    require(actor, policy.ENTER, concession)
    changes.require_version(concession, version)
    if not row.is_current:
        raise Conflict(_("This area does not count any more already."))
    before = values_of(row)
    row.is_current = False
    row.save(update_fields=["is_current"])
    changes.changed(actor, concession, row, before, Why(reason))
    changes.touch(concession)
    record(actor, policy.ENTER, concession, change="area set aside", area=row.pk, reason=reason)


def whole_shape(geometry: shapely.Geometry, box: Box | None) -> shapely.MultiPolygon:
    """The shape as it is kept. Raises Invalid, in words, for what is no area or lies where it cannot.

    box  of the country, as country_box gives it
    Drawings and files were read and mended by maps.drawing; what comes by another way is held to the same rules.
    """
    if geometry.is_empty or not geometry.geom_type.endswith("Polygon"):
        raise Invalid(_("There is no area in the drawing. Draw a polygon that encloses something and send it again."))
    shape = shapely.force_2d(geometry)
    if not shape.is_valid:
        raise Invalid(_("The drawing crosses itself, so that it is not clear what lies inside. Draw it without crossing lines and send it again."))  # fmt: skip
    west, south, east, north = shape.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise Invalid(_("The drawing lies outside the world. Check the order of its coordinates: longitude first, then latitude, in degrees."))  # fmt: skip
    drawing.checked(shape)
    if box is not None:
        check_country(shape.bounds, box)
    whole = shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape])
    return cast(shapely.MultiPolygon, whole)


def check_country(bounds: Box, box: Box) -> None:
    """A shape that does not even touch the box of the country was drawn elsewhere, or with its axes swapped."""
    west, south, east, north = bounds
    if east < box[0] or west > box[2] or north < box[1] or south > box[3]:
        swapped = south <= box[2] and north >= box[0] and west <= box[3] and east >= box[1]
        raise Invalid(
            _("Longitude and latitude are swapped. Save the file with longitude first.")
            if swapped
            else _("The shape lies outside the country. Check the system of coordinates.")
        )


def country_box() -> Box | None:
    """West, south, east, north of the country: of its newest boundary, else of the points of its areas and a degree around.

    None where neither is known.
    """
    whole = country()
    boundary = latest_boundaries([whole]).get(whole.pk)
    if boundary and boundary.coarse:
        return boundary.coarse.extent
    return box_of_points(whole)


def box_of_points(whole: Area) -> Box | None:
    """West, south, east, north of the points of all areas in it and a degree around; None where none is known."""
    points = Area.objects.filter(path__startswith=whole.path).aggregate(box=Extent("label_point"))["box"]
    if points is None:
        return None
    west, south, east, north = points
    return west - AROUND, south - AROUND, east + AROUND, north + AROUND


def _check_accuracy(accuracy: str, shape: Any, point: Point | None) -> None:
    if shape is not None and accuracy in (Accuracy.POINT, Accuracy.UNIT):
        words = _("A shape is there, so say how it was drawn.")
        raise Invalid(words, {"accuracy": [words]})
    if shape is None and point is None and accuracy not in (Accuracy.POINT, Accuracy.UNIT):
        return  # a figure of a survey whose drawing is on paper
    if point is not None and not (-180 <= point.x <= 180 and -90 <= point.y <= 90):
        raise Invalid(_("The point lies outside the world. Look whether the two numbers are swapped."))
    if point is not None and abs(point.x) < NOWHERE and abs(point.y) < NOWHERE:
        raise Invalid(_("The point was never filled in: it stands at 0, 0. Leave it empty, or give the right one."))


def keep_shape(row: ConcessionArea, shape: shapely.MultiPolygon | None, point: Point | None) -> None:
    """Write the shape of an area that has none yet: its point, its geodesic size, its pieces."""
    if shape is None:
        if point is not None:
            AreaShape.objects.create(area=row, geometry=None, point=point)
        return
    inside = shapely.point_on_surface(shape)
    geometry = cast(MultiPolygon, GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=4326))
    AreaShape.objects.create(area=row, geometry=geometry, point=point or Point(inside.x, inside.y, srid=4326))
    reckon([row.pk])
    row.refresh_from_db(fields=["mapped_ha"])


def reckon(areas: list[int]) -> None:
    """Sizes and pieces of areas (ids) whose shapes were written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update concessions_concessionarea a set mapped_ha = round((st_area(s.geometry::geography) / 10000)::numeric, 2)"
            " from concessions_areashape s where s.area_id = a.id and s.geometry is not null and a.id = any(%s)",
            [areas],
        )
        cursor.execute("delete from concessions_areapiece where area_id = any(%s)", [areas])
        cursor.execute(
            "insert into concessions_areapiece (area_id, geometry)"
            " select area_id, st_subdivide((st_dump(geometry)).geom, %s) from concessions_areashape"
            " where geometry is not null and area_id = any(%s)",
            [PIECE, areas],
        )
