"""What the worker does for duties by the clock."""

from datetime import UTC, datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from sala.duties.operations import remind

REMINDER_HOUR = 7  # in the country's time


@app.periodic(cron="0 * * * *")
@app.task(name="duties.remind")
def remind_daily(timestamp: int) -> int:
    """Reminders, once a day. The queue's clock knows UTC only, so this wakes each hour and works at the country's
    REMINDER_HOUR. Returns how many messages are new; 0 at any other hour."""
    moment = datetime.fromtimestamp(timestamp, tz=UTC).astimezone(timezone.get_default_timezone())
    return remind(moment.date()) if moment.hour == REMINDER_HOUR else 0
