"""What the worker does for duties by the clock."""

from procrastinate.contrib.django import app

from sala.core import clock
from sala.duties.operations import remind, send_briefs

REMINDER_HOUR = 7  # in the country's time


@app.periodic(cron="0 * * * *")
@app.task(name="duties.remind", queueing_lock="duties.remind")
def remind_daily(timestamp: int) -> int:
    """Reminders, once a day. Returns how many messages are new; 0 at any other hour."""
    day = clock.day_at_hour(timestamp, REMINDER_HOUR)
    return remind(day) if day else 0


@app.periodic(cron="0 * * * *")
@app.task(name="duties.send_briefs", queueing_lock="duties.send_briefs")
def send_briefs_monthly(timestamp: int) -> int:
    """The monthly brief to every head, at the reminders' hour. Returns how many messages are new."""
    day = clock.day_at_hour(timestamp, REMINDER_HOUR)
    return send_briefs(day) if day else 0
