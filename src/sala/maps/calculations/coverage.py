"""What part of each cell lies in a zone: whole cells as runs along a row, and the cells that a border cuts with their share.

Each piece of a border within one cell adds to that cell the area to its right, and to all cells further right its height;
summed along a row the heights tell what is inside. So the work grows with the length of the borders, not with the area.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from sala.maps.calculations.grid import Grid

NEAR = 1e-8  # of a cell: a corner so near to the line between two cells lies on it
LEAST = 1e-14  # a smaller share of a cell is a trace of rounding
PIECES = 2_000_000  # of borders that are in memory at once, unless one edge alone has more
POLYGON = 3


@dataclass(frozen=True)
class Edges:
    """Borders of zones that go up or down, in columns and rows of a grid: from (x, y) down to (end_x, end_y).

    zone, ring  numbers, going up     side  1 where the inside of the zone is to the right, -1 to the left
    """

    zone: np.ndarray
    ring: np.ndarray
    side: np.ndarray
    x: np.ndarray
    y: np.ndarray
    end_x: np.ndarray
    end_y: np.ndarray

    def __getitem__(self, chosen: np.ndarray | slice) -> "Edges":
        return Edges(*(each[chosen] for each in vars(self).values()))


@dataclass(frozen=True)
class Cover:
    """Cells of a window by zone, going up. Places count the cells row by row from 0.

    zone, start, length      of each run of cells that lie wholly in the zone
    cut_zone, place, share   of each cell that is cut; 0 < share ≤ 1
    """

    zone: np.ndarray
    start: np.ndarray
    length: np.ndarray
    cut_zone: np.ndarray
    place: np.ndarray
    share: np.ndarray


def edges_of(shapes: np.ndarray, grid: Grid) -> Edges:
    """The borders of polygons in the grid's coordinate system. Shapes with corners nowhere (infinite) have none."""
    parts, zone = shapely.get_parts(shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)  # parts of collections may have parts
    flat = shapely.get_type_id(parts) == POLYGON
    parts, zone = parts[flat], zone[inner][flat]
    rings, part = shapely.get_rings(parts, return_index=True)
    outer = np.diff(part, prepend=-1) != 0
    side = np.where(shapely.is_ccw(rings) == outer, 1, -1)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    nowhere = np.unique(zone[part[ring[~np.isfinite(corners).all(axis=1)]]])
    x, y = _snapped((corners[:, 0] - grid.west) / grid.cell_x), _snapped((grid.north - corners[:, 1]) / grid.cell_y)
    first, second = np.arange(len(ring) - 1), np.arange(1, len(ring))
    kept = (ring[first] == ring[second]) & (y[first] != y[second]) & ~np.isin(zone[part[ring[first]]], nowhere)
    first, second = first[kept], second[kept]
    down = y[first] < y[second]
    above, below = np.where(down, first, second), np.where(down, second, first)
    ring = ring[first]
    return Edges(zone[part[ring]], ring, np.where(down, 1, -1) * side[ring], x[above], y[above], x[below], y[below])


def _snapped(numbers: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        whole = np.round(numbers)
        return np.where(np.abs(numbers - whole) < NEAR, whole, numbers)


def cover_of(edges: Edges, column: int, row: int, width: int, height: int) -> Cover:
    """Of the cells of a window that begins at a column and a row of the grid."""
    near = edges[(edges.end_y > row) & (edges.y < row + height)]
    near = Edges(near.zone, near.ring, near.side, near.x - column, near.y - row, near.end_x - column, near.end_y - row)
    near = near[_beside(near, width)]
    found = [_merged(*_pieces(part, width, height)) for part in _parts(near, width, height)]
    key, rise, area = found[0] if len(found) == 1 else _merged(*map(np.concatenate, zip(*found, strict=True)))
    # The share of each ring in single precision, then their sum: so exactextract does, and figures are the same as its
    line, at = np.divmod(key, width + 2)
    share = _inside(line, rise) - rise + area
    ring, row_of = np.divmod(line, height)
    zone = near.zone[np.searchsorted(near.ring, ring)]
    key, rise, area = _merged((zone * height + row_of) * (width + 2) + at, rise, area + (_single(share) - share))
    line, at = np.divmod(key, width + 2)
    at -= 1  # -1: left of the window; width: right of it
    inside = _inside(line, rise)
    share = np.minimum(_single(inside - rise + area), 1)
    cut = (share > LEAST) & (at >= 0) & (at < width)
    gap = np.diff(at) - 1
    run = np.flatnonzero((gap > 0) & (line[1:] == line[:-1]) & (inside[:-1] > 0.5))
    zone, rows = np.divmod(line, height)
    return Cover(zone[run], rows[run] * width + at[run] + 1, gap[run], zone[cut], (rows * width + at)[cut], share[cut])


def _inside(line: np.ndarray, rise: np.ndarray) -> np.ndarray:
    """How often what is right of each cell lies inside. Each line begins anew, so that rounding does not gather."""
    begins = np.flatnonzero(np.diff(line, prepend=-1))
    found = np.cumsum(rise)
    return found - np.repeat((found - rise)[begins], np.diff(begins, append=len(line)))


def _single(share: np.ndarray) -> np.ndarray:
    """In single precision; rounded to 41 bits first, so that what summing leaves in the last bits does not settle a tie."""
    wide = share * 4097
    return (wide - (wide - share)).astype(np.float32).astype(np.float64)


def _beside(edges: Edges, width: int) -> np.ndarray:
    """Which edges are of zones that do not lie wholly to the left or to the right of the window."""
    begins = np.flatnonzero(np.diff(edges.zone, prepend=-1))
    if not len(begins):
        return np.zeros(0, bool)
    least = np.minimum.reduceat(np.minimum(edges.x, edges.end_x), begins)
    most = np.maximum.reduceat(np.maximum(edges.x, edges.end_x), begins)
    return np.repeat((most > 0) & (least < width), np.diff(begins, append=len(edges.zone)))


def _parts(edges: Edges, width: int, height: int) -> Iterator[Edges]:
    """As many edges at once as make no more pieces than fit in memory; at least one part, be it empty."""
    tall = np.minimum(edges.end_y, height) - np.maximum(edges.y, 0)
    wide = np.abs(np.clip(edges.end_x, -1, width + 1) - np.clip(edges.x, -1, width + 1))
    places = np.cumsum(tall + wide + 3) // PIECES
    for number in np.unique(places) if len(places) else [0]:
        yield edges[places == number]


def _pieces(edges: Edges, width: int, height: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The edges cut at the borders of rows and columns: cell (ring, row, column as one number), height, area to the right."""
    top, bottom = np.maximum(edges.y, 0), np.minimum(edges.end_y, height)
    lean = (edges.end_x - edges.x) / (edges.end_y - edges.y)
    of, row = _counted(np.floor(top).astype(np.int64), np.ceil(bottom).astype(np.int64))
    edge = edges[of]
    start, end = np.maximum(top[of], row), np.minimum(bottom[of], row + 1)
    least, most = np.minimum(edge.x, edge.end_x), np.maximum(edge.x, edge.end_x)
    x = np.clip(edge.x + (start - edge.y) * lean[of], least, most)
    end_x = np.where(end == edge.end_y, edge.end_x, np.clip(edge.x + (end - edge.y) * lean[of], least, most))
    rise, cell = edge.side * (end - start), edge.ring * height + row
    left, right = np.minimum(x, end_x), np.maximum(x, end_x)
    first = np.clip(np.floor(left), -1, width).astype(np.int64)
    last = np.clip(np.ceil(right) - 1, first, width).astype(np.int64)
    of, column = _counted(first, last + 1)
    start = np.where(column == first[of], left[of], column)
    end = np.where(column == last[of], right[of], column + 1)
    span = (right - left)[of]
    part = np.divide(end - start, span, out=np.ones_like(span), where=first[of] != last[of])
    rise = rise[of] * part
    return cell[of] * (width + 2) + column + 1, rise, rise * (column + 1 - (start + end) / 2)


def _counted(first: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of the ranges, and the number in it, for all numbers from first to before end of each."""
    length = end - first
    of = np.repeat(np.arange(len(first)), length)
    return of, np.arange(len(of)) + np.repeat(first - np.cumsum(length) + length, length)


def _merged(key: np.ndarray, rise: np.ndarray, area: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sums by cell, cells going up."""
    if not len(key):
        return key, rise, area
    order = np.argsort(key, kind="stable")
    key = key[order]
    begins = np.flatnonzero(np.diff(key, prepend=-1))
    return key[begins], np.add.reduceat(rise[order], begins), np.add.reduceat(area[order], begins)
