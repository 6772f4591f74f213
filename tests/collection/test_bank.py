"""The question bank: what forms in use ask, across ministries, found by words and copied as rows."""

import io

import pytest
from openpyxl import load_workbook

from sala.collection import operations
from tests.collection.conftest import CHOICES, SURVEY

pytestmark = pytest.mark.django_db


def labels(client, **query) -> list[str]:
    return [item["label"].get("en", "") for item in client.get("/api/v1/questions", query).json()["items"]]


def test_questions_are_found_by_words_in_both_languages_and_by_their_choices(visit, village_form):
    village_form()
    stranger = visit("stranger")
    assert labels(stranger, q="ແມ່ຍິງ") == ["Women"]
    assert labels(stranger, q="ນໍ້າປະປາ") == ["Source of water"]  # a choice, in another spelling
    assert labels(stranger, q="water source") == ["Source of water"]
    assert labels(stranger, q="elephant") == []
    assert len(labels(stranger)) == len([row for row in SURVEY[1:] if row[2] and "repeat" not in row[0]])


def test_drafts_and_closed_forms_show_no_question(visit, world, village_form):
    form = village_form(publish=False)
    assert labels(visit("stranger")) == [] and labels(visit("owner")) == []
    operations.publish_version(world.actor("colleague"), form.versions.get())
    assert labels(visit("public")) == [] and "Women" in labels(visit("stranger"))
    operations.withdraw_form(world.actor("head"), form, reason="Done")
    assert labels(visit("stranger")) == []


def test_a_new_version_takes_the_place_of_the_one_before(visit, world, village_form, workbook):
    form = village_form()
    assert "Women" in labels(visit("stranger"))
    survey = [*SURVEY[:3], ("integer", "women", "ແມ່ຍິງ", "Women and girls", "", "", "")]
    path = workbook("second.xlsx", survey=survey, choices=CHOICES, version="2")
    second = operations.receive_version(world.actor("owner"), form, path, path.name)
    operations.publish_version(world.actor("colleague"), second)
    assert labels(visit("stranger")) == ["Code of the village", "People", "Women and girls"]


def test_chosen_questions_come_as_a_workbook_that_is_a_form_again(visit, world, village_form, tmp_path):
    form = village_form()
    stranger = visit("stranger")
    chosen = [
        item["chosen"]
        for item in stranger.get("/api/v1/questions").json()["items"]
        if item["name"] in ("people", "water")
    ]
    answer = stranger.get("/questions/chosen.xlsx", {"chosen": chosen})
    book = load_workbook(io.BytesIO(answer.content))
    rows = [[cell.value for cell in row] for row in book["survey"].iter_rows()]
    assert [row[:2] for row in rows[1:]] == [["integer", "people"], ["select_one water", "water"]]
    assert "ຈຳນວນຄົນ" in rows[1] and "People" in rows[1] and str(form.owner) in rows[1]
    assert [row[1].value for row in book["choices"].iter_rows(min_row=2)] == ["river", "well", "pipe"]
    told = book.create_sheet("settings")
    for row in (("form_id", "form_title", "version"), ("copied", "ແບບ", "1")):
        told.append(row)
    path = tmp_path / "copied.xlsx"
    book.save(path)
    copied = operations.make_form(world.actor("owner"), world.organisation("HEALTH-P01"), path, path.name)
    assert [field["name"] for field in copied.versions.get().questions()] == ["people", "water"]
    assert visit("public").get("/questions/chosen.xlsx", {"chosen": chosen}).status_code == 422
    assert stranger.get("/questions/chosen.xlsx").status_code == 422


def test_words_that_begin_with_an_equals_sign_stay_words(visit, world, tmp_path):
    path = tmp_path / "sums.md"
    path.write_text(
        "| survey |\n| | type | name | label |\n| | integer | sum | =1+1 |\n"
        "| settings |\n| | form_id | form_title | version |\n| | sums | ກ | 1 |\n"
    )
    form = operations.make_form(world.actor("owner"), world.organisation("HEALTH-P01"), path, path.name)
    operations.publish_version(world.actor("colleague"), form.versions.get())
    chosen = visit("stranger").get("/api/v1/questions").json()["items"][0]["chosen"]
    answer = visit("stranger").get("/questions/chosen.xlsx", {"chosen": chosen})
    cells = [cell for row in load_workbook(io.BytesIO(answer.content))["survey"].iter_rows() for cell in row]
    assert any(cell.value == "=1+1" for cell in cells) and not any(cell.data_type == "f" for cell in cells)


def test_the_page_shows_who_asks_and_the_versions_their_hashes(visit, village_form):
    form = village_form()
    page = visit("stranger").get("/questions/?q=ແມ່ຍິງ").content.decode()
    assert "Women" in page and str(form.owner.name["en"]) in page and "Depth" not in page
    [version] = visit("stranger").get(f"/api/v1/forms/{form.slug}/versions").json()
    assert version["md5"] == form.versions.get().md5 and version["lacking"] == []
    assert visit("public").get(f"/api/v1/forms/{form.slug}/versions").status_code == 404
