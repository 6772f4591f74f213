"""Where papers wait: how long each office took to acknowledge, to answer and to check."""

from datetime import UTC, datetime, timedelta

import pytest

from sala.core import clock
from sala.duties import operations
from sala.duties.operations.reviews import accept, return_
from sala.duties.queries.waits import Move, by_office, waits

ASKED, CHECKS, LEVEL = 1, 2, 3
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def move(day, step, after, by, assignment=1):
    return Move(assignment, START + timedelta(days=day), step, after, ASKED, by)


def test_each_wait_is_that_of_the_office_whose_move_it_was():
    moves = [
        move(0, "issue", "issued", CHECKS), move(2, "acknowledge", "acknowledged", ASKED),
        move(3, "start", "in_progress", ASKED), move(5, "progress", "in_progress", ASKED),
        move(9, "submit", "submitted", ASKED), move(10, "remark", "submitted", CHECKS),
        move(12, "return", "returned", CHECKS), move(13, "submit", "submitted", ASKED), move(14, "accept", "accepted", CHECKS),
    ]  # fmt: skip
    assert [(wait.office, wait.phase, wait.days) for wait in waits(moves)] == [
        (ASKED, "acknowledge", 2), (ASKED, "answer", 7), (CHECKS, "check", 3), (ASKED, "answer", 1), (CHECKS, "check", 1),
    ]  # fmt: skip


def test_each_level_of_review_is_a_wait_of_its_own_office():
    moves = [
        move(0, "submit", "submitted", ASKED), move(4, "approve", "approved", LEVEL), move(5, "accept", "accepted", CHECKS),
    ]  # fmt: skip
    assert [(wait.office, wait.days) for wait in waits(moves)] == [(LEVEL, 4), (CHECKS, 1)]


def test_a_wait_that_still_runs_and_one_of_another_assignment_are_not_mixed_up():
    moves = [move(0, "issue", "issued", CHECKS, 1), move(3, "issue", "issued", CHECKS, 2),
             move(4, "acknowledge", "acknowledged", ASKED, 2)]  # fmt: skip
    assert [wait.days for wait in waits(moves)] == [1]


def test_offices_come_with_their_median_the_longest_first():
    moves = []
    for number, days in enumerate((1, 3, 20), start=1):
        moves += [move(0, "issue", "issued", CHECKS, number), move(days, "acknowledge", "acknowledged", ASKED, number)]
    found = by_office(waits(moves))
    assert [(one.organisation_id, one.phases) for one in found] == [(ASKED, {"acknowledge": (3, 3.0)})]


@pytest.mark.django_db
def test_the_page_shows_what_the_reader_sees_and_nothing_to_the_public(world, visit, issued):
    with clock.fixed(clock.now() - timedelta(days=20)):
        assignment = issued(due_on=clock.today() + timedelta(days=60))
    with clock.fixed(clock.now() - timedelta(days=14)):
        operations.acknowledge(world.actor("owner"), assignment)
    with clock.fixed(clock.now() - timedelta(days=10)):
        operations.submit(world.actor("owner"), assignment, answer="124")
    with clock.fixed(clock.now() - timedelta(days=9)):
        return_(world.actor("caller"), assignment, reason="Mend")
        operations.submit(world.actor("owner"), assignment, answer="125")
    accept(world.actor("caller"), assignment)
    page = visit("caller").get("/where-papers-wait/").content.decode()
    assert "Health Department" in page and "6.0 (1)" in page and "2.0 (2)" in page and "5.0 (2)" in page
    assert "Health Department" not in visit("stranger").get("/where-papers-wait/").content.decode()
    assert visit().get("/where-papers-wait/").status_code == 401
    assert "No paper" in visit("caller").get("/where-papers-wait/?year=2001").content.decode()
