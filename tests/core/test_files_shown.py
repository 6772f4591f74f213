"""Cells whose number format says more than the number are read as they are shown."""

from decimal import Decimal

import openpyxl
import pyarrow.parquet as pq
import pytest

from sala.core.files import table
from sala.core.files.shown_cells import Percent, is_percent, zeros_of


@pytest.fixture
def read(tmp_path):
    """read(rows, formats by column) → the profile, and the columns of the Parquet that is written."""

    def write(rows, formats, text="", **recipe):
        path = tmp_path / ("table.csv" if text else "table.xlsx")
        if text:
            path.write_text(text, encoding="utf-8")
        else:
            book = openpyxl.Workbook()
            sheet = book.active
            for row in rows:
                sheet.append(row)
            for letter, code in formats.items():
                for number in range(2, len(rows) + 1):
                    sheet[f"{letter}{number}"].number_format = code
            book.save(path)
        profile = table.profile(str(path), path.name, str(tmp_path), recipe=recipe)
        table.convert(str(path), path.name, str(tmp_path), recipe)
        return {column["name"]: column for column in profile["columns"]}, pq.read_table(
            tmp_path / "data.parquet"
        ).to_pydict()

    return write


@pytest.mark.parametrize(("code", "digits"), [("0000", 4), ("00", 2), ("[$-454]0000;-0000", 4), ('"P"000', 3), ("0", 0),
                                              ("#,##0", 0), ("0.00", 0), ("General", 0), ("yyyy", 0), ("00/00", 0)])  # fmt: skip
def test_a_format_that_pads_with_zeros_is_known(code, digits):
    assert zeros_of(code) == digits


@pytest.mark.parametrize(
    ("code", "percent"),
    [("0%", True), ("0.00%", True), ("#,##0.0%", True), ("0.0 %", True), ("0", False), ('0"%"', False)],
)
def test_a_format_of_percentages_is_known(code, percent):
    assert is_percent(code) == percent


def test_a_code_shown_with_leading_zeros_keeps_them(read):
    columns, data = read([["code", "people"], [101, 5], [12, 6], [1205, 7]], {"A": "0000"})
    assert data["code"] == ["0101", "0012", "1205"] and columns["code"]["type"] == "text"
    assert data["people"] == [5, 6, 7]


def test_percentages_are_read_as_shown_with_their_unit(read):
    columns, data = read([["place", "share"], ["a", 0.125], ["b", 0.01234], ["c", 1], ["d", None]], {"B": "0.0%"})
    assert data["share"] == [Decimal("12.500"), Decimal("1.234"), Decimal("100.000"), None]
    assert columns["share"]["unit"] == "%" and columns["share"]["type"] == "decimal"


def test_percentages_written_as_text_are_read_the_same_way(read):
    columns, data = read([], {}, text="place;share\na;12,5%\nb;3,1 %\nc;7%\n")
    assert data["share"] == [Decimal("12.5"), Decimal("3.1"), Decimal("7.0")] and columns["share"]["unit"] == "%"


def test_a_number_among_percentages_is_a_fault_and_not_guessed(read):
    rows = [["share"], *[[0.01 * step] for step in range(1, 20)], [0.3]]
    book = {"A": "0%"}
    columns, data = read(rows, book)
    assert data["share"][-1] == 30 and columns["share"]["unit"] == "%"
    columns, data = read([], {}, text="share\n" + "".join(f"{step}%\n" for step in range(1, 20)) + "0.3\n")
    assert data["share"][-1] is None and columns["share"]["unit"] == "%"


def test_years_dates_and_amounts_are_left_alone(read):
    rows = [["year", "amount", "code"], [2023, 1234.5, "0012"], [2024, 99, "0013"]]
    columns, data = read(rows, {"A": "0", "B": "#,##0.00"})
    assert columns["year"]["type"] == "year" and data["amount"] == [Decimal("1234.5"), Decimal("99.0")]
    assert data["code"] == ["0012", "0013"]


def test_what_is_shown_is_not_rounded():
    assert str(Percent(0.1234567)) == "12.34567%" and str(Percent(0.1)) == "10%" and str(Percent(0)) == "0%"


def test_rows_that_are_left_out_do_not_shift_the_formats(read):
    rows = [["Schools of the year"], [], ["code", "people"], [None, None], [7, 1], [8, 2], ["Total", 3]]
    _columns, data = read(rows, {"A": "000"})
    assert data["code"] == ["007", "008"] and data["people"] == [1, 2]
