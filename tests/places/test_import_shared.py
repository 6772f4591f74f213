"""Real boundaries of a real country: by code all of them, by name most, wrongly none, and an old layer is told."""

import json
from datetime import date

import pytest
import shapely
from django.core.management import CommandError, call_command

from sala.core.errors import Invalid
from sala.places.models import Boundary, ImportRow
from sala.places.vintages import AnotherVintage
from tests.conftest import SHARED

pytestmark = pytest.mark.shared
BOUNDARIES = SHARED / "boundaries"
AS_OF = date(2019, 11, 1)


def read(name: str, layer: str | None = None) -> list[dict]:
    """Rows of a layer with their geometry, by another road than the importer's: the columns as they stand."""
    from pyogrio.raw import read as read_raw

    meta, _index, shapes, columns = read_raw(BOUNDARIES / name, layer=layer)
    geometries = shapely.from_wkb(shapes)
    return [
        {"geometry": geometries[row], **{field: columns[i][row] for i, field in enumerate(meta["fields"])}}
        for row in range(len(geometries))
    ]


def write(path, rows: list[dict]):
    features = [
        {
            "type": "Feature",
            "properties": {name: value for name, value in row.items() if name != "geometry"},
            "geometry": json.loads(shapely.to_geojson(row["geometry"])),
        }
        for row in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False))
    return path


@pytest.fixture
def truth() -> dict[str, str]:
    """shapeID → statistical code of each district."""
    return {row["shapeID"]: row["lsb_code"] for row in read("lao_adm.gpkg", "adm2")}


def run_import(laos, path, level="", layer="", **more):
    from sala.access.actor import command
    from sala.places import loading, operations
    from sala.places.models import Level
    from sala.places.operations import Delivery

    wanted = Level.objects.get(code=level) if level else None
    found = loading.plan(path, path.name, as_of=AS_OF, level=wanted, layer=layer)
    deliveries = [(one, Delivery(level=shown, as_of=AS_OF, source="geoBoundaries", **more)) for one, shown in found]
    return operations.import_layers(command(), deliveries)


def applied(batch) -> dict[int, str]:
    return dict(batch.rows.filter(state="applied").values_list("number", "area__code"))


def test_both_layers_are_taken_over_by_code(laos):
    outcomes = run_import(laos, BOUNDARIES / "lao_adm.gpkg")
    provinces, districts = outcomes[0].batch, outcomes[1].batch
    assert provinces.report["new"] == 18 and districts.report["new"] == 148
    assert provinces.report["refused"] == districts.report["refused"] == 0
    told = {row: code for row, code in enumerate((row["lsb_code"] for row in read("lao_adm.gpkg", "adm2")), start=1)}
    assert applied(districts) == told
    assert {row.reasons[0]["code"] for row in ImportRow.objects.all()} == {"code"}
    total = sum(Boundary.objects.filter(vintage=districts.vintage).values_list("area_ha", flat=True))
    assert 22_800_000 < total < 23_400_000  # the country has 236,800 km², water included


def test_names_alone_find_most_districts_and_apply_none_wrongly(laos, truth):
    run_import(laos, BOUNDARIES / "lao_adm.gpkg", "province")
    batch = run_import(laos, BOUNDARIES / "lao_adm2_geoboundaries_simplified.geojson", "district")[0].batch
    from sala.places.models import Area

    code = dict(Area.objects.values_list("pk", "code"))
    right = wrong_applied = 0
    rows = read("lao_adm2_geoboundaries_simplified.geojson")
    for row in batch.rows.all():
        wanted = truth[rows[row.number - 1]["shapeID"]]
        if row.area_id:
            right += code[row.area_id] == wanted
            wrong_applied += code[row.area_id] != wanted
        elif row.candidates:
            right += code[row.candidates[0]["area"]] == wanted
    assert wrong_applied == 0
    assert right >= 137
    assert batch.rows.filter(state="applied").count() >= 40


def test_names_of_provinces_alone_are_never_applied_because_nothing_above_is_drawn(laos, tmp_path):
    rows = [{"name": row["ADM1_LO"], "geometry": row["geometry"]} for row in read("lao_adm1_cod_names_lo.geojson")]
    batch = run_import(laos, write(tmp_path / "names.geojson", rows), "province")[0].batch
    assert batch.rows.filter(state="proposed").count() == 18 and not Boundary.objects.exists()


def test_the_codes_of_another_system_are_understood(laos):
    batch = run_import(laos, BOUNDARIES / "lao_adm1_cod_names_lo.geojson", "province")[0].batch
    told = {
        row: pcode[2:]
        for row, pcode in enumerate((row["ADM1_PCODE"] for row in read("lao_adm1_cod_names_lo.geojson")), 1)
    }
    assert applied(batch) == told


def test_a_layer_of_seventeen_provinces_is_another_vintage_and_is_not_taken_over(laos, tmp_path):
    rows = {row["lsb_code"]: row for row in read("lao_adm.gpkg", "adm1")}
    new = rows.pop("18")
    districts = [row for row in read("lao_adm.gpkg", "adm2") if row["province_code"] == "18"]
    for district in districts:  # four came from one neighbour, one from the other
        home = rows["09" if district["lsb_code"] == "1802" else "10"]
        home["geometry"] = shapely.union_all([home["geometry"], district["geometry"]], grid_size=1e-6)
    assert len(rows) == 17 and new
    path = write(tmp_path / "seventeen.geojson", list(rows.values()))
    with pytest.raises(AnotherVintage, match="2013") as told:
        run_import(laos, path, "province")
    assert "Xaisomboun" in str(told.value) and "Vientiane" in str(told.value)
    assert not Boundary.objects.exists() and not ImportRow.objects.exists()
    with pytest.raises(CommandError, match="another time"):
        call_command("places", "import", str(path), "--level", "province", "--as-of", "2019-11-01")


def test_districts_given_for_provinces_are_refused(laos):
    with pytest.raises(Invalid, match="District"):
        run_import(laos, BOUNDARIES / "lao_adm2_geoboundaries_simplified.geojson", "province")
    assert not Boundary.objects.exists()


def test_the_map_of_the_country_weighs_at_most_25_kilobytes(laos):
    from sala.places.maps import svg_map
    from sala.places.models import Area

    run_import(laos, BOUNDARIES / "lao_adm.gpkg")
    for code in ("LA", "09", "0101"):
        area = Area.objects.get(code=code)
        figure = svg_map(area, list(area.children.all()), "lo")
        assert 1000 < len(figure.encode()) <= 25_000
        assert "geoBoundaries" in figure
