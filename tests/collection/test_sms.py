"""Answers by short message: who sent it, what was understood, what is wrong, and that nothing is taken twice."""

import json
from decimal import Decimal

import pytest

from sala.collection import operations, sms
from sala.collection.asker import Forms
from sala.collection.models import Expected, Form, Reading, Submission
from sala.collection.models.sms import ShortMessage
from sala.collection.operations.answers import approve, return_
from sala.core.errors import Invalid
from sala.core.files import xform
from sala.places.models import Level
from tests.collection.answering import office_of
from tests.collection.answering import send as send_answer
from tests.collection.test_papers import COLUMNS

pytestmark = pytest.mark.django_db

SECRET = "of the gateway"
NUMBER = "+999 20 5550 1234"
COLUMNS_ = (*COLUMNS[:5], "constraint")
SURVEY = [
    COLUMNS_,
    ("text", "village", "ລະຫັດ", "Code", "yes", ""),
    ("integer", "people", "ຈຳນວນຄົນ", "People", "yes", ". >= 0"),
    ("integer", "women", "ແມ່ຍິງ", "Women", "", ". <= ${people}"),
    ("select_one water", "water", "ແຫຼ່ງນ້ຳ", "Water", "", ""),
    ("date", "dug", "ວັນຂຸດ", "Dug on", "", ""),
    ("text", "remark", "ໝາຍເຫດ", "Remark", "", ""),
]


@pytest.fixture
def water(world, village_form, read_once, open_round, settings):
    """The form WATER, asked of the districts of the owner's province; the owner's telephone is known."""
    settings.SMS_SECRET = SECRET
    form = village_form(survey=SURVEY, sms_keyword="WATER")
    district = Level.objects.get(code="district")
    form = operations.change_form(
        world.actor("owner"), form, about="place", level=district, subject_question="village"
    )  # fmt: skip
    open_round(form, posts=("HEALTH-P01-data",))
    person = world.person("owner")
    person.phone = "020 5550 1234"
    person.save()
    return form


@pytest.fixture
def send(client):
    def post(text, message="m1", sender=NUMBER, secret=SECRET, **options):
        return client.post(
            "/sms/incoming", {"id": message, "from": sender, "text": text}, headers={"X-Sala-Secret": secret}, **options
        )  # fmt: skip

    return post


def test_a_message_becomes_an_answer_and_is_told_back(water, send):
    reply = send('WATER 0101 120 58 well 31/12/2025 "near the temple"').json()["reply"]
    answer = Submission.objects.get()
    assert (answer.channel, answer.form, answer.position.code) == ("sms", water, "HEALTH-P01-data")
    read = xform.Reader(water.current.fields).read(answer.xml.encode())
    assert {path.rpartition("/")[2]: value for path, value in read.values.items()}["women"] == 58
    assert "People: 120" in reply and "Nongsai" in reply and "31/12/2025" in reply and str(answer.pk) in reply


def test_a_message_that_comes_again_is_answered_alike_and_taken_once(water, send):
    first = send("WATER 0101 120 58")
    assert send("WATER 0101 120 58").json() == first.json()
    assert Submission.objects.count() == ShortMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("WATER 0101 many", "People: “many” is no number"),
        ("WATER 0101 -5", "People: -5 is not allowed"),
        ("WATER 0101 10 11", "Women: 11 is not allowed"),
        ("WATER 0101 10 5 sea", "“sea” is none of river, well, pipe"),
        ("WATER 0101 -", "People: the value is missing"),
        ("WATER 0101 10 5 well 40/13/2025", "is no day"),
        ("WATER 9999 10", "There is no code 9999"),
        ("WATER 0101 1 1 well 1/1/2025 a b c", "values came, 5 are asked"),
        ("OTHER 0101 1", "No form has the word “OTHER”"),
        ("WATER", "Write: WATER <code> <People> <Women> <Water> <Dug on> <Remark>"),
        ("", "No form has the word"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(water, send, text, words):
    assert words in send(text).json()["reply"]
    assert not Submission.objects.exists()


def test_lao_digits_choices_by_number_and_replies_in_lao(world, water, send):
    person = world.person("owner")
    person.language = "lo"
    person.save()
    reply = send("water 0101 ໑໒໐ ໕໘ 2").json()["reply"]
    assert "ຈຳນວນຄົນ: 120" in reply and "ນ້ຳສ້າງ" in reply and "ເມືອງໜອງໃສ" in reply


def test_unknown_and_shared_numbers_are_told_so(world, water, send):
    assert "ບໍ່ຮູ້ຈັກເບີນີ້" in send("WATER 0101 1", sender="+999 20 1111 2222").json()["reply"]  # in the country's language
    other = world.person("stranger")
    other.phone = "20 55501234"
    other.save()
    assert "ຫຼາຍຄົນ" in send("WATER 0101 1", message="m2").json()["reply"]
    assert not Submission.objects.exists()


def test_a_post_that_is_not_asked_is_refused(world, water, send):
    person = world.person("stranger")
    person.phone = "020 7777 8888"
    person.save()
    assert "does not wait for your post" in send("WATER 0101 1", sender="02077778888").json()["reply"]
    assert not Submission.objects.exists()


def test_the_gateway_shows_its_secret_and_speaks_json_or_plain_text(client, water, send, settings):
    assert send("WATER 0101 1", secret="wrong").status_code == 403
    assert send("WATER 0101 1", message="").status_code == 422
    told = json.dumps({"messageId": "j1", "msisdn": NUMBER, "message": "WATER 0101 12"})
    answer = client.post("/sms/incoming", told, content_type="application/json", headers={"X-Sala-Secret": SECRET, "Accept": "text/plain"})  # fmt: skip
    assert answer["Content-Type"].startswith("text/plain") and "People: 12" in answer.content.decode()
    assert client.post("/sms/incoming", "[", content_type="application/json", headers={"X-Sala-Secret": SECRET}).status_code == 422  # fmt: skip
    assert client.get("/sms/incoming").status_code == 405
    settings.SMS_SECRET = ""
    assert send("WATER 0101 1").status_code == 404


@pytest.mark.parametrize(
    ("formula", "number", "holds"),
    [
        (". >= 0", 0, True),
        (". > 0 and . < 10", 10, False),
        (". = ${people}", 3, True),
        ("regex(., 'x')", 1, True),
        ("", 1, True),
    ],
)
def test_constraints_that_compare_are_kept_and_others_left_to_the_checker(formula, number, holds):
    assert sms.holds(formula, Decimal(number), {"people": Decimal(3)}) is holds


def test_a_form_with_too_many_or_other_questions_does_not_fit():
    each = {"type": "integer", "required": True, "repeat": "", "relevant": "", "name": "q"}
    assert sms.questions([each] * 10, "") is not None and sms.questions([each] * 11, "") is None
    assert sms.questions([each, each | {"type": "geopoint"}], "") is None
    assert sms.questions([each, each | {"type": "image", "required": False}], "") == [each]


def test_a_second_message_about_the_same_corrects_the_first(world, water, send):
    send("WATER 0101 120 58")
    reply = send("WATER 0101 130 60", message="m2").json()["reply"]
    first, second = Submission.objects.order_by("pk")
    assert second.deprecated_id == first.instance_id and second.root == first
    assert f"takes the place of {first.pk}" in reply and "People: 130" in reply
    assert (first.reading.state, second.reading.state) == ("replaced", "received")
    assert send("WATER 0101 130 60", message="m2").json()["reply"] == reply and Submission.objects.count() == 2
    send("WATER 0102 7", message="m3")  # of another district
    assert Submission.objects.last() != second and not Submission.objects.first().deprecated_id
    return_(world.actor("reviewer"), second, reason="Count again")
    send("WATER 0101 140 60", message="m4")
    assert Expected.objects.get(area__code="0101").state == "received"
    assert sorted(Reading.objects.values_list("state", flat=True)) == ["received", "received", "replaced", "replaced"]


def test_a_message_about_what_was_approved_is_told_that_the_first_stands(world, water, send):
    send("WATER 0101 120 58")
    first = Submission.objects.get()
    approve(world.actor("reviewer"), first)
    reply = send("WATER 0101 130 60", message="m2").json()["reply"]
    assert f"number {first.pk}" in reply and "was approved and stands" in reply
    assert Submission.objects.count() == 1 and Reading.objects.get().state == "approved"


def test_a_message_beside_the_answer_of_another_post_is_told_so(world, water, send):
    teacher = office_of(world, "S1")
    sent = send_answer(world, water, position=teacher, village="0101", people="5")
    operations.read_waiting()
    reply = send("WATER 0101 130 60").json()["reply"]
    assert "Another answer came before" in reply
    assert set(Reading.objects.values_list("pk", "state")) == {(sent.pk, "received"), (sent.pk + 1, "double")}


def test_a_keyword_belongs_to_one_form_in_use(world, water, workbook, send):
    path = workbook("second.xlsx", survey=SURVEY, form_id="second", sms_keyword="water ")
    other = operations.make_form(world.actor("owner"), world.organisation("HEALTH-P01"), path, path.name)
    with pytest.raises(Invalid, match="begin with the word “water” already") as refused:
        operations.publish_version(world.actor("colleague"), other.versions.get())
    assert str(water.title) in str(refused.value) and not Form.objects.get(pk=other.pk).is_published
    path = workbook("new.xlsx", survey=SURVEY, version="2", sms_keyword="WATER")
    version = operations.receive_version(world.actor("owner"), water, path, path.name)
    operations.publish_version(world.actor("colleague"), version)  # its own word it keeps
    operations.withdraw_form(world.actor("colleague"), water, reason="Replaced by another")
    operations.publish_version(world.actor("colleague"), other.versions.get())
    assert "second" in Form.objects.get(is_published=True).form_id


def test_a_message_counts_for_its_district_until_it_is_approved_and_the_part_can_be_sent(visit, world, water, send):
    send("WATER 0101 120 58")
    operations.read_waiting()
    row = Expected.objects.get(area__code="0101")
    assert row.state == "received" and row.received_at is not None
    answer = Submission.objects.get()
    call = row.assignment.call
    page = visit("owner").get(f"/calls/{call.reference}/answers/?state=received").content.decode()
    assert f'href="/answers/{answer.pk}/"' in page
    assert [fault.item for fault in Forms().check(row.assignment)] == ["unchecked", "missing"]
    approve(world.actor("reviewer"), answer)
    operations.waive_expected(
        world.actor("owner"), Expected.objects.filter(area__code="0102"), reason="The road is cut"
    )
    assert Forms().check(row.assignment) == [] and Forms().summary(row.assignment) == "1 of 2 approved, 1 waived"
