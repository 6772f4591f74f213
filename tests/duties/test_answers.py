"""Progress, "not available", more time: what an office may say when it cannot simply answer."""

from datetime import timedelta

import pytest

from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.duties import operations
from sala.people.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(world, issued):
    assignment = issued()
    return operations.acknowledge(world.actor("owner"), assignment)


def test_not_available_says_why_and_when_and_the_caller_takes_note(world, begun):
    with pytest.raises(Invalid):
        operations.declare_not_available(world.actor("owner"), begun, reason="")
    with pytest.raises(Invalid) as refused:
        operations.declare_not_available(world.actor("owner"), begun, reason="Late survey", next_on=clock.today())
    assert "next_on" in refused.value.fields
    later = clock.today() + timedelta(days=90)
    row = operations.declare_not_available(world.actor("owner"), begun, reason="Late survey", next_on=later)
    assert (row.state, row.next_on, row.waits_for.code) == ("not_available", later, "STAT-calls")
    row = operations.waive(world.actor("caller"), row, reason="Will be asked next year")
    row.call.refresh_from_db()
    assert row.state == "waived" and row.call.state == "closed"
    assert (row.call.statistics["waived"], row.call.statistics["received"]) == (1, 0)


def test_what_was_not_available_can_still_be_given(world, begun):
    row = operations.declare_not_available(world.actor("owner"), begun, reason="Late survey")
    row = operations.submit(world.actor("owner"), row, answer="124 after all")
    assert row.state == "submitted" and row.next_on is None and row.submissions == 2


def test_progress_is_reported_with_proofs_and_changes_no_due_date(world, begun):
    proof = world.organisation("HEALTH-P01")
    row = operations.progress(world.actor("owner"), begun, note="Half of the districts", evidence=[proof])
    assert row.state == "in_progress"
    operations.progress(world.actor("owner"), row, note="All but one")
    assert [step.note for step in row.steps.filter(step="progress")] == ["Half of the districts", "All but one"]
    with pytest.raises(NotPermitted):
        operations.progress(world.actor("caller"), row, note="mine")


def test_more_time_is_asked_once_decided_and_moves_the_due_date(world, begun):
    until = begun.due_on + timedelta(days=14)
    with pytest.raises(NotPermitted):
        operations.ask_extension(world.actor("caller"), begun, until=until, reason="No")
    with pytest.raises(Invalid):
        operations.ask_extension(world.actor("owner"), begun, until=begun.due_on, reason="Flood")
    asked = operations.ask_extension(world.actor("owner"), begun, until=until, reason="Flood in two districts")
    with pytest.raises(Conflict):
        operations.ask_extension(world.actor("owner"), begun, until=until, reason="Again")
    assert Message.objects.filter(person=world.person("caller"), wave=f"extension-{asked.pk}").exists()
    with pytest.raises(NotPermitted):
        operations.decide_extension(world.actor("owner"), asked, granted=True)
    earlier = begun.due_on + timedelta(days=7)
    operations.decide_extension(world.actor("caller"), asked, granted=True, until=earlier, answer="A week")
    begun.refresh_from_db()
    assert begun.due_on == earlier
    with pytest.raises(Conflict):
        operations.decide_extension(world.actor("caller"), asked, granted=False, answer="No")


def test_a_refusal_needs_its_reason_and_leaves_the_date(world, begun):
    due = begun.due_on
    asked = operations.ask_extension(world.actor("owner"), begun, until=due + timedelta(days=14), reason="Flood")
    with pytest.raises(Invalid):
        operations.decide_extension(world.actor("caller"), asked, granted=False)
    operations.decide_extension(world.actor("caller"), asked, granted=False, answer="The report goes to print")
    begun.refresh_from_db()
    assert begun.due_on == due
    told = Message.objects.get(wave=f"extension-{asked.pk}-decided")
    assert told.person == world.person("owner") and "goes to print" in told.body


def test_more_time_asked_waits_on_the_desk_of_the_caller(world, visit, begun):
    operations.ask_extension(world.actor("owner"), begun, until=begun.due_on + timedelta(days=14), reason="Flood")
    page = visit("caller").get("/desk/").content.decode()
    assert 'id="decide"' in page and "Flood" in page
    assert 'id="decide"' not in visit("owner").get("/desk/").content.decode()
