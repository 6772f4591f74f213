"""Rasters within zones: parts of cells, shares of classes, what is missing."""

import numpy as np
import pytest
import shapely

from sala.maps.calculations import zones
from tests.rasters import write_raster


@pytest.fixture
def squares(tmp_path):
    """4 × 4 cells of one degree, 0 … 15 from the north-west corner; the last has no value."""
    cells = np.arange(16, dtype="float32").reshape(4, 4)
    return str(write_raster(tmp_path / "squares.tif", cells, west=100, north=20, cell=1, nodata=15))


def test_a_zone_of_one_quarter_of_the_square_holds_four_of_sixteen_cells(squares):
    (found,) = zones.summary(squares, "continuous", [shapely.box(100, 18, 102, 20)])
    assert found["cells"] == 4 and found["missing"] == 0
    assert (found["mean"], found["sum"], found["min"], found["max"]) == (2.5, 10, 0, 5)


def test_a_cell_cut_by_the_border_counts_by_the_part_inside(squares):
    (found,) = zones.summary(squares, "continuous", [shapely.box(100.5, 19, 102, 20)])
    assert found["cells"] == pytest.approx(1.5) and found["mean"] == pytest.approx(1 / 1.5)


def test_no_data_and_what_lies_beyond_the_edge_is_told_as_missing(squares):
    whole, half, outside = zones.summary(
        squares, "continuous", [shapely.box(100, 16, 104, 20), shapely.box(98, 18, 102, 20), shapely.box(0, 0, 1, 1)]
    )
    assert whole["missing"] == pytest.approx(1 / 16) and half["missing"] == pytest.approx(0.5)
    assert outside["missing"] == 1 and "mean" not in outside


def test_classes_have_shares_of_what_is_known(tmp_path):
    cells = np.array([[1, 1, 2, 0]], "uint8")
    path = str(write_raster(tmp_path / "cover.tif", cells, west=100, north=20, cell=1, nodata=0))
    (found,) = zones.summary(path, "categorical", [shapely.box(100, 19, 104, 20)])
    assert found["shares"] == [[1, pytest.approx(2 / 3)], [2, pytest.approx(1 / 3)]] and found["missing"] == 0.25


def test_several_rasters_and_zones_at_once_in_another_system(tmp_path, squares):
    metres = write_raster(tmp_path / "metres.tif", np.full((50, 50), 7, "int16"), west=400_000, north=2_000_000, cell=1000, epsg=32648)  # fmt: skip
    polygons = [shapely.box(104.2, 17.8, 104.3, 17.9), shapely.box(101, 17, 102, 18)]
    found = zones.summaries(
        [{"path": squares, "kind": "continuous"}, {"path": str(metres), "kind": "continuous"}],
        [shapely.to_wkb(each, hex=True) for each in polygons],
    )["rasters"]
    assert found[0][1]["mean"] == 9 and found[0][0]["missing"] == 1
    assert found[1][0]["mean"] == pytest.approx(7) and found[1][1]["missing"] == 1
