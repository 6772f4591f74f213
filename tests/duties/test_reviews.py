"""Answers are reviewed level by level; an answer that sums up others names the gaps it was approved with."""

import pytest

from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.duties import operations
from sala.duties.models import Assignment, Review
from sala.journal.models import Event
from sala.people.models import Message

pytestmark = pytest.mark.django_db
TWO_LEVELS = [{"up": 0, "post": "data_review"}, {"up": 1, "post": "head"}]


@pytest.fixture
def head_of_ministry(world):
    from django.db.backends.postgresql.psycopg_any import DateRange

    from sala.core import clock
    from sala.people.models import Appointment, Person
    from sala.people.queries import actor_for

    person = Person.objects.create(name="Test minister", email="minister@example.org", language="en")
    Appointment.objects.create(
        position=world.position("HEALTH-head"),
        person=person,
        valid=DateRange(clock.today().replace(month=1, day=1), None),
    )
    return actor_for(person)


def test_an_answer_passes_the_levels_in_order_and_each_next_post_is_told(world, submitted, head_of_ministry):
    assignment = submitted(review_plan=TWO_LEVELS)
    assert list(assignment.reviews.values_list("level", "position__code")) == [
        (1, "HEALTH-P01-data_review"), (2, "HEALTH-head"),
    ]  # fmt: skip
    assert assignment.waits_for == world.position("HEALTH-P01-data_review")
    with pytest.raises(NotPermitted):
        operations.approve(world.actor("owner"), assignment)
    assignment = operations.approve(world.actor("reviewer"), assignment, note="Complete")
    assert (assignment.state, assignment.level, assignment.waits_for) == ("approved", 1, world.position("HEALTH-head"))
    assert Message.objects.filter(wave="approve-1-1", person__email="minister@example.org").exists()
    with pytest.raises(NotPermitted):
        operations.approve(world.actor("reviewer"), assignment)
    with pytest.raises(Conflict):
        operations.accept(world.actor("caller"), assignment)
    assignment = operations.approve(head_of_ministry, assignment)
    assert assignment.waits_for == world.position("STAT-calls")
    assert operations.accept(world.actor("caller"), assignment).state == "accepted"


def test_a_level_takes_its_approval_back_only_while_no_later_one_stands(world, submitted, head_of_ministry):
    assignment = submitted(review_plan=TWO_LEVELS)
    operations.approve(world.actor("reviewer"), assignment)
    assignment = operations.unapprove(world.actor("reviewer"), assignment, reason="A district is double")
    assert (assignment.state, assignment.level) == ("submitted", 0)
    operations.approve(world.actor("reviewer"), assignment)
    operations.approve(head_of_ministry, assignment)
    with pytest.raises(NotPermitted):
        operations.unapprove(world.actor("reviewer"), assignment, reason="Too late")
    assignment = operations.unapprove(head_of_ministry, assignment, reason="Not yet")
    assert (assignment.state, assignment.level) == ("approved", 1)


def test_a_return_from_any_level_goes_to_the_post_asked_and_undoes_the_approvals(world, submitted, head_of_ministry):
    assignment = submitted(review_plan=TWO_LEVELS)
    operations.approve(world.actor("reviewer"), assignment)
    remarks = [{"item": "b", "label": "Births", "reason": "Larger than last year's by ten times"}]
    assignment = operations.return_(head_of_ministry, assignment, reason="", remarks=remarks)
    assert (assignment.state, assignment.level, assignment.waits_for.code) == ("returned", 0, "HEALTH-P01-data")
    assert assignment.steps.last().remarks == remarks
    assignment = operations.submit(world.actor("owner"), assignment, answer="Corrected")
    assert assignment.waits_for.code == "HEALTH-P01-data_review" and assignment.submissions == 2


def test_a_return_without_any_reason_is_refused(world, submitted):
    assignment = submitted()
    with pytest.raises(Invalid):
        operations.return_(world.actor("caller"), assignment, reason=" ", remarks=[{"item": "b", "reason": ""}])
    assignment.refresh_from_db()
    assert assignment.state == "submitted"


def test_a_review_plan_that_leads_to_no_post_is_told_before_the_call_is_issued(world, drafted):
    call = drafted(review_plan=[{"up": 0, "post": "registrar"}])
    with pytest.raises(Invalid) as refused:
        operations.issue_call(world.actor("caller"), call)
    assert "HEALTH-P01-registrar" in refused.value.fields["review_plan"][0]
    assert not Review.objects.exists()


@pytest.fixture
def family(world, drafted):
    """A province's assignment with those of its two districts below it, each submitted; the head of the office checks the districts."""

    def make(districts=("HEALTH-D0101-data", "HEALTH-D0102-data")):
        province, head = world.position("HEALTH-P01-data"), world.position("HEALTH-P01-head")
        asked = [operations.Asked(province)]
        asked += [operations.Asked(world.position(code), checker=head, above=province) for code in districts]
        call = drafted(asked=asked)
        operations.issue_call(world.actor("caller"), call)
        rows = {row.position.code: row for row in Assignment.objects.filter(call=call).select_related("position")}
        for row in rows.values():
            operations.acknowledge(world.actor("command"), row)
            operations.submit(world.actor("command"), row, answer="counted")
        return rows

    return make


def test_the_answer_above_waits_for_those_below_or_names_each_gap(world, family):
    rows = family()
    above, one, other = (rows[code] for code in ("HEALTH-P01-data", "HEALTH-D0101-data", "HEALTH-D0102-data"))
    operations.accept(world.actor("head"), one)
    with pytest.raises(Invalid) as refused:
        operations.accept(world.actor("caller"), above)
    assert f"gap_{other.pk}" in refused.value.fields and "1 answer below" in str(refused.value)
    above = operations.accept(world.actor("caller"), above, gaps={other.pk: "Flooded, comes in May"})
    assert (above.state, above.expected, above.covered) == ("accepted", 2, 1)
    assert above.waivers.get().child == other and above.waivers.get().reason == "Flooded, comes in May"
    event = Event.objects.filter(subject_type="assignment", subject_id=above.pk).latest("id").content()
    assert (event["expected"], event["covered"], event["gaps"]) == (2, 1, [other.pk])


def test_an_answer_below_is_not_opened_again_once_the_one_above_stands(world, family):
    rows = family()
    one, other = rows["HEALTH-D0101-data"], rows["HEALTH-D0102-data"]
    for row in (one, other):
        operations.accept(world.actor("head"), row)
    row = operations.reopen(world.actor("head"), other, reason="A mistake in the sum")
    assert row.state == "returned"
    operations.submit(world.actor("command"), row, answer="again")
    operations.accept(world.actor("head"), row)
    above = operations.accept(world.actor("caller"), rows["HEALTH-P01-data"])
    assert (above.expected, above.covered) == (2, 2)
    with pytest.raises(Conflict):
        operations.reopen(world.actor("head"), one, reason="Again")


def test_a_waived_answer_below_counts_as_a_named_gap_and_not_as_covered(world, family):
    rows = family()
    operations.accept(world.actor("head"), rows["HEALTH-D0101-data"])
    operations.return_(world.actor("head"), rows["HEALTH-D0102-data"], reason="Nothing in it")
    waived = operations.waive(world.actor("head"), rows["HEALTH-D0102-data"], reason="The office burnt down")
    assert waived.state == "waived" and waived.waits_for is None
    above = operations.accept(world.actor("caller"), rows["HEALTH-P01-data"])
    assert (above.expected, above.covered) == (2, 1)


def test_nobody_checks_their_own_answer_unless_the_call_says_why(world, drafted):
    post = world.position("STAT-calls")
    call = drafted(asked=[operations.Asked(world.position("STAT-data"), checker=post)], self_check="One official only")
    assert call.assignments.get().self_checked
    with pytest.raises(Invalid):
        drafted(asked=[operations.Asked(post, checker=post)])
    call = drafted(asked=[operations.Asked(post, checker=post)], self_check="One official only")
    assert call.assignments.get().checker == post
