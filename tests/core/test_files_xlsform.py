"""Forms as people write them in a spreadsheet: what they ask, and where they are wrong."""

import json
import shutil
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from sala.core.errors import Unreadable
from sala.core.files import child, xlsform
from sala.core.files.form_words import REFUSALS, WORDS
from sala.core.files.reasons import words_of
from sala.core.files.refusals import Refused
from sala.core.files.xlsform import sheets
from tests.core import forms

XF = "{http://www.w3.org/2002/xforms}"


@pytest.fixture
def convert(tmp_path):
    """Convert sheets, text or bytes; without ODK Validate unless asked."""

    def converted(content, name="form.xlsx", **options):
        path = tmp_path / "sent"
        if isinstance(content, dict):
            forms.workbook(content, path)
        elif isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            path.write_bytes(content)
        return xlsform.convert(str(path), str(tmp_path), name=name, **{"validate": False, **options})

    return converted


@pytest.fixture
def refused(convert):
    def refusal(*arguments, **options):
        with pytest.raises(Refused) as caught:
            convert(*arguments, **options)
        return caught.value

    return refusal


def form(*questions, choices=(), about=(), headings=("type", "name", "label")):
    sheets = {"survey": [list(headings), *map(list, questions)]}
    if choices:
        sheets["choices"] = [["list_name", "name", "label"], *map(list, choices)]
    if about:
        sheets["settings"] = list(map(list, about))
    return sheets


def field(found, name):
    return next(each for each in found["fields"] if each["name"] == name)


def codes(found):
    return [each["code"] for each in found["warnings"]]


# ---- what a form asks --------------------------------------------------------------------------------------------


def test_identity_languages_and_name_of_an_answer_are_told(convert):
    found = convert(forms.VILLAGE)
    assert (found["form_id"], found["version"], found["title"]) == ("village_monthly", "2026010101", "ແບບຟອມບ້ານ")
    assert found["languages"] == ["Lao (lo)", "English (en)"]
    assert found["default_language"] == "Lao (lo)"
    assert found["instance_name"] == "concat(${district}, ' ', ${visited})"
    assert codes(found) == ["form-language-gaps"]  # the hints are in Lao only
    assert found["warnings"][0]["values"]["language"] == "English (en)"


def test_fields_have_their_types_paths_and_rows_in_the_order_of_the_form(convert):
    found = convert(forms.VILLAGE)
    assert [(each["path"], each["type"], each["sheet_row"]) for each in found["fields"]] == [
        ("/data/start", "start", 2), ("/data/end", "end", 3), ("/data/deviceid", "deviceid", 4),
        ("/data/where", "group", 5), ("/data/where/province", "select_one", 6), ("/data/where/district", "select_one", 7),
        ("/data/visited", "date", 9), ("/data/people", "integer", 10), ("/data/women", "integer", 11),
        ("/data/men", "calculate", 12), ("/data/told", "note", 13), ("/data/well", "repeat", 14),
        ("/data/well/well_name", "text", 15), ("/data/well/depth", "decimal", 16), ("/data/well/sample", "repeat", 17),
        ("/data/well/sample/faults", "select_multiple", 18), ("/data/place", "geopoint", 21), ("/data/photo", "image", 22),
    ]  # fmt: skip


def test_a_field_says_what_surrounds_it_and_what_it_demands(convert):
    found = convert(forms.VILLAGE)
    women, faults, district = field(found, "women"), field(found, "faults"), field(found, "district")
    assert women["labels"] == {"Lao (lo)": "ແມ່ຍິງ", "English (en)": "Women"}
    assert (women["required"], women["relevant"], women["constraint"]) == (True, "${people} > 0", ". <= ${people}")
    assert women["constraint_message"]["Lao (lo)"] == "ແມ່ຍິງຫຼາຍກວ່າທັງໝົດ"
    assert (faults["repeat"], faults["group"], faults["list"]) == ("/data/well/sample", "/data/well/sample", "fault")
    assert (field(found, "sample")["repeat"], field(found, "well")["repeat"]) == ("/data/well", "")
    assert (district["list"], district["choice_filter"], district["appearance"]) == (
        "district",
        "province=${province}",
        "minimal",
    )
    assert field(found, "men")["calculation"] == "${people} - ${women}"
    assert field(found, "photo")["parameters"] == {"max-pixels": "1024"}
    assert field(found, "province")["hint"] == {"Lao (lo)": "ເລືອກແຂວງ"}


def test_choices_keep_their_other_columns(convert):
    found = convert(forms.VILLAGE)
    assert list(found["choices"]) == ["province", "district", "fault"]
    assert found["choices"]["district"][0] == {
        "value": "d1", "labels": {"Lao (lo)": "ເມືອງໜຶ່ງ", "English (en)": "District One"}, "province": "p1", "code": "0101",
    }  # fmt: skip


def test_the_xform_holds_the_questions_and_their_words(convert):
    root = etree.parse(convert(forms.VILLAGE)["xform"]).getroot()
    data = root.find(f".//{XF}instance/{XF}data")
    assert list(dict.fromkeys(etree.QName(each).localname for each in data)) == [
        "start", "end", "deviceid", "where", "visited", "people", "women", "men", "told", "well", "place", "photo", "meta",
    ]  # fmt: skip
    bind = next(each for each in root.iter(f"{XF}bind") if each.get("nodeset") == "/data/women")
    assert bind.get("constraint").split() == [".", "<=", "/data/people"]
    words = {each.text for each in root.iter(f"{XF}value")}
    assert {"ແມ່ຍິງ", "Women", "ເມືອງໜຶ່ງ"} <= words


@pytest.mark.parametrize("write", [forms.delimited, lambda sheets: forms.delimited(sheets, ";"), forms.markdown])
def test_text_gives_the_same_form_as_a_workbook(convert, write):
    whole = convert(forms.VILLAGE)
    xform = Path(whole["xform"]).read_text()
    found = convert(write(forms.VILLAGE), "form.csv")
    assert Path(found["xform"]).read_text() == xform
    same = [{**each, "sheet_row": 0} for each in found["fields"]]
    assert same == [{**each, "sheet_row": 0} for each in whole["fields"]]


@pytest.mark.parametrize("write", [forms.delimited, forms.markdown])
def test_rows_of_a_text_file_are_its_lines(refused, write):
    sheets = {
        "settings": [["form_id"], ["x"]],
        "survey": [["type", "name", "label"], ["text", "a", "A"], ["itneger", "b", "B"]],
    }
    refusal = refused(write(sheets), "form.csv")
    assert (refusal.code, refusal.values["row"]) == ("form-unknown-type", 7)


def test_a_file_is_known_by_its_content_not_its_name(convert):
    found = convert(forms.VILLAGE, "village.xls")
    assert found["form_id"] == "village_monthly"
    assert convert(forms.delimited(forms.VILLAGE), "village.xlsx")["form_id"] == "village_monthly"


def test_older_and_longer_names_of_types_are_told_by_todays(convert):
    choices = [("yn", "y", "Yes"), ("yn", "n", "No")]
    older = {
        "add integer prompt": "integer", "q string": "text", "gps": "geopoint", "select all that apply from yn": "select_multiple",
        "select one from yn": "select_one", "photo": "image", "add note prompt": "note", "dateTime": "dateTime", "trigger": "acknowledge",
        "rank yn": "rank", "range": "range", "barcode": "barcode", "audio": "audio", "video": "video", "file": "file", "today": "today",
        "geotrace": "geotrace", "geoshape": "geoshape", "time": "time", "phone number": "text", "username": "username", "hidden": "hidden",
    }  # fmt: skip
    rows = [[given, f"q{number}", "Q"] for number, given in enumerate(older)]
    assert [each["type"] for each in convert(form(*rows, choices=choices))["fields"]] == list(older.values())


def test_a_label_without_language_stands_beside_those_with_one(convert):
    found = convert(form(["text", "a", "Plain", "ລາວ"], headings=("type", "name", "label", "label::Lao (lo)")))
    assert field(found, "a")["labels"] == {"": "Plain", "Lao (lo)": "ລາວ"}
    assert found["languages"] == ["Lao (lo)"]


def test_required_by_formula_is_not_always_required(convert):
    found = convert(
        form(["text", "a", "A", "no"], ["text", "b", "B", "${a} = 'x'"], headings=("type", "name", "label", "required"))
    )
    assert [(each["required"], each["required_if"]) for each in found["fields"]] == [(False, ""), (False, "${a} = 'x'")]


def test_files_the_form_needs_are_named_once(convert):
    found = convert({
        "survey": [
            ["type", "name", "label", "calculation", "media::image", "media::audio", "appearance", "default"],
            ["select_one_from_file villages.csv", "v", "Village", None, "map.png"],
            ["select_multiple_from_file crops.xml", "c", "Crops"],
            ["calculate", "price", None, "pulldata('prices', 'price', 'crop', 'rice')"],
            ["text", "t", "T", None, "map.png", "told.mp3"],
            ["select_one yn", "s", "S", None, None, None, "search('offices')"],
            ["csv-external", "extra"],
            ["image", "i", "I", None, None, None, "annotate", "plan.jpg"],
        ],
        "choices": [["list_name", "name", "label"], ["yn", "key", "name"]],
    })  # fmt: skip
    assert sorted(found["media"]) == [
        "crops.xml",
        "extra.csv",
        "map.png",
        "offices.csv",
        "plan.jpg",
        "prices.csv",
        "told.mp3",
        "villages.csv",
    ]
    assert field(found, "v")["list"] == "villages.csv"


def test_external_choices_are_written_beside_the_form(convert):
    found = convert({
        "survey": [["type", "name", "label", "choice_filter"], ["text", "p", "P"], ["select_one_external vil", "v", "V", "p=${p}"]],
        "external_choices": [["list_name", "name", "p"], ["vil", "v1", "p1"]],
    })  # fmt: skip
    assert found["media"] == ["itemsets.csv"]
    assert '"vil","v1","p1"' in Path(found["itemsets"]).read_text()


def test_entities_that_a_form_makes_are_told(convert):
    found = convert({
        "survey": [["type", "name", "label", "save_to"], ["text", "tree", "Tree", "species"], ["integer", "age", "Age", "age_years"]],
        "entities": [["list_name", "label", "create_if"], ["trees", "${tree}", "${age} > 1"]],
    })  # fmt: skip
    assert [(each["list"], each["update"]) for each in found["entities"]] == [("trees", "")]
    assert "/data/age" in found["entities"][0]["create"]
    assert [(each["name"], each["save_to"]) for each in found["fields"]] == [("tree", "species"), ("age", "age_years")]


def test_audit_is_a_field_with_its_row(convert):
    found = convert(form(["text", "a", "A"], ["audit", None, None]))
    assert (found["fields"][-1]["path"], found["fields"][-1]["type"], found["fields"][-1]["sheet_row"]) == (
        "/data/meta/audit",
        "audit",
        3,
    )


# ---- where a form is wrong ---------------------------------------------------------------------------------------

YN = [("yn", "y", "Yes"), ("yn", "n", "No")]
WRONG = [
    (form(["text", "a", "A"], ["intger", "b", "B"]), "form-unknown-type", 3, "type", "intger"),
    (form(["text", "a", "A"], ["", "b", "B"]), "form-no-type", 3, "type", None),
    (form(["text", "a", "A"], ["text", None, "B"]), "form-no-name", 3, "name", None),
    (form(["text", "a b", "A"]), "form-bad-name", 2, "name", "a b"),
    (form(["text", "a", "A"], ["text", "a", "B"]), "form-same-name", 3, "name", "a"),
    (form(["text", "meta", "A"]), "form-meta-name", 2, "name", None),
    (form(["begin repeat", "data", "A"], ["text", "a", "A"], ["end repeat"]), "form-root-name", 2, "name", "data"),
    (form(["begin group", "g", "G"], ["begin repeat", "r", "R"], ["text", "a", "A"], ["end repeat"], ["end group"],
          ["begin repeat", "r", "R"], ["text", "b", "B"], ["end repeat"]), "form-same-repeat", 7, "name", "r"),
    (form(["begin group", "g", "G"], ["text", "a", "A"]), "form-begin-alone", 2, "type", "g"),
    (form(["text", "a", "A"], ["end group"]), "form-end-alone", 3, "type", "group"),
    (form(["begin group", "g", "G"], ["begin repeat", "r", "R"], ["text", "a", "A"], ["end group"]), "form-end-alone", 5, "type", "group"),
    (form(["text", "a", None]), "form-no-label", 2, "label", "a"),
    (form(["calculate", "a", None]), "form-no-calculation", 2, "calculation", None),
    (form(["select_one yn", "a", "A"]), "form-no-choices", 2, "type", None),
    (form(["text", "t", "T"], ["select_one nosuch", "a", "A"], choices=YN), "form-no-list", 3, "type", "nosuch"),
    (form(["select_one_external vil", "a", "A"]), "form-no-external", 2, "type", None),
    (form(["select_one_from_file villages", "a", "A"]), "form-list-file", 2, "type", None),
    (form(["include other", "other", "A"]), "form-unknown-type", 2, "type", "include other"),
    (form(["include", "other", "A"]), "form-include", 2, "type", "other"),
    (form(["text", "t", "${nosuch} people"]), "form-reference-unknown", 2, "label", "nosuch"),
    (form(["text", "t", "${a people"]), "form-reference-mark", 2, "label", None),
    (form(["begin group", "g", "G"], ["text", "a", "A"], ["end group"], ["begin group", "h", "H"], ["text", "a", "A"], ["end group"],
          ["note", "n", "${a}"]), "form-reference-twice", 8, "label", "a"),
    (form(["select_one yn", "a", "A"], choices=[*YN, ("yn", None, "Maybe")]), "form-choice-no-name", 4, "name", None),
    (form(["select_one yn", "a", "A"], choices=[*YN, ("yn", "y", "Yes again")]), "form-same-choice", 4, "name", "y"),
    (form(["select_multiple yn", "a", "A"], choices=[*YN, ("yn", "not sure", "Maybe")]), "form-choice-space", 4, "name", "not sure"),
    (form(["range", "a", "A", "start=1 end=x"], headings=("type", "name", "label", "parameters")), "form-parameters", 2, "parameters", None),
    (form(["text", "a", "A", "colour=red"], headings=("type", "name", "label", "parameters")), "form-parameters", 2, "parameters", None),
    (form(["calculate", "a", None, "${b} + 1"], ["calculate", "b", None, "${a} + 1"], headings=("type", "name", "label", "calculation")),
     "form-circle", 2, "calculation", "a → b → a"),
    (form(["text", "a", "A", "${a} != ''"], headings=("type", "name", "label", "relevant")), "form-circle", 2, "relevant", "a → a"),
    (form(["text", "a", "A"], about=[["name"], ["no good"]]), "form-bad-name", 2, "name", "no good"),
    (form(["select_one yn", "a", "A"], choices=YN) | {"choices": [["list_name", "name", "label", "a:b"], ["yn", "y", "Yes", "x"]]}, "form-bad-heading", 1, None, "a:b"),
    (form(["text", "a", "A", "x"], headings=("type", "name", "label", "bind::(")), "form-bad-heading", 1, None, "bind::("),
    (form(["begin loop over yn", "l", "L"], ["text", "a", "A"], ["end loop"], choices=[*YN, ("yn", "not sure", "Maybe")]), "form-bad-name", 4, "name", "not sure"),
    (form(["begin loop over yn", "l", "L"], ["text", "a", "A"], ["end loop"], choices=[*YN, ("yn", "m", None)]), "form-no-label", 4, "label", "m"),
    (form(["text", "a", "A"], about=[["form_id", "instance_name"], ["x", "${men}"]]), "form-reference-unknown", 2, "instance_name", "men"),
    ({"survey": [["name", "label"], ["a", "A"]]}, "form-no-column", 1, None, None),
    ({"survey": [["type", "name", "label", "label"], ["text", "a", "A", "B"]]}, "form-same-column", 1, None, "label"),
    ({"survey": [["type", "name", "relevant", "relevance", "label"], ["text", "a", None, "1", "A"]]}, "form-same-column", 1, None, "relevance"),
    ({"survey": [["type", "name", "label"]]}, "form-no-questions", None, None, None),
    ({"survey": [["type", "name", "label", "save_to"], ["text", "a", "A", "x"]]}, "form-entity", 2, "save_to", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sheets", "code", "row", "column", "value"),
    WRONG,
    ids=[f"{each[1]}-{number}" for number, each in enumerate(WRONG)],
)
def test_a_wrong_form_is_refused_with_its_place(refused, sheets, code, row, column, value):
    refusal = refused(sheets)
    assert refusal.code == code
    if row is not None:
        assert refusal.values["row"] == row
    if column:
        assert refusal.values["column"] == column
    if value:
        assert refusal.values["value"] == value
    sentence = words_of(refusal.code, refusal.values)
    assert "%(" not in sentence
    if row:
        assert f"row {row}" in sentence
    with translation.override("lo"):
        assert words_of(refusal.code, refusal.values) != sentence


def test_a_hidden_letter_is_refused_with_its_cell(refused):
    refusal = refused(forms.delimited(form(["text", "a", "Be\x0bll"])), "form.csv")
    assert (refusal.code, refusal.values["row"], refusal.values["column"]) == ("form-letter", 3, "label")


def test_a_circle_through_other_turns_of_a_repeat_is_none(convert):
    found = convert(form(
        ["begin repeat", "r", "R", None], ["integer", "rest", "Rest", None],
        ["calculate", "sum", None, "${rest} + if(position(..) > 1, indexed-repeat(${sum}, ${r}, position(..) - 1), 0)"], ["end repeat"],
        headings=("type", "name", "label", "calculation"),
    ))  # fmt: skip
    assert field(found, "sum")["repeat"] == "/data/r"


@pytest.mark.parametrize(
    ("sheets", "code", "row"),
    [
        (form(["image", "a", "A"]), "form-image-size", 2),
        (form(["select_one yn", "a", "A"], choices=[*YN, ("yn", "m", None)]), "form-choice-no-label", 4),
        (form(["text", "a", "A"], [None, None, None, "x"], headings=("type", "name", "label", "hint")), "form-row-skipped", 3),
        (form(["begin repeat", "r"], ["text", "a", "A"], ["end repeat"]), "form-repeat-no-label", 2),
        (form(["text", "a", "A"], ["text", "A", "B"]), "form-case-name", 3),
        (form(["simserial", "a", "A"]), "form-device-field", 2),
        (form(["select_one yn or_other", "a", "A"], choices=YN, headings=("type", "name", "label::Lao (lo)")), "form-or-other", None),
        (form(["text", "a", "A"], headings=("type", "name", "label::Lao")), "form-language-code", None),
        (form(["text", "a", "#REF!"]), "form-error-cell", 2),
        ({**form(["text", "a", "A"]), "setings": [["form_id"], ["x"]]}, "form-sheet-name", None),
        (form(["text", "a", "A"]), "form-id-from-name", None),
        (form(["text", "a", "A"], about=[["form_id"], ["x"]]), "form-no-version", None),
        (form(["text", "a", "A"], about=[["submission_url"], ["https://elsewhere.example/submission"]]), "form-goes-elsewhere", None),
        (form(["text", "a", "A"], about=[["public_key"], ["MIIB"]]), "form-encrypted", None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_odd_is_told_and_the_form_converted(convert, sheets, code, row):
    told = next(each for each in convert(sheets)["warnings"] if each["code"] == code)
    if row:
        assert told["row"] == row
    assert "%(" not in words_of(code, told["values"])
    assert "In the form" not in words_of(code, told["values"])


def test_many_remarks_are_told_up_to_a_number(convert):
    found = convert(form(["select_one c", "a", "A"], choices=[("c", f"n{number}", None) for number in range(500)]))
    assert len(found["warnings"]) == xlsform.MOST_WARNINGS + 1
    assert found["warnings"][-1]["values"]["count"] == 500 + 2 - xlsform.MOST_WARNINGS


# ---- files that are none, or too much ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"), (b"%PDF-1.7 x", "form-kind"), (b"<html><body>x</body></html>", "form-kind"), (b'{"a": 1}', "form-kind"),
        (b"<?xml version='1.0'?><h:html xmlns:h='http://www.w3.org/1999/xhtml'/>", "form-kind"), (b"\x89PNG....", "form-kind"),
        (b"a,b,c,d,e\n1,2,3,4,5\n6,7,8,9,10\n", "form-not-one"), (b"just a sentence", "form-not-one"), (b"PK\x03\x04 broken", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") * 200, "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        ({"Sheet1": [["a", "b"], [1, 2]], "Sheet2": [["x"]]}, "form-no-survey"),
        ({"Sheet1": [["a", "b"], [1, 2]]}, "form-no-column"),
        ('survey\n,type,name,label\n,text,"a,A\n,text,b,B\n', "broken-quotes"),
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused(refused, content, code):
    refusal = refused(content)
    assert refusal.code == code
    assert "%(" not in words_of(refusal.code, refusal.values)


def repacked(path: Path, change) -> bytes:
    """The workbook with parts changed: change(name, content) → content."""
    target = path.with_suffix(".new")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target.read_bytes()


def test_entities_in_a_workbook_are_refused(refused, tmp_path):
    path = forms.workbook(form(["text", "a", "A"]), tmp_path / "plain.xlsx")
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    content = repacked(
        path, lambda name, part: part.replace(b"<worksheet", bomb + b"<worksheet", 1) if "sheet1" in name else part
    )
    assert refused(content).code == "entities"


def test_a_bomb_in_a_workbook_is_refused(refused, tmp_path):
    path = forms.workbook(form(["text", "a", "A"]), tmp_path / "plain.xlsx")
    content = repacked(path, lambda name, part: part + b" " * 40_000_000 if "sheet1" in name else part)
    assert refused(content).code == "archive-ratio"


def test_a_damaged_workbook_is_refused(refused, tmp_path):
    path = forms.workbook(form(["text", "a", "A"]), tmp_path / "plain.xlsx")
    assert (
        refused(repacked(path, lambda name, part: part[: len(part) // 2] if "sheet1" in name else part)).code
        == "damaged"
    )
    assert refused(path.read_bytes()[:3000]).code == "damaged"


def test_an_old_workbook_whose_sectors_go_in_a_circle_is_left(refused, monkeypatch):
    """Header; four sectors: their table, the directory, the small sectors, the table of those, where the first follows itself."""

    def entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
        letters = name.encode("utf-16-le")
        return letters.ljust(64, b"\0") + struct.pack(
            "<HBBiii36xiiI", len(letters) + 2, kind, 1, -1, -1, child, first, size, 0
        )

    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xiiiiiiiiii", 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 3, 1, -2, 0, 0)
    table = struct.pack("<iiii", -3, -2, -2, -2).ljust(512, b"\xff")
    directory = entry("Root Entry", 5, 1, 2, 512) + entry("Workbook", 2, -1, 0, 1000) + bytes(256)
    content = header.ljust(512, b"\xff") + table + directory + bytes(512) + struct.pack("<i", 0).ljust(512, b"\xff")
    monkeypatch.setattr(sheets, "OPENED_SECONDS", 0.5)
    refusal = refused(content)
    assert (refusal.code, refusal.values) == ("damaged", {"detail": ".xls"})  # by the clock, not by xlrd


def test_ten_thousand_columns_are_refused(refused):
    refusal = refused(
        {"survey": [["type", "name", "label", *(f"c{number}" for number in range(10_000))], ["text", "a", "A"]]}
    )
    assert (refusal.code, refusal.values["sheet"], refusal.values["count"]) == (
        "form-too-many-columns",
        "survey",
        10_003,
    )


def test_too_many_questions_are_refused(refused):
    refusal = refused(form(*(["text", f"q{number}", "Q"] for number in range(10_200))))
    assert (refusal.code, refusal.values["limit"]) == ("form-too-many-rows", 10_000)


def test_cells_far_away_cost_nothing(convert, tmp_path):
    path = forms.workbook(form(["text", "a", "A"]), tmp_path / "far.xlsx")
    book = openpyxl.load_workbook(path)
    book["survey"].cell(1_048_576, 16_384, "far away")
    book.save(path)
    assert [each["name"] for each in convert(path.read_bytes())["fields"]] == ["a"]


def test_groups_within_groups_end_somewhere(refused):
    rows = [["begin group", f"g{number}", "G"] for number in range(400)] + [["text", "a", "A"]] + [["end group"]] * 400
    assert refused(form(*rows)).code == "form-too-deep"


def test_a_long_cell_is_refused(refused):
    refusal = refused(forms.delimited(form(["text", "a", "x" * 40_000])), "form.csv")
    assert (refusal.code, refusal.values["row"], refusal.values["count"]) == ("form-long-cell", 3, 40_000)


def test_fifty_thousand_choices_are_converted(tmp_path):
    choices = [("v", f"v{number}", f"ບ້ານ {number}") for number in range(50_000)]
    (tmp_path / "long.csv").write_text(forms.delimited(form(["select_one v", "a", "A"], choices=choices)))
    found = child.run(
        "sala.core.files.xlsform:convert", tmp_path / "long.csv", tmp_path, name="long.csv", validate=False
    )
    assert found["choices"]["v"][-1] == {"value": "v49999", "labels": {"": "ບ້ານ 49999"}}
    assert Path(found["xform"]).read_text().count("<name>") == 50_000


@pytest.mark.parametrize(
    ("question", "count"),
    [
        (["note", "n", "${a} " * 6000], 1), (["text", "t", "${" * 15_000], 1), (["note", "n", "(" * 30_000], 1),
        (["calculate", "c", None, "(" * 10_000 + "1" + ")" * 10_000], 1), (["calculate", "c", None, " + ".join(["${a}"] * 4000)], 1),
        (["text", "#" * 16_000, "A"], 1), (["select_one " + "x" * 32_000, "s", "S"], 1), (["text", "t", "${a}"], 3000),
    ],
    ids=["references", "openings", "brackets", "depth", "sum", "name", "list", "many"],
)  # fmt: skip
def test_a_strange_form_ends_in_time(tmp_path, question, count):
    rows = [
        [question[0], f"{question[1]}{number}" if count > 1 else question[1], *question[2:]] for number in range(count)
    ]
    path = forms.workbook(
        form(["integer", "a", "A"], *rows, headings=("type", "name", "label", "calculation")), tmp_path / "odd.xlsx"
    )
    try:
        child.run(
            "sala.core.files.xlsform:convert",
            path,
            tmp_path,
            name="odd.xlsx",
            limits=child.Limits(seconds=60),
            validate=False,
        )
    except Unreadable as refused:
        assert "60 sec" not in str(refused) and "damaged" not in str(refused)


# ---- the child, ODK Validate, the words --------------------------------------------------------------------------

java = pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate needs Java")


def test_the_child_converts_and_tells_a_refusal_in_the_readers_language(tmp_path):
    good, bad = (
        forms.workbook(forms.VILLAGE, tmp_path / "good.xlsx"),
        forms.workbook(form(["intger", "a", "A"]), tmp_path / "bad.xlsx"),
    )
    found = child.run("sala.core.files.xlsform:convert", good, tmp_path, name="good.xlsx", validate=False)
    assert found["form_id"] == "village_monthly"
    with translation.override("lo"), pytest.raises(Unreadable) as caught:
        child.run("sala.core.files.xlsform:convert", bad, tmp_path, name="bad.xlsx")
    assert str(caught.value).startswith("ແຜ່ນງານ “survey”, ແຖວ 2, ຖັນ “type”: “intger”")


@java
def test_odk_validate_opens_a_good_form(convert):
    found = convert(forms.VILLAGE, validate=True)
    assert found["checked"] == "valid"
    assert not [code for code in codes(found) if code.startswith("odk-")]


@java
@pytest.mark.parametrize(
    ("question", "column"),
    [(["calculate", "b", None, "nosuch(${a})"], "calculation"), (["calculate", "b", None, "1 +"], "calculation"), (["text", "b", "B", "${a} = = 2"], "relevant"),
     (["select_one_from_file x.csv", "b", "B", "foo bar"], "choice_filter")],
)  # fmt: skip
def test_odk_validate_names_the_question_that_would_not_work(tmp_path, question, column):
    path = forms.workbook(
        form(["integer", "a", "A"], question, headings=("type", "name", "label", column)), tmp_path / "odd.xlsx"
    )
    found = child.run("sala.core.files.xlsform:convert", path, tmp_path, name="odd.xlsx")
    told = next(each for each in found["warnings"] if each["code"] == "odk-invalid")
    assert (found["checked"], told["sheet"], told["row"]) == ("invalid", "survey", 3)
    assert (
        told["values"]["says"]
        and "java" not in told["values"]["says"]
        and "/" not in told["values"]["says"].replace("/root/", "")
    )


def test_without_java_the_form_is_said_not_to_be_tried_out(convert, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    found = convert(forms.VILLAGE, validate=True)
    assert found["checked"] == "absent"
    assert codes(found)[-1] == "odk-absent"


def test_a_validator_that_hangs_is_left(convert, tmp_path, monkeypatch):
    (tmp_path / "java").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "java").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(xlsform, "LEAST_SECONDS", 1)
    monkeypatch.setattr(xlsform, "ANSWERABLE_SECONDS", 1)
    found = convert(forms.VILLAGE, validate=True)
    assert (found["checked"], codes(found)[-1]) == ("slow", "odk-slow")


def test_every_refusal_says_what_to_do():
    for code, sentence in REFUSALS.items():
        assert any(
            word in sentence for word in ("send", "Send", "Correct", "Check", "Split", "Write", "Use", "has a sheet")
        ), code
    assert len(WORDS) > len(REFUSALS)


# ---- any form ----------------------------------------------------------------------------------------------------

ODD = ["", "${women}", "${", "a b", "begin group", "end group", "begin repeat", "end repeat", "select_one zz", "select_one province or_other", "include",
       "text", "1", "=", "k=", "x" * 300, "ບ້ານ", "meta", "data", "calculate", "audit", "csv-external", "select_one ${well_name}", "label::x::y", "bind::(",
       "pulldata('a','b')", "search('x')", "indexed-repeat(", "#N/A", "a:b", "randomize=true", "range", "begin loop over fault", "table-list", "rank fault"]  # fmt: skip


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(forms.VILLAGE)), st.integers(0, 30), st.integers(0, 14), st.sampled_from(ODD)),
        min_size=1,
        max_size=3,
    )
)
def test_any_form_is_converted_or_refused_in_words(tmp_path_factory, changes):
    folder = tmp_path_factory.mktemp("any", numbered=True)
    sheets = {name: [list(row) for row in rows] for name, rows in forms.VILLAGE.items()}
    for sheet, row, column, cell in changes:
        cells = sheets[sheet][row % len(sheets[sheet])]
        cells.extend([None] * (column + 1 - len(cells)))
        cells[column] = cell
    (folder / "form.csv").write_text(forms.delimited(sheets))
    try:
        found = xlsform.convert(str(folder / "form.csv"), str(folder), name="form.csv", validate=False)
    except Refused as refused:
        assert refused.code in WORDS
        assert "%(" not in words_of(refused.code, refused.values)
        return
    json.dumps(found)
    root = etree.parse(found["xform"]).getroot()
    bound = {each.get("nodeset") for each in root.iter(f"{XF}bind") if "/meta" not in each.get("nodeset")}
    assert bound <= {each["path"] for each in found["fields"]}
    assert all("%(" not in words_of(each["code"], each["values"]) for each in found["warnings"])


@settings(max_examples=60)
@given(
    st.binary(max_size=400),
    st.sampled_from(
        [
            b"",
            b"PK\x03\x04",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"survey\n,type,name,label\n,text,",
            b"| survey |\n| | type | name |\n",
        ]
    ),
)
def test_any_bytes_are_a_form_or_a_refusal(tmp_path_factory, content, begin):
    folder = tmp_path_factory.mktemp("bytes", numbered=True)
    (folder / "form").write_bytes(begin + content)
    try:
        xlsform.convert(str(folder / "form"), str(folder), name="form.xlsx", validate=False)
    except Refused as refused:
        assert words_of(refused.code, refused.values)


# ---- several faults at once --------------------------------------------------------------------------------------


def faults(refusal):
    return [(each["code"], each["values"]["sheet"], each["values"]["row"]) for each in refusal.values.get("more", [])]


def test_all_faults_of_a_workbook_are_told_at_once(refused):
    refusal = refused(form(
        ("text", "village", "Village"), ("intger", "people", "People"), ("integer", "bad name", "Bad"),
        ("select_one colours", "colour", "Colour"), ("integer", "village", "Again"), ("note", "told", "${nobody}"),
        ("select_one yes_no", "ok", "Fine"), choices=[("yes_no", "yes", "Yes"), ("yes_no", "no", "No")],
    ))  # fmt: skip
    found = [(refusal.code, refusal.values["sheet"], refusal.values["row"]), *faults(refusal)]
    assert {row for _code, _sheet, row in found} == {3, 4, 5, 6, 7} and len(found) == 5
    assert {code for code, _sheet, _row in found} == {
        "form-unknown-type", "form-bad-name", "form-no-list", "form-same-name", "form-reference-unknown",
    }  # fmt: skip
    words = words_of(refusal.code, refusal.values)
    assert words.startswith("5 things are to be corrected: (1) ") and "(5) " in words and "row 7" in words


def test_what_follows_from_another_fault_is_no_fault_of_its_own(refused):
    refusal = refused(form(("text", "first one", "First"), ("note", "told", "${first one}"), ("intger", "n", "Number")))
    rows = {refusal.values["row"], *(row for _code, _sheet, row in faults(refusal))}
    assert 4 in rows and "form-reference-unknown" not in {code for code, *_place in faults(refusal)}


def test_one_fault_is_told_as_one(refused):
    refusal = refused(form(("text", "village", "Village"), ("intger", "people", "People")))
    assert "more" not in refusal.values and refusal.values["row"] == 3


def test_faults_of_choices_are_told_with_the_others(refused):
    refusal = refused(form(
        ("intger", "people", "People"), ("select_one water", "water", "Water"),
        choices=[("water", "well", "Well"), ("water", "well", "Again"), ("water", "river", "River")],
    ))  # fmt: skip
    found = {(refusal.values["sheet"], refusal.values["row"])} | {(sheet, row) for _code, sheet, row in faults(refusal)}
    assert found == {("survey", 2), ("choices", 3)}


def test_a_workbook_full_of_faults_tells_ten_of_them(refused):
    refusal = refused(form(*[("intger", f"n{number}", "Number") for number in range(40)]))
    assert len(faults(refusal)) == 9
