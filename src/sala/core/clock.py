"""The one place that tells the time, so that tests and demonstrations may set it.

Dates are those of the country's time zone (settings.TIME_ZONE, from the pack); instants are stored in UTC.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

from django.utils import timezone

_fixed: ContextVar[datetime | None] = ContextVar("sala_fixed_time", default=None)


def now() -> datetime:
    """The present instant, with time zone."""
    return _fixed.get() or timezone.now()


def today() -> date:
    """The present date in the country."""
    return timezone.localdate(now())


@contextmanager
def fixed(moment: datetime) -> Iterator[None]:
    """Hold the clock at one instant, in this thread and task only."""
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)


def day_at_hour(timestamp: int, hour: int) -> date | None:
    """The country's date of an instant (seconds since 1970), but only within this hour of its day.

    The queue's clock knows UTC only: a daily task wakes each hour and works at the country's hour.
    """
    moment = timezone.localtime(datetime.fromtimestamp(timestamp, tz=UTC))
    return moment.date() if moment.hour == hour else None
