"""Where on the map an entry lies, for searches within a box."""

from collections.abc import Iterable, Sequence

from django.contrib.gis.geos import Polygon

from sala.places.models import Area, Extent

LEAST = 1e-6  # degrees of a side: a point is a small box


def box_of(area: Area) -> Sequence[float] | None:
    """Around its newest boundary, else its label point; None where neither is known."""
    try:
        return area.extent.box
    except Extent.DoesNotExist:
        point = area.label_point
        return None if point is None else (point.x, point.y, point.x, point.y)


def around(boxes: Iterable[Sequence[float] | None]) -> Polygon | None:
    """The box around all of these that are known."""
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    west, south = (min(box[side] for box in known) for side in (0, 1))
    east, north = (max(box[side] for box in known) for side in (2, 3))
    found = Polygon.from_bbox((west, south, max(east, west + LEAST), max(north, south + LEAST)))
    found.srid = 4326
    return found
