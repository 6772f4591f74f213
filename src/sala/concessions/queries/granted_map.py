"""The map of what was granted against what was developed in a place: an outline against a fill, as SVG without script."""

from dataclasses import dataclass
from typing import Any

import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.db.models import F
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.concessions.models import AreaPurpose
from sala.concessions.queries.areas import DRAWN, areas
from sala.concessions.queries.register import Narrowing, register
from sala.maps.queries.view import Coarse
from sala.places.maps import Frame, frame_around, path_data
from sala.places.models import Area, Boundary
from sala.places.queries import latest_boundaries

WIDTH = 480  # units of the view box
STEPS = 700  # of the larger side; smaller steps of a shape are left out
MOST = 3000  # shapes of one kind, the largest first
TINY = 4.0  # units: what is drawn smaller than this gets a mark instead

# what is granted is an outline, what is developed a fill: told apart without colour as well
GRANTED, DEVELOPED = "#0a5c9e", "#b3541e"


@dataclass(frozen=True)
class Drawn:
    shapes: list[shapely.Geometry]
    left_out: int = 0


def granted_map(actor: Actor, place: Area) -> SafeString:
    """Figure with legend; empty where no area is open to the reader."""
    found = register(actor, Narrowing(place=place))
    ground, parts = _grounds(place)
    step = _side(ground) / STEPS if ground is not None else 0.001
    granted, developed = (_shapes(actor, found, purpose, step) for purpose in (AreaPurpose.GRANTED, AreaPurpose.IMPLEMENTATION))  # fmt: skip
    if not granted.shapes and not developed.shapes:
        return mark_safe("")
    around = frame_around([ground] if ground is not None else [*granted.shapes, *developed.shapes])
    frame = Frame(around.west, around.south, around.east, around.north, size=WIDTH, tallest=1.3)
    groups = [
        _group(
            parts or ([ground] if ground is not None else []),
            frame,
            'class="context" fill="#f3f1ea" stroke="#8a8a80" stroke-width="6"',
        ),
        _group(
            developed.shapes, frame, f'fill="{DEVELOPED}" fill-opacity="0.85" stroke="{DEVELOPED}" stroke-width="5"'
        ),
        _group(granted.shapes, frame, f'fill="{GRANTED}" fill-opacity="0.06" stroke="{GRANTED}" stroke-width="14"'),
    ]
    title = _("Map of what was granted against what was developed")
    left_out = granted.left_out + developed.left_out
    return format_html(
        '<figure class="map" id="granted-map"><svg class="map wide" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}</svg>'
        '<figcaption class="small">{} {} {}</figcaption></figure>',
        round(frame.width), round(frame.height), title, title, format_html_join("", "{}", [(group,) for group in groups]),
        _key(AreaPurpose.GRANTED.label, f'fill="none" stroke="{GRANTED}" stroke-width="2.5"'),
        _key(AreaPurpose.IMPLEMENTATION.label, f'fill="{DEVELOPED}" stroke="{DEVELOPED}"'),
        _("The %(number)s smallest are not drawn.") % {"number": left_out} if left_out else "",
    )  # fmt: skip


def _shapes(actor: Actor, found: Any, purpose: str, step: float) -> Drawn:
    rows = areas(actor, found, purpose)
    number = rows.count()
    read = rows.order_by(F("area__mapped_ha").desc(nulls_last=True))[:MOST].annotate(wkb=AsWKB(Coarse(F(DRAWN), step)))
    return Drawn(
        [shapely.from_wkb(bytes(wkb)) for wkb in read.values_list("wkb", flat=True) if wkb], max(0, number - MOST)
    )


def _grounds(place: Area) -> tuple[shapely.Geometry | None, list[shapely.Geometry]]:
    """The outline of the place, and those of its parts; each where it was imported."""
    children = list(place.children.filter(ended_on__isnull=True))
    rows = {row.pk: pk for pk, row in latest_boundaries([place, *children]).items()}
    drawn = {
        rows[pk]: shapely.from_wkb(bytes(coarse.wkb))
        for pk, coarse in Boundary.objects.filter(pk__in=rows).values_list("pk", "coarse") if coarse is not None
    }  # fmt: skip
    return drawn.get(place.pk), [drawn[child.pk] for child in children if child.pk in drawn]


def _side(shape: shapely.Geometry) -> float:
    west, south, east, north = shape.bounds
    return float(max(east - west, north - south)) or 1.0


def _group(shapes: list[shapely.Geometry], frame: Frame, look: str) -> SafeString:
    pieces = [_piece(shape, frame) for shape in shapes]
    drawn = format_html_join("", "{}", [(piece,) for piece in pieces])
    return format_html('<g transform="scale(.1)" {}>{}</g>', mark_safe(look), drawn)  # noqa: S308


def _piece(shape: shapely.Geometry, frame: Frame) -> SafeString:
    west, south, east, north = shape.bounds
    width, height = (east - west) * frame.narrowing * frame.scale, (north - south) * frame.scale
    if shape.geom_type == "Point" or max(width, height) < TINY:
        x, y = frame.at((west + east) / 2, (south + north) / 2)
        side = round(TINY * 10)
        return format_html('<rect x="{}" y="{}" width="{}" height="{}"/>', round(x * 10) - side // 2, round(y * 10) - side // 2, side, side)  # fmt: skip
    path = "".join(path_data(part, frame) for part in shapely.get_parts(shape) if part.geom_type == "Polygon")
    return format_html('<path d="{}"/>', path) if path else SafeString("")


def _key(words: Any, look: str) -> SafeString:
    return format_html(
        '<span class="key"><svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><rect x="1.5" y="1.5" width="9" height="9" {}/></svg> {}</span>',
        mark_safe(look), words,  # noqa: S308
    )  # fmt: skip


def bars(granted: Any, developed: Any, most: Any) -> SafeString:
    """Two bars of one line: hectares granted as an outline, developed as a fill within it. Empty without hectares."""
    if not most or (granted is None and developed is None):
        return mark_safe("")
    wide, full = (round(160 * float(value or 0) / float(most), 1) for value in (granted, developed))
    return format_html(
        '<svg class="bar" viewBox="0 0 164 14" width="164" height="14" aria-hidden="true"><rect x="1" y="1" width="{}" height="12" fill="none" stroke="{}" stroke-width="1.5"/>'
        '<rect x="1" y="4" width="{}" height="6" fill="{}"/></svg>',
        max(wide, 0.5), GRANTED, full, DEVELOPED,
    )  # fmt: skip
