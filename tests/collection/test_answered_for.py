"""Whoever a round asks sees the answer that somebody else typed in for it, and corrects it."""

import pytest
from django.test import Client

from sala.access.scope import visible
from sala.collection import operations
from sala.collection.models import Reading, Submission
from sala.collection.operations import answers as checking
from sala.collection.operations.reading import read_submission
from sala.collection.queries.feedback import answered
from sala.people.models import Message, Person
from sala.people.queries import actor_for
from tests.collection.answering import expect, instance, issued_round, office_of, send
from tests.collection.answers import multipart
from tests.collection.test_filling import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(world, form, teacher):
    """The teacher's post is asked about a district far from its office."""
    return expect(world, issued_round(world, form), form, "0201", respondent=teacher)


@pytest.fixture
def typed(world, form, row):
    """The district typed the teacher's paper in."""
    found = send(world, form, village="0201", people="120", channel="paper", person_id=world.person("owner").pk)
    assert read_submission(found).expected == row
    return found


@pytest.fixture
def person():
    return Person.objects.get(email="teacher@example.org")


@pytest.fixture
def as_teacher(client, teacher, person):
    client.force_login(person, backend="sala.people.sign_in.LinkBackend")
    return client


def test_paper_typed_by_the_district_and_returned_is_corrected_by_the_schools_phone(
    world, form, teacher, typed, as_teacher
):
    checking.return_(world.actor("head"), typed, reason="Count again")
    link = Message.objects.get(person__email="teacher@example.org").body.splitlines()[-1]
    page = as_teacher.get("/" + link.split("/", 3)[3])
    assert page.status_code == 200 and b"Count again" in page.content
    assert f"/forms/{form.slug}/fill/?answer={typed.pk}" in page.content.decode()
    assert f"/answers/{typed.pk}/" in as_teacher.get("/desk/").content.decode()
    _phone, secret = operations.give_phone(world.actor("admin"), teacher, name="Old phone")
    name, xml = instance(
        form, "<village>0201</village><people>130</people>"
    )  # a new one: the paper was not on the phone
    content, kind = multipart(("xml_submission_file", "answer.xml", "text/xml", xml.encode()))
    line = Client(headers={"x-openrosa-version": "1.0"}, enforce_csrf_checks=True)
    assert line.generic("POST", f"/openrosa/{secret}/submission", content, content_type=kind).status_code == 201
    operations.read_waiting()
    second = Submission.objects.get(instance_id=name)
    assert dict(Reading.objects.values_list("pk", "state")) == {typed.pk: "replaced", second.pk: "received"}


def test_the_page_opens_the_typed_answer_for_correction(world, form, typed, as_teacher):
    checking.return_(world.actor("head"), typed, reason="Count again")
    page = as_teacher.get(f"/forms/{form.slug}/fill/?answer={typed.pk}")
    assert page.status_code == 200 and told(page)["answer"]["instance"] == typed.instance_id
    assert b"<people>120</people>" in as_teacher.get(told(page)["answer"]["url"]).content
    assert read_submission(send(world, form, position="S1-data", deprecated=typed, village="0201", people="9")).state == "received"  # fmt: skip
    assert Reading.objects.get(pk=typed.pk).state == "replaced"


def test_a_correction_is_taken_after_the_round_from_whom_it_was_typed_in_for(world, form, row, typed, person):
    row.is_open = False
    row.save()
    asked = operations.sending.sending_position(actor_for(person), form, [typed.instance_id])
    assert asked == row.respondent


def test_only_the_house_that_is_asked_sees_it_beside_those_who_always_did(world, form, row, typed, person, visit):
    other = office_of(world, "S2", parent="LAND-P02", area="0201")
    assert visible(actor_for(person), Submission).filter(pk=typed.pk).exists()
    assert visible(actor_for(person), Reading).filter(pk=typed.pk).exists()
    assert visit("public").get(f"/answers/{typed.pk}/").status_code == 404
    operations.give_to(world.actor("owner"), [row], respondent=other)
    for model in (Submission, Reading):
        assert not visible(actor_for(person), model).filter(pk=typed.pk).exists()
    assert Reading.objects.get(pk=typed.pk).answering == other.organisation
    operations.give_to(world.actor("owner"), [row], respondent=None)
    assert Reading.objects.get(pk=typed.pk).answering is None


def test_figures_go_back_to_whoever_answered_and_they_may_comment(world, typed, person):
    checking.comment(actor_for(person), typed, note="The paper said 130")
    checking.approve(world.actor("head"), typed)
    [found] = answered(actor_for(person), world.area("0201"))
    assert [number.value for number in found.numbers] == [120]


def test_another_house_does_not_replace_the_returned_answer(world, form, typed):
    checking.return_(world.actor("head"), typed, reason="Count again")
    stranger = send(world, form, position="LAND-P02-data", village="0201", people="1")
    assert read_submission(stranger).state == "double"
    assert Reading.objects.get(pk=typed.pk).state == "returned"
