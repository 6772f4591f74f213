"""Where an analysis looks: a place, a point or an area that was drawn, as a recipe keeps it."""

from collections.abc import Mapping
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, Point
from django.utils.translation import gettext as _

from sala.core.errors import Invalid, Missing
from sala.maps.calculations.coordinates import as_utm
from sala.places.models import Area, Boundary
from sala.places.queries import latest_boundaries


def shape_of_place(place: Area) -> GEOSGeometry:
    """Its newest boundary; its label point where it has none. Raises Invalid."""
    boundary = latest_boundaries([place]).get(place.pk)
    if boundary is not None:
        return Boundary.objects.get(pk=boundary.pk).geometry
    if place.label_point is None:
        raise Invalid(_("Nothing is known of where this place lies. Choose another, or a point."))
    return place.label_point


def place_of(where: Mapping[str, Any]) -> Area | None:
    return Area.objects.filter(code=where["place"]).first() if where.get("place") else None


def shape_of(where: Mapping[str, Any]) -> GEOSGeometry:
    """The shape that a recipe names, in WGS 84."""
    if "place" in where:
        place = place_of(where)
        if place is None:
            raise Missing
        return shape_of_place(place)
    if "point" in where:
        return Point(tuple(where["point"]), srid=4326)
    return GEOSGeometry(where["shape"], srid=4326)


def told_of_where(where: Mapping[str, Any], shape: GEOSGeometry) -> dict[str, Any]:
    """The place, and the middle in degrees and metres."""
    middle = shape.centroid
    return {
        "where": where, "place": place_of(where), "degrees": f"{middle.y:.5f}, {middle.x:.5f}",
        "utm": as_utm(middle.x, middle.y),
    }  # fmt: skip
