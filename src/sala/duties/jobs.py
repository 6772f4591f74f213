"""What the worker does for duties by the clock."""

from procrastinate.contrib.django import app

from sala.access.actor import command
from sala.core import clock
from sala.duties.operations import (
    draft_rounds,
    follow_calendar_everywhere,
    give_back_duties,
    pass_duties,
    questions_owed,
    remind,
    remind_of,
    send_briefs,
)
from sala.journal.models import Event

REMINDER_HOUR = 7  # in the country's time
ROUND_HOUR = 6


@app.periodic(cron="0 * * * *")
@app.task(name="duties.remind", queueing_lock="duties.remind")
def remind_daily(timestamp: int) -> int:
    """Reminders, once a day. Returns how many messages are new; 0 at any other hour."""
    day = clock.day_at_hour(timestamp, REMINDER_HOUR)
    return remind(day) + remind_of(questions_owed(), day) if day else 0


@app.periodic(cron="0 * * * *")
@app.task(name="duties.send_briefs", queueing_lock="duties.send_briefs")
def send_briefs_monthly(timestamp: int) -> int:
    """The monthly brief to every head, at the reminders' hour. Returns how many messages are new."""
    day = clock.day_at_hour(timestamp, REMINDER_HOUR)
    return send_briefs(day) if day else 0


@app.periodic(cron="0 * * * *")
@app.task(name="duties.draft_rounds", queueing_lock="duties.draft_rounds")
def draft_rounds_daily(timestamp: int) -> int:
    """Rounds of recurring calls, once a day. Returns how many were drafted; 0 at any other hour."""
    day = clock.day_at_hour(timestamp, ROUND_HOUR)
    return draft_rounds(day) if day else 0


@app.task(name="duties.follow_calendar")
def follow_calendar(event_id: int) -> int:
    """A day off was entered or taken back: due dates promised in working days move. Returns how many calls changed."""
    return follow_calendar_everywhere()


@app.task(name="duties.follow_merger")
def duties_of_merged(event_id: int) -> None:
    """Two entries were one: who runs the one that went runs the one that stays; and back, when that was undone."""
    event = Event.objects.get(pk=event_id)
    told = event.content()
    if told.get("change") == "merge":
        pass_duties(command(), noun=event.subject_type, merged=event.subject_id, into=told["into"])
    if told.get("change") == "parted":
        give_back_duties(command(), noun=event.subject_type, parted=event.subject_id, stayed=told["from"])
