"""Forms that others wrote, with the XForms they expect; they lie in the folder of real data."""

from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from sala.core.files import xlsform
from sala.core.files.reasons import words_of
from sala.core.files.refusals import Refused

FORMS = Path(__file__).resolve().parents[3] / "shared" / "data" / "forms"
FILES = sorted(
    path for path in [*FORMS.glob("*.*"), *FORMS.glob("bug/*.*")] if path.suffix in (".xls", ".xlsx", ".csv", ".md")
)
REFUSED = {
    "include": ("form-include", "type"), "include_json": ("form-include", "type"),
    "calculate_without_calculation": ("form-no-calculation", "calculation"),
    "duplicate_columns": ("form-same-column", None), "group_name_test": ("form-no-name", "name"),
}  # fmt: skip
EXPECTED = {
    "all-question-types-v2024091201-3.xlsx": "data", "attribute_columns_test.xlsx": None, "flat_xlsform_test.xlsx": None, "or_other.xlsx": None,
    "repeat_date_test.xls": None, "widgets.xls": None, "xlsform_spec_test.xlsx": None, "xml_escaping.xls": None,
}  # fmt: skip

pytestmark = pytest.mark.shared


def name_of(path: Path) -> str:
    return path.relative_to(FORMS).as_posix()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_each_converts_or_is_refused_at_its_place(path, tmp_path):
    if path.stem in REFUSED:
        code, column = REFUSED[path.stem]
        with pytest.raises(Refused) as caught:
            xlsform.convert(str(path), str(tmp_path), name=path.name, validate=False)
        assert caught.value.code == code
        assert caught.value.values["sheet"] == "survey" and caught.value.values["row"] > 0
        assert column is None or caught.value.values["column"] == column
        assert f"row {caught.value.values['row']}" in words_of(code, caught.value.values)
        return
    found = xlsform.convert(str(path), str(tmp_path), name=path.name, root=path.stem, validate=False)
    assert found["fields"] and Path(found["xform"]).is_file()
    assert len({each["path"] for each in found["fields"]}) == len(found["fields"])


def test_the_folder_is_whole():
    assert len(FILES) == 46
    assert sum(path.stem in REFUSED for path in FILES) == 11


def elements(path: Path) -> Counter:
    """Each element with its attributes and words, however often; blanks between elements do not count."""
    parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False)
    return Counter(
        (element.tag, tuple(sorted(element.attrib.items())), (element.text or "").strip(), (element.tail or "").strip())
        for element in etree.parse(path, parser).getroot().iter(etree.Element)
    )  # fmt: skip


@pytest.mark.parametrize(("name", "root"), EXPECTED.items())
def test_the_xform_is_the_expected_one(name, root, tmp_path):
    path = FORMS / name
    found = xlsform.convert(str(path), str(tmp_path), name=name, root=root or path.stem, validate=False)
    assert elements(Path(found["xform"])) == elements(FORMS / "expected" / f"{path.stem}.xml")


@pytest.mark.parametrize("stem", ["case_insensitivity", "group", "specify_other", "text_and_integer"])
def test_a_form_is_the_same_in_each_kind_of_file(stem, tmp_path):
    written = set()
    for end in ("xls", "xlsx", "csv", "md"):
        # named as another kind, since the content tells
        found = xlsform.convert(str(FORMS / f"{stem}.{end}"), str(tmp_path), name=f"{stem}.xlsx", validate=False)
        written.add(Path(found["xform"]).read_text())
    assert len(written) == 1


@pytest.mark.parametrize("path", [path for path in FILES if path.stem not in REFUSED], ids=name_of)
def test_fields_are_the_questions_of_the_xform(path, tmp_path):
    found = xlsform.convert(str(path), str(tmp_path), name=path.name, root=path.stem, validate=False)
    root = etree.parse(found["xform"]).getroot()
    bound = {
        each.get("nodeset")
        for each in root.iter("{http://www.w3.org/2002/xforms}bind")
        if "/meta" not in each.get("nodeset")
    }
    assert bound <= {each["path"] for each in found["fields"]}
