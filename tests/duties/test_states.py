"""Random walks over the steps agree with a table written down here by hand, whoever takes them."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from sala.core.errors import Conflict, NotPermitted
from sala.duties import operations
from sala.duties.states import TRANSITIONS, State, Step, transition

pytestmark = pytest.mark.django_db

# state → step → next state, and who of the cast may take the step when the caller's post issued the call
TABLE = {
    "issued": {"acknowledge": "acknowledged", "withdraw": "withdrawn"},
    "acknowledged": {"start": "in_progress", "submit": "submitted", "withdraw": "withdrawn"},
    "in_progress": {"submit": "submitted", "withdraw": "withdrawn"},
    "submitted": {"remark": "submitted", "return": "returned", "accept": "accepted", "withdraw": "withdrawn"},
    "returned": {"start": "in_progress", "submit": "submitted", "withdraw": "withdrawn"},
    "accepted": {},
    "withdrawn": {},
}
MAY = {
    "acknowledge": {"owner", "head"}, "start": {"owner", "head"}, "submit": {"owner"}, "remark": {"caller"},
    "return": {"caller"}, "accept": {"caller"}, "withdraw": {"caller"},
}  # fmt: skip
TAKE = {
    "acknowledge": lambda actor, row: operations.acknowledge(actor, row),
    "start": lambda actor, row: operations.start(actor, row),
    "submit": lambda actor, row: operations.submit(actor, row, answer="answer"),
    "remark": lambda actor, row: operations.remark(actor, row, note="remark"),
    "return": lambda actor, row: operations.return_(actor, row, reason="reason"),
    "accept": lambda actor, row: operations.accept(actor, row),
    "withdraw": lambda actor, row: operations.withdraw_call(actor, row.call, reason="reason"),
}


def test_the_table_in_the_program_is_the_one_written_here():
    said = {
        (str(move.before), str(move.step)): str(move.after) for move in TRANSITIONS if move.before != State.DRAFT
    }  # fmt: skip
    assert said == {(before, step): after for before, steps in TABLE.items() for step, after in steps.items()}
    assert transition(State.DRAFT, Step.ISSUE).after == State.ISSUED
    assert transition(State.ACCEPTED, Step.SUBMIT) is None


def test_any_walk_ends_where_the_table_says(world, issued):
    actors = {who: world.actor(who) for who in ("owner", "head", "caller", "stranger")}
    reached = set()

    class Walk(RuleBasedStateMachine):
        @initialize()
        def begin(self):
            self.block = transaction.atomic()
            self.block.__enter__()
            self.row = issued()
            self.state, self.written = "issued", 1

        @rule(data=st.data())
        def go_on(self, data):
            allowed = sorted(set(TABLE[self.state]) - {"withdraw"})
            if allowed:
                step = data.draw(st.sampled_from(allowed))
                self.take(data.draw(st.sampled_from(sorted(MAY[step]))), step)

        @rule(who=st.sampled_from(sorted(actors)), step=st.sampled_from(sorted(TAKE)))
        def try_anything(self, who, step):
            self.take(who, step)

        def take(self, who, step):
            after = TABLE[self.state].get(step)
            try:
                TAKE[step](actors[who], self.row)
            except NotPermitted:
                assert who not in MAY[step]
            except Conflict:
                assert who in MAY[step] and after is None
            else:
                assert who in MAY[step] and after is not None
                self.state, self.written = after, self.written + 1
                reached.add(after)

        @invariant()
        def the_row_agrees(self):
            self.row.refresh_from_db()
            assert self.row.state == self.state
            assert self.row.steps.count() == self.written
            assert self.row.returns <= self.row.submissions
            assert self.row.call.state in {
                "accepted": ("closed",), "withdrawn": ("withdrawn",)
            }.get(self.state, ("issued",))  # fmt: skip

        def teardown(self):
            if hasattr(self, "block"):
                transaction.set_rollback(True)
                self.block.__exit__(None, None, None)

    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=15, stateful_step_count=15, derandomize=True, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    assert reached == set(TABLE) - {"issued"}
