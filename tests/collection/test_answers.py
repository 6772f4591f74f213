"""Checking answers: approve, return with reasons beside questions, set aside, open again, take the double; who may."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from sala.collection.models import AnswerStep, Reading
from sala.collection.operations import answers as operations
from sala.collection.operations.reading import read_submission
from sala.collection.states import MOVES, STANDING
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.journal.models import Event
from sala.people.models import Message, Person
from sala.people.queries import actor_for
from tests.collection.answering import part_stands_at, send

pytestmark = pytest.mark.django_db


def test_an_approved_answer_says_who_approved_it_and_when(world, answer, asked):
    reading = operations.approve(world.actor("owner"), answer, note="Compared with the list")
    asked["0101"].refresh_from_db()
    assert (reading.state, reading.settled_at is not None, asked["0101"].state) == ("approved", True, "approved")
    step = AnswerStep.objects.get(submission=answer)
    assert (step.before, step.step, step.after, step.note) == (
        "received",
        "approve",
        "approved",
        "Compared with the list",
    )
    assert step.position.code == "HEALTH-P01-data"
    assert Event.objects.filter(subject_type="answer", subject_id=answer.pk, text__contains="answer approved").exists()


def test_only_the_office_that_gathers_it_checks_it(world, answer):
    for who in ("stranger", "colleague", "public"):
        with pytest.raises(Exception) as refused:
            operations.approve(world.actor(who), answer)
        assert refused.type.__name__ in ("NotPermitted", "SignInNeeded")
    with pytest.raises(NotPermitted):
        operations.approve(actor_for(Person.objects.get(email="teacher@example.org")), answer)
    assert Reading.objects.get(pk=answer.pk).state == "received" and not AnswerStep.objects.exists()


def test_a_return_names_the_questions_and_tells_the_sender_in_lao(world, answer, asked):
    remarks = [{"path": "/data/people", "label": "ຈຳນວນຄົນ", "reason": "ໜ້ອຍກວ່າປີກາຍ 50 ຄົນ"}]
    operations.return_(world.actor("owner"), answer, reason="", remarks=remarks)
    asked["0101"].refresh_from_db()
    assert (Reading.objects.get(pk=answer.pk).state, asked["0101"].state) == ("returned", "returned")
    message = Message.objects.get(person__email="teacher@example.org")
    assert (
        message.language == "lo"
        and "ຈຳນວນຄົນ: ໜ້ອຍກວ່າປີກາຍ 50 ຄົນ" in message.body
        and f"/answers/{answer.pk}/" in message.body
    )
    with pytest.raises(Conflict):
        operations.return_(world.actor("owner"), answer, reason="again")


def test_a_return_without_a_reason_is_refused(world, answer):
    with pytest.raises(Invalid):
        operations.return_(world.actor("owner"), answer, reason="  ")
    assert Reading.objects.get(pk=answer.pk).state == "received"


def test_the_correction_comes_back_to_be_checked_and_both_stay_readable(world, form, answer, asked, teacher):
    operations.return_(world.actor("owner"), answer, reason="Count again")
    second = send(world, form, position=teacher, deprecated=answer, village="0101", people="170")
    read_submission(second)
    asked["0101"].refresh_from_db()
    states = dict(Reading.objects.values_list("submission", "state"))
    assert states == {answer.pk: "replaced", second.pk: "received"} and asked["0101"].state == "received"
    with pytest.raises(Conflict):
        operations.approve(world.actor("owner"), answer)
    operations.approve(world.actor("owner"), second)


def test_those_who_sent_and_those_who_check_comment_and_others_do_not(world, answer, teacher):
    sender = actor_for(Person.objects.get(email="teacher@example.org"))
    operations.comment(sender, answer, note="The well is dry")
    operations.comment(world.actor("owner"), answer, note="Since when?")
    assert list(AnswerStep.objects.values_list("note", "after")) == [
        ("The well is dry", "received"),
        ("Since when?", "received"),
    ]
    told = Message.objects.filter(subject_type="answer", wave__startswith="comment").order_by("pk")
    assert list(told.values_list("person__email", flat=True)) == ["owner@example.org", "teacher@example.org"]
    with pytest.raises(NotPermitted):
        operations.comment(world.actor("stranger"), answer, note="Hello")


def test_what_is_set_aside_frees_the_row_and_can_come_back(world, answer, asked):
    operations.set_aside(world.actor("owner"), answer, reason="A trial")
    asked["0101"].refresh_from_db()
    assert (asked["0101"].state, asked["0101"].received_at) == ("waiting", None)
    operations.reopen(world.actor("owner"), answer, reason="No, it was real")
    asked["0101"].refresh_from_db()
    assert (asked["0101"].state, asked["0101"].received_at) == ("received", answer.received_at)


def test_what_is_set_aside_does_not_come_back_beside_another(world, form, answer, asked, teacher):
    operations.set_aside(world.actor("owner"), answer, reason="A trial")
    read_submission(send(world, form, position=teacher, village="0101", people="7"))
    with pytest.raises(Conflict):
        operations.reopen(world.actor("owner"), answer, reason="No")


def test_the_double_is_taken_instead_and_the_other_is_kept_as_replaced(world, form, answer, asked, teacher):
    double = send(world, form, position=teacher, village="0101", people="7")
    assert read_submission(double).state == "double"
    operations.take(world.actor("owner"), double, reason="The later one is right")
    assert dict(Reading.objects.values_list("submission", "state")) == {answer.pk: "replaced", double.pk: "received"}
    with pytest.raises(Conflict):
        operations.take(world.actor("owner"), answer)


def test_many_are_approved_at_once_and_those_with_something_to_look_at_are_left(world, form, asked, teacher):
    clear = send(world, form, position=teacher, village="0101", people="1")
    flagged = send(world, form, position=teacher, village="0102", people="many")
    for each in (clear, flagged):
        read_submission(each)
    Reading.objects.filter(pk=clear.pk).update(flags=[])
    done = operations.approve_many(world.actor("owner"), [clear.pk, flagged.pk])
    assert (done.approved, done.flagged, done.settled) == (1, 1, 0)
    asked["0101"].refresh_from_db()
    assert asked["0101"].state == "approved" and AnswerStep.objects.get().submission == clear
    done = operations.approve_many(world.actor("owner"), [clear.pk, flagged.pk], flagged=True)
    assert (done.approved, done.flagged, done.settled) == (1, 0, 1)
    assert Event.objects.filter(subject_type="answer", text__contains="answer approved").count() == 2


def test_none_of_many_is_approved_when_one_is_of_another_office(world, form, asked, teacher, answer):
    other = send(world, form, position=teacher, village="9999", people="1")
    reading = read_submission(other)
    reading.office = world.organisation("LAND-P02")
    reading.save()
    with pytest.raises(NotPermitted):
        operations.approve_many(world.actor("owner"), [answer.pk, other.pk])
    assert set(Reading.objects.values_list("state", flat=True)) == {"received"}


# state → step → state, written down by hand
TABLE = {
    "received": {"approve": "approved", "return": "returned", "aside": "aside"},
    "returned": {"approve": "approved", "aside": "aside"},
    "approved": {"reopen": "received"},
    "aside": {"reopen": "received"},
    "double": {"aside": "aside", "take": "received"},
    "replaced": {},
}  # fmt: skip
TAKE = {
    "approve": lambda actor, row: operations.approve(actor, row),
    "return": lambda actor, row: operations.return_(actor, row, reason="reason"),
    "aside": lambda actor, row: operations.set_aside(actor, row, reason="reason"),
    "reopen": lambda actor, row: operations.reopen(actor, row, reason="reason"),
    "take": lambda actor, row: operations.take(actor, row, reason="reason"),
}


def test_the_table_of_moves_is_the_one_written_down_here():
    by_hand = {step: ({state for state, steps in TABLE.items() if step in steps}, {steps[step] for steps in TABLE.values() if step in steps}) for step in TAKE}  # fmt: skip
    assert by_hand == {step: (set(MOVES[step][0]), {MOVES[step][1]}) for step in TAKE}


HANDED_IN = ("submitted", "accepted", "lapsed")
OF_THE_PART = ("approve", "aside", "reopen", "take")


def test_random_walks_over_answers_about_the_same_keep_to_the_table(world, form, asked, teacher):
    """Two answers, corrections of them from a phone, and a part of the round that is handed in and returned."""
    first = send(world, form, position=teacher, village="0101", people="1")
    second = send(world, form, position=teacher, village="0101", people="2")
    read_submission(first)
    read_submission(second)
    row, start = asked["0101"], transaction.savepoint()
    owner, stranger = world.actor("owner"), world.actor("stranger")

    class Walk(RuleBasedStateMachine):
        @initialize()
        def begin(self):
            transaction.savepoint_rollback(start)
            self.answers = [first, second]
            self.states = {first.pk: "received", second.pk: "double"}
            self.steps = 0
            self.part = "issued"

        @rule(state=st.sampled_from(["issued", "returned", *HANDED_IN]))
        def hand_in(self, state):
            part_stands_at(row.assignment, state)
            self.part = state

        @rule(number=st.integers(0, 9))
        def correct(self, number):
            """What the correction does to the others, written down by hand."""
            corrected = self.answers[number % len(self.answers)]
            before, handed_in = self.states[corrected.pk], self.part in HANDED_IN
            kept = before == "replaced" or (before == "approved" and handed_in)
            replaced = {corrected.pk} if not kept and before != "aside" else set()
            replaced |= {pk for pk, state in self.states.items() if state == "returned"}
            found = send(world, form, position=teacher, deprecated=corrected, village="0101", people="3")
            read_submission(found)
            self.states |= dict.fromkeys(replaced, "replaced")
            self.steps += len(replaced)
            beside = any(state in STANDING for state in self.states.values())
            self.states[found.pk] = "double" if kept or beside else "received"
            self.answers.append(found)

        @rule(step=st.sampled_from(sorted(TAKE)), number=st.integers(0, 9), allowed=st.booleans())
        def take(self, step, number, allowed):
            answer = self.answers[number % len(self.answers)]
            before = self.states[answer.pk]
            after = TABLE[before].get(step)
            if not allowed:
                with transaction.atomic(), pytest.raises(NotPermitted):
                    TAKE[step](stranger, answer)
                return
            standing = [pk for pk, state in self.states.items() if state in STANDING and pk != answer.pk]
            held = self.part in HANDED_IN and step in OF_THE_PART and (step, self.part) != ("approve", "lapsed")
            if held or after is None or (step == "reopen" and before == "aside" and standing):
                with pytest.raises(Conflict), transaction.atomic():
                    TAKE[step](owner, answer)
                return
            TAKE[step](owner, answer)
            self.states[answer.pk] = after
            self.steps += 1
            if step == "take" and standing:
                self.states[standing[0]] = "replaced"
                self.steps += 1

        @invariant()
        def what_is_kept_agrees(self):
            if not hasattr(self, "states"):
                return
            assert dict(Reading.objects.values_list("submission", "state")) == self.states
            standing = [state for state in self.states.values() if state in STANDING]
            row.refresh_from_db()
            assert len(standing) <= 1 and row.state == (standing[0] if standing else "waiting")
            assert AnswerStep.objects.count() == self.steps

        @invariant()
        def only_whoever_checks_takes_the_place_of_what_was_approved_and_handed_in(self):
            if hasattr(self, "states") and self.part in HANDED_IN:
                for pk in getattr(self, "approved", set()):
                    assert self.states[pk] == "approved"
                self.approved = {pk for pk, state in self.states.items() if state == "approved"}
            else:
                self.approved = set()

    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=20, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
