"""What stands in the calendar: one entry, the list of sources that settings.SALA_CALENDAR names, and the feed's text.

Each part gives its entries for whoever asks: calls by their due date now, meetings by their hour later.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
from django.conf import settings
from django.utils.module_loading import import_string

from sala.core import clock
from sala.core.language import Translated


@dataclass(frozen=True)
class Entry:
    """One thing on a day, or from an hour to an hour.

    uid      stays the same whatever is changed, so that a reader's calendar moves the entry instead of adding one
    starts   a day, or an instant with its time zone; ends: the last day or instant, the same one where left out
    title    words per language, or text    kind: what sort of thing it is, in the reader's language
    url      page of it on this site, without the host
    """

    uid: str
    starts: date
    title: Any
    url: str
    ends: date | None = None
    kind: Any = ""
    who: Any = ""
    place: Any = ""
    note: Any = ""
    is_cancelled: bool = False

    @property
    def day(self) -> date:
        return self.starts.date() if isinstance(self.starts, datetime) else self.starts

    @property
    def instant(self) -> datetime | None:
        """When it begins, where it has an hour."""
        return self.starts if isinstance(self.starts, datetime) else None


@dataclass(frozen=True)
class Source:
    """What one part gives: what a reader may look up, and what waits for the reader's own posts.

    Both take the reader (access.Actor), the first and the last day.
    """

    open_to: Callable[[Any, date, date], Iterable[Entry]]
    own: Callable[[Any, date, date], Iterable[Entry]]


def sources() -> list[Source]:
    """The parts' sources, in the order of the list."""
    return import_string(settings.SALA_CALENDAR)


def entries(reader: Any, first: date, last: date, *, own: bool = False) -> list[Entry]:
    """Entries of all parts, by day. own: only what concerns the reader's posts."""
    found = [
        entry
        for source in sources()
        for entry in (source.own if own else source.open_to)(reader, first, last)
    ]  # fmt: skip
    return sorted(found, key=lambda entry: (entry.day, entry.uid))


def feed(rows: Iterable[Entry], *, name: str, host: str) -> bytes:
    """The entries as iCalendar (RFC 5545), in the reader's language; `host` makes addresses and identifiers whole."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Sala//calendar//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for row in rows:
        calendar.add_component(_event(row, host.rstrip("/")))
    return calendar.to_ical()


def _event(row: Entry, host: str) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{row.uid}@{host.partition('://')[2] or host}")
    event.add("dtstamp", clock.now())
    event.add("dtstart", _instant(row.starts))
    if isinstance(row.starts, datetime):
        if row.ends is not None:
            event.add("dtend", _instant(row.ends))
    else:
        event.add("dtend", (row.ends or row.starts) + timedelta(days=1))  # a whole day ends before the next one
        event.add("transp", "TRANSPARENT")
    kind = f"{row.kind}: " if row.kind else ""
    event.add("summary", f"{kind}{_text(row.title)}")
    lines = [_text(part) for part in (row.who, row.note) if part]
    event.add("description", "\n".join([*lines, host + row.url]))
    event.add("url", host + row.url)
    if row.place:
        event.add("location", _text(row.place))
    event.add("status", "CANCELLED" if row.is_cancelled else "CONFIRMED")
    return event


def _instant(value: date) -> date:
    """An instant in UTC, which every program understands without a table of time zones; a day as it is."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _text(value: Any) -> str:
    return Translated(value).text().text if isinstance(value, dict) else str(value or "")
