"""Invented outlines of every district, province and of the country, whose borders meet, for benchmarks of what lies where."""

from datetime import date

import numpy
import shapely
from django.db import connection

from bench.bulk import copy
from sala.core import clock
from sala.places.models import Area, Boundary, BoundarySet

STEP, REACH = (
    0.002,
    0.05,
)  # degrees: between two corners of a border; how far one winds, and the country beyond its points
WAVES = 6  # each half as long and half as high as the one before, as rivers are wild at every scale


def make_boundaries() -> None:
    """Around each district what lies nearest to its point; provinces and the country are the unions of theirs."""
    districts = list(
        Area.objects.filter(level__rank=2, ended_on__isnull=True, label_point__isnull=False).select_related("level")
    )
    points = shapely.MultiPoint([(row.label_point.x, row.label_point.y) for row in districts])
    land = points.convex_hull.buffer(REACH)
    cells = [cell.intersection(land) for cell in shapely.voronoi_polygons(points, extend_to=land).geoms]
    outlines = {}
    for row, point in zip(districts, points.geoms, strict=True):
        (outlines[row.pk],) = [_winding(cell) for cell in cells if cell.contains(point)]
    areas = {row.pk: row for row in districts}
    for rank in (1, 0):
        for row in Area.objects.filter(level__rank=rank, ended_on__isnull=True).select_related("level"):
            parts = [outlines[pk] for pk, below in areas.items() if below.parent_id == row.pk]
            if parts:
                outlines[row.pk] = shapely.union_all(parts)
                areas[row.pk] = row
    _keep([(areas[pk], outline) for pk, outline in outlines.items()])


def _winding(shape: shapely.Polygon) -> shapely.Polygon:
    """The same way at the same place, so that neighbours still meet."""

    def moved(points: numpy.ndarray) -> numpy.ndarray:
        turned = points[:, ::-1]
        return points + sum(
            REACH / 2**wave / WAVES * numpy.sin(turned * 2**wave * numpy.pi / REACH / 4 + wave) for wave in range(WAVES)
        )

    return shapely.transform(shapely.segmentize(shape, STEP), moved)


def _keep(outlines: list[tuple[Area, shapely.Geometry]]) -> None:
    now = clock.now()
    vintages = {
        level: BoundarySet.objects.create(
            level=level, title=level.code, source="invented", as_of=date(2024, 1, 1), file_name="invented",
            file_hash=level.code, imported_at=now,
        )
        for level in {area.level for area, _outline in outlines}
    }  # fmt: skip
    rows = [
        Boundary(area=area, vintage=vintages[area.level], area_ha=1, geometry=_multi(outline).wkt)
        for area, outline in outlines
    ]
    copy(rows, with_id=False)
    with connection.cursor() as cursor:
        cursor.execute("update places_boundary set area_ha = st_area(geometry::geography) / 10000")
        cursor.execute("analyze places_boundary")


def _multi(shape: shapely.Geometry) -> shapely.MultiPolygon:
    return shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape])
