"""The list taken along: CSV and workbook with their dictionary, areas as GeoJSON and GeoPackage, and who finds what in them."""

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pyogrio
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from sala.concessions import operations
from sala.concessions.exchange.register.columns import columns
from sala.concessions.exchange.register.rows import rows
from sala.concessions.models import Concession
from sala.core.language import Translated

from .conftest import square

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(visit):
    """taken(kind, who, query) → the bytes of the file."""

    def get(kind, who="public", query="", language="en"):
        answer = visit(who, language).get(f"/concessions/list.{kind}{query}")
        assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
        return b"".join(answer.streaming_content)

    return get


def lines_of(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.fixture
def open_classes(cast, paper, stand_for):
    def opened(*names):
        stand_for(*names)
        for name in names:
            operations.open_class(
                cast.actor("ministry"), field_class=name, decision=paper(owner="LAND"), start=date(2020, 1, 1)
            )

    return opened


def test_a_row_says_what_the_page_says(taken, granted, drawn, tree_company):
    made = granted(hectares=120)
    drawn(made, stated_ha=118)
    drawn(made, square(degrees=0.005), purpose="implementation")
    (line,) = lines_of(taken("csv", "ministry"))
    assert line["reference"] == made.reference and line["link"].endswith(made.get_absolute_url())
    assert (line["state"], line["sector"], line["place"], line["kept_by"]) == (
        "signed",
        "tree_plantation",
        "0101",
        "LAND-D0101",
    )
    assert Decimal(line["granted_ha"]) == 120
    assert 28 < float(line["developed_ha"]) < 30 and 110 < float(line["drawn_ha"]) < 120
    assert line["holders"] == tree_company.number and "Invented Trees" in line["holder_names"]
    assert (line["starts_on"], line["ends_on"], line["term_months"]) == ("2020-02-01", "2050-01-31", "360")
    assert float(line["longitude"]) == pytest.approx(100.205, abs=0.001) and line["closed"] == ""
    assert line["papers"] == "agreement"


def test_everybody_finds_nothing_before_a_decision_and_then_only_what_is_open(taken, granted, drawn, open_classes):
    made = granted()
    drawn(made)
    assert lines_of(taken("csv")) == [] and json.loads(taken("geojson"))["features"] == []
    assert lines_of(taken("csv", "other_district")) == []
    open_classes("basics")
    (line,) = lines_of(taken("csv"))
    assert line["reference"] == made.reference and line["state"] == "signed"
    filled = {name for name, value in line.items() if value}
    assert not filled & {each.code for each in columns() if each.field_class}
    assert {"holder", "hectares", "place", "judgement"} <= set(line["closed"].split(";"))
    assert json.loads(taken("geojson"))["features"] == []
    open_classes("place")
    (line,) = lines_of(taken("csv"))
    assert line["place"] == "0101" and line["longitude"] and not line["granted_ha"]
    (feature,) = json.loads(taken("geojson"))["features"]
    assert feature["geometry"]["type"] == "Point" and feature["properties"]["mapped_ha"] is None
    open_classes("hectares", "shape")
    (feature,) = json.loads(taken("geojson"))["features"]
    assert feature["geometry"]["type"] == "MultiPolygon" and feature["properties"]["mapped_ha"] > 100


def test_the_company_reads_its_own_but_no_judgement(taken, granted):
    made = granted()
    (line,) = lines_of(taken("csv", "company"))
    assert line["reference"] == made.reference and line["granted_ha"] and line["closed"] == "judgement"
    assert line["situation"] == line["findings_open"] == line["confirmed"] == ""


def test_the_file_is_narrowed_and_ordered_as_the_list(taken, granted, concession, party):
    small = granted(50, concession("Small"), holder=party("A"))
    large = granted(500, concession("Large"), holder=party("B"))
    found = lines_of(taken("csv", "province", "?order=hectares"))
    assert [line["reference"] for line in found] == [large.reference, small.reference]
    assert [line["reference"] for line in lines_of(taken("csv", "province", "?most=100"))] == [small.reference]
    assert lines_of(taken("csv", "province", "?state=nonsense")) == []


def test_a_name_like_a_formula_is_text_in_both_files(taken, concession):
    concession(name=Translated(lo="=1+1", en='=HYPERLINK("http://x")'))
    (line,) = lines_of(taken("csv", "ministry"))
    assert line["name_lo"] == "'=1+1"
    sheet = load_workbook(io.BytesIO(taken("xlsx", "ministry"))).worksheets[0]
    cells = [cell for cell in sheet[2] if cell.value and str(cell.value).startswith("=")]
    assert cells and all(cell.data_type == "s" for cell in cells)


def test_the_workbook_speaks_the_readers_language_and_explains_itself(taken, granted):
    granted(hectares=120)
    book = load_workbook(io.BytesIO(taken("xlsx", "ministry", "?place=01")))
    register, about, told, codes = book.worksheets
    heading = [cell.value for cell in register[1]]
    values = dict(zip(heading, [cell.value for cell in register[2]], strict=True))
    assert values["State"] == "Agreement signed" and values["Granted ha"] == 120 and values["Until"].year == 2050
    assert [row[0].value for row in told.iter_rows(min_row=2)] == [each.code for each in columns()]
    assert all(row[2].value for row in told.iter_rows(min_row=2))
    said = {(row[0].value, row[1].value): row[2].value for row in codes.iter_rows(min_row=2)}
    assert said["state", "signed"] == "Agreement signed" and said["sector", "tree_plantation"]
    assert any("Phuthong" in str(row[1].value) for row in about.iter_rows())
    lao = load_workbook(io.BytesIO(taken("xlsx", "ministry", language="lo")))
    assert [cell.value for cell in lao.worksheets[0][1]] != heading


def test_every_code_in_a_cell_stands_in_the_dictionary(visit, taken, granted, drawn):
    drawn(granted())
    (line,) = lines_of(taken("csv", "ministry"))
    answer = b"".join(visit("ministry").get("/concessions/columns.csv").streaming_content).decode("utf-8-sig")
    told = list(csv.reader(io.StringIO(answer)))
    known = {(row[0], row[1]) for row in told if len(row) == 3}
    names = {row[0] for row in told if len(row) == 7}
    assert set(line) <= names
    for each in columns():
        for code in filter(None, line[each.code].split(";")) if each.codes else ():
            assert (each.codes, code) in known, (each.code, code)


def test_the_geopackage_is_read_by_gdal_and_holds_lasting_ids(taken, granted, drawn, tmp_path):
    made = granted()
    area = drawn(made)
    path = tmp_path / "areas.gpkg"
    path.write_bytes(taken("gpkg", "province"))
    meta, _index, shapes, fields = pyogrio.raw.read(path)
    told = dict(zip(meta["fields"], fields, strict=True))
    assert list(told["area_id"]) == [area.pk] and list(told["reference"]) == [made.reference]
    assert told["link"][0].endswith(made.get_absolute_url()) and len(shapes) == 1


def test_one_statement_however_many_there_are(cast, granted, concession, drawn):
    def counted():
        with CaptureQueriesContext(connection) as captured:
            found = list(rows(cast.actor("ministry"), Concession.objects.order_by("reference")))
        return len(captured), len(found)

    drawn(granted())
    statements, number = counted()
    for each in range(4):
        drawn(granted(made=concession(f"More {each}")))
    assert counted() == (statements, number + 4)


def test_an_address_of_another_kind_is_none(visit):
    assert visit().get("/concessions/list.exe").status_code == 404
