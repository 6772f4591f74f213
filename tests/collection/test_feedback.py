"""What a village gets back: its numbers, where it stands, what was decided; and what it does not get."""

import io
from datetime import date

import pypdfium2
import pytest

from sala.collection import operations
from sala.collection.models import Reading
from sala.collection.operations.reading import read_submission
from sala.collection.queries.feedback import answered, decided
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents.models import Document
from sala.places.models import Level
from tests.collection import answering
from tests.collection.test_papers import squeezed, text_of
from tests.collection.visiting import plan, villages

pytestmark = pytest.mark.django_db

NEXT = date(2099, 1, 5)


@pytest.fixture
def told(world, village_form, read_once):
    """told(count) → a form about villages, answered and approved by the first `count` of them, with 10, 20, 30 … people."""

    def make(count, **described):
        form = answering.about_districts(world, village_form(), level=Level.objects.get(code="village"), **described)
        assignment = answering.issued_round(world, form)
        for number, place in enumerate(villages(world, count), start=1):
            answering.expect(world, assignment, form, place.code)
            sent = answering.send(
                world, form, village=place.code, people=str(number * 10), women=str(number), water="well"
            )
            read_submission(sent)
        Reading.objects.filter(form=form).update(state="approved")
        return form

    return make


def test_a_village_hears_its_numbers_and_where_it_stands_among_five(world, told):
    told(5)
    [one] = answered(world.actor("owner"), world.area("0101002"))
    people, women = one.numbers
    assert (str(people.label), people.value, people.among, people.less, people.more, people.middle) == ("People", 20, 5, 1, 3, 30)  # fmt: skip
    assert (women.value, women.middle) == (2, 3) and one.period == "2026"


def test_of_four_nobody_is_compared_and_a_village_elsewhere_does_not_count(world, told):
    form = told(4)
    [elsewhere] = villages(world, 1, "0102")
    sent = answering.send(world, form, village=elsewhere.code, people="50", women="5", water="well")
    read_submission(sent)
    Reading.objects.filter(form=form).update(state="approved", period="2026")
    [one] = answered(world.actor("owner"), world.area("0101002"))
    assert [(number.value, number.among, number.middle) for number in one.numbers] == [(20, 0, None), (2, 0, None)]


def test_what_is_not_approved_is_not_told_and_who_does_not_see_the_answer_hears_nothing(world, told):
    told(5)
    place = world.area("0101001")
    assert answered(world.actor("public"), place) == [] and answered(world.actor("stranger"), place) == []
    Reading.objects.filter(area=place).update(state="received")
    assert answered(world.actor("owner"), place) == []
    [one] = answered(world.actor("owner"), world.area("0101002"))
    assert one.numbers[0].among == 0  # four are left


def test_of_a_form_that_asks_of_persons_only_marked_questions_are_told(world, told):
    form = told(5, asks_of_persons=True)
    assert answered(world.actor("owner"), world.area("0101002")) == []
    path = next(each["path"] for each in form.versions.get().fields if each["name"] == "women")
    operations.mark_questions(world.actor("owner"), form, paths=[path])
    [one] = answered(world.actor("owner"), world.area("0101002"))
    assert [str(number.label) for number in one.numbers] == ["Women"]


def decision(world, place, tier="public"):
    made = Document.objects.create(
        slug=f"decision-{tier}", title=Translated(lo="ຂຸດນ້ຳສ້າງໃໝ່", en="Dig a new well"), number=f"12/{tier}", tier=tier,
        kind=Term.objects.get(scheme="document-kind", code="decision"), owner=world.organisation("HEALTH-P01"),
        state="published", is_published=True, published_at="2026-05-01T00:00Z", issued_on="2026-05-01",
        restriction=None if tier == "public" else Term.objects.filter(scheme="restriction").first(),
    )  # fmt: skip
    made.areas.add(place)
    return made


def test_the_sheet_is_read_aloud_in_the_countrys_language_with_decisions_and_the_next_visit(world, told, visit):
    told(5)
    place = world.area("0101002")
    decision(world, place)
    hidden = decision(world, place, "own")
    plan(world, "HEALTH-P01-data", [place], NEXT, NEXT, title=Translated(lo="ກວດນ້ຳ", en="Water test"))
    answer = visit("owner").get("/places/0101002/feedback.pdf")
    words = text_of(answer.content)
    for text in ("ບ້ານ 2", "ຈຳນວນຄົນ: 20", "ຂຸດນ້ຳສ້າງໃໝ່", "ກວດນ້ຳ"):
        assert squeezed(text) in words, text
    with pypdfium2.PdfDocument(io.BytesIO(answer.content)) as document:
        assert len(document) == 1
    html = visit("owner").get("/places/0101002/feedback/").content.decode()
    assert "Of 5 places 1 have less and 3 have more" in html and "Dig a new well" in html
    assert [row.slug for row in decided(world.actor("public"), place)] == ["decision-public"]
    closed = visit("public").get("/places/0101002/feedback/").content.decode()
    assert hidden.get_absolute_url() not in closed and "No approved answer" in closed and "Water test" not in closed
    assert visit("public").get("/places/none/feedback/").status_code == 404
    assert squeezed("Dig a new well") in text_of(visit("owner").get("/places/0101002/feedback.pdf?in=en").content)
