"""What a request for items asks: a page, a box, a time. A parameter that is not known is refused, as the standard says."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.gis.geos import Polygon
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.core import periods
from sala.core.errors import SalaError

STANDARD, MOST = 10, 10_000  # features a page
MOST_OFFSET = 10**9
KNOWN = {"f", "lang", "limit", "offset", "bbox", "datetime"}
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@dataclass(frozen=True)
class Asked:
    """boxes: one, two where it crosses the 180th meridian, none    words, type: of records

    first, last: days that the time asked for begins and ends with; None where it is open or was not asked for
    """

    limit: int = STANDARD
    offset: int = 0
    boxes: tuple[Polygon, ...] = ()
    box_text: str = ""
    words: str = ""
    type: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def has_time(self) -> bool:
        return self.first is not None or self.last is not None

    def meets(self, period: str) -> bool:
        """Whether a period as editions write it lies in the time asked for, wholly or in part; one without days fits."""
        if not period or not self.has_time:
            return True
        try:
            found = periods.parse(period)
        except ValueError:
            return True
        return not ((self.first and found.end < self.first) or (self.last and found.start > self.last))


def read(request: Request, *more: str) -> Asked:
    """Raises SalaError (400) when something cannot be understood. more: further parameters that are known."""
    unknown = sorted(set(request.GET) - KNOWN - set(more))
    if unknown:
        words = _("“%(name)s” cannot be asked here. These can: %(names)s.")
        raise SalaError(words % {"name": unknown[0], "names": ", ".join(sorted(KNOWN | set(more)))})
    first, last = _time(request.GET.get("datetime", ""))
    box = request.GET.get("bbox", "")
    return Asked(
        limit=min(_whole(request, "limit", STANDARD, 1), MOST), offset=_whole(request, "offset", 0, 0), boxes=_boxes(box),
        box_text=box, words=request.GET.get("q", "").replace(",", " ").strip(), type=request.GET.get("type", ""), first=first, last=last,
    )  # fmt: skip


def _whole(request: Request, name: str, standard: int, least: int) -> int:
    text = request.GET.get(name, str(standard))
    if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= MOST_OFFSET:
        raise SalaError(_("Give %(name)s as a whole number, %(least)d or more.") % {"name": name, "least": least})
    return int(text)


def _boxes(text: str) -> tuple[Polygon, ...]:
    if not text:
        return ()
    wrong = SalaError(_("Give the box as west,south,east,north in degrees, such as 100,13.9,107.7,22.5."))
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise wrong from None
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(-180 <= value <= 180 for value in numbers):
        raise wrong
    west, south, east, north = numbers
    if not -90 <= south <= north <= 90:
        raise wrong
    pairs = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    return tuple(_polygon(left, south, right, north) for left, right in pairs)


def _polygon(west: float, south: float, east: float, north: float) -> Polygon:
    polygon = Polygon.from_bbox((west, south, east, north))
    polygon.srid = 4326
    return polygon


def _time(text: str) -> tuple[date | None, date | None]:
    """First and last day of an instant or an interval; None at an open end."""
    if not text:
        return None, None
    parts = text.split("/")
    wrong = SalaError(_("Give the time as 2026-01-01T00:00:00Z or as two of them with / between, .. for open."))
    if len(parts) > 2 or (len(parts) == 1 and parts[0] in ("", "..")):
        raise wrong
    days = []
    for part in parts:
        try:
            found: datetime | date | None = None if part in ("", "..") else parse_datetime(part) or parse_date(part)
        except ValueError:
            raise wrong from None
        if found is None and part not in ("", ".."):
            raise wrong
        days.append(found.date() if isinstance(found, datetime) else found)
    first, last = days[0], days[-1]
    if first and last and last < first:
        raise wrong
    return first, last
