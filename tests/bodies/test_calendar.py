"""Meetings stand in the calendar for whoever may know of them, and are called to mind two days before."""

from datetime import timedelta

import pytest

from sala.bodies import jobs, operations
from sala.bodies.operations import remind_of_meetings
from sala.core import calendar, clock
from sala.people.models import Message

from .conftest import at

pytestmark = pytest.mark.django_db


def found(world, who, *, own=False):
    first = clock.today()
    entries = calendar.entries(world.actor(who), first, first + timedelta(days=60), own=own)
    return {entry.uid: entry for entry in entries if entry.uid.startswith("meeting")}


def test_a_called_meeting_stands_in_the_calendar_of_those_who_may_see_it(world, visit, drafted, called):
    meeting, hidden, draft = called(), called(tier="own"), drafted()
    names = {f"meeting-{row.pk}": row for row in (meeting, hidden, draft)}
    assert {names[uid] for uid in found(world, "public")} == {meeting}
    assert {names[uid] for uid in found(world, "chair")} == {meeting, hidden, draft} - {draft}
    entry = found(world, "public")[f"meeting-{meeting.pk}"]
    assert entry.starts == meeting.starts_at and entry.place == meeting.venue and not entry.is_cancelled
    feed = visit().get("/calendar.ics").content.decode()
    assert f"meeting-{meeting.pk}@" in feed and f"meeting-{hidden.pk}@" not in feed
    assert meeting.get_absolute_url() in visit().get(f"/calendar/?year={meeting.day.year}").content.decode()


def test_those_invited_have_it_among_their_own_and_a_cancelled_one_says_so(world, called):
    meeting = called(tier="own")
    assert f"meeting-{meeting.pk}" in found(world, "member", own=True)
    assert found(world, "stranger", own=True) == {}
    operations.cancel_meeting(world.actor("secretary"), meeting, reason="Flood")
    assert found(world, "member", own=True)[f"meeting-{meeting.pk}"].is_cancelled


def test_it_is_called_to_mind_once_two_days_before_and_again_for_a_new_day(world, called):
    meeting = called()
    told = Message.objects.filter(subject_type="meeting", subject_id=meeting.pk, wave__startswith="before-2/")
    assert remind_of_meetings(meeting.day - timedelta(days=3)) == 0
    assert remind_of_meetings(meeting.day - timedelta(days=1)) == told.count() > 2
    assert remind_of_meetings(meeting.day - timedelta(days=1)) == 0 == remind_of_meetings(meeting.day)
    message = told.get(person=world.person("chair"))
    assert meeting.get_absolute_url() in message.body and "Main hall" in message.body
    assert not told.filter(person=world.person("stranger")).exists()
    operations.change_meeting(world.actor("secretary"), meeting, starts_at=at(40))
    assert remind_of_meetings(meeting.day - timedelta(days=1)) == 0
    meeting.refresh_from_db()
    assert remind_of_meetings(meeting.day - timedelta(days=2)) > 2


def test_a_cancelled_meeting_and_another_hour_remind_nobody(world, called):
    meeting = called()
    operations.cancel_meeting(world.actor("secretary"), meeting, reason="Flood")
    assert remind_of_meetings(meeting.day - timedelta(days=1)) == 0
    other = called()
    noon = at((other.day - clock.today()).days - 1, hour=12)
    assert jobs.remind_daily(int(noon.timestamp())) == 0
    assert jobs.remind_daily(int(noon.replace(hour=7).timestamp())) > 0
