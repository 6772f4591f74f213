"""How far a round is, counted in the database: by office and form, by place, and what is frozen at its close."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from django.db import connection
from django.utils import timezone

from sala.access.actor import path_ids, public
from sala.access.scope import visible
from sala.catalogue.models import Edition, Figure
from sala.catalogue.queries.figures import closed_figures
from sala.collection.models import Expected, ExpectedState, Form
from sala.collection.progress import Part, Progress, grouped, total
from sala.collection.queries.rounds import answers_of
from sala.documents.working_days import Calendar
from sala.duties.due import reckon
from sala.duties.models import Assignment, Call
from sala.duties.queries import asked_by
from sala.places.models import Area, Level

CLOSED = -1  # stands for the places that a reader may not know
POPULATION = "population"  # code of the key figure that counts the inhabitants of places

# An answer given in another open round stands for both; what this office waived itself is waived whatever the other does.
# The few such rows are looked up one by one: as a join they would make the database go through all answers twice.
OWN = """
with asked as (
  select assignment.id, due.until
  from duties_assignment assignment
  left join unnest(%(dues)s::date[], %(untils)s::timestamptz[]) as due(day, until) on due.day = assignment.due_on
  where assignment.id = any(%(ids)s)
),
own as (
  select own.assignment_id, own.form_id, asked.until,
         case when own.id = any(%(closed)s::bigint[]) then -1 else own.area_id end as area_id,
         case when own.given_in_id is null or own.state = 'waived' then own.state
              else (select other.state from collection_expected other where other.id = own.given_in_id) end as stands,
         case when own.given_in_id is null then own.received_at
              else (select coalesce(other.received_at, own.received_at)
                    from collection_expected other where other.id = own.given_in_id) end as came
  from asked join collection_expected own on own.assignment_id = asked.id
  where (%(form)s::bigint is null or own.form_id = %(form)s)
    and (%(path)s::text is null or own.area_id in (select id from places_area where path like %(path)s)
         and own.id <> all(%(closed)s::bigint[]))
  offset 0
),
counted as (
  select assignment_id, form_id, {area}::bigint as area_id, count(*) as expected,
         count(*) filter (where stands in ('received', 'returned', 'approved')) as received,
         count(*) filter (where came < until and stands in ('received', 'returned', 'approved')) as in_time,
         count(*) filter (where stands = 'returned') as returned,
         count(*) filter (where stands = 'approved') as approved,
         count(*) filter (where stands = 'waived') as waived
  from own group by {groups}
)
select assignment_id, form_id, null::bigint, expected, received, in_time, returned, approved, waived
from counted where area_id is null
"""
# Places are grouped by what is in the path of the few areas, not of the many answers.
PLACES = """
union all
select null, null, coalesce(nullif(split_part(place.path, '/', %(part)s), '')::bigint, counted.area_id), sum(expected)::bigint,
       sum(received)::bigint, sum(in_time)::bigint, sum(returned)::bigint, sum(approved)::bigint, sum(waived)::bigint
from counted left join places_area place on place.id = counted.area_id where counted.area_id is not null
group by 3
"""
BY_OFFICE = OWN.format(area="null", groups="assignment_id, form_id")
BY_OFFICE_AND_PLACE = OWN.format(area="area_id", groups="grouping sets ((assignment_id, form_id), (area_id))") + PLACES


class Asked(Protocol):
    """An assignment, or what is read of it where there are many (queries.rounds.Office)."""

    pk: int
    due_on: date | None


@dataclass
class Counts:
    """parts  by office and form    places  by place of the level that was asked for"""

    parts: list[Part] = field(default_factory=list)
    places: dict[int, Progress] = field(default_factory=dict)


def count(assignments: Sequence[Asked], *, form: int | None = None, place: Area | None = None,
          by_place: bool = False, level: Level | None = None, closed: Collection[int] = ()) -> Counts:  # fmt: skip
    """How the answers stand that these assignments expect, in one statement.

    place  only what lies in it    by_place  also by the places of `level`; what lies higher up, and without a level
    everything, counts for its own place    closed  answers (ids) whose place the reader may not know: they count for CLOSED,
    and lie in no place that is asked for
    """
    calendar = Calendar()
    dues = sorted({row.due_on for row in assignments if row.due_on is not None})
    bound: dict[str, Any] = {
        "ids": [row.pk for row in assignments],
        "dues": dues,
        "untils": [_end_of(reckon(due, calendar=calendar).last) for due in dues],
        "form": form,
        "closed": list(closed),
        "path": f"{place.path}%" if place else None,
        "part": _depth(level) + 1 if level else None,
    }
    found = Counts()
    with connection.cursor() as cursor:
        cursor.execute(BY_OFFICE_AND_PLACE if by_place else BY_OFFICE, bound)
        for office, asked, area, *numbers in cursor.fetchall():
            if area is None:
                found.parts.append(Part(office, asked, Progress(*numbers)))
            else:
                found.places[area] = Progress(*numbers)
    return found


def _end_of(day: date) -> datetime:
    """The first instant that is not of this day in the country any more."""
    return datetime.combine(day + timedelta(days=1), time.min, timezone.get_default_timezone())


def _depth(level: Level) -> int:
    """How many areas stand in the path of an area of this level, itself included."""
    path = Area.objects.filter(level=level, ended_on__isnull=True).values_list("path", flat=True).first()
    return len(path_ids(path)) if path else level.rank + 1


def progress_of(assignments: Sequence[Asked]) -> Progress:
    return total(count(assignments).parts)


def population_of(assignments: Sequence[Assignment]) -> dict[str, int]:
    """Inhabitants of the places that were expected to answer and of those that did, where a public figure says so.

    places, known  how many places are expected, and of how many the figure is known: the latest one of each
    """
    rows = answers_of(Expected.objects.filter(assignment__in=[row.pk for row in assignments], facility__isnull=True, subject_id__isnull=True))  # fmt: skip
    answered: dict[int, bool] = {}
    for area, stands in rows.values_list("area_id", "stands"):
        answered[area] = answered.get(area, False) or stands not in (ExpectedState.WAITING, ExpectedState.WAIVED)
    editions = visible(public(), Edition).filter(is_published=True)
    figures = Figure.objects.filter(key_figure__code=POPULATION, area__in=list(answered), edition__in=editions)
    figures = figures.exclude(key_figure__in=closed_figures(public()))
    newest = figures.order_by("area_id", "-period_end", "-edition__number", "id").distinct("area_id")
    people = {area: int(value) for area, value in newest.values_list("area_id", "value")}
    return {
        "places": len(answered),
        "known": len(people),
        "expected": sum(people.values()),
        "received": sum(value for area, value in people.items() if answered[area]),
    }


def figures_of(call: Call) -> dict[str, Any]:
    """What is frozen when a round closes: counts of the whole and of each office asked, by answers that came."""
    assignments = list(asked_by(call).select_related("position__organisation"))
    found = count(assignments).parts
    by_office = grouped(found, lambda one: one.office)
    by_form = grouped(found, lambda one: one.form)
    slugs = dict(Form.objects.filter(pk__in=list(by_form)).values_list("pk", "slug"))
    return {
        **total(found).plain(),
        "population": population_of(assignments),
        "forms": [{"form": slugs[pk], **progress.plain()} for pk, progress in by_form.items()],
        "offices": [
            {"assignment": row.pk, "office": row.position.organisation.code, "period": row.period,
             **by_office[row.pk].plain()}
            for row in assignments if row.pk in by_office
        ],
    }  # fmt: skip
