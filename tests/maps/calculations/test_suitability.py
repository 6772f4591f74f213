"""From files to a file: against the same formula reckoned on whole arrays, whatever the windows and the gaps."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
import rasterio
import shapely

from sala.core.files import child
from sala.maps.calculations import overlay, suitability
from sala.maps.calculations.grid import Grid, row_hectares
from sala.maps.calculations.swaying import sampled_step
from tests.rasters import write_raster

SLOPE = {"method": "linear", "low": 39, "high": 0}
PLAIN = {"method": "linear", "low": 0, "high": 200}


@pytest.fixture
def rasters(tmp_path):
    """Slope as float with gaps, soil as small whole numbers, both 40 × 40 cells of 0.01 degree."""
    rng = np.random.default_rng(7)
    slope = rng.uniform(0, 39, (40, 40)).astype("float32")
    slope[3, :5] = -9999
    soil = rng.integers(0, 200, (40, 40)).astype("uint8")
    write_raster(tmp_path / "slope.tif", slope, nodata=-9999)
    write_raster(tmp_path / "soil.tif", soil, nodata=255)
    return {"slope": slope, "soil": soil, "folder": tmp_path}


def raster(rasters, name, standardise, **more):
    source = {"kind": "raster", "path": str(rasters["folder"] / f"{name}.tif"), **more}
    return {"source": source, "standardise": standardise, "weight": 1}


@pytest.fixture
def recipe(rasters):
    first, second = raster(rasters, "slope", SLOPE), raster(rasters, "soil", PLAIN)
    first["weight"], second["weight"] = 3, 1
    grid = Grid.of(first["source"]["path"])
    return {
        "grid": grid.written(),
        "criteria": [first, second],
        "constraints": [],
        "missing": "none",
        "sway": [0.1, 0.2],
    }


def shapes_file(path, *rows):
    """GeoParquet as the house writes it: (shape, value) rows."""
    table = pa.table({
        "geometry": shapely.to_wkb([shape for shape, _value in rows]),
        "zone" if path.stem == "zones" else "class": [value for _shape, value in rows],
    })  # fmt: skip
    parquet.write_table(table, path)
    return str(path)


def expected(rasters):
    slope = np.where(rasters["slope"] == -9999, np.nan, rasters["slope"])
    return 0.75 * (39 - slope) / 39 + 0.25 * rasters["soil"] / 200


def scores_of(path):
    with rasterio.open(path) as written:
        return written.read(1)


def test_the_file_holds_the_formula_in_half_per_cents_and_gaps_stay_gaps(rasters, recipe, tmp_path):
    target = tmp_path / "out.tif"
    found = suitability.run(recipe, str(target))
    whole = expected(rasters)
    scores = scores_of(target)
    assert (scores[np.isnan(whole)] == 255).all() and np.isnan(whole).sum() == 5
    known = ~np.isnan(whole)
    assert np.abs(scores[known] / 200 - whole[known]).max() <= 0.0025 + 1e-6
    assert found["fits"] == ["aligned", "aligned"]


def test_hectares_are_geodesic_and_add_up_to_the_whole_map(rasters, recipe, tmp_path):
    found = suitability.run(recipe, str(tmp_path / "out.tif"))
    rows = row_hectares(Grid.read(recipe["grid"]))
    classes = overlay.classified(expected(rasters))
    by_hand = [float(((classes == place).sum(axis=1) * rows).sum()) for place in (0, 1, 2, 3, 255)]
    assert found["hectares"] == [pytest.approx(by_hand, abs=0.01)]
    assert 115.0 < rows[-1] < 115.9 and rows[0] < rows[-1]  # 0.01° by 0.01° near 21° north, larger to the south
    whole = expected(rasters)
    assert found["mean"] == pytest.approx(
        np.nansum(whole * rows[:, None]) / ((~np.isnan(whole)).sum(axis=1) * rows).sum()
    )


def test_windows_change_nothing(rasters, recipe, tmp_path, monkeypatch):
    whole = suitability.run(recipe, str(tmp_path / "one.tif"))
    monkeypatch.setattr(suitability, "SIDE", 16)
    parts = suitability.run(recipe, str(tmp_path / "many.tif"))
    assert (scores_of(tmp_path / "one.tif") == scores_of(tmp_path / "many.tif")).all()
    assert parts["hectares"] == [pytest.approx(whole["hectares"][0], abs=0.02)]
    assert parts["sensitivity"][0]["changed"] == pytest.approx(whole["sensitivity"][0]["changed"])


def test_weights_swayed_by_a_tenth_and_a_fifth_say_what_changes_its_class(rasters, recipe, tmp_path):
    found = suitability.run(recipe, str(tmp_path / "out.tif"))["sensitivity"]
    assert [(row["criterion"], row["change"]) for row in found] == [
        (place, change) for place in (0, 1) for change in (-0.2, -0.1, 0.1, 0.2)
    ]
    assert all(0 < row["changed"] < 0.5 for row in found) and found[0]["changed"] > found[1]["changed"]
    assert sampled_step(4_000_000) == 1 and sampled_step(100_000_000) == 5


def test_a_layer_of_shapes_is_a_criterion_a_constraint_and_the_zones_of_the_table(rasters, recipe, tmp_path):
    half = shapely.box(100.0, 20.6, 100.2, 21.0)
    classes = shapes_file(tmp_path / "cover.parquet", (half, "forest"), (shapely.box(100.2, 20.6, 100.4, 21.0), "rice"))
    zones = shapes_file(tmp_path / "zones.parquet", (half, 1), (shapely.box(100.2, 20.6, 100.4, 20.8), 2))
    shape = {"source": {"kind": "vector", "path": classes, "column": "class", "values": {"forest": 1.0, "rice": 0.0}},
             "standardise": {"method": "none"}, "weight": 1}  # fmt: skip
    recipe |= {
        "criteria": [raster(rasters, "soil", PLAIN)],
        "constraints": [shape],
        "zones": {"path": zones, "count": 2},
    }
    found = suitability.run(recipe, str(tmp_path / "out.tif"))
    assert (scores_of(tmp_path / "out.tif")[:, 20:] == 0).all() and scores_of(tmp_path / "out.tif")[:, :20].max() > 150
    first, second = found["hectares"]
    assert sum(first) == pytest.approx(2 * sum(second), rel=0.01) and second[1:] == [0, 0, 0, 0]


def test_a_raster_in_another_system_or_cell_size_is_warped_and_that_is_told(rasters, recipe, tmp_path):
    write_raster(tmp_path / "coarse.tif", np.full((20, 20), 100, "uint8"), cell=0.02)
    write_raster(tmp_path / "metres.tif", np.full((90, 90), 50, "float32"), west=610_000, north=2_340_000, cell=1000, epsg=32647)  # fmt: skip
    recipe["criteria"] = [raster(rasters, "coarse", PLAIN), raster(rasters, "metres", PLAIN, resampling="nearest")]
    recipe["grid"] = Grid.covering((100.0, 20.6, 100.4, 21.0), 1000).written()
    found = suitability.run(recipe, str(tmp_path / "out.tif"))
    assert found["fits"] == ["bilinear", "nearest"]
    scores = scores_of(tmp_path / "out.tif")
    assert (scores[15:25, 15:25] == 75).all()
    assert (scores[:, :5] == 255).all()  # west of the second raster, which says nothing of its own edge


def test_where_a_criterion_is_missing_the_others_can_share_its_weight(rasters, recipe, tmp_path):
    recipe["missing"] = "renormalise"
    suitability.run(recipe, str(tmp_path / "out.tif"))
    scores = scores_of(tmp_path / "out.tif")
    assert scores[3, :5] == pytest.approx(rasters["soil"][3, :5], abs=1)


def test_small_whole_numbers_and_the_same_numbers_as_floats_give_the_same(rasters, recipe, tmp_path):
    rng = np.random.default_rng(11)
    zones = shapes_file(tmp_path / "zones.parquet", (shapely.box(100.0, 20.6, 100.2, 21.0), 1), (shapely.box(100.2, 20.7, 100.4, 20.8), 2))  # fmt: skip
    cover = rng.integers(0, 2, (40, 40)).astype("uint8")
    write_raster(tmp_path / "cover.tif", cover)
    found = []
    for kind in ("uint8", "uint16", "float32"):
        criteria = []
        for number, said in enumerate((PLAIN, SLOPE, {"method": "classes", "scores": [[1, 0.5], [2, 1]], "other": 0})):
            cells = np.random.default_rng(number).integers(0, 40, (40, 40)).astype(kind)
            cells[number, :7] = 255
            path = write_raster(tmp_path / f"{kind}{number}.tif", cells, nodata=255)
            criteria.append({"source": {"kind": "raster", "path": str(path)}, "standardise": said, "weight": number + 1})  # fmt: skip
        constraint = {"source": {"kind": "raster", "path": str(tmp_path / "cover.tif")}, "standardise": {"method": "none"}}  # fmt: skip
        for more in ({}, {"constraints": [constraint]}, {"zones": {"path": zones, "count": 2}, "clip": True}):
            for sway in ([], [0.2]):
                told = suitability.run(recipe | {"criteria": criteria, "sway": sway} | more, str(tmp_path / "out.tif"))
                found.append((kind, told, scores_of(tmp_path / "out.tif")))
    floats = [each for each in found if each[0] == "float32"]
    for place, (_kind, told, scores) in enumerate(found):
        _float, other, expected = floats[place % len(floats)]
        assert (scores == expected).all()
        assert told["hectares"] == other["hectares"] and told["mean"] == pytest.approx(other["mean"], rel=1e-6)
        assert json.dumps(told["sensitivity"]) == json.dumps(other["sensitivity"])


@pytest.mark.parametrize("kind", ["uint8", "float32"])
def test_what_lies_on_a_step_belongs_above_it_however_it_was_summed(kind, recipe, tmp_path):
    rng, weights = np.random.default_rng(3), (30, 25, 15, 12, 10, 8)
    cells = [rng.integers(0, 201, (40, 40)) for _weight in weights]
    for number, layer in enumerate(cells):
        write_raster(tmp_path / f"{number}.tif", layer.astype(kind), nodata=255)
    recipe["criteria"] = [
        {"source": {"kind": "raster", "path": str(tmp_path / f"{number}.tif")}, "standardise": PLAIN, "weight": weight}
        for number, weight in enumerate(weights)
    ]
    hundredths = sum(weight * layer for weight, layer in zip(weights, cells, strict=True))  # of half per cents, exact
    assert (hundredths % 100 == 50).any()
    found = suitability.run(recipe | {"limits": [0.25, 0.5, 0.605]}, str(tmp_path / "out.tif"))
    assert (scores_of(tmp_path / "out.tif") == (hundredths + 50) // 100).all()
    classes = sum((hundredths >= limit).astype(int) for limit in (5_000, 10_000, 12_100))
    rows = row_hectares(Grid.read(recipe["grid"]))
    by_hand = [float(((classes == place).sum(axis=1) * rows).sum()) for place in range(4)]
    assert found["hectares"] == [pytest.approx([*by_hand, 0], abs=0.01)]
    assert found["mean"] == pytest.approx((hundredths * rows[:, None]).sum() / 20_000 / (40 * rows.sum()), rel=1e-6)


def test_whole_numbers_of_different_width_are_weighed_together(rasters, recipe, tmp_path):
    fine = np.random.default_rng(4).integers(0, 60_000, (40, 40)).astype("uint16")
    fine[5, 5] = 65_535
    write_raster(tmp_path / "fine.tif", fine, nodata=65_535)
    recipe["criteria"] = [raster(rasters, "soil", PLAIN), raster(rasters, "fine", {"method": "linear", "low": 0, "high": 60_000})]  # fmt: skip
    suitability.run(recipe, str(tmp_path / "out.tif"))
    scores, known = scores_of(tmp_path / "out.tif"), fine != 65_535
    assert not known[5, 5] and scores[5, 5] == 255
    assert np.abs(scores[known] - (rasters["soil"] / 2 + fine / 600)[known]).max() <= 0.5 + 1e-3


def test_a_mark_for_no_data_that_no_cell_can_hold_makes_no_gap(rasters, recipe, tmp_path):
    cells = np.arange(1600).reshape(40, 40).astype("int16")
    write_raster(tmp_path / "odd.tif", cells, nodata=-9999)
    recipe["criteria"] = [raster(rasters, "odd", {"method": "linear", "low": 0, "high": 1600})]
    suitability.run(recipe, str(tmp_path / "out.tif"))
    assert (scores_of(tmp_path / "out.tif") == (cells + 4) // 8).all()


def test_weights_that_sum_to_nothing_write_no_file(recipe, tmp_path):
    for criterion in recipe["criteria"]:
        criterion["weight"] = 0
    with pytest.raises(overlay.WeighsNothing):
        suitability.run(recipe, str(tmp_path / "out.tif"))
    assert not (tmp_path / "out.tif").exists()


def test_it_runs_in_the_limited_child_and_gives_the_same(recipe, tmp_path):
    plain = suitability.run(recipe, str(tmp_path / "here.tif"))
    found = child.run("sala.maps.calculations.suitability:run", recipe, str(tmp_path / "there.tif"))
    assert json.loads(json.dumps(plain)) == found
    assert (tmp_path / "here.tif").read_bytes() == (tmp_path / "there.tif").read_bytes()
