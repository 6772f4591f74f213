"""Plain reckoning: when a series meets again, and which undertakings are alike. Knows no table.

`similar` is general on purpose: whatever has places, days and topics (a project, a field visit) can be compared.
"""

import calendar
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}


def next_day(last: date, rhythm: str) -> date | None:
    """The day a series meets again after its last meeting; None where it meets as needed.

    The day of the month is kept; the 31st becomes the last day of a shorter month.
    """
    if rhythm == "weekly":
        return last + timedelta(days=7)
    if rhythm not in MONTHS:
        return None
    month = last.month - 1 + MONTHS[rhythm]
    year, month = last.year + month // 12, month % 12 + 1
    return date(year, month, min(last.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True)
class Undertaking:
    """Something that happens in places, from a day to a day, about topics.

    areas   paths of areas, such as "/1/14/": a path stands for all places below it
    end     last day, included; None without end
    topics  codes; none means that nothing is known of its topic, and nothing is like it
    """

    key: Hashable
    areas: frozenset[str]
    start: date
    end: date | None
    topics: frozenset[str]


@dataclass(frozen=True)
class Likeness:
    """What another undertaking shares with the one asked about.

    areas   the smaller place of each pair that overlaps
    days    days that both are under way; None where both have no end
    """

    key: Hashable
    areas: frozenset[str]
    topics: frozenset[str]
    days: int | None


def similar(wanted: Undertaking, others: Iterable[Undertaking]) -> list[Likeness]:
    """Those of the others that share a place, a topic and a day with the wanted one: most topics and places first."""
    found = [likeness for other in others if other.key != wanted.key and (likeness := _likeness(wanted, other))]
    return sorted(found, key=lambda like: (-len(like.topics), -len(like.areas), str(like.key)))


def _likeness(one: Undertaking, other: Undertaking) -> Likeness | None:
    days = common_days(one.start, one.end, other.start, other.end)
    topics = one.topics & other.topics
    if days == 0 or not topics:
        return None
    areas = shared_areas(one.areas, other.areas)
    return Likeness(other.key, areas, topics, days) if areas else None


def shared_areas(some: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """The smaller path of each pair in which one lies within the other, or is it."""
    return frozenset(
        path
        for mine, theirs in ((some, others), (others, some))
        for path in mine
        if any(around in theirs for around in _around(path))
    )


def _around(path: str) -> list[str]:
    """The paths of an area and of all areas around it: of "/1/14/", "/1/" and itself."""
    steps = path.strip("/").split("/")
    return ["/" + "/".join(steps[: count + 1]) + "/" for count in range(len(steps))]


def common_days(start: date, end: date | None, other_start: date, other_end: date | None) -> int | None:
    """Days in both spans, first and last included; 0 when they do not meet; None when both go on without end."""
    ends = [day for day in (end, other_end) if day is not None]
    first = max(start, other_start)
    if not ends:
        return None
    return max((min(ends) - first).days + 1, 0)
