"""Small static maps as SVG, drawn from the coarse boundaries: no script, no inline style, readable by itself.

Where an area has no boundary its label point stands for it, on the outline of the country that the pack names. No
polygon is ever invented.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, radians
from pathlib import Path

import shapely
from django.conf import settings
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from sala.core.language import Translated, required_language
from sala.core.models import PackFact
from sala.places.labels import Label, placed
from sala.places.models import Area, Boundary
from sala.places.queries import current, latest_boundaries

WIDTH = 340  # units of the view box: about the pixels of a phone, so that the text keeps its size there
TALLEST = 1.5  # height at most, as a multiple of the width
MARGIN = 0.03  # of the larger side, around what is shown
THUMB = 80  # units, and pixels, of a thumbnail
POINT_SIDE = 0.3  # degrees shown around a lone point


@dataclass(frozen=True)
class Frame:
    """The part of the world that is shown; longitude is narrowed as it is at the middle latitude."""

    west: float
    south: float
    east: float
    north: float
    size: float = WIDTH
    tallest: float = TALLEST

    @property
    def narrowing(self) -> float:
        return cos(radians((self.south + self.north) / 2))

    @property
    def scale(self) -> float:
        """Units of the view box for a degree of latitude."""
        wide = self.size / ((self.east - self.west) * self.narrowing)
        return min(wide, self.size * self.tallest / (self.north - self.south))

    @property
    def width(self) -> float:
        return (self.east - self.west) * self.narrowing * self.scale

    @property
    def height(self) -> float:
        return (self.north - self.south) * self.scale

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        return (longitude - self.west) * self.narrowing * self.scale, (self.north - latitude) * self.scale


def frame_around(shapes: Iterable[shapely.Geometry]) -> Frame:
    west, south, east, north = shapely.total_bounds(list(shapes))
    side = max(east - west, north - south) or POINT_SIDE
    margin = MARGIN * side if east > west else POINT_SIDE
    return Frame(west - margin, south - margin, east + margin, north + margin)


@dataclass(frozen=True)
class Surroundings:
    """What a map of an area may show besides it. siblings: ids of the other areas in the one above; boundaries: the
    newest, by area id, of the area, its children, its siblings and the area above."""

    siblings: list[int]
    boundaries: dict[int, Boundary]


def surroundings(area: Area, children: Sequence[Area]) -> Surroundings:
    beside = current().filter(parent=area.parent_id).exclude(pk=area.pk) if area.parent_id else Area.objects.none()
    siblings = list(beside.values_list("pk", flat=True))
    above = [area.parent_id] if area.parent_id else []
    return Surroundings(siblings, latest_boundaries([area, *children, *siblings, *above]))


def svg_map(
    area: Area, children: Sequence[Area], language: str | None = None, known: Surroundings | None = None
) -> SafeString:
    """Figure with the map of an area among its neighbours, or of its parts, with labels, source and disclaimer.

    children  the areas directly inside it that are to be shown, with their names
    known     what `surroundings` told, where it was asked already
    Empty when neither boundary, outline nor label point is known.
    """
    known = known or surroundings(area, children)
    found = known.boundaries
    drawn = _coarse(found)
    parts = {child.pk: drawn[child.pk] for child in children if child.pk in drawn}
    beside = [pk for pk in known.siblings if pk in drawn]
    around = [drawn[pk] for pk in beside]
    shown = _Map(language)
    if parts:
        shown.frame = frame_around([drawn[area.pk]] if area.pk in drawn else parts.values())
        shown.polygons(around, "context")
        shown.polygons([drawn[area.pk]] if area.pk in drawn and len(parts) < len(children) else [], "context")
        shown.polygons(parts.values(), "area")
    elif area.pk in drawn:
        shown.frame = frame_around([drawn[area.pk]] if children else [drawn[area.pk], *around])
        shown.polygons(around, "context")
        shown.polygons([drawn[area.pk]], "here")
    else:
        ground = [drawn[area.parent_id]] if area.parent_id in drawn else outline()
        points = [_point(one) for one in [area, *children] if one.label_point]
        if not ground and not points:
            return mark_safe("")
        shown.frame = frame_around([*ground, *points])
        shown.polygons(ground, "context")
    named = list(children) or [area, *(Area.objects.filter(pk__in=beside) if beside else ())]
    for one in named:
        place = _label_place(one, drawn.get(one.pk))
        if place is not None:
            shown.label(one.name, place, dotted=one.pk not in drawn)
    sources = [found[pk] for pk in [*parts, area.pk, *known.siblings, area.parent_id] if pk in found]
    return shown.figure(area, sources)


class _Map:
    """Collects shapes and labels in the order in which they are drawn."""

    def __init__(self, language: str | None):
        self.language = language
        self.frame = Frame(0, 0, 1, 1)
        self.paths: list[tuple[str, str]] = []
        self.labels: list[Label] = []
        self.points: list[tuple[float, float]] = []
        self.dots: list[tuple[tuple[float, float], int]] = []  # points in a class

    def polygons(self, shapes: Iterable[shapely.Geometry], style: str) -> None:
        for shape in shapes:
            if path := _drawn(shape, self.frame):
                self.paths.append((style, path))

    def label(self, name: Translated, place: tuple[float, float], dotted: bool) -> None:
        x, y = self.frame.at(*place)
        if 0 <= x <= self.frame.width and 0 <= y <= self.frame.height:
            if dotted:
                self.points.append((x, y))
            found = name.text(self.language)
            self.labels.append(Label(found.text, found.language, x, y - 5 if dotted else y + 4))

    def figure(self, area: Area, sources: Sequence[Boundary]) -> SafeString:
        width, height = round(self.frame.width), round(self.frame.height)
        title = _("Map of %(area)s") % {"area": area.name.text(self.language).text}
        paths = format_html_join("", '<path class="{}" d="{}"/>', self.paths)
        points = format_html_join(
            "", '<circle class="point" cx="{}" cy="{}" r="3"/>', [(round(x), round(y)) for x, y in self.points]
        )
        points += format_html_join(
            "", '<circle class="area step-{}" cx="{}" cy="{}" r="3"/>',
            [(step, round(x, 1), round(y, 1)) for (x, y), step in self.dots],
        )  # fmt: skip
        kept = placed(self.labels, width, height)
        texts = format_html_join(
            "", '<text x="{}" y="{}" lang="{}">{}</text>',
            [(round(label.x), round(label.y), label.language, label.text) for label in kept],
        )  # fmt: skip
        return format_html(
            '<figure><svg class="map" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>'
            '<g transform="scale(.1)">{}</g>{}{}</svg><figcaption class="small">{}</figcaption></figure>',
            width, height, title, title, paths, points, texts, caption(sources, bool(self.paths), self.language),
        )  # fmt: skip


def shaded_map(area: Area, classes: Mapping[int, int], language: str | None = None) -> SafeString:
    """Figure of places inside an area, each drawn in its class.

    classes  number of a place → class from 0 (nothing) to 5 (all); the style sheet gives each its colour
    A place without a boundary is a point. Empty when no place can be drawn.
    """
    shown = _Map(language)
    points = Area.objects.filter(pk__in=list(classes), label_point__isnull=False).values_list("pk", "label_point")
    found = latest_boundaries([area, *classes])
    drawn = _coarse(found)
    places = {pk: drawn[pk] for pk in classes if pk in drawn}
    dots = {pk: (point.x, point.y) for pk, point in points if point and pk not in drawn}
    ground = [drawn[area.pk]] if area.pk in drawn else [] if places else outline()
    if not places and not dots:
        return mark_safe("")
    around = _ground_of(list(dots.values())) if dots else None
    shown.frame = frame_around([*ground, *places.values()] or [around or shapely.Point()])
    shown.polygons(ground, "context")
    for pk, shape in places.items():
        shown.polygons([shape], f"area step-{classes[pk]}")
    shown.dots = [(shown.frame.at(*dot), classes[pk]) for pk, dot in dots.items()]
    return shown.figure(area, [found[pk] for pk in (area.pk, *places) if pk in found])


def _ground_of(points: Sequence[tuple[float, float]]) -> shapely.Geometry:
    """The rectangle around points, with as much beside them as around a lone one."""
    west, south, east, north = shapely.MultiPoint(points).bounds
    return shapely.box(west - POINT_SIDE, south - POINT_SIDE, east + POINT_SIDE, north + POINT_SIDE)


def _coarse(found: Mapping[int, Boundary]) -> dict[int, shapely.Geometry]:
    return {pk: shapely.from_wkb(bytes(row.coarse.wkb)) for pk, row in found.items() if row.coarse}


def layer_map(shapes: Sequence[shapely.Geometry], place: Area, language: str | None = None) -> SafeString:
    """Figure with the shapes of a layer (polygons and points) over the outline of the place that it covers."""
    if not shapes:
        return mark_safe("")
    found = latest_boundaries([place])
    ground = [shapely.from_wkb(bytes(row.coarse.wkb)) for row in found.values() if row.coarse]
    shown = _Map(language)
    shown.frame = frame_around(shapes)
    shown.polygons(ground, "context")
    shown.polygons([shape for shape in shapes if shape.geom_type.endswith("Polygon")], "here")
    shown.points = [shown.frame.at(shape.x, shape.y) for shape in shapes if shape.geom_type == "Point"]
    return shown.figure(place, list(found.values()))


def point_map(area: Area, point: shapely.Point, language: str | None = None) -> SafeString:
    """Figure with one point in its area, or in the smallest area around it whose boundary is known."""
    chain = area.within()[::-1]
    found = latest_boundaries(chain)
    nearest = next((found[pk] for pk in chain if pk in found and found[pk].coarse), None)
    ground = [shapely.from_wkb(bytes(nearest.coarse.wkb))] if nearest and nearest.coarse else outline()
    shown = _Map(language)
    shown.frame = frame_around([*ground, point])
    shown.polygons(ground, "here" if nearest else "context")
    shown.points = [shown.frame.at(point.x, point.y)]
    return shown.figure(area, [nearest] if nearest else [])


def thumbnail(shape: shapely.Geometry) -> SafeString:
    """The bare outline of one shape, for a row of a table; it says nothing that the row does not say."""
    view = replace(frame_around([shape]), size=THUMB, tallest=1)
    drawn = "".join(path_data(part, view) for part in shapely.get_parts(shape))
    return format_html(
        '<svg class="map thumb" width="{0}" height="{0}" viewBox="0 0 {0} {0}" aria-hidden="true">'
        '<g transform="scale(.1)"><path class="area" d="{1}"/></g></svg>',
        THUMB, drawn,
    )  # fmt: skip


def _wider(view: Frame) -> tuple[float, float, float, float]:
    """The frame with a little around it, so that the cut itself is not seen."""
    x, y = (view.east - view.west) / 50, (view.north - view.south) / 50
    return view.west - x, view.south - y, view.east + x, view.north + y


@lru_cache(maxsize=1000)
def _drawn(shape: shapely.Geometry, view: Frame) -> str:
    """Path data of the polygons of a shape as far as the view shows them. The same borders are drawn for every reader."""
    seen = shapely.clip_by_rect(shape, *_wider(view))
    return "".join(path_data(part, view) for part in shapely.get_parts(seen) if part.geom_type == "Polygon")


def path_data(polygon: shapely.Polygon, view: Frame) -> str:
    """Path data in tenths of a unit, each step relative to the last; steps too small to see are left out."""
    pieces = []
    for ring in (polygon.exterior, *polygon.interiors):
        steps: list[str] = []
        x = y = 0
        for number, (longitude, latitude) in enumerate(ring.coords[:-1]):
            unit_x, unit_y = view.at(longitude, latitude)
            new_x, new_y = round(unit_x * 10), round(unit_y * 10)
            if number == 0:
                steps.append(f"M{new_x} {new_y}l")
            elif (new_x, new_y) != (x, y):
                steps.append(f"{_signed(new_x - x, len(steps) == 1)}{_signed(new_y - y)}")
            x, y = new_x, new_y
        if len(steps) > 2:
            pieces.append("".join(steps) + "z")
    return "".join(pieces)


def _signed(number: int, first: bool = False) -> str:
    """A number in a path: a minus separates it from the one before, else a space does."""
    return str(number) if first or number < 0 else f" {number}"


def _point(area: Area) -> shapely.Point:
    point = area.label_point
    return shapely.Point(point.x, point.y) if point else shapely.Point()


def _label_place(area: Area, shape: shapely.Geometry | None) -> tuple[float, float] | None:
    """Where the name stands: at the label point, unless that lies outside the shape that is drawn."""
    point = area.label_point
    if point is not None and (shape is None or shapely.intersects_xy(shape, point.x, point.y)):
        return point.x, point.y
    if shape is None:
        return None
    inside = shape.representative_point()
    return inside.x, inside.y


# ---- what stands under a map -------------------------------------------------------------------------------------


def boundary_source(area: Area) -> str:
    """Source, day and licence of the area's newest boundary; empty when it has none."""
    found = latest_boundaries([area]).get(area.pk)
    return told_of(found) if found else ""


def told_of(boundary: Boundary) -> str:
    vintage = boundary.vintage
    day = formats.date_format(vintage.as_of, "DATE_FORMAT")
    licence = f" ({vintage.licence})" if vintage.licence else ""
    return f"{vintage.source}, {day}{licence}"


def caption(boundaries: Iterable[Boundary], drawn: bool, language: str | None = None) -> SafeString:
    """Where the lines on a map come from, and the country's disclaimer."""
    told = list(dict.fromkeys(told_of(boundary) for boundary in boundaries))
    if not told and drawn:
        told = [_outline_source()]
    words = PackFact.words("disclaimer").text(language)
    source = format_html("{} {}. ", _("Boundaries:"), "; ".join(told)) if any(told) else ""
    return format_html('{}<span lang="{}">{}</span>', source, words.language or required_language(), words.text)


def _outline_source() -> str:
    wanted = (PackFact.get("outline") or {}).get("source", "")
    found = next((entry for entry in PackFact.get("sources") or [] if entry.get("id") == wanted), None)
    return f"{found['title']} ({found['licence']})" if found else wanted


def outline() -> list[shapely.Geometry]:
    """The country's outline from the browser package that the pack names; nothing where there is none."""
    if not PackFact.get("outline"):
        return []
    return _read_outline(Path(settings.STATICFILES_DIRS[0]) / "outline" / f"{PackFact.get('code')}.json")


@lru_cache(maxsize=4)
def _read_outline(path: Path) -> list[shapely.Geometry]:
    if not path.is_file():
        return []
    content = json.loads(path.read_text(encoding="utf-8"))
    features = content["features"] if content.get("type") == "FeatureCollection" else [content]
    shapes = [shapely.from_geojson(json.dumps(feature.get("geometry", feature))) for feature in features]
    side = max(shape.area for shape in shapes) ** 0.5
    return [shapely.simplify(shape, side / 400) for shape in shapes]
