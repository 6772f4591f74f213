"""Papers: the form to fill in by hand, the sheet to read out, and conditions told in words."""

import io

import pypdfium2
import pytest

from sala.collection import operations, paper
from sala.collection.models import Expected
from sala.collection.relevance import told
from sala.core import lao
from sala.documents.intake import rejoined
from tests.collection.conftest import CHOICES, part_of

pytestmark = pytest.mark.django_db

NUMBERS = {"people": "2", "water": "4"}
COLUMNS = ("type", "name", "label::Lao (lo)", "label::English (en)", "required", "relevant", "hint::Lao (lo)")
SURVEY = [
    COLUMNS,
    ("note", "hello", "ສະບາຍດີ", "Hello", "", "", ""),
    ("text", "village", "ລະຫັດບ້ານ", "Code of the village", "yes", "", "ຢູ່ໜ້າບັດ"),
    ("begin_group", "people_in", "ຄົນ", "People", "", "", ""),
    ("integer", "people", "ຈຳນວນຄົນ", "Number of people", "yes", "", ""),
    ("select_one water", "water", "ແຫຼ່ງນ້ຳ", "Source of water", "", "${people} > 0", ""),
    ("end_group", "", "", "", "", "", ""),
    ("date", "dug", "ວັນຂຸດ", "Day it was dug", "", "${water} = 'well'", ""),
    ("begin_repeat", "well", "ບໍ່ນ້ຳ", "Well", "", "", ""),
    ("decimal", "depth", "ຄວາມເລິກ (ມ)", "Depth (m)", "", "", ""),
    ("text", "owner", "ເຈົ້າຂອງ", "Owner", "", "", ""),
    ("end_repeat", "", "", "", "", "", ""),
    ("start", "begun", "", "", "", "", ""),
]


def pages_of(content: bytes) -> int:
    with pypdfium2.PdfDocument(io.BytesIO(content)) as document:
        return len(document)


def squeezed(text: str) -> str:
    """Without spaces: a reader of PDF puts some around marks that hang on a letter."""
    return "".join(text.split())


def text_of(content: bytes) -> str:
    with pypdfium2.PdfDocument(io.BytesIO(content)) as document:
        words = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    return squeezed(rejoined(lao.stored(words)))


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("${people} > 0", "the answer to question 2 is more than 0"),
        ("${water} = 'well'", "the answer to question 4 is “Well”"),
        ("selected(${water}, 'well')", "in question 4 “Well” is ticked"),
        ("not(selected(${water}, 'well'))", "in question 4 “Well” is not ticked"),
        ("${people} = ''", "question 2 is empty"),
        ("${people} >= 5 and ${water} != 'well'", "the answer to question 2 is 5 or more and the answer to question 4 is not “Well”"),
        ("(${people} < 5) or (${people} > 9)", "(the answer to question 2 is less than 5) or (the answer to question 2 is more than 9)"),
        ("string-length(${people}) > 3", "string-length([2]) > 3"),
        ("${water} = 'sand and gravel'", "the answer to question 4 is “sand and gravel”"),
        ("", ""),
    ],
)  # fmt: skip
def test_conditions_are_told_with_question_numbers(formula, words):
    assert told(formula, NUMBERS, lambda name, value: "Well" if value == "well" else value) == words


def test_the_paper_has_every_question_once_with_its_number_boxes_and_rows(village_form, read_once):
    version = village_form(survey=SURVEY).versions.get()
    lines = paper.lines_of(version, "en")
    assert [(line.kind, line.number) for line in lines] == [
        ("note", ""), ("lines", "1"), ("heading", ""), ("lines", "2"), ("choice", "3"), ("lines", "4"), ("repeat", "5"),
    ]  # fmt: skip
    assert [row.number for row in lines[6].rows] == ["5.1", "5.2"] and not lines[6].is_wide
    assert lines[4].condition == "the answer to question 2 is more than 0"
    assert lines[5].condition == "the answer to question 3 is “Well”"
    assert len(lines[4].choices) == len(CHOICES) - 1 and lines[1].required


def test_a_form_is_printed_in_lao_first_and_in_english_when_asked(visit, village_form, read_once):
    form = village_form(survey=SURVEY)
    answer = visit("owner").get(f"/forms/{form.slug}/paper.pdf")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    words = text_of(answer.content)
    assert (
        squeezed("ລະຫັດບ້ານ") in words
        and squeezed("ນ້ຳປະປາ") in words
        and squeezed("Code of the village") not in words
        and squeezed("begun") not in words
    )
    english = text_of(visit("owner").get(f"/forms/{form.slug}/paper.pdf?in=en").content)
    assert squeezed("Code of the village") in english and squeezed("is more than 0.") in english
    assert visit("public").get(f"/forms/{form.slug}/paper.pdf").status_code == 404


def test_the_paper_of_an_expected_answer_names_its_school_and_only_to_who_sees_it(visit, world, school_form, school, open_round):  # fmt: skip
    form = school_form()
    school("S-7")
    row = Expected.objects.get(assignment=part_of(open_round(form)))
    address = f"/forms/{form.slug}/paper.pdf?in=en&expected={row.pk}"
    words = text_of(visit("owner").get(address).content)
    assert squeezed("School S-7") in words and squeezed("village_water S-7") in words and squeezed("2026") in words
    assert visit("member").get(address).status_code == 404


def test_the_sheet_to_read_out_has_a_page_for_each_place_that_still_owes(visit, world, district_form, open_round):
    call = open_round(district_form())
    rows = Expected.objects.filter(assignment=part_of(call)).order_by("id")
    answer = visit("owner").get(f"/calls/{call.reference}/sheets.pdf?place=01")
    words = text_of(answer.content)
    assert pages_of(answer.content) == 2
    assert squeezed("ເມືອງໜອງໃສ") in words and squeezed("ຕອບແບບຟອມ ແລ້ວສົ່ງໃຫ້ເມືອງ") in words and squeezed("ແຫຼ່ງນ້ຳ") in words
    operations.waive_expected(world.actor("owner"), rows[:1], reason="The road is cut")
    answer = visit("owner").get(f"/calls/{call.reference}/sheets.pdf?place=01&in=en")
    assert pages_of(answer.content) == 1 and "Huaykhao" in text_of(answer.content)
    assert visit("public").get(f"/calls/{call.reference}/sheets.pdf").status_code == 404
