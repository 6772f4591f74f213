"""Shapes as people send them: the wrong way round, in metres, crossing, broken; and what is measured on them."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from pyproj import Geod, Transformer

from sala.core.files import layer_export, shapes, vector
from sala.core.files.refusals import Refused

BOUNDS = [100.0, 10.0, 108.0, 20.0]


def square(west: float, south: float, size: float = 0.01) -> shapely.Polygon:
    return shapely.box(west, south, west + size, south + size)


def feature(geometry, **properties) -> dict:
    shape = geometry if isinstance(geometry, dict) or geometry is None else json.loads(shapely.to_geojson(geometry))
    return {"type": "Feature", "properties": properties, "geometry": shape}


def collection(*features, **members) -> str:
    return json.dumps({"type": "FeatureCollection", **members, "features": list(features)}, ensure_ascii=False)


def write(
    path: Path,
    geometries,
    crs: str | None = "EPSG:4326",
    driver: str = "GPKG",
    layer: str = "data",
    kind: str = "Unknown",
    **properties,
):
    columns = {"geometry": pa.array(shapely.to_wkb(np.array(geometries, object)), pa.binary())}
    columns |= {name: pa.array(values) for name, values in properties.items()}
    options = {"append": path.exists()} if driver == "GPKG" else {}
    pyogrio.write_arrow(pa.table(columns), path, driver=driver, layer=layer, geometry_name="geometry", geometry_type=kind,
                        crs=crs, **options)  # fmt: skip
    return path


@pytest.fixture
def sent(tmp_path):
    def send(text: str, name: str = "layer.geojson"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return send


@pytest.fixture
def convert(tmp_path, sent):
    """The result and the rows, of GeoJSON features or of a file."""

    def converted(what, **options):
        path = what if isinstance(what, Path) else sent(collection(*what))
        result = vector.convert(str(path), path.name, str(tmp_path), **options)
        rows = pq.read_table(tmp_path / "features.parquet").to_pylist()
        for row in rows:
            row["geometry"] = shapely.from_wkb(row["geometry"])
        return result, rows

    return converted


def codes(result: dict) -> dict[int, str]:
    return {fault["row"]: fault["code"] for fault in result["faults"]}


def refusal(function, *arguments, **options) -> Refused:
    with pytest.raises(Refused) as caught:
        function(*arguments, **options)
    return caught.value


def test_polygons_become_multipolygons_with_hectares_and_typed_properties(convert):
    result, rows = convert(
        [feature(square(102, 18), name="ກ", n=1, _row="x"), feature(square(103, 18, 0.1), name="ຂ", n=2)]
    )
    assert [row["_row"] for row in rows] == [1, 2] and [row["name"] for row in rows] == ["ກ", "ຂ"]
    assert rows[0]["geometry"].geom_type == "MultiPolygon" and result["geometry_types"] == ["MultiPolygon"]
    for row in rows:
        exact = abs(Geod(ellps="WGS84").geometry_area_perimeter(row["geometry"])[0]) / 10_000
        assert abs(row["area_ha"] - exact) <= 0.01
    assert [(each["name"], each["label"], each["type"]) for each in result["columns"]] == [
        ("name", "name", "text"), ("n", "n", "integer"), ("row", "_row", "text")]  # fmt: skip
    assert result["counts"] == {"features": 2, "kept": 2, "faults": {}} and result["faults"] == []
    assert result["bounds"] == [102.0, 18.0, 103.1, 18.1]


@pytest.mark.parametrize(("radius", "points"), [(80, 9), (900, 20), (3000, 20), (30_000, 100)])
def test_hectares_equal_the_geodesic_ones_whatever_the_size(radius, points):
    random = np.random.default_rng(points)
    angle = np.linspace(0, 2 * np.pi, points + 1)[:-1]
    reach = radius * random.uniform(0.5, 1, (40, points))
    x = random.uniform(100, 107, (40, 1)) + reach * np.cos(angle) / 106_000
    y = random.uniform(14, 22, (40, 1)) + reach * np.sin(angle) / 111_000
    polygons = shapely.polygons(np.stack([x, y], -1))
    exact = [abs(Geod(ellps="WGS84").geometry_area_perimeter(each)[0]) / 10_000 for each in polygons]
    assert np.allclose(shapes.areas_ha(polygons), exact, rtol=0, atol=0.011)


def test_a_hole_is_taken_off_and_parts_are_added():
    hole = shapely.Polygon(square(102, 18).exterior, [square(102.002, 18.002, 0.002).exterior])
    whole, inner = shapes.areas_ha(np.array([square(102, 18), square(102.002, 18.002, 0.002)], object))
    pair = shapely.MultiPolygon([hole, square(103, 18)])
    one, two, none = shapes.areas_ha(np.array([hole, pair, shapely.Point(1, 1)], object))
    assert one == pytest.approx(whole - inner, abs=0.011) and np.isnan(none)
    assert two == pytest.approx(one + whole, abs=0.011)


def test_lines_get_kilometres_and_points_get_neither(convert):
    _result, rows = convert([feature(shapely.LineString([(102, 18), (103, 18)])), feature(shapely.Point(102, 18))])
    assert rows[0]["length_km"] == pytest.approx(105.905, abs=0.01) and rows[1]["length_km"] is None
    assert "area_ha" not in rows[0]


@pytest.mark.parametrize("zone", [32647, 32648])
def test_metres_of_utm_become_degrees(tmp_path, convert, zone):
    corner = (101.0, 18.0) if zone == 32647 else (103.0, 18.0)
    x, y = Transformer.from_crs(4326, zone, always_xy=True).transform(*corner)
    path = write(tmp_path / "utm.gpkg", [shapely.box(x, y, x + 1000, y + 1000)], crs=f"EPSG:{zone}")
    result, [row] = convert(path, bounds=BOUNDS)
    assert result["epsg"] == zone and codes(result) == {}
    west, south, _east, _north = row["geometry"].bounds
    assert (west, south) == pytest.approx(corner, abs=0.001)
    assert row["area_ha"] == pytest.approx(100, rel=0.002)
    profile = vector.profile(str(path), path.name, str(tmp_path))
    assert profile["layers"][0]["epsg"] == zone
    assert profile["layers"][0]["bounds"][:2] == pytest.approx(corner, abs=0.001)


def shapefile(tmp_path, encoding: str = "UTF-8", leave_out: tuple[str, ...] = (), folder: str = "") -> Path:
    source = tmp_path / "source"
    source.mkdir()
    table = pa.table({"geometry": pa.array([shapely.to_wkb(square(500_000, 1_990_000, 1000))]), "name": pa.array(["ບ້ານ" if encoding == "UTF-8" else "Café"])})  # fmt: skip
    pyogrio.write_arrow(table, source / "roads.shp", driver="ESRI Shapefile", geometry_name="geometry", geometry_type="Polygon",
                        crs="EPSG:32648", encoding=encoding)  # fmt: skip
    with zipfile.ZipFile(tmp_path / "roads.zip", "w") as archive:
        for path in sorted(source.iterdir()):
            if path.suffix not in leave_out:
                archive.write(path, folder + path.name)
    return tmp_path / "roads.zip"


@pytest.mark.parametrize(
    ("encoding", "leave_out", "name"),
    [("UTF-8", (), "ບ້ານ"), ("UTF-8", (".cpg",), "ບ້ານ"), ("ISO-8859-1", (), "Café"), ("ISO-8859-1", (".cpg",), "Café")],
)
def test_a_zipped_shapefile_is_read_in_its_system_and_its_letters(tmp_path, convert, encoding, leave_out, name):
    path = shapefile(tmp_path, encoding, leave_out, folder="a folder/")
    result, [row] = convert(path)
    assert result["layer"] == "roads" and result["epsg"] == 32648 and row["name"] == name
    assert row["geometry"].bounds[0] == pytest.approx(105, abs=0.001)


def test_letters_that_are_not_what_the_file_says_are_refused(tmp_path, convert):
    path = shapefile(tmp_path, "ISO-8859-1")
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, b"UTF-8" if name.endswith(".cpg") else content)
    assert refusal(convert, path).code == "broken-letters"


def test_a_shapefile_without_its_system_is_refused_until_it_is_named(tmp_path, convert):
    path = shapefile(tmp_path, leave_out=(".prj",))
    assert refusal(vector.profile, str(path), path.name, str(tmp_path)).code == "no-crs"
    assert refusal(convert, path).code == "no-crs"
    _result, [row] = convert(path, epsg=32648)
    assert row["geometry"].bounds[0] == pytest.approx(105, abs=0.001)
    assert refusal(convert, path, epsg=99_999_999).code == "unknown-epsg"


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_a_shapefile_without_one_of_its_parts_is_refused(tmp_path, convert, part):
    refused = refusal(convert, shapefile(tmp_path, leave_out=(part,)))
    assert refused.code == "shapefile-part" and refused.values["part"] == part


def test_layers_are_listed_and_one_is_chosen_by_name(tmp_path, convert):
    path = write(tmp_path / "two.gpkg", [square(102, 18)], layer="ເມືອງ", kind="Polygon", code=["01"])
    write(path, [shapely.Point(102, 18), shapely.Point(103, 18)], layer="towns", kind="Point")
    profile = vector.profile(str(path), path.name, str(tmp_path))
    assert [(each["name"], each["geometry_type"], each["count"]) for each in profile["layers"]] == [
        ("ເມືອງ", "Polygon", 1), ("towns", "Point", 2)]  # fmt: skip
    assert profile["layers"][0]["columns"] == [{"name": "code", "label": "code", "type": "text"}]
    assert convert(path)[0]["layer"] == "ເມືອງ" and convert(path, layer="towns")[0]["rows"] == 2
    assert refusal(convert, path, layer="gone").code == "unknown-layer"


def test_every_bad_shape_is_told_once_and_the_good_ones_are_kept(convert):
    bowtie = {"type": "Polygon", "coordinates": [[[102, 18], [102.01, 18.01], [102.01, 18], [102, 18.01], [102, 18]]]}
    result, rows = convert(
        [
            feature(square(102, 18.5)), feature(None), feature({"type": "Polygon", "coordinates": []}), feature(bowtie),
            feature(square(18, 102)), feature(square(1, 50)), feature({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}),
            feature(square(102, 18.5)), feature(square(102.005, 18.5)), feature(square(102.01495, 18.5)),
        ],
        bounds=BOUNDS,
    )  # fmt: skip
    assert codes(result) == {2: "null-geometry", 3: "empty-geometry", 4: "invalid-geometry", 5: "swapped-axis", 6: "far-away",
                             7: "invalid-geometry", 8: "duplicate-geometry", 9: "crossing"}  # fmt: skip
    assert [row["_row"] for row in rows] == [1, 8, 9, 10]
    assert {fault["row"]: fault["detail"] for fault in result["faults"]}[8] == "1"
    assert {fault["row"]: fault["detail"] for fault in result["faults"]}[9] == "1 (50.0 %)"
    assert [fault["row"] for fault in result["faults"] if fault["kept"]] == [8, 9]
    assert result["counts"]["features"] == 10 and result["counts"]["kept"] == 4
    assert result["counts"]["faults"]["invalid-geometry"] == 2


def test_a_shape_that_only_touches_itself_is_mended_and_told(convert):
    # the outline runs out to a point and back: mending takes the spike off, and the area stays
    spike = {
        "type": "Polygon",
        "coordinates": [
            [[102, 18], [102.01, 18], [102.01, 18.01], [102.02, 18.02], [102.01, 18.01], [102, 18.01], [102, 18]]
        ],
    }
    result, [row] = convert([feature(spike)], bounds=BOUNDS)
    assert codes(result) == {1: "mended"} and result["faults"][0]["kept"]
    assert row["geometry"].is_valid and row["geometry"].equals(square(102, 18))


def test_neighbours_that_share_a_border_do_not_cross_however_many_they_are(tmp_path, convert, monkeypatch):
    cells = [square(102 + column * 0.01, 18 + row * 0.01) for column in range(12) for row in range(12)]
    path = write(tmp_path / "cells.gpkg", [*cells, square(102.003, 18.003, 0.005)])
    for many in (20_000, 10):
        monkeypatch.setattr(shapes, "MANY_PAIRS", many)
        assert codes(convert(path)[0]) == {145: "crossing"}
    assert codes(convert(path, crossing=False)[0]) == {}


def test_a_sliver_under_one_percent_is_no_crossing(convert):
    assert codes(convert([feature(square(102, 18)), feature(square(102.00995, 18))])[0]) == {}
    assert codes(convert([feature(square(102, 18)), feature(square(102.0098, 18))])[0]) == {2: "crossing"}


def test_a_shape_with_too_many_points_is_told_or_refuses_the_file_when_it_is_alone(convert):
    round_shape = shapely.Point(102, 18).buffer(0.1, quad_segs=300)
    result, rows = convert([feature(round_shape), feature(square(103, 18))], most_vertices=1000)
    assert codes(result) == {1: "too-many-vertices"} and len(rows) == 1
    assert refusal(convert, [feature(round_shape)], most_vertices=1000).code == "too-many-vertices"
    assert convert([feature(round_shape)], most_vertices=2000)[0]["rows"] == 1


def test_collections_and_curves_are_told_and_not_kept(tmp_path, convert):
    group = {"type": "GeometryCollection", "geometries": [json.loads(shapely.to_geojson(square(102, 18)))]}
    assert codes(convert([feature(group), feature(square(102, 18))])[0]) == {1: "invalid-geometry"}


def test_a_height_is_left_out(convert):
    _result, [row] = convert([feature({"type": "Point", "coordinates": [102, 18, 250]})])
    assert not row["geometry"].has_z and row["geometry"].x == 102


def test_degrees_that_are_none_are_far_away(convert):
    assert codes(convert([feature(shapely.Point(500_000, 1_990_000)), feature(shapely.Point(102, 18))])[0]) == {
        1: "far-away"
    }


def test_where_no_shape_can_be_kept_all_are_told(convert):
    result, rows = convert([feature(None), feature(square(18, 102))], bounds=BOUNDS)
    assert rows == [] and result["bounds"] is None and codes(result) == {1: "null-geometry", 2: "swapped-axis"}


def test_a_file_without_shapes_is_refused(tmp_path, convert, sent):
    assert refusal(convert, []).code in ("no-layer", "damaged")
    path = sent("a,b\n1,2\n", "table.csv")
    assert refusal(vector.profile, str(path), path.name, str(tmp_path)).code == "unknown-type"


def test_lists_and_dates_among_the_properties_are_kept(convert):
    _result, [row] = convert([feature(shapely.Point(102, 18), tags=["a", "ຂ"], when="2024-01-31", part=0.5, ok=True)])
    assert json.loads(row["tags"]) == ["a", "ຂ"] and str(row["when"]) == "2024-01-31"
    assert row["part"] == 0.5 and row["ok"] is True


def test_the_file_written_is_geoparquet(convert, tmp_path):
    convert([feature(square(102, 18))])
    geo = json.loads(pq.read_schema(tmp_path / "features.parquet").metadata[b"geo"])
    assert geo["primary_column"] == "geometry" and geo["columns"]["geometry"]["geometry_types"] == ["MultiPolygon"]


@pytest.mark.parametrize(
    ("write_layer", "name"), [(layer_export.write_geojson, "out.geojson"), (layer_export.write_gpkg, "out.gpkg")]
)
def test_a_layer_survives_the_way_out_and_in(tmp_path, convert, write_layer, name):
    _result, before = convert([feature(square(102, 18), name="ກ", n=1), feature(square(103, 18), name="ຂ", n=None)])
    assert (
        write_layer(str(tmp_path / "features.parquet"), str(tmp_path / name), [{"name": "name"}, {"name": "n"}])["rows"]
        == 2
    )
    _result, after = convert(tmp_path / name)
    assert [(row["name"], row["n"], row["area_ha"]) for row in after] == [
        (row["name"], row["n"], row["area_ha"]) for row in before
    ]
    assert all(one["geometry"].equals(other["geometry"]) for one, other in zip(before, after, strict=True))


@pytest.mark.shared
def test_the_real_boundaries_are_read_without_a_fault(tmp_path, convert):
    source = Path(__file__).resolve().parents[3] / "shared" / "data" / "boundaries" / "lao_adm.gpkg"
    result, rows = convert(source, bounds=[99.5, 13.4, 108.2, 23.0])
    assert len(rows) == 148 and result["faults"] == []
    assert sum(row["area_ha"] for row in rows) == pytest.approx(23_000_000, rel=0.02)
