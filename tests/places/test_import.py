"""Taking over boundaries of the invented country: what is applied, what waits, what is refused, and never by halves."""

import copy
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded, Unreadable
from sala.journal.models import Event
from sala.places import operations, policy
from sala.places.models import Area, Boundary, BoundaryImport, BoundarySet, ImportRow, ImportState, RowState
from sala.places.reporting import report_of
from sala.places.vintages import AnotherVintage
from tests.places.conftest import DEMO

pytestmark = pytest.mark.django_db


def of_level(features, level):
    return [copy.deepcopy(feature) for feature in features if feature["properties"]["level"] == level]


def without_codes(features):
    """Names only, as many files have them."""
    return [{**feature, "properties": {"label": feature["properties"]["name_en"]}} for feature in features]


def nothing_stays():
    return not (BoundarySet.objects.exists() or Boundary.objects.exists() or BoundaryImport.objects.exists())


# ---- applied -----------------------------------------------------------------------------------------------------


def test_one_file_with_all_levels_is_taken_over_level_by_level(load):
    outcomes = load(DEMO)
    assert [outcome.batch.vintage.level.code for outcome in outcomes] == ["country", "province", "district"]
    assert [outcome.batch.report["new"] for outcome in outcomes] == [1, 3, 6]
    assert {outcome.batch.state for outcome in outcomes} == {ImportState.DONE}
    report = report_of(outcomes[1])
    assert report.summary() == "3 new, 0 changed, 0 unchanged, 0 refused"


def test_areas_are_geodesic_hectares_and_neighbours_still_meet_when_simplified(drawn):
    import shapely
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select area_id, area_ha, st_area(geometry::geography) / 10000 from places_boundary")
        for _area, stored, reckoned in cursor.fetchall():
            assert abs(float(stored) - reckoned) < 0.02
    rows = Boundary.objects.filter(area__level__code="district")
    coarse = [shapely.from_wkb(bytes(row.coarse.wkb)) for row in rows]
    assert shapely.coverage_is_valid(coarse)
    assert sum(shapely.get_num_coordinates(shape) for shape in coarse) < sum(row.geometry.num_coords for row in rows)


def test_an_import_is_one_event_with_hash_and_counts(load, world):
    batch = load(DEMO, "province")[0].batch
    event = Event.objects.get(verb=policy.IMPORT, subject_id=batch.pk)
    assert batch.vintage.file_hash in event.text and '"new":3' in event.text
    assert event.position_id == world.position("STAT-registrar").pk


def test_the_same_file_again_changes_nothing_and_says_so(load):
    load(DEMO, "province")
    before = Event.objects.count()
    again = load(DEMO, "province")[0]
    report = report_of(again)
    assert again.repeated and "already" in report.lines[0]
    assert report.summary() == "0 new, 0 changed, 3 unchanged, 0 refused"
    assert (BoundarySet.objects.count(), Boundary.objects.count(), Event.objects.count()) == (1, 3, before)


def test_a_newer_file_counts_what_changed(load, make_file, features):
    provinces = of_level(features, "province")
    load(make_file(provinces), "province")
    provinces[0]["geometry"]["coordinates"][0][5][0] += 0.001
    batch = load(make_file(provinces, "newer.geojson"), "province", as_of=date(2024, 1, 1))[0].batch
    assert [batch.report[name] for name in ("new", "changed", "unchanged")] == [0, 1, 2]


def test_columns_are_found_whatever_they_are_called(load, make_file, features):
    provinces = of_level(features, "province")
    for feature in provinces:
        p = feature["properties"]
        feature["properties"] = {
            "OBJECTID": 7 - int(p["code"]),
            "ADM1_PCODE": int(p["code"]),
            "Name (EN)": p["name_en"],
        }
    batch = load(make_file(provinces), "province")[0].batch
    assert sorted(batch.rows.values_list("code", "area__code")) == [("1", "01"), ("2", "02"), ("3", "03")]
    assert batch.report["lines"][0]["code_column"] == "ADM1_PCODE"


def test_numbers_in_another_order_are_not_taken_for_codes(load, make_file, features):
    provinces = of_level(features, "province")
    for feature in provinces:
        number = int(feature["properties"]["code"]) % 3 + 1
        feature["properties"] = {"number": number, "label": feature["properties"]["name_en"]}
    batch = load(make_file(provinces), "province")[0].batch
    assert not batch.rows.filter(state=RowState.APPLIED).exists()
    with pytest.raises(Invalid, match="do not fit"):
        load(make_file(provinces, "again.geojson"), "province", code="number")


# ---- names and review --------------------------------------------------------------------------------------------


def test_names_alone_wait_until_the_level_above_is_drawn(load, make_file, features):
    path = make_file(without_codes(of_level(features, "district")))
    batch = load(path, "district")[0].batch
    assert {row.state for row in batch.rows.all()} == {RowState.PROPOSED}
    assert not Boundary.objects.exists() and batch.state == ImportState.REVIEW
    right = {row.label: Area.objects.get(pk=row.candidates[0]["area"]) for row in batch.rows.all()}
    assert all(area.name["en"] == label for label, area in right.items())


def test_names_alone_are_applied_inside_the_province_that_holds_the_shape(load, make_file, features):
    load(DEMO, "province")
    rows = without_codes(of_level(features, "district"))
    rows[1]["properties"]["label"] = "Hoaykhao"
    batch = load(make_file(rows), "district")[0].batch
    assert batch.rows.filter(state=RowState.APPLIED).count() == 5
    row = batch.rows.get(state=RowState.PROPOSED)
    assert row.label == "Hoaykhao" and Area.objects.get(pk=row.candidates[0]["area"]).code == "0102"
    assert report_of(operations.Outcome(batch)).summary() == "5 new, 0 changed, 0 unchanged, 1 refused"


@pytest.fixture
def waiting(load, make_file, features):
    """An import of which one row waits: a district under a name nobody knows."""
    load(DEMO, "province")
    rows = without_codes(of_level(features, "district"))
    rows[1]["properties"]["label"] = "Xyzw"
    return load(make_file(rows), "district")[0].batch


def test_a_person_confirms_a_row_and_the_file_is_finished(waiting, world):
    row = waiting.rows.exclude(state=RowState.APPLIED).get()
    operations.confirm_row(world.actor("registrar"), row, world.area("0102"))
    row.refresh_from_db()
    waiting.refresh_from_db()
    assert row.state == RowState.APPLIED and waiting.state == ImportState.DONE
    boundary = Boundary.objects.get(area=world.area("0102"))
    assert boundary.area_ha > 0 and boundary.coarse is not None
    with pytest.raises(Conflict, match="decided"):
        operations.refuse_row(world.actor("registrar"), row)


def test_a_row_is_not_given_to_a_wrong_or_taken_area(waiting, world):
    row = waiting.rows.exclude(state=RowState.APPLIED).get()
    with pytest.raises(Conflict, match="already"):
        operations.confirm_row(world.actor("registrar"), row, world.area("0101"))
    with pytest.raises(Invalid, match="level"):
        operations.confirm_row(world.actor("registrar"), row, world.area("01"))
    assert not Boundary.objects.filter(area=world.area("0102")).exists()


def test_a_refused_row_leaves_the_area_without_a_boundary(waiting, world):
    row = waiting.rows.exclude(state=RowState.APPLIED).get()
    operations.refuse_row(world.actor("registrar"), row, "Not ours")
    assert not Boundary.objects.filter(area=world.area("0102")).exists()
    assert waiting.rows.get(pk=row.pk).state == RowState.REFUSED


def test_a_withdrawn_file_takes_its_boundaries_with_it_and_may_come_again(load, world):
    batch = load(DEMO, "province")[0].batch
    assert operations.withdraw_import(world.actor("registrar"), batch, "Wrong day") == 3
    assert not Boundary.objects.exists()
    with pytest.raises(Conflict):
        operations.withdraw_import(world.actor("registrar"), batch, "Again")
    assert not load(DEMO, "province")[0].repeated and Boundary.objects.count() == 3


@pytest.mark.parametrize(
    ("who", "error"), [("stranger", NotPermitted), ("owner", NotPermitted), ("public", SignInNeeded)]
)
def test_nobody_but_the_registrar_imports_or_decides(load, waiting, world, who, error):
    row = waiting.rows.exclude(state=RowState.APPLIED).get()
    for act in (
        lambda: load(DEMO, "country", who=who),
        lambda: operations.confirm_row(world.actor(who), row, world.area("0102")),
        lambda: operations.refuse_row(world.actor(who), row),
        lambda: operations.withdraw_import(world.actor(who), waiting, "because"),
    ):
        with pytest.raises(error):
            act()
    assert waiting.rows.get(pk=row.pk).state in (RowState.PROPOSED, RowState.UNMATCHED)


# ---- another time, another level -----------------------------------------------------------------------------------


@pytest.fixture
def two_provinces(features, make_file):
    """The country before 2014: the third province still part of its neighbours."""
    import json

    import shapely

    shapes = {f["properties"]["code"]: shapely.from_geojson(json.dumps(f["geometry"])) for f in features}
    rows = of_level(features, "province")[:2]
    for row, district in zip(rows, ("0301", "0302"), strict=True):
        whole = shapely.coverage_union_all([shapes[row["properties"]["code"]], shapes[district]])
        row["geometry"] = json.loads(shapely.to_geojson(whole))
    return make_file(rows)


def test_provinces_of_before_the_third_are_another_vintage(load, two_provinces):
    with pytest.raises(AnotherVintage, match=r"Paknam was formed on .*2014 out of Phuthong, Nangam"):
        load(two_provinces, "province")
    assert nothing_stays()


def test_the_same_file_given_for_a_day_before_2014_is_taken_over_but_not_shown_today(load, two_provinces, world):
    from sala.places.queries import latest_boundaries

    load(two_provinces, "province", as_of=date(2010, 1, 1))
    assert Boundary.objects.count() == 2
    assert latest_boundaries([world.area("01"), world.area("02")]) == {}


@pytest.mark.parametrize(("shapes", "level"), [("district", "province"), ("province", "district")])
def test_a_wrong_level_is_refused(load, make_file, features, shapes, level):
    rows = of_level(features, shapes)
    for row in rows:
        del row["properties"]["level"]
    with pytest.raises(Invalid, match="look like"):
        load(make_file(rows), level)
    assert nothing_stays()


# ---- bad files ---------------------------------------------------------------------------------------------------


def swap(ring):
    return [[latitude, longitude] for longitude, latitude in ring]


def test_swapped_axes_far_shapes_bow_ties_and_empty_rows_each_get_a_line(load, make_file, features):
    rows = of_level(features, "district")
    geometry = [row["geometry"] for row in rows]
    geometry[0]["coordinates"] = [swap(geometry[0]["coordinates"][0])]
    geometry[1]["coordinates"] = [[[x - 60, y] for x, y in geometry[1]["coordinates"][0]]]
    geometry[2]["coordinates"] = [[[101.1, 20.2], [101.4, 20.8], [101.4, 20.2], [101.1, 20.4], [101.1, 20.2]]]
    rows[3]["geometry"] = None
    batch = load(make_file(rows), "district")[0].batch
    lines = report_of(operations.Outcome(batch)).refused
    assert len(lines) == 4 and batch.report["new"] == 2
    for line, words in zip(lines, ("swapped", "outside the country", "not valid", "no shape"), strict=True):
        assert words in line


def test_a_file_with_swapped_axes_throughout_leaves_nothing(load, make_file, features):
    rows = of_level(features, "province")
    for row in rows:
        row["geometry"]["coordinates"] = [swap(row["geometry"]["coordinates"][0])]
    with pytest.raises(Invalid, match="swapped"):
        load(make_file(rows), "province")
    assert nothing_stays()


def test_shapes_that_cross_each_other_are_refused(load, make_file, features):
    rows = of_level(features, "district")
    rows[1]["geometry"]["coordinates"] = [[[x - 0.3, y] for x, y in rows[1]["geometry"]["coordinates"][0]]]
    batch = load(make_file(rows), "district")[0].batch
    refused = batch.rows.filter(state=RowState.REFUSED)
    assert {"0101", "0102"} <= set(refused.values_list("code", flat=True)) and batch.report["new"] == 3
    assert "crosses row" in report_of(operations.Outcome(batch)).refused[0]


def test_an_empty_layer_is_refused(load, make_file):
    with pytest.raises((Unreadable, Invalid)):
        load(make_file([]), "province")
    assert nothing_stays()


def test_points_are_no_areas(load, make_file, features):
    rows = of_level(features, "province")
    for row in rows:
        row["geometry"] = {"type": "Point", "coordinates": [101, 20]}
    with pytest.raises(Invalid, match="not an area"):
        load(make_file(rows), "province")
    assert nothing_stays()


@pytest.mark.parametrize("name", ["../../etc/passwd.shp", "/etc/cron.d/x.shp", "a/../../b.shp"])
def test_an_archive_whose_names_lead_outside_is_refused(load, tmp_path, name):
    import zipfile

    path = tmp_path / "areas.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in (".shp", ".shx", ".dbf", ".prj"):
            archive.writestr(name.replace(".shp", part), b"x")
    with pytest.raises(Unreadable):
        load(path, "province")
    assert nothing_stays()


def test_a_shapefile_without_its_coordinate_system_is_refused(load, tmp_path, features):
    import zipfile

    import numpy
    import pyogrio
    import shapely

    square = numpy.array([shapely.to_wkb(shapely.box(100, 20, 101, 21))])
    pyogrio.raw.write(tmp_path / "areas.shp", geometry=square, field_data=[numpy.array(["01"])], fields=numpy.array(["code"]),
                      geometry_type="Polygon", crs=None, driver="ESRI Shapefile")  # fmt: skip
    with zipfile.ZipFile(tmp_path / "areas.zip", "w") as archive:
        for part in tmp_path.glob("areas.[sd]*"):
            archive.write(part, part.name)
    with pytest.raises(Unreadable, match="coordinate system"):
        load(tmp_path / "areas.zip", "province")
    assert nothing_stays()


def test_a_failure_of_the_database_in_the_middle_leaves_nothing(load, monkeypatch, world):
    def fail(*arguments, **options):
        raise IntegrityError("boundary_once_a_vintage")

    monkeypatch.setattr(ImportRow.objects.__class__, "bulk_create", fail)
    with pytest.raises(IntegrityError), transaction.atomic():
        load(DEMO, "province")
    monkeypatch.undo()
    assert nothing_stays()


def test_a_reader_that_is_killed_leaves_nothing(load, make_file, features, monkeypatch):
    from sala.core.files import child

    run, limits = child.run, child.Limits(seconds=0)
    monkeypatch.setattr(child, "run", lambda *given, **options: run(*given, limits=limits, **options))
    with pytest.raises(Unreadable):
        load(make_file(of_level(features, "province")), "province")
    assert nothing_stays()


def test_a_column_or_layer_that_is_not_there_is_named(load):
    with pytest.raises(Invalid, match="name_en"):
        load(DEMO, "province", code="kode")
    with pytest.raises(Invalid, match="boundaries"):
        load(DEMO, "province", layer="adm1")
    assert nothing_stays()
