"""Reminders of promised editions."""

from procrastinate.contrib.django import app

from sala.catalogue.operations.reminders import remind_of_promises
from sala.core import clock

REMINDER_HOUR = 7  # in the country's time


@app.periodic(cron="15 * * * *")
@app.task(name="catalogue.remind", queueing_lock="catalogue.remind")
def remind(timestamp: int) -> int:
    """Once a day: tell those who owe an edition. Returns how many messages are new."""
    day = clock.day_at_hour(timestamp, REMINDER_HOUR)
    return remind_of_promises(day) if day else 0
