"""Figures by area: each row is what one place alone says; kept, printed, taken along and made again."""

import io

import pytest
from openpyxl import load_workbook

from sala.catalogue.models import Column, Feature
from sala.maps.models import Analysis
from sala.maps.queries.here import what_is_here
from sala.maps.where import shape_of_place
from sala.places.models import Boundary, BoundarySet

pytestmark = pytest.mark.django_db
ASKED = {"place": "DM", "level": "province", "use": ["cover.layer", "slope.layer"]}


def found(answer):
    assert answer.status_code == 200, answer
    return answer.context["found"]


def test_a_row_says_what_its_place_says_alone(world, boundaries, cover, slope, visit):
    here = found(visit().get("/zonal/", ASKED))
    layer, raster = here["sources"]
    assert [zone["code"] for zone in here["zones"]] == ["01", "02", "03"] and here["without"] == 0
    for number, zone in enumerate(here["zones"]):
        alone = what_is_here(world.actor("public"), shape_of_place(world.area(zone["code"])))
        (one,) = alone["layers"]
        assert layer["rows"][number]["ha"] == pytest.approx(one["ha"], rel=1e-6)
        by_class = {row["class"]: row["ha"] for row in one["classes"]}
        assert {name: row["ha"] for name, row in layer["rows"][number]["classes"].items()} == by_class
        assert zone["ha"] == pytest.approx(alone["ha"], rel=1e-6)
        cells = alone["rasters"][0] if alone["rasters"] else {"missing": 1.0}
        assert raster["rows"][number]["missing"] == pytest.approx(cells["missing"], abs=1e-6)
        assert raster["rows"][number].get("mean") == pytest.approx(cells.get("mean"))
    html = visit().get("/zonal/", ASKED).content.decode()
    assert "Layer cover" in html and "Without a value" in html and "invented" in html


def test_it_is_taken_along_as_a_table_with_a_column_for_each_figure(boundaries, cover, slope, visit):
    lines = visit().get("/zonal/", ASKED | {"format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4 and lines[0].startswith("Code,Place,") and "Layer slope 2024: Mean (degrees)" in lines[0]
    book = load_workbook(io.BytesIO(visit("public", "lo").get("/zonal/", ASKED | {"format": "xlsx"}).content))
    figures, sources = book.worksheets
    assert figures.max_row == 4 and [row[0].value for row in figures.iter_rows(min_row=2)] == ["01", "02", "03"]
    assert sources.max_row >= 4  # a heading, two layers and the boundaries


def test_an_office_keeps_it_prints_it_and_makes_it_again(world, boundaries, cover, slope, visit):
    browser = visit("owner")
    answer = browser.post("/zonal/", ASKED | {"keep": "1", "title": "By province", "owner": "HEALTH-P01"})
    kept = Analysis.objects.get()
    assert answer.status_code == 302 and answer["Location"] == kept.get_absolute_url() and kept.kind == "zonal"
    assert kept.inputs.count() == 2 and kept.recipe["boundaries"][0]["sha256"]
    assert "By province" in browser.get(kept.get_absolute_url()).content.decode()
    assert b"".join(browser.get(f"{kept.get_absolute_url()}paper.pdf")).startswith(b"%PDF")
    assert browser.get(f"{kept.get_absolute_url()}files/figures.csv").content.count(b"\n") == 4
    assert visit("stranger").get(kept.get_absolute_url()).status_code == 404
    again = browser.post(f"{kept.get_absolute_url()}again/", follow=True)
    assert "same to the last digit" in again.content.decode() and Analysis.objects.count() == 1


def test_new_boundaries_make_another_answer_that_is_kept_beside_the_old(world, boundaries, cover, visit):
    browser = visit("owner")
    browser.post("/zonal/", ASKED | {"use": ["cover.layer"], "keep": "1", "title": "Old lines", "owner": "HEALTH-P01"})
    first, old = Analysis.objects.get(), Boundary.objects.get(area__code="01")
    newer = BoundarySet.objects.create(
        level=old.area.level, title="Newer", as_of="2025-06-01", file_name="n", imported_at=old.vintage.imported_at, source="n",
        file_hash="n" * 64,
    )  # fmt: skip
    shape = "SRID=4326;MULTIPOLYGON(((100 20,100.5 20,100.5 20.5,100 20.5,100 20)))"
    Boundary.objects.create(area=old.area, vintage=newer, geometry=shape, area_ha=1)
    browser.post(f"{first.get_absolute_url()}again/")
    second = Analysis.objects.exclude(pk=first.pk).get()
    assert second.repeats == first and second.recipe["boundaries"] != first.recipe["boundaries"]
    assert second.result["zones"][0]["ha"] < first.result["zones"][0]["ha"]
    assert "Newer" in browser.get(second.get_absolute_url()).content.decode()


def test_what_cannot_be_reckoned_says_what_to_do(boundaries, cover, visit):
    def words(**asked):
        answer = visit().get("/zonal/", ASKED | {"use": ["cover.layer"]} | asked)
        return answer.content.decode() if answer.status_code == 200 and "found" not in answer.context else ""

    assert "below that of the place" in words(place="01", level="province")
    assert "No boundary of this level" in words(level="village")
    assert "Select a valid choice" in words(use=["closed.layer"])
    assert "required" in words(use=[])


def test_a_closed_layer_is_there_for_its_own_house_only(boundaries, cover, closed_cover, visit):
    asked = ASKED | {"use": ["closed-cover.layer"]}
    assert found(visit("owner").get("/zonal/", asked))["sources"][0]["rows"][0]["ha"] > 0
    for who in ("public", "citizen", "stranger"):
        answer = visit(who).get("/zonal/", asked)
        assert "found" not in answer.context and "closed-cover" not in answer.content.decode().replace(
            "closed-cover.layer", ""
        )
        assert visit(who).get("/api/v1/zonal", asked).status_code == 422
    assert visit("owner").get("/api/v1/zonal", asked).status_code == 200


def test_the_api_answers_the_same(boundaries, cover, slope, visit):
    told = visit().get("/api/v1/zonal", ASKED).json()
    page = found(visit().get("/zonal/", ASKED))
    assert [row["ha"] for row in told["sources"][0]["rows"]] == [row["ha"] for row in page["sources"][0]["rows"]]
    assert told["boundaries"][0]["source"] == "invented"
    assert visit().get("/api/v1/zonal", ASKED | {"place": "nowhere"}).status_code == 404


def test_a_feature_that_only_touches_an_area_from_outside_is_no_part_of_it(world, boundaries, cover, visit):
    border = Boundary.objects.get(area__code="01").geometry
    beside = "SRID=4326;" + border.buffer(0.05).difference(border).wkt
    Feature.objects.filter(edition_id=cover.pk).delete()
    Feature.objects.create(edition_id=cover.pk, number=1, geometry=beside, properties={"class": "forest"})
    (layer,) = found(visit().get("/zonal/", ASKED | {"use": ["cover.layer"]}))["sources"]
    assert layer["rows"][0]["features"] == layer["rows"][0]["km"] == 0 and layer["rows"][0]["classes"] == {}
    here = visit().get("/here/?place=01").context["found"]
    assert here["layers"] == [] and here["distances"][0]["km"] == 0


def test_points_are_counted_lines_measured_and_a_layer_without_kinds_has_its_figures_once(
    world, boundaries, cover, visit
):
    def headings() -> list[str]:
        answer = visit().get("/zonal/", ASKED | {"use": ["cover.layer"]})
        return [column.heading for column in answer.context["tables"][0]["columns"]]

    assert headings()[:2] == ["Together (ha)", "Together (%)"] and "forest (%)" in headings()
    Feature.objects.filter(edition_id=cover.pk).delete()
    for number in (1, 2, 3):
        shape = f"SRID=4326;POINT(100.{number} 20.{number})"
        Feature.objects.create(edition_id=cover.pk, number=number, geometry=shape, properties={"class": "well"})
    (layer,) = found(visit().get("/zonal/", ASKED | {"use": ["cover.layer"]}))["sources"]
    assert headings() == ["Together", "well"] and layer["rows"][0]["features"] == 3
    assert layer["rows"][0]["classes"] == {"well": {"features": 3, "ha": 0.0, "km": 0.0, "share": 0.0}}
    Column.objects.create(distribution=cover.distribution, name="class", label={"lo": "ປະເພດ"}, tier="own")
    assert headings() == ["Together"]
