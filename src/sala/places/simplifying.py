"""Coarse copies of a layer for small static maps: neighbours are simplified together, so that they still meet."""

from collections.abc import Sequence
from statistics import median

import shapely

DETAIL = 60  # how many steps of the tolerance go into the side of a middling shape
LEAST = 1e-6  # degrees, of a tolerance
SPECK = 300  # a part or a hole so many times smaller than the shape is left out


def coarse(shapes: Sequence[shapely.Geometry]) -> list[shapely.Geometry]:
    """The shapes with fewer points, in the same order. Shared borders get the same points; no shape vanishes."""
    if not shapes:
        return []
    side = median(shape.area for shape in shapes) ** 0.5
    simple = shapely.coverage_simplify(list(shapes), max(LEAST, side / DETAIL), simplify_boundary=True)
    return [_tidy(new, old) for new, old in zip(simple, shapes, strict=True)]


def _tidy(new: shapely.Geometry, old: shapely.Geometry) -> shapely.MultiPolygon:
    """Without specks that nobody would see, but never empty."""
    parts = [part for part in shapely.get_parts(new) if part.geom_type == "Polygon" and not part.is_empty]
    if not parts:
        parts = list(shapely.get_parts(old))
    least = max(part.area for part in parts) / SPECK
    kept = [part for part in parts if part.area >= least]
    return shapely.MultiPolygon([_without_specks(part, least) for part in kept])


def _without_specks(part: shapely.Polygon, least: float) -> shapely.Polygon:
    holes = [ring for ring in part.interiors if shapely.Polygon(ring).area >= least]
    return shapely.Polygon(part.exterior, holes)
