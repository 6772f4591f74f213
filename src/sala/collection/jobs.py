"""What the worker does for collection."""

from procrastinate.contrib.django import app

from sala.access.actor import command
from sala.collection.operations.answer_reminders import remind_respondents
from sala.collection.operations.media import renew_lists
from sala.collection.operations.parts import keep_all_parts
from sala.collection.operations.reading import AT_ONCE, read_waiting
from sala.core import clock

REMINDER_HOUR = 7  # in the country's time, as the reminders of calls


@app.periodic(cron="* * * * *")
@app.task(name="collection.read_answers", queueing_lock="collection.read_answers")
def read_answers(timestamp: int) -> int:
    """Every minute: read what came in. Returns how many were read."""
    total = 0
    while count := read_waiting():
        total += count
        if count < AT_ONCE:
            break
    return total


@app.periodic(cron="0 * * * *")
@app.task(name="collection.remind", queueing_lock="collection.remind")
def remind_daily(timestamp: int) -> int:
    """Reminders to those who give answers, once a day. Returns how many messages are new; 0 at any other hour."""
    day = clock.day_at_hour(timestamp, REMINDER_HOUR)
    return remind_respondents(day) if day else 0


@app.periodic(cron="38 * * * *")
@app.task(name="collection.renew_lists", queueing_lock="collection.renew_lists")
def renew_the_lists(timestamp: int) -> int:
    """Every hour: lists of places, facilities and organisations in forms follow their registers."""
    return renew_lists(command())


@app.periodic(cron="*/10 * * * *")
@app.task(name="collection.keep_parts", queueing_lock="collection.keep_parts")
def keep_parts(timestamp: int) -> int:
    """Every ten minutes: answers that came by the thousand are written out as columns. Returns how many parts."""
    return keep_all_parts()
