"""A head reads each month how the unit and everything below it stands; once, on the first working day."""

from datetime import UTC, date, datetime, timedelta

import pypdfium2
import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from sala.core import clock
from sala.core.language import Translated
from sala.documents import pdf
from sala.documents.models import NonWorkingDay
from sala.documents.working_days import Calendar
from sala.duties import operations
from sala.duties.due import reckon
from sala.duties.jobs import send_briefs_monthly
from sala.duties.models import Assignment
from sala.duties.operations.briefs import first_working_day, send_briefs
from sala.duties.operations.reviews import accept, return_
from sala.duties.queries.brief import SHOWN, Brief, Listed, VacantPost, brief_of, last_late
from sala.people.models import Appointment, Message, Person

pytestmark = pytest.mark.django_db


def at(day: date):
    return clock.fixed(datetime(day.year, day.month, day.day, 5, tzinfo=UTC))


@pytest.fixture
def minister(world):
    person = Person.objects.create(name="Test minister", email="minister@example.org", language="en", is_invented=True)
    Appointment.objects.create(
        person=person, position=world.position("HEALTH-head"), valid=DateRange(date(2020, 1, 1), None)
    )
    return person


def overdue(assignment, days=20):
    Assignment.objects.filter(pk=assignment.pk).update(due_on=clock.today() - timedelta(days=days))


def test_it_counts_late_returned_awaited_vacant_and_done(world, issued, submitted):
    overdue(issued())
    returned, waits, done = submitted(), issued(), submitted()
    return_(world.actor("caller"), returned, reason="Mend the table")
    accept(world.actor("caller"), done)
    head = world.position("HEALTH-P01-head")
    found = brief_of(world.actor("head"), head, clock.today())
    assert (found.late.count, found.returned.count, found.done, found.in_time) == (1, 1, 1, 1)
    assert [row.pk for row, _due in found.returned.rows] == [returned.pk] and waits.state == "issued"
    assert found.decisions.count == 0 and found.vacant_count > 0


def test_what_lies_with_the_unit_to_check_and_what_is_asked_of_it_are_decisions(world, submitted, issued):
    submitted(validating_position=world.position("HEALTH-P01-data_review"))
    asks = issued(validating_position=world.position("HEALTH-P01-data_review"))
    operations.acknowledge(world.actor("owner"), asks)
    operations.ask_extension(world.actor("owner"), asks, until=asks.due_on + timedelta(days=20), reason="Rain")
    found = brief_of(world.actor("head"), world.position("HEALTH-P01-head"))
    assert (found.decisions.count, found.asked) == (1, 1)


def test_the_unit_above_counts_what_is_below_and_no_other(world, minister, issued):
    overdue(issued())
    overdue(issued(position=world.position("LAND-P02-data")))
    found = brief_of(world.actor("minister"), world.position("HEALTH-head"))
    assert found.late.count == 1


def test_vacant_posts_with_open_work_are_named(world, issued):
    issued()
    Appointment.objects.filter(position=world.position("HEALTH-P01-data")).delete()
    found = brief_of(world.actor("head"), world.position("HEALTH-P01-head"))
    assert [(row.position.code, row.open) for row in found.vacant] == [("HEALTH-P01-data", 1)]


def test_what_was_done_in_another_month_is_not_counted(world, submitted):
    done = submitted()
    accept(world.actor("caller"), done)
    Assignment.objects.filter(pk=done.pk).update(ended_at=clock.now() - timedelta(days=62))
    head = world.position("HEALTH-P01-head")
    assert brief_of(world.actor("head"), head, clock.today()).done == 0
    assert brief_of(world.actor("head"), head, clock.today() - timedelta(days=62)).done == 1


def test_the_last_late_day_agrees_with_each_due_date(world):
    calendar, today = Calendar(), date(2026, 4, 20)
    edge = last_late(today, calendar)
    for back in range(30):
        day = today - timedelta(days=back)
        assert reckon(day, today=today, calendar=calendar).late == (day <= edge), day


def test_a_brief_takes_the_same_number_of_queries_however_much_is_open(world, issued, django_assert_num_queries):
    def read():
        found = brief_of(world.actor("head"), world.position("HEALTH-P01-head"))
        return found.late.count

    overdue(issued())
    with CaptureQueriesContext(connection) as few:
        assert read() == 1
    for _number in range(5):
        overdue(issued())
    with django_assert_num_queries(len(few)):
        assert read() == 6


# ---- by message ----------------------------------------------------------------------------------------------------


def test_each_head_gets_one_message_a_month_on_the_first_working_day(world, minister, issued):
    overdue(issued())
    NonWorkingDay.objects.create(
        date=date(2027, 3, 1), name={"lo": "ພັກ"}, source="Notice 1", owner=world.organisation("STAT")
    )
    with at(date(2027, 3, 1)):
        assert send_briefs(date(2027, 3, 1)) == 0
    first = first_working_day(date(2027, 3, 1), Calendar())
    assert first == date(2027, 3, 2)
    with at(first):
        made = send_briefs(first)
        assert made >= 2 and send_briefs(first) == 0
    messages = Message.objects.filter(wave="brief-2027-02")
    assert {world.person("head"), minister} <= {message.person for message in messages}
    assert world.person("owner") not in {message.person for message in messages}
    text = messages.get(person=world.person("head"))
    assert "February 2027" in text.title and "Late: 1" in text.body and "/brief/HEALTH-P01-head/" in text.body


def test_a_missed_day_is_made_good_and_a_second_unit_makes_no_second_message(world, minister):
    Appointment.objects.create(
        person=minister, position=world.position("HOME-head"), valid=DateRange(date(2020, 1, 1), None)
    )
    with at(date(2027, 3, 4)):
        assert send_briefs(date(2027, 3, 4)) >= 1
    message = Message.objects.get(wave="brief-2027-02", person=minister)
    assert "/brief/HEALTH-head/" in message.body and "/brief/HOME-head/" in message.body
    with at(date(2027, 3, 20)):
        assert send_briefs(date(2027, 3, 20)) == 0


def test_the_job_works_at_the_hour_of_the_country_only():
    midnight = datetime(2027, 3, 1, 17, tzinfo=UTC).timestamp()
    assert send_briefs_monthly.func(int(midnight)) == 0


# ---- pages -----------------------------------------------------------------------------------------------------------


def test_who_reads_which_brief(visit, minister):
    page, above = "/brief/HEALTH-P01-head/", "/brief/HEALTH-head/"
    assert visit("head").get(page).status_code == 200 and visit("minister").get(page).status_code == 200
    assert visit("head").get(above).status_code == 403
    for who, status in {"owner": 403, "stranger": 403, "citizen": 403, "public": 401}.items():
        assert visit(who).get(page).status_code == status, who
        assert visit(who).get(page[:-1] + ".pdf").status_code == status, who
    assert visit("head").get("/brief/")["Location"] == page
    assert visit("owner").get("/brief/").status_code == 403 and visit().get("/brief/").status_code == 401
    assert visit("head").get("/brief/HEALTH-P01-data/").status_code == 404


def test_the_page_and_the_paper_show_the_counts(visit, issued):
    overdue(issued())
    browser = visit("head")
    page = browser.get("/brief/HEALTH-P01-head/").content.decode()
    assert 'id="late">1<' in page and "Births asked" in page
    answer = browser.get("/brief/HEALTH-P01-head.pdf")
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert browser.get("/brief/HEALTH-P01-head/?month=tomorrow").status_code == 422
    assert browser.get("/brief/HEALTH-P01-head/?month=2999-01").status_code == 422


def test_the_paper_is_one_page_even_when_every_list_is_full(world, issued):
    row = issued(title=Translated({"lo": "ບົດລາຍງານສະພາບການຈັດຕັ້ງປະຕິບັດແຜນການປະຈຳປີຂອງບັນດາເມືອງ" * 2}))
    due = reckon(clock.today() - timedelta(days=30))
    full = Listed(900, ((row, due),) * SHOWN)
    vacant = (VacantPost(world.position("HEALTH-P01-data"), 12),) * SHOWN
    brief = Brief(
        position=world.position("HEALTH-P01-head"), month=date(2026, 3, 1), late=full, returned=full, decisions=full,
        asked=7, vacant=vacant, vacant_count=93, done=40, in_time=31,
    )  # fmt: skip
    paper = pdf.render("duties/pdf/brief.html", {"brief": brief, "made_on": clock.today(), "title": "ບົດສັງລວມ"}, "lo")
    assert len(pypdfium2.PdfDocument(paper)) == 1
