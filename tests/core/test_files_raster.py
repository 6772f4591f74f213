"""GeoTIFF in the child: what is taken, what is refused and why, what is written."""

import json

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from sala.core.errors import Unreadable
from sala.core.files import child
from tests.rasters import slope_cells, write_raster


@pytest.fixture
def read(tmp_path):
    def convert(path, **options):
        return child.run("sala.core.files.raster:convert", path, path.name, tmp_path, **options)

    return convert


def refusal(path, tmp_path, task="profile") -> str:
    with pytest.raises(Unreadable) as caught:
        child.run(f"sala.core.files.raster:{task}", path, path.name, tmp_path)
    return str(caught.value)


def test_measured_values_are_counted_without_the_cells_that_have_none(tmp_path, read):
    found = read(write_raster(tmp_path / "slope.tif", slope_cells(), nodata=-9999, unit="degrees"))
    assert found["kind"] == "continuous" and found["unit"] == "degrees" and found["nodata"] == -9999
    statistics = found["statistics"]
    assert (statistics["cells"], statistics["valid"]) == (1600, 1560)
    assert (statistics["min"], statistics["mean"], statistics["max"]) == (0, pytest.approx(19.5), 39)
    assert statistics["deviation"] == pytest.approx(np.arange(40).std())
    assert found["bounds"] == [100.0, 20.6, 100.4, 21.0] and found["epsg"] == 4326
    assert len(found["legend"]) == 5 and found["legend"][0]["from"] == 0 and found["legend"][-1]["to"] == 39


def test_it_becomes_a_cog_of_the_same_cells_with_overviews_and_a_picture(tmp_path, read):
    cells = np.tile(np.arange(1200, dtype="int16"), (1100, 1))
    read(write_raster(tmp_path / "height.tif", cells, nodata=-1))
    with rasterio.open(tmp_path / "data.tif") as written:
        assert written.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG" and written.overviews(1)
        assert written.block_shapes[0] == (512, 512) and (written.read(1) == cells).all()
    with rasterio.open(tmp_path / "picture.png") as picture:
        assert picture.width == 680 and picture.read(4).min() == 255


def test_few_whole_values_are_classes_and_keep_the_palette_of_the_file(tmp_path, read):
    cells = np.array([[1, 1, 2], [2, 3, 0]], "uint8")
    palette = {1: (10, 120, 10, 255), 2: (200, 180, 60, 255), 3: (20, 60, 200, 255)}
    found = read(write_raster(tmp_path / "cover.tif", cells, nodata=0, palette=palette))
    assert found["kind"] == "categorical"
    assert [(row["value"], row["cells"], row["colour"]) for row in found["classes"]] == [
        (1, 2, "#0a780a"), (2, 2, "#c8b43c"), (3, 1, "#143cc8"),
    ]  # fmt: skip


def test_the_sender_has_the_last_word_on_unit_and_kind(tmp_path, read):
    path = write_raster(tmp_path / "share.tif", np.array([[0, 50, 100]], "uint8"), unit="m")
    assert read(path)["kind"] == "categorical"
    found = read(path, unit="%", kind="continuous")
    assert found["kind"] == "continuous" and found["unit"] == "%" and found["classes"] is None


def test_a_raster_in_metres_says_where_it_lies_in_degrees(tmp_path, read):
    path = write_raster(tmp_path / "utm.tif", np.ones((10, 10), "float32"), west=500000, north=2000000, cell=30, epsg=32648)  # fmt: skip
    west, south, east, north = read(path)["bounds"]
    assert 105 <= west < east < 105.01 and 18 < south < north < 18.1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"epsg": None}, "coordinate system"),
        ({"transform": Affine.identity()}, "where on Earth"),
        ({"transform": Affine(0.01, 0.002, 100, 0.002, -0.01, 20)}, "north at the top"),
        ({"west": 4_000_000}, "where on Earth"),
    ],
)
def test_a_raster_without_its_place_is_refused_with_what_to_do(tmp_path, change, words):
    path = write_raster(tmp_path / "lost.tif", np.ones((4, 4), "float32"), **change)
    assert words in refusal(path, tmp_path)


def test_sixty_thousand_by_sixty_thousand_cells_are_refused_by_the_header_alone(tmp_path):
    path = tmp_path / "vast.tif"
    size = {"width": 60_000, "height": 60_000, "count": 1, "dtype": "uint8"}
    options = {"tiled": True, "sparse_ok": True, "compress": "deflate", "crs": "EPSG:4326"}
    with rasterio.open(path, "w", driver="GTiff", transform=Affine(1e-5, 0, 100, 0, -1e-5, 20), **size, **options):
        pass
    assert path.stat().st_size < 2_000_000
    assert "60000 × 60000 cells" in refusal(path, tmp_path) and "60000" in refusal(path, tmp_path, "convert")


@pytest.mark.parametrize(("cells", "nodata"), [(np.full((5, 5), -1, "int16"), -1), (np.full((5, 5), np.nan), None)])
def test_a_raster_without_any_value_is_refused(tmp_path, cells, nodata):
    path = write_raster(tmp_path / "empty.tif", cells, nodata=nodata)
    assert "None of the 25 cells has a value" in refusal(path, tmp_path, "convert")


def test_three_bands_and_a_damaged_file_are_refused(tmp_path):
    path = tmp_path / "photo.tif"
    with rasterio.open(path, "w", driver="GTiff", width=2, height=2, count=3, dtype="uint8", crs="EPSG:4326",
                       transform=Affine(0.1, 0, 100, 0, -0.1, 20)) as made:  # fmt: skip
        made.write(np.zeros((3, 2, 2), "uint8"))
    assert "3 bands" in refusal(path, tmp_path)
    whole = write_raster(
        tmp_path / "whole.tif", np.random.default_rng(1).random((300, 300)), compress="deflate"
    ).read_bytes()
    (tmp_path / "half.tif").write_bytes(whole[:40_000] + b"\0" * 20_000 + whole[60_000:])
    assert "damaged" in refusal(tmp_path / "half.tif", tmp_path, "convert")


def test_the_survey_knows_a_geotiff_by_its_content(tmp_path):
    path = write_raster(tmp_path / "slope.tif", slope_cells(), nodata=-9999)
    found = child.run("sala.core.files.survey:survey", path, "slope.tif", tmp_path, {})
    assert found["format"] == "geotiff" and json.dumps(found["profile"]["columns"]) == "[]"
    with pytest.raises(Unreadable):
        child.run("sala.core.files.survey:survey", path, "slope.csv", tmp_path, {})
