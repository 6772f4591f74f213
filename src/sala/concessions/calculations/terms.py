"""Terms of grants: the last day from the first day and a length in months."""

import calendar
from datetime import date, timedelta


def last_day(starts_on: date, months: int) -> date:
    """The day before the same day so many months later; a day that the month lacks is its last one.

    From 1 March for 12 months: until the last of February. From 31 January for 1 month: until 27 or 28 February.
    """
    number = starts_on.year * 12 + starts_on.month - 1 + months
    year, month = divmod(number, 12)
    month += 1
    day = min(starts_on.day, calendar.monthrange(year, month)[1])
    return date(year, month, day) - timedelta(days=1)
