"""Periods that figures and duties speak of: a year, a half, a quarter, a month, a day, or a span of them.

Written as SDMX and ISO do: 2019, 2019-S1, 2019-Q3, 2019-07, 2019-07-15, 2015/2019.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from sala.core import lao

_FORMS = re.compile(r"^(\d{4})(?:-(?:([QST])(\d)|(\d{2})(?:-(\d{2}))?))?$")
_PARTS_OF_YEAR = {"Q": 3, "T": 4, "S": 6}  # months in a quarter, trimester (three a year), half


@dataclass(frozen=True, order=True)
class Period:
    """First and last day, both included, and the code it was written with."""

    start: date
    end: date
    code: str

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(self.code)

    def __str__(self) -> str:
        return self.code

    def contains(self, day: date) -> bool:
        return self.start <= day <= self.end

    def overlaps(self, other: "Period") -> bool:
        return self.start <= other.end and other.start <= self.end

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def following(self) -> "Period":
        """The next period of the same kind: 2019 → 2020, 2019-12 → 2020-01."""
        return parse(_code_at(self, self.end + timedelta(days=1)))


def parse(text: str) -> Period:
    """A Period from its code; Lao digits allowed. Raises ValueError with advice."""
    code = lao.digits(str(text)).strip().upper().replace("–", "-")
    if "/" in code:
        first, last = (parse(part) for part in code.split("/", 1))
        return Period(first.start, last.end, code)
    match = _FORMS.match(code)
    if not match:
        raise ValueError(_("“%(text)s” is not a period. Write 2019, 2019-Q3, 2019-07 or 2015/2019.") % {"text": text})
    year, kind, number, month, day = match.groups()
    try:
        if day:
            exact = date(int(year), int(month), int(day))
            return Period(exact, exact, code)
        if month:
            return _months(int(year), int(month), 1, code)
        if kind:
            length = _PARTS_OF_YEAR[kind]
            if not 1 <= int(number) <= 12 // length:
                raise ValueError(number)
            return _months(int(year), (int(number) - 1) * length + 1, length, code)
        return _months(int(year), 1, 12, code)
    except ValueError as error:
        raise ValueError(
            _("“%(text)s” names a day, month or part of a year that does not exist.") % {"text": text}
        ) from error


def _months(year: int, month: int, count: int, code: str) -> Period:
    last_month = month + count - 1
    return Period(date(year, month, 1), date(year, last_month, calendar.monthrange(year, last_month)[1]), code)


def _code_at(like: Period, day: date) -> str:
    code = like.code
    if "/" in code:
        years = like.end.year - like.start.year + 1
        return f"{day.year}/{day.year + years - 1}"
    if len(code) == 4:
        return str(day.year)
    if code[5] in _PARTS_OF_YEAR:
        return f"{day.year}-{code[5]}{(day.month - 1) // _PARTS_OF_YEAR[code[5]] + 1}"
    return f"{day.year}-{day.month:02d}" if len(code) == 7 else day.isoformat()
