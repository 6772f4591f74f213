"""Choices from lists of our own nouns are shown by their words: on pages, in changes, beside the codes of files."""

import csv
import io

import pytest
from openpyxl import load_workbook

from sala.access.actor import command
from sala.catalogue import operations as catalogue
from sala.collection import operations
from sala.collection.models import Reading
from sala.collection.operations.reading import read_submission
from sala.collection.queries.filling import written_in
from sala.collection.queries.lists import Source
from sala.collection.queries.shown import rows_of
from sala.core.language import Translated
from sala.core.models import Term
from tests.collection.answering import about_districts, expect, issued_round, send
from tests.collection.test_filling import told

pytestmark = pytest.mark.django_db

SURVEY = [
    ("type", "name", "label::Lao (lo)", "label::English (en)", "choice_filter", "parameters"),
    ("select_one_from_file province.csv", "province", "ແຂວງ", "Province", "", ""),
    ("select_one_from_file district.csv", "village", "ເມືອງ", "District", "province=${province}", ""),
    ("select_multiple_from_file district.csv", "near", "ໃກ້", "Near", "", ""),
    ("select_one_from_file sorts.csv", "sort", "ປະເພດ", "Sort", "", "value=code label=words_lo"),
    ("begin_repeat", "visit", "ຢ້ຽມຢາມ", "Visit", "", ""),
    ("select_one_from_file district.csv", "seen", "ບ່ອນທີ່ໄປ", "Seen", "", ""),
    ("text", "seen_label", "ປ້າຍ", "Sign", "", ""),
    ("end_repeat", "", "", "", "", ""),
]
SORTS = "code,words_lo,words_en\nr1,ເຂົ້າໜຽວ,Sticky rice\nr2,ເຂົ້າຈ້າວ,\n"
VISITS = "<seen>0202</seen><seen_label>A</seen_label>"


@pytest.fixture
def form(world, village_form, read_once, tmp_path):
    """A form in use about districts, with the lists of its cascade and one list that its author sent."""
    form = village_form(publish=False, survey=SURVEY)
    owner, version = world.actor("owner"), form.versions.get()
    sorts = tmp_path / "sorts.csv"
    sorts.write_text(SORTS)
    operations.add_file(owner, version, sorts, "sorts.csv")
    country = world.area("01").parent.code
    for level in ("province", "district"):
        operations.use_list(owner, version, f"{level}.csv", Source("places", level, country))
    operations.publish_version(world.actor("colleague"), version)
    return about_districts(world, form)


@pytest.fixture
def answers(world, form):
    """An answer, and the one that corrects it."""
    expect(world, issued_round(world, form), form, "0101")
    told = {"province": "01", "near": "0102 0201", "sort": "r1", "visit": VISITS}
    first = send(world, form, village="0101", **told)
    read_submission(first)
    second = send(world, form, deprecated=first, village="0102", **(told | {"sort": "r2"}))
    read_submission(second)
    return first, second


def named(world, code, language):
    return world.area(code).name.text(language).text


@pytest.mark.parametrize("language", ["lo", "en"])
def test_the_page_of_an_answer_names_places_and_what_the_author_listed(world, visit, answers, language):
    first, second = answers
    page = visit("owner", language).get(f"/answers/{first.pk}/").content.decode()
    told = page[page.index({"lo": "ແຂວງ</th>", "en": "Province</th>"}[language]) :]
    for code in ("01", "0101", "0102", "0201", "0202"):
        assert named(world, code, language) in told, code
    assert {"lo": "ເຂົ້າໜຽວ", "en": "Sticky rice"}[language] in told
    assert ">0202<" not in told and ">r1<" not in told
    changed = visit("owner", language).get(f"/answers/{second.pk}/changes/{first.pk}/").content.decode()
    for code in ("0101", "0102"):
        assert named(world, code, language) in changed[changed.index("<table") :]
    assert "ເຂົ້າຈ້າວ" in changed, "where a row lacks the language it has the words of the other"


@pytest.mark.parametrize("language", ["lo", "en"])
def test_files_have_the_words_beside_the_codes(world, visit, form, answers, language, tmp_path):
    browser = visit("owner", language)
    address = f"/forms/{form.slug}/data/answers"

    def table(more=""):
        body = b"".join(browser.get(f"{address}.csv?words=1{more}").streaming_content).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(body)))

    row = table()[0]
    assert (row["village"], row["village_label"]) == ("0102", named(world, "0102", language))
    assert row["near_label"] == "; ".join(named(world, code, language) for code in ("0102", "0201"))
    assert row["sort_label"] == "ເຂົ້າຈ້າວ" and row["province_label"] == named(world, "01", language)
    turn = table("&table=visit")[0]
    assert turn["seen_label"] == "A", "a question keeps its column"
    assert turn["visit_seen_label"] == named(world, "0202", language)
    file = tmp_path / "answers.xlsx"
    file.write_bytes(b"".join(browser.get(f"{address}.xlsx?words=1").streaming_content))
    cells = list(load_workbook(file).active.values)
    assert dict(zip(cells[0], cells[1], strict=True))["village_label"] == named(world, "0102", language)


def test_a_place_that_its_list_has_lost_is_named_all_the_same(world, form, answers):
    gone = world.area("0201")
    gone.ended_on = "2020-01-01"
    gone.save()
    operations.renew_lists(command())
    first = answers[0]
    near = next(row for row in rows_of(first.reading, first.version, {}, world.actor("owner")) if row.name == "near")
    assert [str(text) for text in near.value.texts] == [str(world.area("0102").name), str(gone.name)]


@pytest.mark.parametrize("language", ["lo", "en"])
def test_what_the_columns_mean_has_the_words_of_a_list_in_a_file(world, visit, form, language):
    answer = visit("owner", language).get(f"/forms/{form.slug}/data/columns.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    said = {(row[1], row[5]): row[6:] for row in rows}
    for code in ("0101", "0202"):
        assert said["village", code] == [named(world, code, each) for each in ("lo", "en")]
    assert said["sort", "r1"] == ["ເຂົ້າໜຽວ", "Sticky rice"]


def test_the_dictionary_of_an_edition_has_the_words_and_ends_a_long_list(world, form, answers, monkeypatch):
    monkeypatch.setattr("sala.collection.operations.releasing.MOST_CHOICES", 2)
    house = world.organisation("HEALTH-P01")
    dataset = catalogue.create_dataset(
        world.actor("owner"), owner=house, slug="rice", title=Translated({"lo": "ເຂົ້າ"}), place=house.area,
        tier="government", restriction=Term.objects.filter(scheme="restriction").first(),
    )  # fmt: skip
    Reading.objects.filter(submission=answers[1]).update(state="approved")
    edition = operations.make_edition(world.actor("owner"), form, dataset)
    told = {column.name: column.meaning for column in edition.distribution.dictionary.all()}
    for language in ("lo", "en"):
        lines = told["village"][language].split("\n")
        assert lines[0] == f"0101 = {named(world, '0101', language)}" and lines[2:] == ["…"]
    assert told["sort"]["en"].split("\n") == ["r1 = Sticky rice", "r2 = ເຂົ້າຈ້າວ"]


def test_the_cascade_above_the_subject_is_filled_from_the_lists(world, form, visit):
    assert written_in(form, form.current, world.area("0201")) == {"/data/province": "02", "/data/village": "0201"}
    row = expect(world, issued_round(world, form), form, "0102")
    config = told(visit("owner").get(f"/forms/{form.slug}/fill/?expected={row.pk}"))
    assert config["written"] == {"/data/province": "01", "/data/village": "0102"}


def test_a_question_above_may_be_called_otherwise_than_its_column(world, village_form, read_once):
    survey = [
        ("type", "name", "label::Lao (lo)", "choice_filter"),
        ("select_one_from_file province.csv", "home", "ແຂວງ", ""),
        ("select_one_from_file district.csv", "village", "ເມືອງ", "${home} = province and name != ${words}"),
        ("select_one_from_file district.csv", "other", "ເມືອງອື່ນ", "province != ${home}"),
        ("text", "words", "ຄຳ", ""),
    ]
    form = village_form(publish=False, survey=survey)
    for level in ("province", "district"):
        source = Source("places", level, world.area("01").parent.code)
        operations.use_list(world.actor("owner"), form.versions.get(), f"{level}.csv", source)
    operations.publish_version(world.actor("colleague"), form.versions.get())
    form = about_districts(world, form)
    assert written_in(form, form.current, world.area("0201")) == {"/data/home": "02", "/data/village": "0201"}
    form = about_districts(world, form, subject_question="other")
    assert written_in(form, form.current, world.area("0201")) == {"/data/other": "0201"}
