"""The one list of what stands in the calendar (core.calendar.Source), part by part."""

from sala.core.calendar import Source
from sala.duties.queries import calendar as duties

CALENDAR: list[Source] = [
    Source(open_to=duties.calls_due, own=duties.work_due),
]
