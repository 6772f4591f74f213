"""A round from the ministry's forms to its published edition, in Lao: a teacher on an old phone, a village head without
one, a district officer who returns two answers, a ministry that publishes what came of it.

Through pages and through the door for phones; nothing that is sent was written by the program itself.
"""

import hashlib
import re
from datetime import date
from xml.etree import ElementTree

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from sala.catalogue import operations as catalogue
from sala.catalogue.models import Edition
from sala.collection import operations
from sala.collection.models import Expected, Reading
from sala.core.language import Translated
from sala.core.models import Term
from sala.duties.models import Assignment, Duty
from sala.people.models import Appointment, Message, Person, Role
from sala.people.operations import grant_role
from sala.places.models import Level
from tests.collection import answering
from tests.collection.answers import answer, multipart, named
from tests.collection.test_filling import post, told
from tests.collection.test_papers import squeezed, text_of
from tests.collection.visiting import villages

pytestmark = pytest.mark.django_db

LIST = "{http://openrosa.org/xforms/xformsList}"
TOO_MANY = {"people": "60", "women": "120"}  # more women than people


def signed_in(person: Person) -> Client:
    browser = Client(headers={"accept-language": "lo"})
    browser.force_login(person, backend="sala.people.sign_in.LinkBackend")
    return browser


def holding(post, name: str) -> Person:
    person = Person.objects.create(name=f"Test {name}", email=f"{name}@example.org", language="lo", is_invented=True)
    Appointment.objects.create(person=person, position=post, valid=DateRange(date(2020, 1, 1), None))
    return person


class OldPhone:
    """What an old phone does: ask for the list, fetch the form, send an answer, correct it."""

    def __init__(self, door: str):
        self.door = door
        self.line = Client(headers={"accept-language": "lo", "x-openrosa-version": "1.0"}, enforce_csrf_checks=True)

    def forms(self) -> list[dict[str, str]]:
        rows = ElementTree.fromstring(self.line.get(f"{self.door}/formList").content)
        return [{cell.tag.removeprefix(LIST): cell.text or "" for cell in row} for row in rows]

    def fetch(self, form: dict[str, str]) -> bytes:
        xml = self.line.get("/" + form["downloadUrl"].split("/", 3)[3]).content
        assert form["hash"] == f"md5:{hashlib.md5(xml).hexdigest()}"
        return xml

    def send(self, xml: bytes) -> int:
        body, kind = multipart(("xml_submission_file", "answer.xml", "text/xml", xml))
        return self.line.generic("POST", f"{self.door}/submission", body, content_type=kind).status_code


@pytest.fixture
def ground(world, school, school_form, village_form, read_once):
    """A school and a village of one district, the two forms of a ministry about them, and the people who answer."""
    [village] = villages(world, 1)
    schools = school_form(form_id="school_people", form_title="ແບບຟອມໂຮງຮຽນ")
    places = answering.about_districts(world, village_form(form_id="village_people", form_title="ແບບຟອມບ້ານ"),
                                       level=Level.objects.get(code="village"))  # fmt: skip
    officer = holding(world.position("HEALTH-D0101-data"), "officer")
    second = holding(world.position("HEALTH-D0101-head"), "second")
    teaching = answering.office_of(world, "S1", parent="HEALTH-D0101")
    grant_role(world.actor("admin"), teaching, Role.objects.get(code="data_reporter"))
    Duty.objects.create(position=teaching, kind="reports", subject_type="facility", subject_id=school("S-1").pk,
                        valid=DateRange(date(2020, 1, 1), None))  # fmt: skip
    return {
        "village": village, "schools": schools, "places": places, "officer": signed_in(officer),
        "second": signed_in(second), "teacher": signed_in(holding(teaching, "teacher")),
    }  # fmt: skip


def test_a_round_is_walked_from_the_forms_to_the_published_edition_in_lao(world, visit, ground, draft_round):
    officer, teacher, ministry = ground["officer"], ground["teacher"], visit("owner", "lo")

    # the ministry's round asks the district officer for both forms
    call = draft_round(posts=("HEALTH-D0101-data",))
    caller = visit("caller", "lo")
    chosen = {"forms": f"{ground['schools'].slug}, {ground['places'].slug}"}
    assert caller.post(f"/calls/{call.reference}/forms/", chosen).status_code == 302
    assert caller.post(f"/calls/{call.reference}/issue/").status_code == 302
    asked = {row.form_id: row for row in Expected.objects.filter(assignment__call=call)}
    of_school, of_village = asked[ground["schools"].pk], asked[ground["places"].pk]
    assert len(asked) == 2 and of_village.respondent is None

    # the teacher is given the settings of an old phone by the officer, and the phone finds the one form that waits
    assert "ແບບຟອມໂຮງຮຽນ" in teacher.get("/desk/").content.decode()
    page = officer.post("/posts/S1-data/phones/new/", {"name": "ໂທລະສັບເກົ່າ"}).content.decode()
    phone = OldPhone("/" + re.search(r'<p class="codes">([^<]+)</p>', page)[1].split("/", 3)[3])
    [form] = phone.forms()
    assert form["formID"] == "school_people" and "ຈຳນວນຄົນ".encode() in phone.fetch(form)
    first = named()
    assert phone.send(answer(first, form="school_people", village="S-1", **TOO_MANY)) == 201
    assert (
        phone.send(answer(first, form="school_people", village="S-1", **TOO_MANY)) == 201
    )  # its acknowledgement was lost
    operations.read_waiting()

    # the head of the village has no phone: the sheet is read out, the paper filled in, an assistant types it in
    village = ground["village"].code
    sheet = text_of(officer.get(f"/calls/{call.reference}/sheets.pdf?place={village}").content)
    assert squeezed("ກະລຸນາຟັງ") in sheet or squeezed("ບ້ານ 1") in sheet
    paper = text_of(officer.get(f"/forms/{ground['places'].slug}/paper.pdf?expected={of_village.pk}").content)
    assert squeezed("ຈຳນວນແມ່ຍິງ") in paper and squeezed(village) in paper
    assert "ບ້ານ 1" in officer.get(f"/forms/{ground['places'].slug}/fill/?channel=paper").content.decode()
    typed = named()
    sent = post(officer, ground["places"], answer(typed, form="village_people", village=village, **TOO_MANY),
                channel="paper", expected=of_village.pk)  # fmt: skip
    assert sent.status_code == 201

    # the district officer returns both, each with a reason beside its question
    readings = {reading.form_id: reading for reading in Reading.objects.filter(expected__in=asked.values())}
    listed = officer.get(f"/answers/?call={call.reference}&state=received").content.decode()
    for reading in readings.values():
        assert f"/answers/{reading.pk}/" in listed
        page = officer.get(f"/answers/{reading.pk}/return/").content.decode()
        box = re.search(r'name="(remark-\d+)"[^>]*>(?:(?!name=).)*?', page[page.index("ຈຳນວນແມ່ຍິງ") :], re.S)[1]
        assert (
            officer.post(f"/answers/{reading.pk}/return/", {"reason": "", box: "ແມ່ຍິງຫຼາຍກວ່າຄົນທັງໝົດ"}).status_code == 302
        )
    assert Assignment.objects.get(call=call).state != "submitted"
    refused = officer.post(f"/assignments/{of_school.assignment_id}/submit/")
    assert refused.status_code in (409, 422)

    # each corrects it the way it was sent
    assert (
        "ແມ່ຍິງຫຼາຍກວ່າຄົນທັງໝົດ" in Message.objects.get(person__email="teacher@example.org", wave__startswith="return").body
    )
    assert "ແບບຟອມໂຮງຮຽນ" in teacher.get("/desk/").content.decode()
    assert [row["formID"] for row in phone.forms()] == ["school_people"]
    right = {"people": "120", "women": "60"}
    assert phone.send(answer(named(), form="school_people", village="S-1", corrects=first, **right)) == 201
    operations.read_waiting()
    wrong = readings[ground["places"].pk].pk
    page = officer.get(f"/forms/{ground['places'].slug}/fill/?answer={wrong}&channel=paper")
    assert "ແມ່ຍິງຫຼາຍກວ່າຄົນທັງໝົດ" in page.content.decode() and told(page)["answer"]["instance"] == typed
    sent = post(officer, ground["places"], answer(named(), form="village_people", village=village, corrects=typed, **right),
                channel="paper")  # fmt: skip
    assert sent.status_code == 201

    # the officer approves the school's; what he typed in himself another of the office does; the whole goes to the
    # ministry, which accepts it
    standing = list(Reading.objects.filter(expected__in=asked.values(), state="received").values_list("pk", flat=True))
    for browser, left in ((officer, [of_village.pk]), (ground["second"], [])):
        assert browser.post("/answers/approve/", {"answer": standing, "sure": "flagged"}).status_code == 302
        assert (
            list(Reading.objects.filter(pk__in=standing, state="received").values_list("expected", flat=True)) == left
        )
    assert set(Expected.objects.filter(pk__in=[row.pk for row in asked.values()]).values_list("state", flat=True)) == {
        "approved"
    }
    board = officer.get(f"/calls/{call.reference}/answers/?state=all").content.decode()
    assert "S-1" in board or "ໂຮງຮຽນ S-1" in board
    for browser, step in ((officer, "acknowledge"), (officer, "submit"), (caller, "accept")):
        page = browser.post(f"/assignments/{of_school.assignment_id}/{step}/", {"note": ""})
        assert page.status_code == 302, (step, page.content.decode()[-2000:])

    # the ministry publishes the answers of the schools as an edition that everybody reads
    house = world.organisation("HEALTH-P01")
    dataset = catalogue.create_dataset(
        world.actor("owner"), owner=house, slug="school-people", title=Translated(lo="ຄົນໃນໂຮງຮຽນ", en="People in schools"),
        place=house.area, tier="public", licence=Term.objects.get(scheme="licence", code="CC-BY-4.0"),
    )  # fmt: skip
    made = {"dataset": "school-people", "call": call.reference}
    assert ministry.post(f"/forms/{ground['schools'].slug}/data/edition/", made).status_code == 302
    edition = Edition.objects.get(distribution__dataset=dataset)
    assert ministry.post(f"{edition.get_absolute_url()}submit/do/").status_code == 302
    assert visit("public", "lo").get(edition.get_absolute_url()).status_code == 404
    publisher = visit("colleague", "lo")
    assert publisher.post(f"{edition.get_absolute_url()}publish/do/", {"not_before": ""}).status_code == 302
    read = visit("public", "lo").get(edition.get_absolute_url())
    html = read.content.decode()
    assert read.status_code == 200 and "120" in html and "ຈຳນວນແມ່ຍິງ" in html and "ຄົນໃນໂຮງຮຽນ" in html
