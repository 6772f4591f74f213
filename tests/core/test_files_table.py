"""Tables as people send them: with titles, joined headings, totals, remarks, Lao digits and either decimal mark."""

import csv
import datetime
from decimal import Decimal

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sala.core.files import delimited, table
from sala.core.files.refusals import Refused


@pytest.fixture
def sent(tmp_path):
    """Write a file as it was sent; gives its path and name."""

    def send(content, name: str = "table.csv", encoding: str = "utf-8") -> tuple[str, str]:
        path = tmp_path / name
        if isinstance(content, openpyxl.Workbook):
            content.save(path)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return str(path), name

    return send


@pytest.fixture
def profile(sent, tmp_path):
    return lambda content, name="table.csv", **options: table.profile(*sent(content, name), str(tmp_path), **options)


@pytest.fixture
def convert(sent, tmp_path):
    """The result of the conversion and the rows of the Parquet file."""

    def converted(content, recipe=None, name="table.csv"):
        result = table.convert(*sent(content, name), str(tmp_path), recipe or {})
        return result, pq.read_table(tmp_path / "data.parquet").to_pylist()

    return converted


def column(found: dict, name: str) -> dict:
    return next(each for each in found["columns"] if each["name"] == name)


def types(found: dict) -> dict[str, str]:
    return {each["name"]: each["type"] for each in found["columns"]}


def refusal(function, *arguments, **options) -> Refused:
    with pytest.raises(Refused) as caught:
        function(*arguments, **options)
    return caught.value


SHEET = """ຕາຕະລາງ 5: ປະຊາກອນ,,,
,,,
ລະຫັດ,ບ້ານ,ຈຳນວນ,ເນື້ອທີ່
0101,ບ້ານ ກ,໑໒໐,"1,5"
0102,ບ້ານ ຂ,-,"12,25"

0103,ບ້ານ ຄ,90,
ລວມ,,210,"13,75"
,,,
ໝາຍເຫດ: ຕົວເລກເບື້ອງຕົ້ນ,,,
"""


def test_title_totals_and_remarks_are_left_out_and_counted(profile):
    found = profile(SHEET)
    assert found["title"] == "ຕາຕະລາງ 5: ປະຊາກອນ"
    assert (found["header_row"], found["first_row"], found["rows"]) == (3, 4, 3)
    assert found["dropped"] == {"title": 1, "totals": 1, "notes": 1}
    assert [each["label"] for each in found["columns"]] == ["ລະຫັດ", "ບ້ານ", "ຈຳນວນ", "ເນື້ອທີ່"]


def test_codes_stay_text_lao_digits_are_digits_and_null_words_are_null(profile):
    found = profile(SHEET)
    assert list(types(found).values()) == ["text", "text", "integer", "decimal"]
    assert found["columns"][2]["nulls"] == 1 and found["columns"][2]["max"] == 120
    assert found["preview"][0] == {"_row": 4, "ລະຫັດ": "0101", "ບ້ານ": "ບ້ານ ກ", "ຈຳນວນ": 120, "ເນື້ອທີ່": Decimal("1.50")}


def test_each_value_equals_the_cell_in_the_bytes_of_the_file(convert, sent):
    _result, rows = convert(SHEET)
    lines = SHEET.encode().split(b"\n")
    assert [row["_row"] for row in rows] == [4, 5, 7]
    for row in rows:
        cells = next(csv.reader([lines[row["_row"] - 1].decode()]))
        assert row["ລະຫັດ"] == cells[0] and row["ບ້ານ"] == cells[1]
        assert row["ເນື້ອທີ່"] == (Decimal(cells[3].replace(",", ".")) if cells[3] else None)


def test_the_row_is_the_line_where_a_cell_over_several_lines_begins(convert):
    text = 'name,note\na,"one\ntwo"\nb,x\n\nc,y\n'
    _result, rows = convert(text)
    assert [(row["_row"], row["name"]) for row in rows] == [(2, "a"), (4, "b"), (6, "c")]
    assert rows[0]["note"] == "one\ntwo"


def test_the_row_of_a_workbook_is_the_row_of_the_sheet(convert, tmp_path):
    book = openpyxl.Workbook()
    for place, value in (("C4", "name"), ("D4", "count"), ("C5", "a"), ("D5", 7), ("C8", "b"), ("D8", 2.5)):
        book.active[place] = value
    _result, rows = convert(book, name="table.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "table.xlsx").active
    assert [row["_row"] for row in rows] == [5, 8]
    for row in rows:
        assert sheet.cell(row["_row"], 3).value == row["name"]
        assert Decimal(str(sheet.cell(row["_row"], 4).value)) == row["count"]


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.text('ab0,;"\n\r ກ໑', max_size=4), min_size=2, max_size=3), min_size=1, max_size=6),
    st.sampled_from(["\n", "\r\n"]),
)
def test_the_fast_reader_agrees_with_the_exact_one_or_stands_aside(tmp_path_factory, rows, ending):
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator=ending).writerows([["h", "i", "j"], *rows])
    fast = delimited.regular(path, "utf-8", ",", 2, 3)
    exact = list(delimited.rows(path, "utf-8", ","))[1:]
    if fast is not None:
        assert [number for number, _cells in exact] == list(range(2, 2 + fast.num_rows))
        assert [cells for _number, cells in exact] == [list(row.values()) for row in fast.to_pylist()]


def test_the_fast_reader_is_used_for_a_plain_file(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes('a,b\n1,ກ\n2,"x, y"\n'.encode())
    assert delimited.regular(path, "utf-8", ",", 2, 2).to_pylist() == [{"0": "1", "1": "ກ"}, {"0": "2", "1": "x, y"}]


@pytest.mark.parametrize("mark", [";", "\t", "|", ","])
def test_the_mark_between_cells_is_found(profile, mark):
    found = profile(f"code{mark}name{mark}value\n01{mark}a{mark}5\n02{mark}b{mark}6\n")
    assert types(found) == {"code": "text", "name": "text", "value": "integer"}


def test_decimal_commas_do_not_split_a_file_of_semicolons(profile):
    found = profile("name;x;y\na;1,5;2,5\nb;3,5;4,5\n")
    assert types(found) == {"name": "text", "x": "decimal", "y": "decimal"}


def test_a_mark_that_could_be_either_is_asked_and_nothing_is_written_until_it_is_answered(profile, convert, tmp_path):
    text = "place;area\na;1,234\nb;5,678\n"
    found = profile(text)
    [question] = found["questions"]
    assert question["column"] == "area" and question["kind"] == "decimal-mark"
    assert question["examples"] == ["1,234", "5,678"]
    assert {each["answer"]: each["values"][0] for each in question["readings"]} == {",": "1.234", ".": "1234"}
    refused = refusal(convert, text)
    assert refused.code == "decimal-mark-unknown" and refused.values["columns"] == "area"
    assert not (tmp_path / "data.parquet").exists()
    assert [row["area"] for row in convert(text, {"decimal_mark": {"area": ","}})[1]] == [
        Decimal("1.234"),
        Decimal("5.678"),
    ]
    assert [row["area"] for row in convert(text, {"decimal_mark": "."})[1]] == [1234, 5678]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.234.567,5", "1.234"], ["1234567.5", "1234.0"]),
        (["1,234,567.5", "1,234"], ["1234567.5", "1234.0"]),
        (["1.234", "0.5"], ["1.234", "0.500"]),
        (["1,234", "12,5"], ["1.234", "12.500"]),
        (["1.234.567", "1.234"], ["1234567", "1234"]),
        (["1 234,5", "2 000"], ["1234.5", "2000.0"]),
        (["1234.567", "1.234"], ["1234.567", "1.234"]),
        (["-1.5E-3", "2.0"], ["-0.0015", "2.0000"]),
        (["−5", "໑໒"], ["-5", "12"]),
        ([".5", "-.25"], ["0.50", "-0.25"]),
    ],
)
def test_where_the_column_itself_shows_its_mark_nothing_is_asked(convert, cells, values):
    _result, rows = convert("name;value\n" + "".join(f"n{place};{cell}\n" for place, cell in enumerate(cells)))
    assert [str(row["value"]) for row in rows] == values


def test_a_column_that_shows_both_marks_is_asked(profile, convert):
    text = "name;value\na;1,5\nb;2.5\n"
    assert profile(text)["questions"][0]["column"] == "value"
    result, rows = convert(text, {"decimal_mark": {"value": ","}, "types": {"value": "decimal"}})
    assert [row["value"] for row in rows] == [Decimal("1.5"), None]
    assert result["faults"] == [{"row": 3, "column": "value", "value": "2.5", "expected": "decimal"}]


def test_a_number_of_a_workbook_needs_no_question(profile):
    book = openpyxl.Workbook()
    for row in (["name", "value"], ["a", 1.234], ["b", 5.678]):
        book.active.append(row)
    found = profile(book, "table.xlsx")
    assert found["questions"] == [] and column(found, "value")["max"] == Decimal("5.678")


def test_two_heading_rows_over_merged_cells_are_joined(profile):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Table 1: people by year"], [None], ["District", "People", None, "Area"], [None, "Total", "Women", None],
                ["A", 10, 6, 1.5], ["B", 20, 11, 2.5], ["Total", 30, 17, 4]):  # fmt: skip
        sheet.append(row)
    for place in ("A1:D1", "B3:C3", "A3:A4", "D3:D4"):
        sheet.merge_cells(place)
    found = profile(book, "table.xlsx")
    assert [each["label"] for each in found["columns"]] == ["District", "People / Total", "People / Women", "Area"]
    assert [each["name"] for each in found["columns"]] == ["district", "people_total", "people_women", "area"]
    assert (found["header_row"], found["first_row"], found["rows"]) == (3, 5, 2)
    assert found["dropped"] == {"title": 1, "totals": 1, "notes": 0}


def test_two_heading_rows_of_a_csv_are_joined(profile):
    found = profile("District,2020,,2021,\n,Men,Women,Men,Women\nA,1,2,3,4\nB,5,6,7,8\n")
    assert [each["label"] for each in found["columns"]] == [
        "District",
        "2020 / Men",
        "2020 / Women",
        "2021 / Men",
        "2021 / Women",
    ]
    assert found["first_row"] == 3


def test_a_first_row_of_words_is_no_second_heading(profile):
    found = profile("name,kind,\nA,,x\nB,,y\n")
    assert (found["header_row"], found["first_row"], found["rows"]) == (1, 2, 2)


def test_a_title_merged_over_some_columns_is_no_heading(profile):
    book = openpyxl.Workbook()
    for row in (["People and area"], ["District", "People", "Area"], ["A", 10, 1.5], ["B", 20, 2.5]):
        book.active.append(row)
    book.active.merge_cells("A1:B1")
    found = profile(book, "table.xlsx")
    assert found["title"] == "People and area"
    assert [each["label"] for each in found["columns"]] == ["District", "People", "Area"]


def test_the_sender_may_name_the_heading_row(profile):
    text = "a,b,c\nd,e,f\nname,kind,count\nx,y,1\n"
    assert profile(text)["header_row"] == 1
    found = profile(text, header_row=3)
    assert (found["header_row"], found["first_row"], found["rows"]) == (3, 4, 1)
    assert profile(text, header_row=0)["rows"] == 4


def test_a_file_of_numbers_alone_has_no_headings(profile):
    found = profile("1,2.5\n3,4.5\n")
    assert found["header_row"] == 0 and found["rows"] == 2
    assert [each["name"] for each in found["columns"]] == ["column_1", "column_2"]


def test_empty_leading_columns_are_left_out_and_keys_are_unique(profile):
    found = profile(",,Name,Name,2015,_row\n,,a,b,1,2\n")
    assert [each["name"] for each in found["columns"]] == ["name", "name_2", "c_2015", "row"]
    assert [each["label"] for each in found["columns"]] == ["Name", "Name", "2015", "_row"]


def test_a_total_that_is_a_value_of_a_dimension_is_data(profile):
    rows = "".join(f"{sex},{year},{year}\n" for year in (2019, 2020, 2021) for sex in ("Total", "Men", "Women"))
    found = profile("sex,year,value\n" + rows)
    assert found["rows"] == 9 and found["dropped"]["totals"] == 0


def test_the_words_for_totals_are_part_of_the_recipe(convert):
    text = "name,value\na,1\nb,2\nTổng,3\n"
    assert convert(text)[0]["rows"] == 3
    assert convert(text, {"total_words": {"vi": ["tổng"]}})[0]["rows"] == 2
    assert convert(text.replace("Tổng", "Total"), {"total_words": {}})[0]["rows"] == 3


def test_dates_years_and_truths_are_known(convert):
    text = "when;year;open;road\n31/01/2024;2023;yes;ມີ\n2024-02-29;2024;no;ບໍ່ມີ\n01.12.2023;2025;YES;ມີ\n"
    result, rows = convert(text)
    assert types(result) == {"when": "date", "year": "year", "open": "boolean", "road": "boolean"}
    assert [row["when"] for row in rows] == [
        datetime.date(2024, 1, 31),
        datetime.date(2024, 2, 29),
        datetime.date(2023, 12, 1),
    ]
    assert [row["road"] for row in rows] == [True, False, True]


def test_day_and_month_are_asked_only_where_no_date_tells(profile, convert):
    assert profile("when;n\n05/06/2024;1\n13/06/2024;2\n")["questions"] == []
    text = "when;n\n05/06/2024;1\n07/08/2024;2\n"
    [question] = profile(text)["questions"]
    assert question["kind"] == "date-order"
    assert {each["answer"]: each["values"][0] for each in question["readings"]} == {
        "dmy": "2024-06-05",
        "mdy": "2024-05-06",
    }
    assert refusal(convert, text).code == "date-order-unknown"
    assert convert(text, {"date_order": {"when": "mdy"}})[1][0]["when"] == datetime.date(2024, 5, 6)


def test_an_impossible_date_is_a_fault_and_not_another_day(convert):
    days = "".join(f"{day:02d}/01/2024;{day}\n" for day in range(1, 31))
    result, rows = convert("when;n\n" + days + "31/02/2024;31\n")
    assert result["faults"] == [{"row": 32, "column": "when", "value": "31/02/2024", "expected": "date"}]
    assert rows[-1]["when"] is None and rows[0]["when"] == datetime.date(2024, 1, 1)


def test_late_words_in_a_column_of_numbers_are_faults_with_their_row(convert):
    text = "name,value\n" + "".join(f"n{number},{number}\n" for number in range(1, 100)) + "late,about 5\n"
    result, rows = convert(text)
    assert types(result)["value"] == "integer" and rows[-1]["value"] is None
    assert result["faults"] == [{"row": 101, "column": "value", "value": "about 5", "expected": "integer"}]
    assert convert(text, {"types": {"value": "text"}})[1][-1]["value"] == "about 5"


def test_faults_are_counted_in_full_and_listed_up_to_200(convert):
    text = "name,value\n" + "".join(f"n{n},{n if n % 20 else f'about {n}'}\n" for n in range(1, 8001))
    result, _rows = convert(text)
    assert result["fault_count"] == 400 and len(result["faults"]) == 200
    assert result["faults"][0]["row"] == 21


def test_cells_beyond_the_last_column_are_faults(convert):
    rows_of_two = "".join(f"n{number},{number}\n" for number in range(20))
    result, rows = convert("name,value\n" + rows_of_two + "x,1,stray\nshort\n")
    assert result["faults"] == [{"row": 22, "column": "", "value": "stray", "expected": "end-of-row"}]
    assert rows[-1] == {"_row": 23, "name": "short", "value": None}


@pytest.mark.parametrize(
    ("cells", "type"),
    [
        (["001", "120", "7"], "text"),
        (["11.1", "11.2", "11.b"], "text"),
        (["+8562055512345", "+8562055512346"], "text"),
        (["12345678901234567890", "1"], "text"),
        (["5.1.1", "5.1.2"], "text"),
        (["0", "7"], "integer"),
        (["1950", "2024"], "year"),
        (["1950", "99"], "integer"),
        (["-", "n/a"], "text"),
        (["NA", "5", "6", "7"], "integer"),
    ],
)  # fmt: skip
def test_codes_are_told_from_numbers(profile, cells, type):
    found = profile("name;value\n" + "".join(f"n{place};{cell}\n" for place, cell in enumerate(cells)))
    assert types(found)["value"] == type


def test_a_country_code_that_looks_like_no_answer_stays_text(convert):
    assert [row["code"] for row in convert("code,n\nNA,1\nLA,2\n")[1]] == ["NA", "LA"]


def test_long_numbers_keep_every_digit(convert):
    _result, rows = convert("name;value\na;12345678901234567.89\nb;0.01\n")
    assert rows[0]["value"] == Decimal("12345678901234567.89")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_are_read(convert, sent, tmp_path, encoding):
    text = "name;place\n" + "".join(f"Café numéro {number};Besançon près de là\n" for number in range(40))
    result = table.convert(*sent(text, encoding=encoding), str(tmp_path), {})
    rows = pq.read_table(tmp_path / "data.parquet").to_pylist()
    assert result["rows"] == 40 and rows[3] == {"_row": 5, "name": "Café numéro 3", "place": "Besançon près de là"}


def test_utf8_with_a_few_broken_bytes_is_refused_with_its_line(profile):
    lines = ["name;place", *[f"ບ້ານ {number};ເມືອງ" for number in range(3000)]]
    content = "\n".join(lines).encode().replace("ບ້ານ 2000;".encode(), "ບ້ານ 2000;".encode()[:-9] + b"\xff;")
    refused = refusal(profile, content)
    assert refused.code == "broken-encoding" and refused.values == {"line": 2002}


def test_a_quotation_mark_that_is_never_closed_is_refused_with_its_line(profile):
    refused = refusal(profile, 'name,note\na,x\nb,"never closed\nc,y\nd,z\n')
    assert refused.code == "broken-quotes" and refused.values == {"line": 3}


def test_the_sheet_is_the_first_with_a_table_or_the_one_named(profile):
    book = openpyxl.Workbook()
    book.active.title = "empty"
    for title in ("first", "second"):
        sheet = book.create_sheet(title)
        sheet.append(["name", title])
        sheet.append(["a", 1])
    book.create_sheet("hidden").sheet_state = "hidden"
    found = profile(book, "table.xlsx")
    assert found["sheet"] == "first" and found["sheets"] == ["empty", "first", "second"]
    assert profile(book, "table.xlsx", sheet="second")["columns"][1]["label"] == "second"
    assert refusal(profile, book, "table.xlsx", sheet="third").code == "no-sheet"


@pytest.mark.parametrize("text", ["only a title\n", "name,value\n"])
def test_a_file_without_rows_is_no_table(profile, text):
    assert refusal(profile, text).code == "no-table"


def test_a_recipe_for_a_column_that_is_not_there_is_refused_when_it_is_written(profile, convert):
    recipe = {"decimal_mark": {"gone": ","}}
    assert profile("name,value\na,1\n", recipe=recipe)["rows"] == 1
    assert refusal(convert, "name,value\na,1\n", recipe).code == "unknown-column"


def test_a_list_of_names_alone_is_a_table_of_one_column(convert):
    result, rows = convert("name\na\nb\n")
    assert result["rows"] == 2 and rows[1] == {"_row": 3, "name": "b"}


def test_the_same_file_gives_the_same_bytes(convert):
    assert convert(SHEET)[0]["sha256"] == convert(SHEET)[0]["sha256"]
    assert convert(SHEET)[0]["sha256"] != convert(SHEET.replace("90", "91"))[0]["sha256"]


def test_a_workbook_is_read_through_its_stored_types(convert):
    book = openpyxl.Workbook()
    rows = [["id", "when", "ok", "part", "code"], [1, datetime.date(2024, 1, 5), True, 0.25, "007"],
            [2, datetime.datetime(2024, 2, 6), False, 0.5, "008"]]  # fmt: skip
    for row in rows:
        book.active.append(row)
    result, read = convert(book, name="table.xlsx")
    assert types(result) == {"id": "integer", "when": "date", "ok": "boolean", "part": "decimal", "code": "text"}
    assert read[1] == {
        "_row": 3,
        "id": 2,
        "when": datetime.date(2024, 2, 6),
        "ok": False,
        "part": Decimal("0.50"),
        "code": "008",
    }


def test_a_text_of_the_same_look_as_a_number_is_asked_in_a_workbook_too(profile):
    book = openpyxl.Workbook()
    for row in (["name", "value"], ["a", "1.234"], ["b", 5]):
        book.active.append(row)
    assert [each["kind"] for each in profile(book, "table.xlsx")["questions"]] == ["decimal-mark"]


def test_text_is_kept_composed_and_without_invisible_marks(convert):
    assert convert("name,n\n ບ້ານ\u200bໃໝ່ ,1\nCafe\u0301,2\n")[1][0]["name"] == "ບ້ານໃໝ່"
    assert convert("name,n\nCafe\u0301,2\n")[1][0]["name"] == "Café"
