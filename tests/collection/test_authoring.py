"""What the author of a form sees: remarks by sheet and row, texts that lack, what changed between versions."""

import pytest

from sala.collection import operations
from sala.collection.queries.authoring import changes_between, remarks_of
from tests.collection.conftest import CHOICES, SURVEY
from tests.world import World

pytestmark = pytest.mark.django_db


def test_questions_and_choices_without_lao_words_are_named_by_row(village_form):
    survey = [*SURVEY[:2], ("integer", "people", "", "People", "yes", "", ""), *SURVEY[3:]]
    choices = [*CHOICES[:3], ("water", "pipe", "", "Piped water")]
    remarks = remarks_of(village_form(publish=False, survey=survey, choices=choices).versions.get())
    lacking = {one.code: one for one in remarks if one.code.startswith("no-")}
    assert lacking["no-label"].row == 3 and "“people”" in lacking["no-label"].words
    assert "pipe" in lacking["no-choice-label"].words
    assert len([one for one in remarks if one.code == "no-label"]) == 1


def test_a_whole_form_has_no_lacking_words(village_form):
    remarks = remarks_of(village_form(publish=False).versions.get())
    labels = [row[1] for row in SURVEY[1:] if row[1]]
    assert [one.words for one in remarks if one.code.startswith("no-")] == [], labels


def test_a_language_that_lacks_altogether_is_one_remark(village_form):
    survey = [("type", "name", "label::Lao (lo)"), ("integer", "people", "ຈຳນວນຄົນ")]
    remarks = remarks_of(village_form(publish=False, survey=survey, choices=[CHOICES[0]]).versions.get())
    assert [one.code for one in remarks if one.code.startswith("no-")] == ["no-language"]


def test_what_keeps_a_version_from_use_stands_first_and_prominently(visit, village_form):
    form = village_form(publish=False)
    version = form.versions.get()
    version.warnings = [
        {"code": "odk-absent", "sheet": "", "row": 0, "values": {}},
        {"code": "odk-invalid", "sheet": "survey", "row": 4, "values": {"sheet": "survey", "row": 4, "says": "no such node"}},
    ]  # fmt: skip
    version.save()
    first, *others = remarks_of(version)
    assert first.is_grave and first.row == 4 and not any(one.is_grave for one in others)
    page = visit("owner").get(version.get_absolute_url()).content.decode()
    assert "notice bad" in page and "no such node" in page and page.index("no such node") < page.index("no Java")


def test_the_difference_of_two_versions_names_questions_words_types_and_choices(visit, world, village_form, workbook):
    form = village_form()
    survey = [
        SURVEY[0],
        SURVEY[1],
        ("decimal", "people", "ຈຳນວນຄົນ", "Inhabitants", "yes", ". >= 0", ""),
        *SURVEY[4:],
        ("text", "remark", "ໝາຍເຫດ", "Remark", "", "", ""),
    ]
    choices = [*CHOICES[:3], ("water", "rain", "ນ້ຳຝົນ", "Rain")]
    path = workbook("second.xlsx", survey=survey, choices=choices, version="2")
    second = operations.receive_version(world.actor("owner"), form, path, path.name)
    first = form.versions.get(number=1)
    found = {one.name: one for one in changes_between(first, second)}
    assert {name: one.kind for name, one in found.items()} == {
        "people": "changed", "water": "changed", "remark": "added", "women": "removed",
    }  # fmt: skip
    parts = {str(what): (was, now) for what, was, now in found["people"].parts}
    assert parts["type"] == ("integer", "decimal") and "Inhabitants" in parts["words"][1]
    [(_what, gone, come)] = found["water"].parts
    assert "pipe" in gone and "rain" in come and "river" not in gone + come
    assert changes_between(first, first) == []
    page = visit("owner").get(f"/forms/{form.slug}/versions/2/changes/").content.decode()
    assert "Inhabitants" in page and "added" in page and "removed" in page
    assert visit("public").get(f"/forms/{form.slug}/versions/2/changes/").status_code == 404


def test_a_form_in_use_is_found_by_the_words_of_its_questions_and_a_draft_by_nobody_else(visit, village_form):
    form = village_form(publish=False)
    assert form.slug not in visit("stranger").get("/search/?q=ແຫຼ່ງນ້ຳ").content.decode()
    operations.publish_version(World().actor("colleague"), form.versions.get())
    for words in ("ແຫຼ່ງນ້ຳ", "Source of water"):
        assert f"/forms/{form.slug}/" in visit("stranger").get("/search/", {"q": words}).content.decode()
    assert f"/forms/{form.slug}/" not in visit("public").get("/search/?q=ແຫຼ່ງນ້ຳ").content.decode()
