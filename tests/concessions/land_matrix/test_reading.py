"""The reader of the Land Matrix against files typed from the description of the format, and against the real ones."""

import json
from pathlib import Path

import openpyxl
import pytest

from sala.concessions.exchange.countries import Countries
from sala.concessions.exchange.investors import is_named, parted
from sala.concessions.exchange.land_matrix import cells, headings, labels
from sala.concessions.exchange.land_matrix.reading import read
from sala.core.errors import Unreadable
from sala.core.files import child
from sala.core.files.refusals import Refused
from tests.conftest import SHARED

from . import typed

REAL = SHARED / "landdeals"


@pytest.fixture
def taken(tmp_path):
    """taken(path) → (counts, what was read)."""

    def run(path: Path):
        folder = tmp_path / "out"
        folder.mkdir(exist_ok=True)
        counts = read(str(path), path.name, str(folder))
        return counts, json.loads((folder / "read.json").read_text(encoding="utf-8"))

    return run


@pytest.fixture
def typed_deals(taken, tmp_path):
    counts, found = taken(typed.write_zip(tmp_path / "export.zip"))
    assert counts["deals"] == 4
    return {deal["id"]: deal for deal in found["deals"]}, found


def test_the_columns_are_those_of_the_description_in_order():
    assert list(headings.DEALS) == typed.HEADINGS and len(headings.DEALS) == 147
    for kind, (_file, _sheet, columns) in headings.TABLES.items():
        assert headings.kind_of(list(columns)) == kind


def test_a_size_that_shrank_keeps_both_entries_with_their_dates(typed_deals):
    deals, _found = typed_deals
    assert deals["101"]["contract"] == [
        {"on": "2002-12", "current": False, "area": "18500"}, {"on": "2004", "current": True, "area": "800"},
    ]  # fmt: skip
    assert deals["101"]["production"][0]["area"] == "612.5"
    assert [entry["code"] for entry in deals["101"]["negotiation"]] == [
        "MEMORANDUM_OF_UNDERSTANDING",
        "CONTRACT_SIGNED",
    ]
    assert deals["101"]["communities"] == ["Ban Nongsai", "Ban Nua"]
    assert deals["101"]["rest"]["Comment on land area"].endswith("| map #2\nand the annex")


def test_of_several_current_sizes_the_latest_counts_and_that_is_told(typed_deals):
    deals, found = typed_deals
    current = [entry["area"] for entry in deals["102"]["contract"] if entry["current"]]
    assert current == ["2500"]
    assert ["102", "several-current"] in [[fault[2], fault[5]] for fault in found["faults"]]


def test_labels_with_commas_brackets_and_misspelt_codes_are_whole(typed_deals):
    deals, _found = typed_deals
    crops = [entry["choices"] for entry in deals["102"]["products"] if entry["kind"] == "crop"]
    assert crops == [["Corn (Maize)", "Fodder plants (no, really)", "Coffee Plant"]]
    assert deals["102"]["negotiation"][0]["code"] == "CHANGE_OF_OWNERSHIP"
    assert deals["102"]["intention"][0]["choices"] == ["Conversation"]
    assert cells.choices_of("Oil, gas and coal, Tea", ["Oil, gas and coal"]) == ["Oil, gas and coal", "Tea"]


def test_not_public_is_understood_in_both_ways_of_writing(typed_deals):
    deals, _found = typed_deals
    assert deals["101"]["confidential"] is False and deals["102"]["confidential"] is True
    assert labels.truth("Unknown") is None


def test_each_value_that_finds_no_place_is_told_with_its_row(typed_deals):
    deals, found = typed_deals
    told = {(fault[2], fault[3], fault[4], fault[5]) for fault in found["faults"]}
    size = "Size under contract (leased or purchased area, in ha)"
    assert {
        ("104", size, "200712345", "date"), ("104", size, "many", "number"), ("104", "Nature of the deal", "Gift", "label"),
        ("104", "Negotiation status", "Signed in blood", "label"), ("104", "Point", "120.5,200.25", "point"),
        ("104", "Spatial accuracy level", "Somewhere", "label"), ("999", "Deal ID", "999", "no-deal"),
    } <= told  # fmt: skip
    assert deals["104"]["negotiation"] == [{"on": "2007-05-11", "current": True, "code": "Signed in blood"}]


def test_short_rows_and_tables_without_the_number_of_a_link_are_read_by_heading(typed_deals):
    _deals, found = typed_deals
    assert [row["id"] for row in found["investors"]] == ["900", "901"]
    link = found["involvements"][0]
    assert (link["owned"][0], link["owner"][0], link["role"], link["share"]) == ("901", "900", "PARENT", "60")
    assert found["involvements"][1]["role"] == "LENDER"


def test_details_join_their_deals_and_a_point_stands_beside_its_accuracy(typed_deals):
    deals, _found = typed_deals
    assert deals["101"]["locations"][0]["point"] == [100.25, 20.5]
    assert deals["101"]["locations"][0]["accuracy"] == "EXACT_LOCATION"
    assert deals["101"]["contracts"][0]["Contract number"] == "77/LM"
    assert deals["101"]["sources"][0]["File"] == "-redacted-"


def test_a_workbook_with_escaped_letters_says_the_same(taken, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Deals"
    sheet.append(
        ["Deal ID", "Target country", "Name of investment project", "Comment on land area", "Intended size (in ha)"]
    )
    sheet.append([7, "C\\xf4te d'Ivoire", "\\u0ec2\\u0e84\\u0e87\\u0e81\\u0eb2\\u0e99", "one\\ntwo", "None"])
    path = tmp_path / "export.xlsx"
    book.save(path)
    counts, found = taken(path)
    deal = found["deals"][0]
    assert counts["deals"] == 1 and deal["id"] == "7"
    assert deal["country"] == "Côte d'Ivoire" and deal["project"] == "ໂຄງການ"
    assert deal["rest"]["Comment on land area"] == "one\ntwo" and deal["intended"] == "" and not found["faults"]


def test_a_file_that_holds_no_deals_is_refused_in_words(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read(str(path), path.name, str(tmp_path))
    assert refused.value.code == "no-land-deals"
    with pytest.raises(Unreadable):
        child.run("sala.concessions.exchange.land_matrix.reading:read", path, path.name, tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2004", "2004"), ("2004-5", "2004-05"), ("2007-5-11", "2007-05-11"), ("None", ""), ("", ""), ("123456789", None), ("2004-13", None)],
)  # fmt: skip
def test_dates_are_read_as_far_as_they_go(text, expected):
    assert cells.date_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("50000.0", "50000"), ("0.50", "0.5"), ("1e3", "1000"), ("many", None), ("nan", None), ("", "")]
)  # fmt: skip
def test_numbers_are_exact(text, expected):
    assert cells.number_of(text) == expected


def test_countries_are_found_by_any_of_their_names_also_in_a_list():
    countries = Countries({"Demoland": "DM"})
    assert countries.several("China, Hong Kong Special Administrative Region, Viet Nam") == (["HK", "VN"], [])
    assert countries.several("Bolivia (Plurinational State of), Demoland, Atlantis") == (["BO", "DM"], ["Atlantis"])
    assert countries.one("Vietnam") == "VN" and countries.one("VN") == "VN" and countries.one("Atlantis") == ""


def test_names_with_commas_stay_whole_and_nobody_is_no_party():
    assert parted("Xeunhua Company, Ltd.", ["CN"]) == ([("Xeunhua Company, Ltd.", "CN")], True)
    assert parted("Honda, Jieng Xieng", ["JP", "CN"]) == ([("Honda", "JP"), ("Jieng Xieng", "CN")], True)
    assert parted("One, Two, Three Co., Ltd.", ["JP", "CN"]) == (
        [("One", ""), ("Two", ""), ("Three Co., Ltd.", "")],
        False,
    )
    assert not is_named("Unknown") and not is_named("Unnamed investor 12") and is_named("Unilever")


@pytest.mark.shared
def test_the_real_table_of_2019_is_read_without_a_lost_row(taken):
    counts, found = taken(REAL / "landmatrix_deals_2019.csv")
    assert counts["deals"] == 2660 and counts["faults"] == 0
    by_id = {deal["id"]: deal for deal in found["deals"]}
    assert by_id["217"]["contract"] == [{"on": "", "current": True, "area": "50000"}]
    assert by_id["217"]["negotiation"] == [{"on": "2006", "current": True, "code": "ORAL_AGREEMENT"}]


@pytest.mark.shared
def test_the_real_investors_and_links_of_2020_are_read(taken):
    assert taken(REAL / "landmatrix_investors_lao_2020.csv")[0]["investors"] == 214
    assert taken(REAL / "landmatrix_involvements_lao_2020.csv")[0]["involvements"] == 120
