"""Kilometres to the nearest feature, against the geodesic of the same two points, whatever the window."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
import shapely
from pyproj import Geod
from rasterio.windows import Window

from sala.maps.calculations import sources
from sala.maps.calculations.grid import Grid

GRID = Grid("EPSG:4326", 100.0, 21.0, 0.01, 0.01, 100, 100)
WHOLE = Window(0, 0, 100, 100)
GEOD = Geod(ellps="WGS84")


def layer(path, *shapes) -> dict:
    parquet.write_table(pa.table({"geometry": shapely.to_wkb(list(shapes))}), path)
    return {"kind": "distance", "path": str(path)}


def middle(row: int, column: int) -> tuple[float, float]:
    return 100.0 + (column + 0.5) * 0.01, 21.0 - (row + 0.5) * 0.01


def test_from_a_point_it_is_the_geodesic(tmp_path):
    found = sources.values_at(layer(tmp_path / "one.parquet", shapely.Point(100.5, 20.5)), GRID, WHOLE)
    for row, column in ((0, 0), (99, 99), (50, 10), (10, 90)):
        metres = GEOD.inv(*middle(row, column), 100.5, 20.5)[2]
        assert found[row, column] == pytest.approx(metres / 1000, rel=1e-6)


def test_the_nearest_of_several_is_taken_on_the_ground_and_not_in_degrees(tmp_path):
    """At 60 degrees north a degree of longitude is half as long: the feature to the east is the nearer one."""
    north = Grid("EPSG:4326", 10.0, 60.01, 0.01, 0.01, 2, 2)
    east, south = shapely.Point(10.105, 60.005), shapely.Point(10.005, 59.935)
    found = sources.values_at(layer(tmp_path / "two.parquet", east, south), north, Window(0, 0, 2, 2))
    assert found[0, 0] == pytest.approx(GEOD.inv(10.005, 60.005, 10.105, 60.005)[2] / 1000, rel=1e-6)
    assert GEOD.inv(10.005, 60.005, 10.005, 59.935)[2] > 1000 * found[0, 0]


def test_of_a_line_the_nearest_spot_between_its_corners_counts(tmp_path):
    line = shapely.LineString([(100.2, 19.0), (100.2, 22.0)])
    found = sources.values_at(layer(tmp_path / "line.parquet", line), GRID, WHOLE)
    assert found[50, 70] == pytest.approx(GEOD.inv(*middle(50, 70), 100.2, middle(50, 70)[1])[2] / 1000, rel=1e-3)
    assert found[50, 19:21].max() < 1


def test_inside_a_polygon_it_is_nought_and_outside_it_is_measured_to_the_border(tmp_path):
    ring = shapely.box(100.2, 20.2, 100.8, 20.8).difference(shapely.box(100.4, 20.4, 100.6, 20.6))
    found = sources.values_at(layer(tmp_path / "ring.parquet", ring), GRID, WHOLE)
    assert (found[25:35, 25:75] == 0).all()
    assert found[50, 50] == pytest.approx(GEOD.inv(*middle(50, 50), 100.6, middle(50, 50)[1])[2] / 1000, rel=0.01)
    assert found[50, 5] > 10


def test_windows_give_the_same_as_the_whole_at_once(tmp_path):
    rng = np.random.default_rng(3)
    spots = shapely.points(rng.uniform(99.9, 101.1, 40), rng.uniform(19.9, 21.1, 40))
    source = layer(tmp_path / "many.parquet", *spots, shapely.LineString([(100.1, 20.1), (100.9, 20.3)]))
    whole = sources.values_at(source, GRID, WHOLE)
    parts = [sources.values_at(source, GRID, Window(left, 0, 50, 100)) for left in (0, 50)]
    assert np.array_equal(np.hstack(parts), whole)
    degrees = shapely.distance(shapely.Point(middle(30, 40)), np.append(spots, shapely.LineString([(100.1, 20.1), (100.9, 20.3)])))  # fmt: skip
    assert whole[30, 40] == pytest.approx(degrees.min() * 108, rel=0.05)


def test_a_layer_in_metres_of_a_zone_is_measured_the_same(tmp_path):
    source = layer(tmp_path / "one.parquet", shapely.Point(100.5, 20.5))
    metres = Grid("EPSG:32647", 650_000, 2_300_000, 1000, 1000, 10, 10)
    found = sources.values_at(source, metres, Window(0, 0, 10, 10))
    assert found[5, 5] == pytest.approx(np.hypot(655_500 - 656_424, 2_294_500 - 2_267_496) / 1000, rel=2e-3)


def test_without_any_feature_nothing_is_known(tmp_path):
    assert np.isnan(sources.values_at(layer(tmp_path / "none.parquet", None), GRID, WHOLE)).all()
