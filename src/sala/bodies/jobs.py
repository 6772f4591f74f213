"""What the worker does for bodies by the clock."""

from procrastinate.contrib.django import app

from sala.bodies.operations import remind_of_meetings
from sala.core import clock

REMINDER_HOUR = 7  # in the country's time


@app.periodic(cron="0 * * * *")
@app.task(name="bodies.remind", queueing_lock="bodies.remind")
def remind_daily(timestamp: int) -> int:
    """Reminders of meetings, once a day. Returns how many messages are new; 0 at any other hour."""
    day = clock.day_at_hour(timestamp, REMINDER_HOUR)
    return remind_of_meetings(day) if day else 0
