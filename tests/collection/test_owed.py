"""What respondents see and are told: their desk, their calendar, reminders in waves, and programs that ask."""

from datetime import timedelta

import pytest

from sala.collection import operations
from sala.collection.models import Expected
from sala.collection.operations.answer_reminders import remind_respondents
from sala.collection.queries.owed import ONE_BY_ONE, answers_due, desk_rows
from sala.core import clock
from sala.duties import operations as duties
from sala.people.models import Message
from tests.collection.conftest import came, part_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed(world, school_form, school, open_round):
    """owed(count) → answers about so many schools that the records officer gives, of a round due in thirty days."""

    def make(count=2):
        form = school_form()
        for number in range(count):
            school(f"S-{number}")
        part = part_of(open_round(form, posts=("HEALTH-P01-data",)))
        rows = Expected.objects.filter(assignment=part).order_by("id")
        operations.give_to(world.actor("owner"), rows, respondent=world.position("HEALTH-P01-records"))
        return rows

    return make


def test_answers_stand_on_the_desk_of_whoever_gives_them_and_of_nobody_else(world, owed):
    rows = owed()
    found = desk_rows(world.actor("records"))
    assert [(row.who["en"], row.due) for row in found] == [
        ("School S-0", rows[0].assignment.due_on), ("School S-1", rows[0].assignment.due_on),
    ]  # fmt: skip
    assert all("village-water" in row.url for row in found)
    assert desk_rows(world.actor("stranger")) == [] and desk_rows(world.actor("citizen")) == []
    came(rows.filter(pk=rows[0].pk))
    assert len(desk_rows(world.actor("records"))) == 1
    operations.waive_expected(world.actor("owner"), rows.exclude(pk=rows[0].pk), reason="Closed by the flood")
    assert desk_rows(world.actor("records")) == []


def test_many_answers_are_one_line_that_leads_to_them(visit, world, owed):
    owed(ONE_BY_ONE + 1)
    (row,) = desk_rows(world.actor("records"))
    assert row.note == f"{ONE_BY_ONE + 1} answers" and "/answers/?form=" in row.url
    page = visit("records").get(row.url).content.decode()
    assert "School S-0" in page and 'name="row"' not in page  # read, not decided about
    assert "School S-0" not in visit("records").get("/desk/").content.decode()


def test_the_calendar_has_one_entry_for_each_form(world, owed):
    rows = owed()
    due = rows[0].assignment.due_on
    (entry,) = answers_due(world.actor("records"), due - timedelta(days=1), due + timedelta(days=5))
    assert entry.note == "2 answers" and entry.starts >= due
    assert answers_due(world.actor("stranger"), due, due + timedelta(days=5)) == []


def test_reminders_reach_respondents_in_waves_once_and_end_with_the_answer(world, owed):
    rows = owed()
    due = rows[0].assignment.due_on
    person = world.person("records")
    assert remind_respondents(due - timedelta(days=20)) == 0
    assert remind_respondents(due - timedelta(days=5)) == 1
    assert remind_respondents(due - timedelta(days=5)) == 0  # the job ran twice
    told = Message.objects.get(person=person, wave__startswith="answers-")
    assert "2 answers" in told.body and "/desk/" in told.body and told.title == "Reminder: your answers are due soon"
    came(rows.filter(pk=rows[0].pk))
    assert remind_respondents(due + timedelta(days=20)) == 1
    late = Message.objects.filter(person=person, wave__startswith="answers-overdue").get()
    assert "1 answer" in late.body and late.title == "Overdue: your answers have not come"
    came(rows)
    assert remind_respondents(due + timedelta(days=30)) == 0


def test_a_round_that_ended_reminds_nobody(world, owed):
    rows = owed()
    due = rows[0].assignment.due_on
    duties.withdraw_call(world.actor("caller"), rows[0].assignment.call, reason="Not needed")
    assert remind_respondents(due - timedelta(days=5)) == 0 and desk_rows(world.actor("records")) == []


def test_programs_get_progress_and_rows_and_do_without_answers(visit, world, district_form, open_round):
    call = open_round(district_form())
    rows = Expected.objects.filter(assignment=part_of(call)).order_by("id")
    came(rows.filter(pk=rows[0].pk), on=clock.today())
    caller = visit("caller")
    found = caller.get(f"/api/v1/calls/{call.reference}/answers").json()
    assert (found["expected"], found["received"], found["in_time"], found["missing"]) == (4, 1, 1, 3)
    assert {row["office"] for row in found["offices"]} == {"HEALTH-P01", "LAND-P02"} and found["frozen"] is None
    listed = caller.get(f"/api/v1/calls/{call.reference}/expected").json()
    assert listed["count"] == 3 and {row["subject"] for row in listed["items"]} == {"0102", "0201", "0202"}
    whole = caller.get(f"/api/v1/calls/{call.reference}/expected", {"state": "approved", "place": "01"}).json()
    assert [row["subject"] for row in whole["items"]] == ["0101"]
    for address in ("answers", "expected"):
        assert visit("public").get(f"/api/v1/calls/{call.reference}/{address}").status_code == 404
    assert caller.get(f"/api/v1/calls/{call.reference}/expected", {"form": "none"}).status_code == 404


def test_inhabitants_of_the_places_that_answered_are_counted_at_the_close(world, district_form, open_round):
    call = open_round(district_form())
    came(Expected.objects.filter(assignment=part_of(call)))
    duties.close_call(world.actor("caller"), call, reason="The year is over")
    call.refresh_from_db()
    told = call.statistics["answers"]["population"]
    assert told["places"] == 4 and 0 <= told["received"] <= told["expected"] and told["known"] <= told["places"]
