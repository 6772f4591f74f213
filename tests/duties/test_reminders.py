"""Reminders go out once per assignment, wave and person, to whoever acts for the post."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from sala.core import clock
from sala.core.language import Translated
from sala.documents.models import NonWorkingDay
from sala.duties import jobs, operations
from sala.duties.due import reckon
from sala.duties.operations import remind
from sala.people.models import Appointment, Message

pytestmark = pytest.mark.django_db
DUE = date(2026, 3, 12)  # a Thursday; the eighth of March lies before, no holiday after


@pytest.fixture
def waiting(issued):
    with clock.fixed(datetime(2026, 2, 2, 3, tzinfo=UTC)):
        return issued(due_on=DUE)


def waves(assignment):
    rows = Message.objects.filter(subject_type="assignment", subject_id=assignment.pk).exclude(wave="issue")
    return [(row.wave.partition("/")[0], row.person.email.split("@")[0]) for row in rows.order_by("id")]


def test_each_wave_goes_out_once_even_if_the_job_runs_every_day_twice(waiting):
    for step in range(-12, 16):
        for _run in range(2):
            remind(DUE + timedelta(days=step))
    assert waves(waiting) == [
        ("before-7", "owner"), ("before-1", "owner"), ("overdue-1", "owner"), ("overdue-2", "owner"),
        ("escalation-1", "head"), ("overdue-3", "owner"),
    ]  # fmt: skip


def test_a_day_missed_is_made_good_on_the_next(waiting):
    assert remind(DUE - timedelta(days=8)) == 0
    assert remind(DUE - timedelta(days=4)) == 1
    assert waves(waiting) == [("before-7", "owner")]


def test_after_the_answer_only_the_post_that_checks_is_reminded_and_only_once_it_is_late(world, waiting):
    operations.acknowledge(world.actor("owner"), waiting)
    operations.submit(world.actor("owner"), waiting, answer="done")
    assert remind(DUE - timedelta(days=1)) == 0
    assert remind(DUE + timedelta(days=1)) == 1
    assert waves(waiting)[-1] == ("check-overdue-1", "caller")
    operations.accept(world.actor("caller"), waiting)
    assert remind(DUE + timedelta(days=9)) == 0


def test_more_time_brings_its_own_reminders_against_the_new_date(world, waiting, visit):
    remind(DUE - timedelta(days=6))
    later = DUE + timedelta(days=20)
    with clock.fixed(datetime(2026, 3, 10, 3, tzinfo=UTC)):
        asked = operations.ask_extension(world.actor("owner"), waiting, until=later, reason="Flood")
        operations.decide_extension(world.actor("caller"), asked, granted=True)
    told = Message.objects.filter(subject_type="assignment", subject_id=waiting.pk, wave__contains="-7/")
    assert remind(DUE - timedelta(days=1)) == 0
    for step in range(-7, 2):
        remind(later + timedelta(days=step))
        remind(later + timedelta(days=step))
    assert list(told.order_by("id").values_list("wave", flat=True)) == [f"before-7/{DUE}", f"before-7/{later}"]
    assert [name for name, _who in waves(waiting) if "extension" not in name] == [
        "before-7", "before-7", "before-1", "overdue-1",
    ]  # fmt: skip
    page = visit("caller").get(waiting.call.get_absolute_url()).content.decode()
    [line] = re.findall(r"<tr><th scope=.row.>Reminder before the due date</th><td class=.n.>(.)</td>", page)[:1]
    assert line in "23"


def test_a_message_is_in_the_readers_language_and_carries_the_address(world, waiting):
    person = world.person("owner")
    person.language = "lo"
    person.save()
    remind(DUE - timedelta(days=1))
    message = Message.objects.get(wave__startswith="before-1/")
    assert message.language == "lo"
    assert "ຂໍຂໍ້ມູນການເກີດ" in message.body and waiting.get_absolute_url() in message.body


def test_a_vacant_post_is_answered_for_by_the_head_of_the_unit(world, waiting):
    Appointment.objects.filter(position__code="HEALTH-P01-data").delete()
    remind(DUE - timedelta(days=1))
    assert waves(waiting) == [("before-1", "head")]
    assert "vacant" in Message.objects.get(wave__startswith="before-1/").body


def test_a_vacant_unit_is_answered_for_by_the_head_of_the_one_above(world, waiting):
    Appointment.objects.filter(position__code__in=["HEALTH-P01-data", "HEALTH-P01-head"]).delete()
    assert remind(DUE - timedelta(days=1)) == 0
    Appointment.objects.create(
        person=world.person("records"), position=world.position("HEALTH-head"), valid=(date(2020, 1, 1), None)
    )
    remind(DUE - timedelta(days=1))
    assert waves(waiting) == [("before-1", "records")]


def test_the_job_works_at_seven_in_the_country_only(waiting):
    at_seven = datetime(2026, 3, 11, 0, tzinfo=UTC)  # seven hours ahead of UTC
    assert jobs.remind_daily(int((at_seven - timedelta(hours=1)).timestamp())) == 0
    assert jobs.remind_daily(int(at_seven.timestamp())) == 1
    assert jobs.remind_daily(int(at_seven.timestamp())) == 0


@pytest.mark.parametrize(("today", "words"), [
    (date(2026, 3, 9), "3 working days left"), (date(2026, 3, 11), "1 working day left"), (DUE, "due today"),
    (date(2026, 3, 13), "1 working day late"), (date(2026, 3, 14), "1 working day late"),
    (date(2026, 3, 19), "5 working days late"),
])  # fmt: skip
def test_how_a_due_date_stands_is_said_in_working_days(world, today, words):
    assert str(reckon(DUE, today=today)) == words


def test_a_due_date_on_a_day_off_moves_to_the_next_working_day(world):
    NonWorkingDay.objects.create(
        date=DUE, name=Translated({"lo": "ວັນພັກ"}), source="Notice 1", owner=world.organisation("STAT")
    )
    assert reckon(DUE, today=DUE).last == date(2026, 3, 13)
    assert not reckon(DUE, today=date(2026, 3, 13)).late
    assert reckon(DUE, today=date(2026, 3, 16)).late
