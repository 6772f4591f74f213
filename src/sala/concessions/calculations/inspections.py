"""An inspection held against the granted area: how much of the walk lies in it, where each photo was taken, what is odd.

No database. Coordinates are longitude and latitude (EPSG:4326); lengths are measured in a plane around the area, in which
they are right to a thousandth over the size of any concession.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Any

import numpy
import shapely
from pyproj import Transformer

INSIDE, ELSEWHERE, UNKNOWN = "inside", "elsewhere", "unknown"
LEAST_POINTS = 2  # of a walk that is a line
CLOSES_WITHIN_M = 100.0  # a walk whose ends are this near goes round something
ROUND = 4.0  # a walk is so many times longer than the gap between its ends before it goes round
# what is more than this no device measured, and an inspection has no room for it
MOST_KM = 999_999.0
MOST_ACCURACY_M = 9_999_999.0


@dataclass(frozen=True)
class Limits:
    """What the rules allow. metres: by how the area was found; inside: least per cent of the walk that lies in it."""

    metres: float = 50.0
    inside: float = 80.0
    accuracy_m: float = 25.0
    photo_days: int = 1


@dataclass(frozen=True)
class Photo:
    """point: (longitude, latitude), None where the camera wrote none."""

    name: str
    point: tuple[float, float] | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True)
class Placed:
    """place: inside, elsewhere or unknown; metres from the area, 0 within it, None where nobody can tell."""

    place: str
    metres: float | None


@dataclass
class Checked:
    """km of the walk, per cent of it inside (None without a walk or an area), each photo in the order given, flags.

    odd  the walk or its accuracy is nothing that can be measured, and is left out
    """

    km: float | None = None
    inside: float | None = None
    accuracy_m: float | None = None
    odd: bool = False
    photos: list[Placed] = field(default_factory=list)
    flags: list[list[Any]] = field(default_factory=list)


def check(track: shapely.Geometry | None, accuracies: Sequence[float], photos: Sequence[Photo],
          area: shapely.Geometry | None, inspected_on: date, limits: Limits) -> Checked:  # fmt: skip
    """track  lines; accuracies  metres as the device said at each point; area  polygon, or a point that stands for it"""
    sound = [metres for metres in accuracies if 0 <= metres <= MOST_ACCURACY_M]
    found = Checked(accuracy_m=median(sound) if sound else None, odd=len(sound) < len(accuracies))
    if track is not None and not numpy.isfinite(shapely.get_coordinates(track)).all():
        track, found.odd = None, True
    to_plane = _plane(area if area is not None else track)
    ground = to_plane(area) if area is not None else None
    drawn = ground is not None and ground.area > 0
    reach = ground.buffer(limits.metres) if ground is not None else None
    if track is not None and not track.is_empty:
        walk = to_plane(track)
        measured = bool(walk.length / 1000 <= MOST_KM)  # no for what is no number as well
        found.km, found.odd = walk.length / 1000 if measured else None, found.odd or not measured
        if drawn and measured and walk.length:
            found.inside = 100 * walk.intersection(reach).length / walk.length
    found.photos = [
        _placed(photo, to_plane, ground, limits.metres) if drawn else Placed(UNKNOWN, None) for photo in photos
    ]
    found.flags = [*_of_walk(found, track, drawn, limits), *_of_photos(found.photos, photos, inspected_on, limits)]
    return found


def _plane(around: shapely.Geometry | None) -> Any:
    """Degrees → metres east and north of the middle of a shape."""
    if around is None or around.is_empty:
        return lambda shape: shape
    middle = around.centroid
    move = Transformer.from_crs(
        "EPSG:4326", f"+proj=aeqd +lat_0={middle.y} +lon_0={middle.x} +datum=WGS84 +units=m", always_xy=True
    )
    return lambda shape: shapely.transform(shape, lambda points: _moved(move, points))


def _moved(move: Transformer, points: Any) -> Any:
    moved = points.copy()
    moved[:, 0], moved[:, 1] = move.transform(points[:, 0], points[:, 1])
    return moved


def _placed(photo: Photo, to_plane: Any, ground: Any, metres: float) -> Placed:
    if photo.point is None:
        return Placed(UNKNOWN, None)
    away = float(ground.distance(to_plane(shapely.Point(photo.point))))
    if not math.isfinite(away):
        return Placed(UNKNOWN, None)
    return Placed(INSIDE if away <= metres else ELSEWHERE, away)


def _of_walk(found: Checked, track: shapely.Geometry | None, drawn: bool, limits: Limits) -> list[list[Any]]:
    flags: list[list[Any]] = []
    if not drawn:
        flags.append(["no-area"])
    if found.odd:
        flags.append(["track-odd"])
    elif track is None or track.is_empty:
        flags.append(["no-track"])
    if found.inside is not None and found.inside < limits.inside:
        flags.append(["track-outside", round(100 - found.inside, 1), round(limits.metres)])
    if found.accuracy_m is not None and found.accuracy_m > limits.accuracy_m:
        flags.append(["accuracy-poor", round(found.accuracy_m), round(limits.accuracy_m)])
    return flags


def _of_photos(placed: Sequence[Placed], photos: Sequence[Photo], day: date, limits: Limits) -> list[list[Any]]:
    flags: list[list[Any]] = []
    elsewhere = [one.metres or 0.0 for one in placed if one.place == ELSEWHERE]
    if elsewhere:
        flags.append(["photos-elsewhere", len(elsewhere), len(photos), round(max(elsewhere))])
    if nowhere := sum(photo.point is None for photo in photos):
        flags.append(["photos-without-place", nowhere, len(photos)])
    off = [abs((photo.taken_at.date() - day).days) for photo in photos if photo.taken_at]
    if late := [days for days in off if days > limits.photo_days]:
        flags.append(["photo-time", len(late), max(late)])
    return flags


def ring_of(track: shapely.Geometry | None) -> shapely.Geometry | None:
    """The area that a walk goes round, where its ends meet; None for a walk along one side."""
    if track is None:
        return None
    lines = [line for line in shapely.get_parts(track) if len(line.coords) > LEAST_POINTS]
    if len(lines) != 1:
        return None
    walk = _plane(track)(lines[0])
    gap = shapely.Point(walk.coords[0]).distance(shapely.Point(walk.coords[-1]))
    if gap > CLOSES_WITHIN_M or walk.length < ROUND * gap or not walk.length:
        return None
    ring = shapely.make_valid(shapely.Polygon(lines[0].coords))
    polygons = [part for part in shapely.get_parts(ring) if part.geom_type == "Polygon" and part.area > 0]
    return shapely.MultiPolygon(polygons) if polygons else None
