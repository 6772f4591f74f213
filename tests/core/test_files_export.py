"""What people download opens in a spreadsheet as data, never as a formula."""

import csv
import datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sala.core.files import export, sheet_size, table
from sala.core.files.refusals import Refused

TEXTS = ["=1+1", "+856 20", "-", "@sum", "\tx", "\rx", " =cmd|' /C calc'!A0", "ບ້ານ", 'say "x", y', "two\nlines", None]
HARMLESS = {"ບ້ານ", 'say "x", y', "two\nlines", None}


@pytest.fixture
def parquet(tmp_path):
    count = len(TEXTS)
    columns = {
        "_row": pa.array(range(2, count + 2)),
        "text": pa.array(TEXTS),
        "change": pa.array([Decimal(f"-{place}.50") for place in range(count)]),
        "day": pa.array([datetime.date(2024, 1, place + 1) for place in range(count)]),
        "open": pa.array([place % 2 == 0 for place in range(count)]),
    }
    pq.write_table(pa.table(columns), tmp_path / "data.parquet")
    return str(tmp_path / "data.parquet")


COLUMNS = [{"name": "text", "label": "=Text"}, {"name": "change", "label": "Change"}, "day", "open"]
COLUMNS = [each if isinstance(each, dict) else {"name": each} for each in COLUMNS]


def test_a_text_like_a_formula_is_marked_in_a_csv_and_numbers_stay_numbers(parquet, tmp_path):
    target = tmp_path / "out.csv"
    assert export.write_csv(parquet, str(target), COLUMNS)["rows"] == len(TEXTS)
    content = target.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(content.decode("utf-8-sig").splitlines(keepends=True)))
    assert rows[0] == ["'=Text", "Change", "day", "open"]
    for text, row in zip(TEXTS, rows[1:], strict=True):
        assert row[0] == ((text or "") if text in HARMLESS else f"'{text}")
        assert row[0][:1] not in tuple("=+-@\t\r")
    assert [row[1] for row in rows[1:4]] == ["-0.50", "-1.50", "-2.50"]
    assert rows[1][2:] == ["2024-01-01", "true"]


def test_a_workbook_holds_no_formula_and_numbers_stay_numbers(parquet, tmp_path):
    target = tmp_path / "out.xlsx"
    export.write_xlsx(parquet, str(target), COLUMNS)
    sheet = openpyxl.load_workbook(target).active
    assert sheet["A1"].value == "=Text" and sheet["A1"].data_type == "s"
    for text, row in zip(TEXTS, sheet.iter_rows(min_row=2), strict=True):
        assert row[0].data_type != "f"
        assert row[0].quotePrefix == (text not in HARMLESS)
        assert row[0].value == text
        assert row[1].data_type == "n" and row[2].is_date and isinstance(row[3].value, bool)
    assert sheet["B3"].value == -1.5


def test_a_number_longer_than_a_workbook_keeps_is_written_as_text(tmp_path):
    numbers = pa.array([Decimal("12345678901234567.89"), Decimal("1.50")])
    pq.write_table(pa.table({"n": numbers, "i": pa.array([10**16 + 1, 5])}), tmp_path / "data.parquet")
    export.write_xlsx(str(tmp_path / "data.parquet"), str(tmp_path / "out.xlsx"), ["n", "i"])
    rows = list(openpyxl.load_workbook(tmp_path / "out.xlsx").active.iter_rows(min_row=2, values_only=True))
    assert rows == [("12345678901234567.89", "10000000000000001"), (1.5, 5)]


def test_more_rows_than_a_sheet_holds_are_refused(parquet, tmp_path, monkeypatch):
    monkeypatch.setattr(sheet_size, "SHEET_ROWS", len(TEXTS))
    with pytest.raises(Refused) as caught:
        export.write_xlsx(parquet, str(tmp_path / "out.xlsx"), ["text"])
    assert caught.value.code == "too-many-rows"


def test_a_table_survives_the_way_out_and_in(tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("ລະຫັດ;ຈຳນວນ;ວັນທີ\n001;1.234,5;31/01/2024\n002;7;01/02/2024\n", encoding="utf-8")
    first = table.convert(str(source), "in.csv", str(tmp_path), {})
    columns = [{"name": each["name"], "label": each["label"]} for each in first["columns"]]
    before = pq.read_table(tmp_path / "data.parquet").to_pylist()
    for name in ("out.csv", "out.xlsx"):
        write = export.write_csv if name.endswith("csv") else export.write_xlsx
        write(str(tmp_path / "data.parquet"), str(tmp_path / name), columns)
        folder = tmp_path / name.replace(".", "_")
        folder.mkdir()
        table.convert(str(tmp_path / name), name, str(folder), {})
        assert pq.read_table(folder / "data.parquet").to_pylist() == before


@pytest.mark.parametrize(("rows", "columns", "fits"), [(400_000, 4, True), (600_000, 4, False), (1_048_575, 1, False),
                                                       (100_000, 28, True), (100_000, 29, False), (0, 0, True)])  # fmt: skip
def test_a_table_is_offered_as_a_workbook_only_where_it_is_written_in_time(rows, columns, fits):
    assert sheet_size.fits_workbook(rows, columns) == fits
