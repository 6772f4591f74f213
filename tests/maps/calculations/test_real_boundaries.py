"""Two scenarios over the districts of a real province, where their boundaries are at hand. What is weighed is invented."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
import shapely
from pyproj import Geod

from sala.maps.calculations import suitability, suitability_map
from sala.maps.calculations.grid import Grid
from tests.conftest import SHARED
from tests.rasters import write_raster

pytestmark = pytest.mark.shared
GEOD = Geod(ellps="WGS84")
COLOURS = {"N": "#b8b8b8", "S3": "#f6d77f", "S2": "#78b36b", "S1": "#1b6e3c"}


@pytest.fixture(scope="module")
def districts() -> list[shapely.Geometry]:
    found = json.loads((SHARED / "boundaries" / "savannakhet_adm2_cod.geojson").read_text(encoding="utf-8"))
    return [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in found["features"]]


@pytest.fixture
def weighed(districts, tmp_path):
    """weighed(name, weights) → the result over cells of 1 km: an invented slope, and the distance to the widest district."""
    bounds = tuple(shapely.total_bounds(districts))
    grid = Grid.covering(bounds, 1000)
    cells = np.add.outer(np.linspace(0, 15, 240), np.linspace(0, 25, 260)).astype("float32")
    write_raster(tmp_path / "slope.tif", cells, west=bounds[0] - 0.1, north=bounds[3] + 0.1, cell=0.0125, nodata=-9999)
    zones, town = tmp_path / "zones.parquet", tmp_path / "town.parquet"
    parquet.write_table(
        pa.table({"geometry": shapely.to_wkb(districts), "zone": list(range(1, len(districts) + 1))}), zones
    )
    widest = max(districts, key=lambda shape: shape.area)
    parquet.write_table(pa.table({"geometry": [shapely.to_wkb(shapely.point_on_surface(widest))]}), town)

    def reckon(name, slope, near):
        (tmp_path / name).mkdir()
        criteria = [
            {"source": {"kind": "raster", "path": str(tmp_path / "slope.tif"), "resampling": "bilinear"},
             "standardise": {"method": "limits", "first": 8, "second": 16, "third": 30, "lower_is_better": True}, "weight": slope},
            {"source": {"kind": "distance", "path": str(town)}, "standardise": {"method": "linear", "low": 150, "high": 0}, "weight": near},
        ]  # fmt: skip
        recipe = {
            "grid": grid.written(), "missing": "none", "limits": [0.25, 0.5, 0.75], "sway": [0.2], "clip": True,
            "criteria": criteria, "constraints": [], "zones": {"path": str(zones), "count": len(districts)},
        }  # fmt: skip
        return suitability_map.produce(recipe, str(tmp_path / name), COLOURS), tmp_path / name / "suitability.tif"

    return reckon


def test_hectares_of_each_district_are_those_of_its_boundary_whatever_is_weighed(districts, weighed):
    assert len(districts) == 15
    found, _raster = weighed("one", 3, 1)
    sizes = [abs(GEOD.geometry_area_perimeter(shape)[0]) / 10_000 for shape in districts]
    assert [sum(row) for row in found["hectares"]] == pytest.approx(sizes, rel=0.01)
    assert sum(map(sum, found["hectares"])) == pytest.approx(sum(sizes), rel=0.001)
    assert all(row[-1] < 0.001 * sum(row) for row in found["hectares"])


def test_two_scenarios_differ_where_their_weights_do_and_lose_no_hectare(weighed, tmp_path):
    (first, one), (second, other) = weighed("slope", 4, 1), weighed("near", 1, 4)
    for before, after in zip(first["hectares"], second["hectares"], strict=True):
        assert sum(before) == pytest.approx(sum(after), abs=0.1)
    (tmp_path / "change").mkdir()
    change = suitability_map.difference(str(one), str(other), str(tmp_path / "change"))
    assert change["changed"] > 0.5 and change["mean"] == pytest.approx(second["mean"] - first["mean"], abs=0.005)
    digits = {digit for row in change["coarse"] for digit in row}
    assert "." in digits and len(digits) > 3
    again, _raster = weighed("again", 4, 1)
    assert again["hectares"] == first["hectares"]
    assert (tmp_path / "again" / "suitability.tif").read_bytes() == one.read_bytes()
    assert suitability.NOTHING == 255
