"""A call that ends: its figures are frozen, what is open is named, and what another call waits for goes on."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.duties import operations
from sala.duties.calculations import OutcomeRow, share, statistics
from sala.duties.models import Assignment, Attachment, Call

pytestmark = pytest.mark.django_db


@pytest.fixture
def of_three(world, drafted):
    """A call to three posts: one accepted, one submitted, one silent."""
    codes = ("HEALTH-P01-data", "HEALTH-P02-data", "LAND-P02-data")
    call = drafted(asked=[operations.Asked(world.position(code)) for code in codes])
    operations.issue_call(world.actor("caller"), call)
    rows = [call.assignments.get(position__code=code) for code in codes]
    for row in rows[:2]:
        operations.acknowledge(world.actor("command"), row)
        operations.submit(world.actor("command"), row, answer="counted")
    operations.accept(world.actor("caller"), rows[0])
    return call


def test_closing_early_needs_a_reason_and_names_what_is_missing(world, of_three):
    with pytest.raises(NotPermitted):
        operations.close_call(world.actor("owner"), of_three, reason="Enough")
    with pytest.raises(Invalid):
        operations.close_call(world.actor("caller"), of_three)
    call = operations.close_call(world.actor("caller"), of_three, reason="The report goes to print")
    assert (call.state, call.statistics["expected"], call.statistics["received"]) == ("closed", 3, 2)
    assert (call.statistics["accepted"], call.statistics["lapsed"]) == (1, 2)
    assert sorted(call.assignments.values_list("state", flat=True)) == ["accepted", "lapsed", "lapsed"]
    with pytest.raises(Conflict):
        operations.close_call(world.actor("caller"), call, reason="Again")


def test_frozen_figures_cannot_be_changed_even_by_a_statement(world, of_three):
    call = operations.close_call(world.actor("caller"), of_three, reason="Enough")
    with pytest.raises(ProgrammingError, match="closed_call"), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(statistics={"expected": 1})
    call.refresh_from_db()
    assert call.statistics["expected"] == 3


def test_the_last_answer_closes_the_call(world, submitted):
    row = operations.accept(world.actor("caller"), submitted())
    row.call.refresh_from_db()
    assert row.call.state == "closed"
    assert row.call.statistics == statistics([OutcomeRow("accepted", True, 0)])


def test_withdrawn_and_superseded_answers_are_not_expected():
    rows = [OutcomeRow("accepted", True, 4), OutcomeRow("accepted", False, 30, returns=2), OutcomeRow("lapsed"),
            OutcomeRow("withdrawn", True, 1), OutcomeRow("superseded")]  # fmt: skip
    figures = statistics(rows)
    assert (figures["expected"], figures["received"], figures["in_time"]) == (3, 2, 1)
    assert (figures["first_pass"], figures["returned_once"], figures["median_days"]) == (1, 1, 17.0)
    assert share(figures["in_time"], figures["expected"]) == 1 / 3 and share(0, 0) is None


def test_a_call_that_is_replaced_ends_with_its_open_answers_when_the_new_one_is_issued(world, drafted, of_three):
    new = drafted(replaces=of_three)
    with pytest.raises(Conflict):
        drafted(replaces=of_three)
    of_three.refresh_from_db()
    assert of_three.state == "issued"
    operations.issue_call(world.actor("caller"), new)
    of_three.refresh_from_db()
    assert of_three.state == "superseded"
    assert sorted(of_three.assignments.values_list("state", flat=True)) == ["accepted", "superseded", "superseded"]


def test_only_a_running_call_of_ones_own_organisation_is_replaced(world, drafted, submitted):
    done = operations.accept(world.actor("caller"), submitted()).call
    with pytest.raises(Conflict):
        drafted(replaces=done)
    with pytest.raises(NotPermitted):
        operations.draft_call(
            world.actor("head"),
            issuer=world.position("HEALTH-P01-head"),
            kind="order",
            title={"lo": "ໃໝ່"},
            replaces=done,
        )


def test_an_answer_that_another_call_waits_for_goes_over_to_it(world, drafted, submitted):
    row = submitted()
    other = drafted(position=world.position("LAND-P02-data"), due_on=clock.today() + timedelta(days=40))
    operations.issue_call(world.actor("caller"), other)
    Attachment.objects.create(call=other, assignment=row, wanted_by=other.due_on, made_at=clock.now())
    operations.withdraw_call(world.actor("caller"), row.call, reason="Asked by mistake")
    row = Assignment.objects.get(pk=row.pk)
    assert (row.call, row.state) == (other, "submitted")
    assert row.steps.last().step == "attach"
