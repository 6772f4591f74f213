"""The grid of web map tiles, in degrees."""

from math import atan, degrees, pi, sinh

from sala.core.errors import Missing
from sala.maps.collections import Box

DEEPEST = 18  # no tile is asked for below this level
EXTENT = 4096  # units along the side of a tile
MARGIN = 64  # units around it, so that lines do not end at its edge


def check(z: int, x: int, y: int) -> None:
    """Raises Missing for a tile that is not in the grid."""
    if not (0 <= z <= DEEPEST and 0 <= x < 2**z and 0 <= y < 2**z):
        raise Missing


def box_of(z: int, x: int, y: int) -> Box:
    """West, south, east, north of a tile with its margin, in degrees."""
    part = MARGIN / EXTENT
    return (
        max(-180.0, _longitude(z, x - part)), max(-89.9, _latitude(z, y + 1 + part)),
        min(180.0, _longitude(z, x + 1 + part)), min(89.9, _latitude(z, y - part)),
    )  # fmt: skip


def _longitude(z: int, column: float) -> float:
    return column / 2**z * 360 - 180


def _latitude(z: int, row: float) -> float:
    return degrees(atan(sinh(pi * (1 - 2 * row / 2**z))))
