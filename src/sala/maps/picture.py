"""The static map of the explorer: SVG without script, with the same layers, order and colours as the moving one."""

from collections.abc import Sequence

import shapely
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sala.core.language import current
from sala.maps.collections import Box
from sala.maps.queries.colours import colour_of, is_outline
from sala.maps.queries.layers import Shown, label_of
from sala.maps.queries.view import drawn
from sala.places.labels import Label, placed
from sala.places.maps import Frame, outline, path_data

WIDTH = 720  # units of the view box
LABELLED = 60  # the largest features of a layer whose names are written


def picture(layers: Sequence[Shown], box: Box) -> SafeString:
    """Figure of the layers that are switched on, in this part of the world."""
    frame = Frame(*box, size=WIDTH, tallest=0.9)
    groups, labels = [_ground(frame)], list[Label]()
    for shown in reversed(layers):
        if shown.is_on and shown.raster:
            groups.append(_cells(shown, frame))
        elif shown.is_on:
            shapes = drawn(shown, box)
            groups.append(_group(shown, shapes, frame, box))
            labels += _labels(shown, shapes[:LABELLED], frame)
    width, height = round(frame.width), round(frame.height)
    texts = format_html_join(
        "", '<text x="{}" y="{}" lang="{}">{}</text>',
        [(round(label.x), round(label.y), label.language, label.text) for label in placed(labels, width, height)],
    )  # fmt: skip
    title = _("Map of the layers listed beside it")
    return format_html(
        '<svg class="map wide" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}{}</svg>',
        width, height, title, title, format_html_join("", "{}", [(group,) for group in groups]), texts,
    )  # fmt: skip


def _ground(frame: Frame) -> SafeString:
    paths = _paths(outline(), frame, (frame.west, frame.south, frame.east, frame.north))
    return (
        format_html('<g transform="scale(.1)"><path class="context" d="{}"/></g>', paths) if paths else SafeString("")
    )


def _cells(shown: Shown, frame: Frame) -> SafeString:
    """The small picture of a raster where it lies; the view cuts off what is beyond it."""
    west, south, east, north = shown.bounds() or (0, 0, 0, 0)
    (left, top), (right, bottom) = frame.at(west, north), frame.at(east, south)
    return format_html(
        '<image href="{}" x="{}" y="{}" width="{}" height="{}" preserveAspectRatio="none" opacity="{}"/>',
        shown.picture_url, round(left), round(top), round(right - left), round(bottom - top), shown.opacity / 100,
    )  # fmt: skip


def _group(shown: Shown, shapes: Sequence[tuple[shapely.Geometry, dict]], frame: Frame, box: Box) -> SafeString:
    pieces, hollow = [], is_outline(shown.layer)
    for shape, values in shapes:
        colour = colour_of(shown.layer, values)
        if shape.geom_type.endswith("Polygon"):
            found = _paths([shape], frame, box)
            if found and hollow:
                pieces.append(format_html('<path fill="none" stroke="{}" stroke-width="20" d="{}"/>', colour, found))
            elif found:
                pieces.append(format_html('<path fill="{}" d="{}"/>', colour, found))
        elif shape.geom_type.endswith("LineString"):
            for line in shapely.get_parts(shapely.clip_by_rect(shape, *box)):
                spots = " ".join(
                    f"{round(x * 10)},{round(y * 10)}" for x, y in (frame.at(*spot) for spot in line.coords)
                )
                pieces.append(format_html('<polyline fill="none" stroke="{}" points="{}"/>', colour, spots))
        else:
            for point in shapely.get_parts(shape):
                x, y = frame.at(point.x, point.y)
                pieces.append(
                    format_html('<circle fill="{}" cx="{}" cy="{}" r="40"/>', colour, round(x * 10), round(y * 10))
                )
    return format_html(
        '<g class="layer" transform="scale(.1)" opacity="{}">{}</g>', shown.opacity / 100,
        format_html_join("", "{}", [(piece,) for piece in pieces]),
    )  # fmt: skip


def _paths(shapes: Sequence[shapely.Geometry], frame: Frame, box: Box) -> str:
    inside = [shapely.clip_by_rect(shape, *box) for shape in shapes]
    parts = [part for shape in inside for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return "".join(path_data(part, frame) for part in parts)


def _labels(shown: Shown, shapes: Sequence[tuple[shapely.Geometry, dict]], frame: Frame) -> list[Label]:
    column = label_of(shown.layer, shown.collection)
    found = []
    for shape, values in shapes if column else []:
        text = values.get(column)
        if text not in (None, "") and not shape.is_empty:
            point = shape.representative_point()
            x, y = frame.at(point.x, point.y)
            if 0 <= x <= frame.width and 0 <= y <= frame.height:
                found.append(Label(str(text), current(), x, y + (14 if shape.geom_type.endswith("Point") else 4)))
    return found
