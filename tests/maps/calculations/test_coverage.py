"""Which part of a cell lies in a zone: against exactextract, whatever the shape, and against areas reckoned by shapely."""

import math

import numpy as np
import pytest
import rasterio
import shapely
from exactextract import exact_extract
from exactextract.feature import JSONFeatureSource
from exactextract.raster import RasterioRasterSource
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from sala.maps.calculations import coverage, zones
from sala.maps.calculations.grid import Grid
from tests.rasters import write_raster

FIGURES = ("mean", "sum", "min", "max", "stdev")
KINDS = ("uint8", "int8", "int16", "uint16", "int32", "float32", "float64")
SOME = settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def blobs(draw, size=1.0):
    """A star of some corners around a point in or near the unit square, from far smaller than a cell to wider than all."""
    x, y = draw(st.floats(-0.2, 1.2)), draw(st.floats(-0.2, 1.2))
    radius = size * draw(st.sampled_from([0.0007, 0.01, 0.06, 0.3, 1.5]))
    far = draw(st.lists(st.floats(0.3, 1), min_size=3, max_size=24))
    turn = draw(st.floats(0, 6)) + np.linspace(0, 2 * np.pi, len(far), endpoint=False)
    return shapely.Polygon(np.column_stack([x + radius * np.cos(turn) * far, y + radius * np.sin(turn) * far]))


@st.composite
def shapes(draw):
    """Polygons, some with a hole, some of several parts."""
    one = draw(blobs())
    kind = draw(st.sampled_from(["plain", "hole", "parts", "hole and parts"]))
    if "hole" in kind:
        one = shapely.difference(one, shapely.affinity.scale(draw(blobs(0.5)), 0.6, 0.6))
    if "parts" in kind:
        one = shapely.union(one, draw(blobs(0.5)))
    return one


@st.composite
def cells(draw):
    """(cells, mark of no data): some with marked gaps, floats also with nan."""
    kind = np.dtype(draw(st.sampled_from(KINDS)))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    values = rng.normal(1000, 30, (23, 31)) if kind.kind == "f" else rng.integers(0, 120, (23, 31))
    values, gaps = values.astype(kind), draw(st.sampled_from(["none", "mark", "nan"]))
    if gaps == "nan" and kind.kind == "f":
        values[rng.random(values.shape) < 0.1] = np.nan
    mark = None if gaps != "mark" else -9999 if kind.kind == "f" else 7
    if mark is not None:
        values[rng.random(values.shape) < 0.2] = mark
    return values, mark


def by_exactextract(path, polygons, wanted):
    with rasterio.open(path) as raster:
        features = [{"type": "Feature", "geometry": each.__geo_interface__, "properties": {}} for each in polygons]
        found = exact_extract(RasterioRasterSource(raster), JSONFeatureSource(features), wanted)
    return [each["properties"] for each in found]


@SOME
@given(raster=cells(), unit=st.lists(shapes(), min_size=1, max_size=4), system=st.sampled_from([4326, 32648]))
def test_figures_are_those_of_exactextract(tmp_path, raster, unit, system):
    values, mark = raster
    west, north, cell = (103.1, 18.7, 0.01) if system == 4326 else (300_000, 2_000_000, 250)
    path = write_raster(tmp_path / "any.tif", values, west=west, north=north, cell=cell, epsg=system, nodata=mark)
    over = [west, north - 23 * cell], [31 * cell, 23 * cell]
    polygons = [shapely.transform(each, lambda points: over[0] + points * over[1]) for each in unit]
    polygons = [each for each in polygons if not each.is_empty]
    world = polygons
    if system != 4326:
        back = Transformer.from_crs(32648, 4326, always_xy=True).transform
        world = [shapely.transform(each, lambda points: np.column_stack(back(*points.T))) for each in polygons]  # fmt: skip
        polygons = list(zones.in_system(np.array(world, object), "EPSG:32648"))
    expected = by_exactextract(path, polygons, ["count", *FIGURES])
    for found, other in zip(zones.summary(str(path), "continuous", world), expected, strict=True):
        assert found["cells"] == pytest.approx(other["count"] or 0, rel=1e-9, abs=1e-9)
        for name in FIGURES if other["count"] else ():
            assert found[name] == pytest.approx(float(other[name]), rel=1e-9, abs=1e-9)
    expected = by_exactextract(path, polygons, ["count", "unique", "frac"])
    for found, other in zip(zones.summary(str(path), "categorical", world), expected, strict=True):
        shares = dict(zip(np.atleast_1d(other["unique"]).tolist(), np.atleast_1d(other["frac"]).tolist(), strict=True)) if other["count"] else {}  # fmt: skip
        assert dict(found["shares"]) == pytest.approx(shares, rel=1e-9, abs=1e-9)


GRID = Grid("EPSG:4326", 0, 0, 1, 1, 20, 15)


def painted(cover, width, height):
    """The shares as cells of a window, of one zone."""
    found = np.zeros(width * height)
    for start, length in zip(cover.start, cover.length, strict=True):
        found[start : start + length] += 1
    np.add.at(found, cover.place, cover.share)
    return found.reshape(height, width)


@SOME
@given(shape=shapes(), column=st.integers(0, 12), row=st.integers(0, 9), together=st.sampled_from([1, 2_000_000]))
def test_shares_are_areas_within_the_cells_whatever_the_window_and_however_much_at_once(shape, column, row, together):
    shape = shapely.transform(shape, lambda points: points * [20, 15] - [0, 15])
    edges = coverage.edges_of(np.array([shape], object), GRID)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coverage, "PIECES", together)
        found = painted(coverage.cover_of(edges, column, row, 8, 6), 8, 6)
    for line, place in np.ndindex(6, 8):
        left, top = column + place, -(row + line)
        cell = shapely.intersection(shape, shapely.box(left, top - 1, left + 1, top))
        assert found[line, place] == pytest.approx(cell.area, abs=1e-7)


def test_borders_on_the_lines_between_cells_cut_nothing_on_a_grid_that_binary_numbers_miss():
    grid = Grid("EPSG:4326", 102.1, 18.3, 0.0003, 0.0003, 500, 500)
    west, north = 102.1 + 0.0003 * 7, 18.3 - 0.0003 * 11
    edges = coverage.edges_of(np.array([shapely.box(west, north - 0.0003 * 3, west + 0.0003 * 5, north)], object), grid)
    cover = coverage.cover_of(edges, 0, 0, 500, 500)
    found = painted(cover, 500, 500)
    assert found[11:14, 7:12].min() == 1 and math.isclose(found.sum(), 15)
    assert set(cover.share.tolist()) <= {1.0}


def test_shapes_with_corners_nowhere_cover_nothing_and_leave_the_others_alone():
    beyond = shapely.Polygon([(0, 0), (math.inf, 0), (5, -5)])
    edges = coverage.edges_of(np.array([beyond, shapely.box(2, -4, 5, -2), shapely.Polygon()], object), GRID)
    cover = coverage.cover_of(edges, 0, 0, 20, 15)
    assert set(edges.zone.tolist()) == {1} and painted(cover, 20, 15).sum() == 6


def test_zones_may_lie_over_each_other():
    edges = coverage.edges_of(np.array([shapely.box(1, -5, 6, -1), shapely.box(2, -6, 9, -3)], object), GRID)
    cover = coverage.cover_of(edges, 0, 0, 20, 15)
    for zone, area in ((0, 20), (1, 21)):
        assert cover.length[cover.zone == zone].sum() + cover.share[cover.cut_zone == zone].sum() == area
