"""Visits set out by day of a month, and by place."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet

from sala.access.actor import path_ids
from sala.collection.models import Visit
from sala.collection.queries.visits import smallest_in
from sala.core import clock
from sala.places.models import Area
from sala.places.queries import country


@dataclass
class Day:
    day: date
    is_inside: bool
    is_today: bool
    visits: list[Visit] = field(default_factory=list)


def last_day(month: date) -> date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def weeks(visits: Sequence[Visit], month: date) -> list[list[Day]]:
    """The weeks of a month from Monday on, each day with the visits that are on the way."""
    today = clock.today()
    return [
        [
            Day(day, day.month == month.month, day == today, [row for row in visits if row.starts_on <= day <= row.ends_on])
            for day in week
        ]
        for week in calendar.Calendar().monthdatescalendar(month.year, month.month)
    ]  # fmt: skip


def by_place(visits: QuerySet[Visit], ground: Area | None) -> list[tuple[Area, list[Visit]]]:
    """Each smallest place with the visits to it, those first to which most go."""
    rows = list(visits)
    going: dict[int, list[Visit]] = {}
    for row in rows:
        for area in row.areas.all():
            going.setdefault(area.pk, []).append(row)
    if not going:
        return []
    wanted = smallest_in([ground or country()]).select_related("parent")
    found = [(area, there) for area in wanted if (there := _once(row for pk in path_ids(area.path) for row in going.get(pk, ())))]  # fmt: skip
    return sorted(found, key=lambda pair: (-len(pair[1]), pair[0].code))


def _once(rows: Iterable[Any]) -> list[Any]:
    return sorted(dict.fromkeys(rows), key=lambda row: (row.starts_on, row.pk))
