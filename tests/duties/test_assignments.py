"""Each step of an assignment, beside its refusal to the wrong person and in the wrong state."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from sala.access.scope import sees
from sala.core.errors import Conflict, Invalid, Missing, NotPermitted, SignInNeeded
from sala.duties import operations
from sala.duties.models import Assignment, AssignmentStep
from sala.duties.operations.moves import open_steps
from sala.journal.models import Event
from sala.people.models import Appointment, Message

pytestmark = pytest.mark.django_db

NOT_THE_POST_ASKED = ["reviewer", "colleague", "stranger", "records", "citizen"]


def offered(world, who, assignment):
    assignment.refresh_from_db()
    return [str(move.step) for move in open_steps(world.actor(who), assignment)]


def test_the_way_from_issue_to_acceptance_with_a_return_between(world, issued):
    assignment, owner, caller = issued(), world.actor("owner"), world.actor("caller")
    operations.acknowledge(owner, assignment, note="Received")
    operations.start(owner, assignment)
    operations.submit(owner, assignment, answer="first answer", evidence=[world.organisation("HEALTH-P01")])
    operations.remark(caller, assignment, note="One district is missing?")
    operations.return_(caller, assignment, reason="Add the missing district")
    operations.start(owner, assignment)
    operations.submit(owner, assignment, answer="second answer")
    operations.accept(caller, assignment)
    assignment.refresh_from_db()
    assert (assignment.state, assignment.submissions, assignment.returns) == ("accepted", 2, 1)
    assert assignment.answer == "second answer" and assignment.reason == "Add the missing district"
    steps = list(assignment.steps.values_list("step", "after", "note"))
    assert steps == [
        ("issue", "issued", ""), ("acknowledge", "acknowledged", "Received"), ("start", "in_progress", ""),
        ("submit", "submitted", "first answer"), ("remark", "submitted", "One district is missing?"),
        ("return", "returned", "Add the missing district"), ("start", "in_progress", ""),
        ("submit", "submitted", "second answer"), ("accept", "accepted", ""),
    ]  # fmt: skip
    posts = set(assignment.steps.values_list("position__code", flat=True))
    assert posts == {"STAT-calls", "HEALTH-P01-data"}
    assignment.call.refresh_from_db()
    assert assignment.call.state == "closed"


def test_every_step_stands_in_the_journal_without_its_words(world, submitted):
    assignment = submitted()
    events = Event.objects.filter(subject_type="assignment", subject_id=assignment.pk).order_by("id")
    assert [event.verb for event in events] == ["calls.issue", "assignments.acknowledge", "assignments.submit"]
    assert not any("124 births" in event.text for event in events)


@pytest.mark.parametrize("who", [*NOT_THE_POST_ASKED, "caller"])
def test_only_the_post_asked_acknowledges_and_submits(world, issued, who):
    assignment = issued()
    with pytest.raises(NotPermitted):
        operations.acknowledge(world.actor(who), assignment)
    operations.acknowledge(world.actor("owner"), assignment)
    with pytest.raises(NotPermitted):
        operations.submit(world.actor(who), assignment, answer="mine")
    assert offered(world, who, assignment) == (["waive"] if who == "caller" else [])
    assert offered(world, "owner", assignment) == ["submit", "start", "progress", "declare"]


@pytest.mark.parametrize("who", ["owner", "reviewer", "head", "stranger"])
def test_only_the_post_that_checks_returns_and_accepts(world, submitted, who):
    assignment = submitted()
    with pytest.raises(NotPermitted):
        operations.accept(world.actor(who), assignment)
    with pytest.raises(NotPermitted):
        operations.return_(world.actor(who), assignment, reason="No")
    with pytest.raises(NotPermitted):
        operations.remark(world.actor(who), assignment, note="No")
    assert offered(world, who, assignment) == []
    assert offered(world, "caller", assignment) == ["accept", "return", "remark"]


def test_the_validating_post_checks_where_one_is_named(world, submitted):
    assignment = submitted(validating_position=world.position("HEALTH-P01-data_review"))
    operations.return_(world.actor("reviewer"), assignment, reason="Sign it")
    operations.submit(world.actor("owner"), assignment, answer="signed")
    operations.accept(world.actor("reviewer"), assignment)
    assert assignment.steps.last().position == world.position("HEALTH-P01-data_review")


def test_the_public_is_asked_to_sign_in(world, issued):
    with pytest.raises(SignInNeeded):
        operations.acknowledge(world.actor("public"), issued())


def test_the_head_may_acknowledge_for_the_post_but_not_answer(world, issued):
    assignment = issued()
    operations.acknowledge(world.actor("head"), assignment)
    with pytest.raises(NotPermitted):
        operations.submit(world.actor("head"), assignment, answer="mine")


@pytest.mark.parametrize("step", ["start", "submit", "remark", "return_", "accept"])
def test_a_step_out_of_turn_is_refused_and_nothing_changes(world, issued, step):
    assignment = issued()
    words = {"submit": {"answer": "x"}, "remark": {"note": "x"}, "return_": {"reason": "x"}}.get(step, {})
    who = "owner" if step in ("start", "submit") else "caller"
    with pytest.raises(Conflict, match="Issued"):
        getattr(operations, step)(world.actor(who), assignment, **words)
    assignment.refresh_from_db()
    assert assignment.state == "issued" and assignment.steps.count() == 1


def test_acknowledging_twice_is_told_and_written_once(world, issued):
    assignment = issued()
    operations.acknowledge(world.actor("owner"), assignment)
    with pytest.raises(Conflict):
        operations.acknowledge(world.actor("owner"), assignment)
    assert assignment.steps.filter(step="acknowledge").count() == 1


def test_nothing_follows_acceptance(world, submitted):
    assignment = submitted()
    operations.accept(world.actor("caller"), assignment)
    for who, step, words in [
        ("owner", operations.submit, {"answer": "later"}), ("caller", operations.return_, {"reason": "no"}),
        ("caller", operations.accept, {}),
    ]:  # fmt: skip
        with pytest.raises(Conflict):
            step(world.actor(who), assignment, **words)
    with pytest.raises(Conflict):
        operations.withdraw_call(world.actor("caller"), assignment.call, reason="too late")


def test_an_empty_answer_or_reason_is_sent_back(world, issued, submitted):
    waiting = issued()
    operations.acknowledge(world.actor("owner"), waiting)
    with pytest.raises(Invalid) as refused:
        operations.submit(world.actor("owner"), waiting, answer="  ")
    assert "answer" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        operations.return_(world.actor("caller"), submitted(), reason="")
    assert "reason" in refused.value.fields


def test_a_proof_must_be_seen_by_who_gives_it(world, issued, drafted):
    assignment = issued()
    operations.acknowledge(world.actor("owner"), assignment)
    hidden = drafted()  # a draft of another organisation
    with pytest.raises(Missing):
        operations.submit(world.actor("owner"), assignment, answer="x", evidence=[hidden])
    operations.submit(world.actor("owner"), assignment, answer="x", evidence=[assignment.call])
    assert assignment.steps.last().evidence == [{"noun": "call", "id": assignment.call_id}]


def test_nobody_accepts_an_answer_they_gave_themselves(world, submitted):
    assignment = submitted(validating_position=world.position("HEALTH-P01-data_review"))
    Appointment.objects.create(person=world.person("owner"), kind="deputy",
                               position=world.position("HEALTH-P01-data_review"), valid=(date(2020, 1, 1), None))  # fmt: skip
    with pytest.raises(NotPermitted, match="yourself"):
        operations.accept(world.actor("owner"), assignment)
    assert offered(world, "owner", assignment) == ["remark"]


def test_with_two_posts_that_may_the_one_whose_work_it_is_decides(world, issued):
    Appointment.objects.create(person=world.person("owner"), position=world.position("HEALTH-data"),
                               valid=(date(2020, 1, 1), None))  # fmt: skip
    assignment = issued()
    operations.acknowledge(world.actor("owner"), assignment)
    assert assignment.steps.last().position == world.position("HEALTH-P01-data")


def test_the_steps_cannot_be_altered(world, submitted):
    step = submitted().steps.first()
    with pytest.raises(DatabaseError), transaction.atomic():
        AssignmentStep.objects.filter(pk=step.pk).update(note="other words")
    with pytest.raises(DatabaseError), transaction.atomic():
        step.delete()


def test_the_database_refuses_an_assignment_checked_by_the_post_asked(world, issued):
    assignment = issued()
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=assignment.pk).update(validating_position=assignment.position_id)


def test_who_sees_an_assignment(world, submitted):
    assignment = submitted(is_public=True)
    seen = {who: sees(world.actor(who), assignment) for who in ("owner", "colleague", "caller", "stranger", "public")}
    assert seen == {"owner": True, "colleague": True, "caller": True, "stranger": False, "public": False}


def test_each_side_is_told_of_what_the_other_did(world, submitted):
    assignment = submitted()
    operations.return_(world.actor("caller"), assignment, reason="Again")
    waves = {
        (row.wave, row.person.email)
        for row in Message.objects.filter(subject_type="assignment", subject_id=assignment.pk)
    }
    assert waves == {
        ("issue", "owner@example.org"), ("submit-1", "caller@example.org"), ("return-1", "owner@example.org"),
    }  # fmt: skip
