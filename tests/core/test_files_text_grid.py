"""A raster of a pack, from a grid of numbers written as text."""

import numpy as np
import pytest
import rasterio

from sala.core.files import text_grid
from sala.core.files.refusals import Refused

TEXT = "ncols 3\nnrows 2\nxllcorner 100\nyllcorner 20\ncellsize 0.5\nNODATA_value -1\n0 10 20\n30 -1 50\n"


def written(tmp_path, text=TEXT, **options):
    source, target = tmp_path / "grid.asc", tmp_path / "grid.tif"
    source.write_text(text)
    text_grid.convert(str(source), str(target), **options)
    with rasterio.open(target) as raster:
        return raster.read(1), raster.transform, raster.nodata, raster.units[0], raster.tags()


def test_rows_stand_from_the_north_and_cells_keep_their_place(tmp_path):
    cells, transform, nodata, unit, tags = written(tmp_path, unit="cm", told="Invented")
    assert cells.tolist() == [[0, 10, 20], [30, -1, 50]] and nodata == -1
    assert (transform.c, transform.f, transform.a, transform.e) == (100, 21, 0.5, -0.5)
    assert unit == "cm" and tags["TIFFTAG_IMAGEDESCRIPTION"] == "Invented"


def test_finer_cells_lie_straight_between_their_neighbours_and_a_gap_stays_a_gap(tmp_path):
    cells, transform, *_rest = written(tmp_path, finer=2)
    assert cells.shape == (4, 6) and transform.a == 0.25
    assert cells[0, :4].tolist() == pytest.approx([0, 2.5, 7.5, 12.5])
    assert (cells[2:, 2:4] == -1).all() and (cells >= -1).all() and np.isfinite(cells).all()


@pytest.mark.parametrize(
    "text", ["", "ncols 3", TEXT + " 7", TEXT.replace("10", "ten"), TEXT.replace("ncols 3", "ncols 3000000")]
)
def test_what_is_no_grid_is_refused(tmp_path, text):
    with pytest.raises(Refused):
        written(tmp_path, text)
