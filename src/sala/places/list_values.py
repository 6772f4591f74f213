"""What the cells of a list of facilities say: days, degrees, places. A cell that cannot be read gives a reason."""

import re
from datetime import date

from sala.core import lao
from sala.places.finder import Finder
from sala.places.matching import Reason
from sala.places.models import Area

_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$")
_DAY_FIRST = re.compile(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$")
_YEAR = re.compile(r"^(\d{4})$")
_DEGREES = re.compile(r"^[+-]?\d{1,3}([.,]\d+)?$")
EARLIEST = 1500
DISTRICT = 2  # rank of the level that a column of districts means


class Unclear(Exception):
    """A cell that cannot be used; `reason` says why."""

    def __init__(self, reason: Reason):
        super().__init__(reason["code"])
        self.reason = reason


def day(text: str, role: str) -> date | None:
    """2001-09-01, 1/9/2001 (the day first) or a mere year, which stands for its first day. None for an empty cell."""
    clean = lao.digits(text).strip()
    if not clean:
        return None
    parts: tuple[int, ...] = ()
    if found := _ISO.match(clean):
        parts = (int(found[1]), int(found[2]), int(found[3]))
    elif found := _DAY_FIRST.match(clean):
        parts = (int(found[3]), int(found[2]), int(found[1]))
    elif found := _YEAR.match(clean):
        parts = (int(found[1]), 1, 1)
    try:
        if parts and parts[0] >= EARLIEST:
            return date(*parts)
    except ValueError:
        pass
    raise Unclear({"code": "no-day", "role": role, "value": text[:60]})


def point(latitude: str, longitude: str, bounds: list[float] | None) -> tuple[float, float] | None:
    """Longitude and latitude in degrees; None when both cells are empty. bounds: west, south, east, north."""
    if not latitude.strip() and not longitude.strip():
        return None
    y, x = _degrees(latitude, "latitude"), _degrees(longitude, "longitude")
    if bounds:
        west, south, east, north = bounds
        if not (west <= x <= east and south <= y <= north):
            swapped = west <= y <= east and south <= x <= north
            raise Unclear({"code": "swapped-point"} if swapped else {"code": "far-point", "value": f"{y:g}, {x:g}"})
    if abs(y) > 90:
        raise Unclear({"code": "swapped-point"})
    return x, y


def _degrees(text: str, role: str) -> float:
    clean = lao.digits(text).strip().rstrip("°").strip()
    if not _DEGREES.match(clean):
        raise Unclear({"code": "no-degrees", "role": role, "value": text[:60]})
    value = float(clean.replace(",", "."))
    if abs(value) > 180:
        raise Unclear({"code": "no-degrees", "role": role, "value": text[:60]})
    return value


def place(code: str, name: str, district: str, finder: Finder, with_parts: set[int]) -> tuple[Area, bool]:
    """The area that the cells of a row mean, and whether the place itself was found and not only the one above it.

    with_parts  ids of areas that have smaller ones in the tree: only where they have none may a place stand for its parts
    """
    coded = finder.coded(code) if code else []
    if len(coded) == 1:
        return coded[0], True
    if code and not name:
        name = code
    above = _above(district, finder) if district else None
    if name:
        return _named(name, above, finder, with_parts)
    if above is None:
        raise Unclear({"code": "without-place"})
    return above, True


def _above(text: str, finder: Finder) -> Area:
    """The area above the place: a district where several levels have the name."""
    found = finder.coded(text) or finder.named(text)
    if len(found) > 1:
        found = [area for area in found if area.level.rank == DISTRICT]
    if len(found) != 1:
        raise Unclear({"code": "no-district", "value": text[:60]})
    return found[0]


def _named(name: str, above: Area | None, finder: Finder, with_parts: set[int]) -> tuple[Area, bool]:
    inside = [area for area in finder.named(name) if above is None or area.path.startswith(above.path)]
    deepest = max((area.level.rank for area in inside), default=0)
    inside = [area for area in inside if area.level.rank == deepest]
    if len(inside) == 1:
        return inside[0], True
    if len(inside) > 1:
        raise Unclear({"code": "two-places", "value": name[:60]})
    coded = finder.coded(name)
    if len(coded) == 1:
        return coded[0], True
    if above is not None and above.pk not in with_parts:
        return above, False
    raise Unclear({"code": "no-place", "value": name[:60]})
