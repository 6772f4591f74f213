"""What was approved and handed in stays until somebody takes its correction; nobody approves what he gave himself."""

import pytest
from django.test import Client

from sala.collection.models import AnswerStep, Expected, Reading, Submission
from sala.collection.operations import answers as operations
from sala.collection.operations import expect_again, give_phone, read_waiting, waive_expected
from sala.collection.operations.reading import read_submission
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.duties import operations as duties
from sala.duties.models import Assignment, Call
from sala.people.models import Message, Person
from sala.people.operations.rights import make_token
from tests.collection.answering import expect, instance, issued_round, part_stands_at, send
from tests.collection.answers import multipart

pytestmark = pytest.mark.django_db

HANDED_IN = ("submitted", "approved", "not_available", "accepted", "lapsed")


@pytest.fixture
def part(asked):
    return asked["0101"].assignment


def states():
    return dict(Reading.objects.values_list("pk", "state"))


@pytest.fixture
def approved(world, answer):
    """The answer about the first district, approved by its office."""
    operations.approve(world.actor("owner"), answer)
    return answer


def by_phone(world, form, teacher, corrects, **values):
    """A correction as the teacher's phone sends it."""
    _row, secret = give_phone(world.actor("admin"), teacher, name="Old phone")
    body = "".join(f"<{name}>{text}</{name}>" for name, text in values.items())
    name, xml = instance(form, body, deprecated=corrects.instance_id)
    content, kind = multipart(("xml_submission_file", "answer.xml", "text/xml", xml.encode()))
    line = Client(headers={"x-openrosa-version": "1.0"}, enforce_csrf_checks=True)
    assert line.generic("POST", f"/openrosa/{secret}/submission", content, content_type=kind).status_code == 201
    read_waiting()
    return Submission.objects.get(instance_id=name)


@pytest.mark.parametrize("state", HANDED_IN)
def test_a_phone_does_not_undo_an_approved_answer_that_was_handed_in(
    world, form, teacher, asked, part, approved, state
):
    part_stands_at(part, state)
    second = by_phone(world, form, teacher, approved, village="0101", people="170")
    assert states() == {approved.pk: "approved", second.pk: "double"}
    assert [one["code"] for one in second.reading.flags if one["code"].startswith("corrects")] == ["corrects-approved"]
    asked["0101"].refresh_from_db()
    assert (asked["0101"].state, AnswerStep.objects.filter(step="replace").count()) == ("approved", 0)
    [message] = Message.objects.filter(wave=f"corrects-{second.pk}")
    assert message.person.email == "owner@example.org" and f"/answers/{second.pk}/" in message.body
    read_submission(second)  # read anew, it stays what it is
    assert states()[second.pk] == "double" and "corrects-approved" in str(Reading.objects.get(pk=second.pk).flags)


@pytest.mark.parametrize("state", ["issued", "acknowledged", "in_progress", "returned"])
def test_while_the_part_lies_with_its_office_a_correction_takes_the_place(world, form, teacher, part, approved, state):
    part_stands_at(part, state)
    second = by_phone(world, form, teacher, approved, village="0101", people="170")
    assert states() == {approved.pk: "replaced", second.pk: "received"}
    assert not Message.objects.filter(wave__startswith="corrects").exists()


def test_the_correction_is_taken_once_the_part_was_returned(world, form, teacher, asked, part, approved):
    part_stands_at(part, "submitted")
    second = by_phone(world, form, teacher, approved, village="0101", people="170")
    owner = world.actor("owner")
    with pytest.raises(Conflict, match="Have it returned first"):
        operations.take(owner, second)
    assert states() == {approved.pk: "approved", second.pk: "double"}
    part_stands_at(part, "returned")
    operations.take(owner, second)
    assert states() == {approved.pk: "replaced", second.pk: "received"}
    asked["0101"].refresh_from_db()
    assert asked["0101"].state == "received"


def test_a_correction_of_a_correction_kept_beside_is_kept_beside_too(world, form, teacher, part, approved):
    part_stands_at(part, "accepted")
    second = send(world, form, position=teacher, deprecated=approved, village="0101", people="170")
    read_submission(second)
    third = send(world, form, position=teacher, deprecated=second, village="0101", people="180")
    read_submission(third)
    assert states() == {approved.pk: "approved", second.pk: "replaced", third.pk: "double"}
    assert "corrects-approved" in str(Reading.objects.get(pk=third.pk).flags)
    assert Message.objects.filter(wave=f"corrects-{third.pk}").count() == 1


def test_a_correction_to_another_place_frees_the_first_only_when_it_is_taken(
    world, form, teacher, asked, part, approved
):
    part_stands_at(part, "submitted")
    second = by_phone(world, form, teacher, approved, village="0102", people="170")
    assert states() == {approved.pk: "approved", second.pk: "double"}
    assert set(Expected.objects.values_list("area__code", "state")) == {("0101", "approved"), ("0102", "waiting")}
    part_stands_at(part, "returned")
    operations.take(world.actor("owner"), second)
    assert states() == {approved.pk: "replaced", second.pk: "received"}
    assert set(Expected.objects.values_list("area__code", "state")) == {("0101", "waiting"), ("0102", "received")}


STEPS = {
    "approve": ("received", lambda actor, row: operations.approve(actor, row)),
    "aside": ("received", lambda actor, row: operations.set_aside(actor, row, reason="why")),
    "reopen": ("approved", lambda actor, row: operations.reopen(actor, row, reason="why")),
    "take": ("double", lambda actor, row: operations.take(actor, row)),
}


@pytest.mark.parametrize("state", HANDED_IN)
@pytest.mark.parametrize("step", sorted(STEPS))
def test_steps_on_what_was_handed_in_are_refused(world, part, answer, step, state):
    before, take = STEPS[step]
    Reading.objects.filter(pk=answer.pk).update(state=before)
    part_stands_at(part, state)
    if (step, state) == ("approve", "lapsed"):  # never handed in, and nobody can return it
        assert take(world.actor("owner"), answer).state == "approved"
        return
    with pytest.raises(Conflict, match="has sent its answer, or the round has ended"):
        take(world.actor("owner"), answer)
    assert states() == {answer.pk: before}
    part_stands_at(part, "returned")
    take(world.actor("owner"), answer)


def test_pages_and_programs_are_told_why_a_step_is_refused(visit, part, approved):
    part_stands_at(part, "submitted")
    owner = visit("owner")
    page = owner.get(f"/answers/{approved.pk}/").content.decode()
    assert "Have it returned first" in page and 'data-step="reopen"' not in page
    refused = owner.post(f"/answers/{approved.pk}/reopen/", {"reason": "why"})
    assert b"Have it returned first" in refused.content
    Reading.objects.update(state="received")
    told = owner.post(f"/api/v1/answers/{approved.pk}/approve", {}, content_type="application/json")
    assert told.status_code == 409 and "Have it returned first" in told.content.decode()
    many = owner.post("/answers/approve/", {"answer": [approved.pk], "sure": "flagged"}, follow=True)
    assert b"1 was left because its office has sent its answer" in many.content
    assert states() == {approved.pk: "received"}


def test_a_part_that_is_not_complete_any_more_is_neither_approved_nor_accepted(
    world, form, teacher, asked, part, approved
):
    Expected.objects.filter(pk=asked["0102"].pk).delete()
    Call.objects.filter(pk=part.call_id).update(asker="forms")
    part = Assignment.objects.get(pk=part.pk)
    duties.acknowledge(world.actor("owner"), part)
    duties.submit(world.actor("owner"), part)
    Expected.objects.filter(pk=asked["0101"].pk).update(state="received")
    with pytest.raises(Invalid, match="not complete any more"):
        duties.accept(world.actor("caller"), part)
    Expected.objects.filter(pk=asked["0101"].pk).update(state="approved")
    assert duties.accept(world.actor("caller"), part).state == "accepted"


def test_a_late_answer_does_not_undo_what_was_accepted_without_it(world, form, teacher, asked, part):
    waive_expected(world.actor("owner"), [asked["0101"]], reason="The road is cut")
    part_stands_at(part, "accepted")
    late = send(world, form, position=teacher, village="0101", people="5")
    assert read_submission(late).state == "received"
    row = Expected.objects.get(pk=asked["0101"].pk)
    assert (row.state, row.reason, row.received_at) == ("waived", "The road is cut", None)
    part_stands_at(part, "returned")
    expect_again(world.actor("owner"), [row])
    row.refresh_from_db()
    assert (row.state, row.received_at) == ("received", late.received_at)
    assert operations.approve(world.actor("owner"), late).state == "approved"


# ---- one answer for two rounds -----------------------------------------------------------------------------------


@pytest.fixture
def also(world, form, asked):
    """The row of a second round that is answered with the first district's of the first."""
    return expect(world, issued_round(world, form), form, "0101", given_in=asked["0101"])


def test_what_another_round_was_accepted_without_stays_waived_when_the_answer_comes(world, form, asked, also):
    waive_expected(world.actor("owner"), [also], reason="Nobody there")
    part_stands_at(also.assignment, "accepted")
    read_submission(send(world, form, village="0101", people="3"))
    rows = [Expected.objects.get(pk=row.pk) for row in (asked["0101"], also)]
    assert [row.state for row in rows] == ["received", "waived"] and rows[1].received_at is None


@pytest.mark.parametrize("state", ["submitted", "accepted"])
def test_what_another_round_was_handed_in_with_stays_as_it_was_approved(
    world, form, teacher, asked, also, approved, state
):
    part_stands_at(also.assignment, state)
    with pytest.raises(Conflict, match="has sent its answer"):
        operations.reopen(world.actor("owner"), approved, reason="Wrong")
    second = by_phone(world, form, teacher, approved, village="0101", people="170")
    assert states() == {approved.pk: "approved", second.pk: "double"}
    also.refresh_from_db()
    assert also.state == "approved"
    part_stands_at(also.assignment, "returned")
    assert operations.reopen(world.actor("owner"), approved, reason="Wrong").state == "received"


# ---- one's own answer ----------------------------------------------------------------------------------------------


@pytest.fixture
def own(world, form, asked):
    """An answer that the owner typed in from paper."""
    found = send(world, form, village="0101", people="120", channel="paper", person_id=world.person("owner").pk)
    read_submission(found)
    return found


def test_whoever_typed_an_answer_in_does_not_approve_it(world, visit, own):
    with pytest.raises(NotPermitted, match="You gave this answer yourself"):
        operations.approve(world.actor("owner"), own)
    owner = visit("owner")
    page = owner.get(f"/answers/{own.pk}/").content.decode()
    assert "You gave this answer yourself" in page
    assert 'data-step="approve"' not in page and 'data-step="return"' in page
    told = owner.post(f"/api/v1/answers/{own.pk}/approve", {}, content_type="application/json")
    assert told.status_code == 403 and "You gave this answer yourself" in told.content.decode()
    assert owner.post(f"/answers/{own.pk}/approve/", {"note": ""}).status_code == 403
    many = owner.post("/answers/approve/", {"answer": [own.pk], "sure": "flagged"}, follow=True)
    assert b"1 was left because you gave it yourself" in many.content
    assert states() == {own.pk: "received"}
    operations.approve(world.actor("head"), own)
    assert states() == {own.pk: "approved"}


def test_of_many_those_of_others_are_approved(world, form, teacher, own):
    other = send(world, form, position=teacher, village="0102", people="5")
    read_submission(other)
    done = operations.approve_many(world.actor("owner"), [own.pk, other.pk], flagged=True)
    assert (done.approved, done.own, done.handed_in) == (1, 1, 0)
    assert states() == {own.pk: "received", other.pk: "approved"}


def test_where_the_round_says_why_a_post_checks_its_own_work_it_may(world, part, own):
    Assignment.objects.filter(pk=part.pk).update(self_checked=True)
    assert operations.approve(world.actor("owner"), own).state == "approved"


def test_an_answer_of_a_phone_that_nobody_is_named_for_is_nobodys_own(world, answer):
    assert Person.objects.filter(email="teacher@example.org").exists() and answer.person_id is None
    assert operations.approve(world.actor("owner"), answer).state == "approved"


def test_by_a_key_of_the_post_it_is_not_approved_either(world, form, asked, part):
    post = world.position("HEALTH-P01-data")
    found = send(world, form, position=post, village="0101", people="120", channel="paper", person_id=world.person("owner").pk)  # fmt: skip
    read_submission(found)
    _row, secret = make_token(world.actor("owner"), post, name="Script", verbs=["collection.review"], days=1)
    key = Client(headers={"authorization": f"Bearer {secret}", "accept-language": "en"})
    refused = key.post(f"/api/v1/answers/{found.pk}/approve", {}, content_type="application/json")
    assert refused.status_code == 403 and "You gave this answer yourself" in refused.content.decode()
    Assignment.objects.filter(pk=part.pk).update(self_checked=True)
    done = key.post(f"/api/v1/answers/{found.pk}/approve", {}, content_type="application/json")
    assert done.status_code == 200 and states() == {found.pk: "approved"}
