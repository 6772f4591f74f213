"""The map of one concession: its areas by purpose as SVG without script, over its place, with the hectares beside it."""

from collections.abc import Sequence
from typing import Any

import shapely
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from sala.concessions.models import AreaPurpose, AreaShape, ConcessionArea
from sala.places.maps import Frame, frame_around, path_data
from sala.places.models import Boundary
from sala.places.queries import latest_boundaries

WIDTH = 480  # units of the view box
FINEST = 2000  # parts of the larger side; finer details of a shape are not drawn

WALK, SPOT = "#111111", "#7a1f6b"  # colours of the walk and of the photos of an inspection

# what was granted is an outline and what was developed a fill, told apart without colour as well; the widest first, so that what is drawn later lies upon it; each with its colour and whether it is filled
DRAWN: dict[str, tuple[str, bool]] = {
    AreaPurpose.REQUESTED: ("#8a5a00", False),
    AreaPurpose.STUDY: ("#7a3b8f", False),
    AreaPurpose.SURVEYED: ("#4a5a57", False),
    AreaPurpose.GRANTED: ("#0a5c9e", False),
    AreaPurpose.IMPLEMENTATION: ("#b3541e", True),
    AreaPurpose.RETURNED: ("#7a7a7a", True),
    AreaPurpose.DISPUTED: ("#b3261e", True),
}


def picture(areas: Sequence[ConcessionArea], place: Any = None, walk: shapely.Geometry | None = None,
            spots: Sequence[Any] = ()) -> SafeString:  # fmt: skip
    """Figure of these areas (those that are current); empty where nothing is known of where they lie.

    place  Area whose outline lies beneath, where the reader may know it
    walk   lines of an inspection, drawn above all    spots  points where its photos were taken
    """
    shapes = {row.area_id: row for row in AreaShape.objects.filter(area__in=[area.pk for area in areas])}
    found = [(area, _geometry(shapes[area.pk])) for area in areas if area.pk in shapes]
    beside = [shapely.Point(spot.x, spot.y) for spot in spots] + ([walk] if walk is not None else [])
    if not found and not beside:
        return mark_safe("")
    frame = frame_around([*(shape for _area, shape in found), *beside])
    frame = Frame(frame.west, frame.south, frame.east, frame.north, size=WIDTH, tallest=0.9)
    found.sort(key=lambda pair: list(DRAWN).index(pair[0].purpose))
    pieces = [
        _ground(place, frame),
        *(_piece(area, shape, frame) for area, shape in found),
        *_beside(walk, spots, frame),
    ]
    legend = [
        (DRAWN[purpose][0] if DRAWN[purpose][1] else "none", DRAWN[purpose][0], AreaPurpose(purpose).label)
        for purpose in DRAWN
        if any(area.purpose == purpose for area, _s in found)
    ]
    more = [(WALK, WALK, _("Walk of the inspection"))] if walk is not None else []
    more += [(SPOT, SPOT, _("Photos"))] if spots else []
    named = [*legend, *more]
    title = _("Map of the areas by purpose")
    return format_html(
        '<figure class="map"><svg class="map wide" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}</svg>'
        '<figcaption class="small">{}</figcaption></figure>',
        round(frame.width), round(frame.height), title, title, format_html_join("", "{}", [(piece,) for piece in pieces]),
        format_html_join(" ", '<span class="key"><svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><rect x="1" y="1" width="10" height="10" fill="{}" stroke="{}" stroke-width="2"/></svg> {}</span>', named),
    )  # fmt: skip


def _geometry(shape: AreaShape) -> shapely.Geometry:
    return shapely.from_wkb(bytes((shape.geometry or shape.point).wkb))


def _ground(place: Any, frame: Frame) -> SafeString:
    row = latest_boundaries([place]).get(place.pk) if place is not None else None
    outline = Boundary.objects.filter(pk=row.pk).values_list("coarse", flat=True).first() if row else None
    if outline is None:
        return mark_safe("")
    inside = shapely.clip_by_rect(
        shapely.from_wkb(bytes(outline.wkb)), frame.west, frame.south, frame.east, frame.north
    )
    return format_html('<g transform="scale(.1)"><path class="context" d="{}"/></g>', _path(inside, frame))


def _piece(area: ConcessionArea, shape: shapely.Geometry, frame: Frame) -> SafeString:
    colour, filled = DRAWN[area.purpose]
    if shape.geom_type == "Point":
        x, y = frame.at(shape.x, shape.y)
        return format_html('<circle cx="{}" cy="{}" r="5" fill="{}"/>', round(x), round(y), colour)
    side = max(frame.east - frame.west, frame.north - frame.south)
    drawn = shapely.simplify(shape, side / FINEST)
    return format_html(
        '<g transform="scale(.1)"><path d="{}" fill="{}" fill-opacity="{}" stroke="{}" stroke-width="20"/></g>',
        _path(drawn, frame), colour, "0.6" if filled else "0", colour,
    )  # fmt: skip


def _beside(walk: shapely.Geometry | None, spots: Sequence[Any], frame: Frame) -> list[SafeString]:
    drawn = []
    for line in shapely.get_parts(walk) if walk is not None else ():
        points = " ".join(f"{round(x)},{round(y)}" for x, y in (frame.at(*point) for point in line.coords))
        drawn.append(format_html('<polyline points="{}" fill="none" stroke="{}" stroke-width="3"/>', points, WALK))
    for spot in spots:
        x, y = frame.at(spot.x, spot.y)
        drawn.append(format_html('<circle cx="{}" cy="{}" r="5" fill="{}" stroke="#fff"/>', round(x), round(y), SPOT))
    return drawn


def _path(shape: shapely.Geometry, frame: Frame) -> str:
    return "".join(path_data(part, frame) for part in shapely.get_parts(shape) if part.geom_type == "Polygon")
