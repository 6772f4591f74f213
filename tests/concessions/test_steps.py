"""The procedure: which step may follow, which paper it needs, and what it changes."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from sala.concessions import operations
from sala.concessions.models import ApprovalStep, Concession, ConcessionState
from sala.concessions.states import ENDED, MOVES, Step, steps_from
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.models import Term

pytestmark = pytest.mark.django_db
STEPS = list(MOVES)
DECIDED = {"decided_on": date(2021, 5, 1), "body_name": "Governor"}


def walk(cast, made, with_paper, *steps):
    for step in steps:
        if MOVES[step].needs:
            with_paper(made, MOVES[step].needs[0])
        operations.take_step(cast.actor("province"), made, step, **DECIDED)
    made.refresh_from_db()


def test_from_request_to_work_with_a_paper_at_each_step(cast, concession, with_paper):
    made = concession()
    walk(cast, made, with_paper, "screen", "ask", "agree_study", "survey", "negotiate", "sign", "register", "begin")
    assert made.state == ConcessionState.IMPLEMENTING
    assert [row.to_state for row in made.steps.all()][-3:] == ["signed", "registered", "implementing"]
    assert all(row.document_id for row in made.steps.all() if MOVES[row.verb].needs)
    assert made.changes.filter(field="state").count() == 8


def test_a_step_without_its_paper_names_the_one_that_is_missing(cast, concession, with_paper):
    made = concession()
    walk(cast, made, with_paper, "screen")
    with pytest.raises(Invalid) as refused:
        operations.take_step(cast.actor("province"), made, "agree_study", **DECIDED)
    assert str(Term.objects.get(scheme="concession-paper", code="memorandum").name) in str(refused.value)
    made.refresh_from_db()
    assert made.state == "screened" and made.steps.count() == 1


def test_a_paper_of_another_role_or_another_concession_does_not_do(cast, concession, with_paper):
    made, other = concession(), concession("Other")
    walk(cast, made, with_paper, "screen")
    memorandum = with_paper(other, "memorandum")
    map_ = with_paper(made, "map")
    for document in (memorandum, map_):
        with pytest.raises(Invalid, match="needs the paper"):
            operations.take_step(cast.actor("province"), made, "agree_study", document=document, **DECIDED)


def test_a_step_out_of_turn_says_what_may_follow(cast, concession):
    with pytest.raises(Conflict, match="Screened"):
        operations.take_step(cast.actor("province"), concession(), "register", **DECIDED)


def test_a_decision_has_a_day_up_to_today_and_a_body(cast, concession, with_paper):
    made, actor = concession(), cast.actor("province")
    with_paper(made, "agreement")
    for missing, words in (
        ({"decided_on": None}, "day of the decision"), ({"body_name": " "}, "who decided"),
        ({"decided_on": clock.today() + timedelta(days=1)}, "lies ahead"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=words):
            operations.take_step(actor, made, "recognise", **(DECIDED | missing))
    assert operations.take_step(actor, made, "recognise", **DECIDED).to_state == "signed"


def test_the_district_enters_and_the_province_decides(cast, concession):
    made = concession()
    for who in ("district", "company", "inspector", "other_district"):
        with pytest.raises(NotPermitted):
            operations.take_step(cast.actor(who), made, "screen")
    assert not ApprovalStep.objects.exists()


def test_what_ends_a_concession_ends_its_grants(cast, granted, with_paper):
    made = granted()
    with_paper(made, "order", number="12/GOV", issued_on=date(2024, 6, 30))
    operations.take_step(cast.actor("province"), made, "terminate", decided_on=date(2024, 6, 30), body_name="Governor")
    row = made.grants.get()
    assert row.valid.upper == date(2024, 7, 1) and row.ends_on == date(2050, 1, 31)
    made.refresh_from_db()
    assert made.state == "terminated" and steps_from("terminated") == ["return"]


@pytest.mark.parametrize("said", [{}, {"number": "12/GOV"}, {"issued_on": date(2024, 6, 30)}])
def test_a_concession_is_terminated_by_a_numbered_and_dated_decision_only(cast, granted, with_paper, said):
    made = granted()
    with_paper(made, "order", **said)
    with pytest.raises(Invalid) as refused:
        operations.take_step(
            cast.actor("province"), made, "terminate", decided_on=date(2024, 6, 30), body_name="Governor"
        )
    made.refresh_from_db()
    assert (
        "document" in refused.value.fields
        and made.state == "signed"
        and made.grants.get().valid.upper == date(2050, 2, 1)
    )


def test_every_step_leads_on_and_what_has_ended_is_not_taken_up_again():
    assert {move.ends for move in MOVES.values()} | {"proposed", "request"} == set(ConcessionState.values)
    assert all(set(steps_from(state)) <= {Step.RETURN} for state in ENDED)


def test_whatever_is_tried_the_state_follows_the_table(cast, concession, with_paper):
    """Any order of steps, with and without papers: the state is where the last step led, and no step is lost or doubled."""

    class Procedure(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.made = concession("Machine")
            self.state, self.taken, self.papers = "request", [], set()

        @rule(step=st.sampled_from(STEPS))
        def add_a_paper(self, step):
            for role in MOVES[step].needs[:1]:
                if role not in self.papers:
                    with_paper(self.made, role, number=f"{role}/1", issued_on=date(2020, 1, 1))
                    self.papers.add(role)

        @rule(step=st.sampled_from(STEPS))
        def try_any(self, step):
            self.attempt(step)

        @precondition(lambda self: steps_from(self.state))
        @rule(data=st.data())
        def take_one_that_may_follow(self, data):
            self.attempt(data.draw(st.sampled_from(steps_from(self.state))))

        def attempt(self, step):
            move = MOVES[step]
            may = self.state in move.begins
            ready = not move.needs or bool(self.papers & set(move.needs))
            try:
                operations.take_step(cast.actor("province"), self.made, step, **DECIDED)
            except Conflict:
                assert not may
            except Invalid:
                assert may and not ready
            else:
                assert may and ready
                self.state = move.ends
                self.taken.append(step)

        @invariant()
        def state_is_where_the_last_step_led(self):
            assert Concession.objects.get(pk=self.made.pk).state == self.state
            assert list(self.made.steps.values_list("verb", flat=True)) == self.taken

    run_state_machine_as_test(
        Procedure,
        settings=settings(
            max_examples=15, stateful_step_count=14, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )  # fmt: skip
