"""What can be wrong with shapes, and what is measured on them. Arrays of shapely geometries in, plain arrays out.

Lengths and areas are geodesic on WGS 84, so that they do not depend on a projection. Work is cut into two threads;
the libraries let go of Python while they compute.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyproj import Geod

THREADS = 2
PIECE = 20_000  # shapes measured at a time
SAME_AREA = 0.001  # share of the area that mending may change
CROSSING = 0.01  # share of the smaller polygon that two may overlap
MANY_PAIRS = 20_000  # from here on a test of the whole coverage comes before that of each pair
SHORT_EDGE = 500  # metres
TOLD = 5  # neighbours named in one fault

POINT, LINE, POLYGON, MULTIPOINT, MULTILINE, MULTIPOLYGON = 0, 1, 3, 4, 5, 6
KINDS = {POINT: "Point", LINE: "LineString", POLYGON: "Polygon", MULTIPOINT: "MultiPoint", MULTILINE: "MultiLineString",
         MULTIPOLYGON: "MultiPolygon"}  # fmt: skip

_ONE_PART = bytes([1, MULTIPOLYGON, 0, 0, 0, 1, 0, 0, 0])  # byte order, type, number of parts
_GEOD = Geod(ellps="WGS84")


def _in_threads(work: Callable[[slice], np.ndarray], count: int) -> np.ndarray:
    """`work` on all places, piece by piece: two at a time, and never with copies of all shapes at once."""
    step = max(1, min(PIECE, -(-count // THREADS)))
    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(work, [slice(start, start + step) for start in range(0, count, step)]))
    return np.concatenate(parts) if parts else np.empty(0)


def mend(shapes: np.ndarray) -> Iterator[tuple[int, str, bool]]:
    """Mend invalid shapes in place: (place, reason, whether it could be mended) of each that was invalid.

    A shape counts as mended when its area (or, for lines, length) stays the same to 0.1 %; else it is left as it was.
    """
    valid = _in_threads(lambda part: shapely.is_valid(shapes[part]), len(shapes))
    for place in np.flatnonzero(~valid.astype(bool) & ~shapely.is_missing(shapes)).tolist():
        shape = shapes[place]
        reason = shapely.is_valid_reason(shape).split("[")[0]
        dimensions = shapely.get_dimensions(shape)
        measure = shapely.area if dimensions == 2 else shapely.length
        mended = _of_kind(shapely.make_valid(shape), dimensions)
        size, mended_size = measure(shape), measure(mended)
        ok = bool(np.isfinite(size) and size > 0 and abs(mended_size - size) <= SAME_AREA * size)
        if ok:
            shapes[place] = mended
        yield place, reason, ok


def _of_kind(shape: Any, dimensions: int) -> Any:
    """The parts of a mended shape that are what it was: its polygons, or its lines."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    parts = parts[shapely.get_dimensions(parts) == dimensions]
    return shapely.union_all(parts) if len(parts) != 1 else parts[0]


def as_wkb(shapes: np.ndarray) -> pa.Array:
    """Well-known binary, with polygons as multipolygons of one part."""
    wkb = pa.array(shapely.to_wkb(shapes, byte_order=1), pa.binary())
    single = shapely.get_type_id(shapes) == POLYGON
    return pc.if_else(pa.array(single), pc.binary_join_element_wise(_ONE_PART, wkb, b""), wkb) if single.any() else wkb


def kinds(shapes: np.ndarray) -> list[str]:
    """Names of the types in which the shapes are kept."""
    return sorted(
        {KINDS[MULTIPOLYGON if kind == POLYGON else kind] for kind in set(shapely.get_type_id(shapes).tolist())}
    )


def areas_ha(shapes: np.ndarray, digits: int = 2) -> np.ndarray:
    """Hectares, two decimals unless told otherwise; NaN where the shape is no polygon."""
    return _in_threads(lambda part: _areas(shapes[part], digits), len(shapes))


def _areas(shapes: np.ndarray, digits: int) -> np.ndarray:
    result = np.full(len(shapes), np.nan)
    result[np.isin(shapely.get_type_id(shapes), (POLYGON, MULTIPOLYGON))] = 0
    polygons, of_shape = shapely.get_parts(shapes, return_index=True)
    is_polygon = shapely.get_type_id(polygons) == POLYGON
    polygons, of_shape = polygons[is_polygon], of_shape[is_polygon]
    rings, of_polygon = shapely.get_rings(polygons, return_index=True)
    sizes = _ring_areas(rings)
    is_hole = np.diff(of_polygon, prepend=-1) == 0  # the first ring of a polygon is its outline
    np.add.at(result, of_shape[of_polygon], np.where(is_hole, -sizes, sizes))
    return np.round(result / 10_000, digits)


def _ring_areas(rings: np.ndarray) -> np.ndarray:
    """Geodesic areas of rings, m².

    Where all edges are short, a straight line on an equal-area cylinder stands for each: it leaves the geodesic by
    L³ tan(latitude) / 12 R, which for SHORT_EDGE is 0.5 m² at 18°, opposite in sign on opposite sides, and is 20 times
    as fast. Rings with a longer edge are measured by Geod one by one.
    """
    if not len(rings):
        return np.empty(0)
    points, of_ring = shapely.get_coordinates(rings, return_index=True)
    longitude, latitude = np.radians(points[:, 0]), np.radians(points[:, 1])
    starts = np.searchsorted(of_ring, np.arange(len(rings)))
    sine, e = np.sin(latitude), np.sqrt(_GEOD.es)
    height = (1 - e**2) * (sine / (1 - (e * sine) ** 2) + np.arctanh(e * sine) / e) / 2
    height -= np.repeat(height[starts], np.diff(np.append(starts, len(points))))
    inside = np.append(np.diff(of_ring) == 0, False)  # an edge starts at every point but the last of a ring
    east = np.where(inside, np.append(np.diff(longitude), 0), 0)
    north = np.where(inside, np.append(np.diff(latitude), 0), 0)
    middle = (height + np.append(height[1:], 0)) / 2
    sizes = np.abs(np.add.reduceat(east * middle, starts)) * _GEOD.a**2
    longest = np.sqrt(np.maximum.reduceat((east * np.cos(latitude)) ** 2 + north**2, starts)) * _GEOD.a
    long = np.flatnonzero(~(longest <= SHORT_EDGE))
    sizes[long] = [abs(_GEOD.polygon_area_perimeter(x, y)[0]) for x, y in _paths(rings[long])]
    return sizes


def lengths_km(shapes: np.ndarray) -> np.ndarray:
    """Kilometres, three decimals; NaN where the shape is no line."""
    result = np.full(len(shapes), np.nan)
    result[np.isin(shapely.get_type_id(shapes), (LINE, MULTILINE))] = 0
    lines, of_shape = shapely.get_parts(shapes, return_index=True)
    is_line = shapely.get_type_id(lines) == LINE
    lines, of_shape = lines[is_line], of_shape[is_line]
    sizes = np.fromiter((_GEOD.line_length(x, y) for x, y in _paths(lines)), float, len(lines))
    np.add.at(result, of_shape, sizes)
    return np.round(result / 1000, 3)


def _paths(lines: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    points, of_line = shapely.get_coordinates(lines, return_index=True)
    x, y = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    ends = np.cumsum(np.bincount(of_line, minlength=len(lines))).tolist()
    start = 0
    for end in ends:
        yield x[start:end], y[start:end]
        start = end


def duplicates(wkb: pa.Array) -> np.ndarray:
    """For each shape the place of the first one that is exactly the same; its own place where there is none."""
    encoded = wkb.dictionary_encode()
    if len(encoded.dictionary) == len(wkb):
        return np.arange(len(wkb))
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    first = np.full(len(encoded.dictionary), len(wkb))
    np.minimum.at(first, codes, np.arange(len(wkb)))
    return first[codes]


def crossings(shapes: np.ndarray, skip: np.ndarray) -> dict[int, list[tuple[int, float]]]:
    """Polygons that overlap earlier ones by more than 1 % of the smaller: place → (place of the other, share) …

    skip  which shapes are not compared (duplicates, told already)
    """
    places = np.flatnonzero(np.isin(shapely.get_type_id(shapes), (POLYGON, MULTIPOLYGON)) & ~skip)
    polygons = shapes[places]
    if len(polygons) < 2:
        return {}
    first, second = shapely.STRtree(polygons).query(polygons)
    sizes, boxes = shapely.area(polygons), shapely.bounds(polygons)
    wide = np.minimum(boxes[first, 2], boxes[second, 2]) - np.maximum(boxes[first, 0], boxes[second, 0])
    high = np.minimum(boxes[first, 3], boxes[second, 3]) - np.maximum(boxes[first, 1], boxes[second, 1])
    smaller = np.minimum(sizes[first], sizes[second])
    possible = (first < second) & (wide * high > CROSSING * smaller)
    if possible.sum() > MANY_PAIRS:  # neighbours that only share their border, as in a map of districts, fall out here
        strays = ~shapely.is_empty(shapely.coverage_invalid_edges(polygons))
        possible &= strays[first] | strays[second]
    first, second, smaller = first[possible], second[possible], smaller[possible]
    shared = _in_threads(lambda part: shapely.area(shapely.intersection(polygons[first[part]], polygons[second[part]])), len(first))  # fmt: skip
    found: dict[int, list[tuple[int, float]]] = {}
    over = shared > CROSSING * smaller
    for one, other, share in zip(first[over], second[over], shared[over] / smaller[over], strict=True):
        found.setdefault(int(places[other]), []).append((int(places[one]), float(share)))
    return found
