"""Which answers a round expects: reckoned from the registers as they were on a day, in one statement for any number.

An office is asked for what lies in its own area, or in the narrower area that its assignment names. Where two offices of
one call reach the same place, the narrower one is asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from sala.access.actor import path_ids
from sala.collection.about import nouns
from sala.collection.models import About, RoundForm
from sala.core import periods
from sala.duties.models import Assignment, Call
from sala.places.models import Area

# What the assignments given want: one row for each form and place, facility or row of another register. Arrays of one
# length: of the assignments (rows: the one row that an assignment is about), and of the rows of other registers.
WANTED = """
with asked as (
  select * from unnest(%(ids)s::bigint[], %(areas)s::bigint[], %(periods)s::text[], %(days)s::date[],
                       %(types)s::text[], %(rows)s::bigint[])
    as asked(id, area_id, period, day, subject_type, subject_id)
),
others as (
  select * from unnest(%(other_days)s::date[], %(other_nouns)s::text[], %(other_rows)s::bigint[], %(other_areas)s::bigint[],
                       %(other_each)s::boolean[])
    as others(day, noun, id, area_id, each_place)
),
forms as (
  select form.*, form.place_question <> '' as each_place from collection_form form
  where form.id in (select form_id from collection_roundform where call_id = %(call)s)
),
reached as (
  select place.id, place.level_id, above.id::bigint as above_id, above.depth
  from places_area place
  cross join lateral unnest(string_to_array(trim(both '/' from place.path), '/')) with ordinality as above(id, depth)
),
wanted as (
  (
    select distinct on (form.id, place.id, asked.period)
           asked.id as assignment_id, form.id as form_id, place.id as area_id, null::bigint as facility_id,
           ''::text as subject_type, null::bigint as subject_id, asked.period, false as each_place
    from forms form
    join reached place on place.level_id = form.level_id
    join asked on asked.area_id = place.above_id
    where form.about = 'place' and (asked.subject_type <> 'area' or asked.subject_id = place.id) and (
      exists (select from places_parenthood held where held.area_id = place.id and held.valid @> asked.day)
      or exists (
        select from places_area root where root.id = place.id and root.parent_id is null
        and coalesce(root.valid_from, asked.day) <= asked.day and coalesce(root.ended_on, asked.day + 1) > asked.day
      )
    )
    order by form.id, place.id, asked.period, place.depth desc, asked.id
  )
  union all
  (
    select distinct on (form.id, facility.id, asked.period)
           asked.id, form.id, place.id, facility.id, '', null::bigint, asked.period, false
    from forms form
    join places_facility facility on facility.kind_id = form.facility_kind_id and not facility.is_duplicate
    join places_facilityplace stood on stood.facility_id = facility.id
    join reached place on place.id = stood.area_id
    join asked on asked.area_id = place.above_id and stood.valid @> asked.day
    where form.about = 'facility' and (asked.subject_type <> 'facility' or asked.subject_id = facility.id)
    order by form.id, facility.id, asked.period, place.depth desc, asked.id
  )
  union all
  (
    select distinct on (form.id, others.id, others.area_id, asked.period)
           asked.id, form.id, others.area_id, null::bigint, others.noun, others.id, asked.period, form.each_place
    from forms form
    join others on others.noun = form.about_noun and others.each_place = form.each_place
    join reached place on place.id = others.area_id
    join asked on asked.day = others.day and case
      when asked.subject_type = others.noun then asked.subject_id = others.id else asked.area_id = place.above_id
    end
    where form.about = 'other'
    order by form.id, others.id, others.area_id, asked.period, place.depth desc, asked.id
  )
)
"""

# known: the row of an open round that expects the same already
KNOWN = """
left join collection_expected known
  on known.is_open and known.given_in_id is null and known.form_id = wanted.form_id
 and known.area_id = wanted.area_id and known.facility_id is not distinct from wanted.facility_id
 and known.subject_type = wanted.subject_type and known.subject_id is not distinct from wanted.subject_id
 and known.period = wanted.period
"""

INSERT = """
insert into collection_expected (
  assignment_id, form_id, area_id, facility_id, subject_type, subject_id, period, respondent_id, state, is_open, given_in_id, reason
)
select wanted.assignment_id, wanted.form_id, wanted.area_id, wanted.facility_id, wanted.subject_type, wanted.subject_id,
       wanted.period,
       (
         select duty.position_id from duties_duty duty join people_position post on post.id = duty.position_id
         where duty.subject_type = case when wanted.each_place then 'area'
                                        when wanted.subject_id is not null then wanted.subject_type
                                        when wanted.facility_id is null then 'area' else 'facility' end
           and duty.subject_id = case when wanted.each_place then wanted.area_id
                                      else coalesce(wanted.facility_id, wanted.subject_id, wanted.area_id) end
           and duty.kind in ('reports', 'maintains') and duty.valid @> %(today)s and post.closed_on is null
         order by duty.kind desc, duty.id limit 1
       ),
       'waiting', true, known.id, ''
from wanted
"""
IN_ORDER = "order by wanted.assignment_id, wanted.form_id, wanted.area_id, wanted.facility_id, wanted.subject_id"
MAKE = WANTED + INSERT + KNOWN + IN_ORDER

COUNT = WANTED + "select assignment_id, form_id, count(*) from wanted group by 1, 2"  # noqa: S608

# of each place, and the other open round that expects the same already
FORESEE = (
    WANTED
    + """
select wanted.assignment_id, wanted.form_id, wanted.area_id, owing.call_id, count(*)
from wanted
"""
    + KNOWN
    + """
left join duties_assignment owing on owing.id = known.assignment_id
group by 1, 2, 3, 4
"""
)

# assignments all of whose rows one open assignment of the same post expects already
TWINS = (
    WANTED
    + """
select wanted.assignment_id, min(known.assignment_id)
from wanted
"""
    + KNOWN
    + """
left join duties_assignment owing on owing.id = known.assignment_id
join duties_assignment own on own.id = wanted.assignment_id
group by wanted.assignment_id, own.position_id
having count(*) = count(known.id) and count(distinct known.assignment_id) = 1
   and min(owing.position_id) = own.position_id
"""
)


@dataclass(frozen=True)
class Reach:
    """What one assignment asks about: the area, the period, and the day on which the registers are looked at.

    noun, row   the one row that the assignment is about, where it is: then nothing else of that register is asked
    """

    assignment: int
    area: int
    period: str
    day: date
    noun: str = ""
    row: int | None = None


def day_of(period: str, today: date) -> date:
    """The day on which the registers say who answers for a period: today, or the period's end nearest to it."""
    if not period:
        return today
    asked = periods.parse(period)
    return min(max(today, asked.start), asked.end)


def reach_of(assignments: Sequence[Assignment], today: date) -> list[Reach]:
    """assignments  with their post, its organisation, and the areas of both loaded"""
    return [
        Reach(row.pk, _area(row), row.period, day_of(row.period, today), row.subject_type, row.subject_id)
        for row in assignments
    ]


def _area(assignment: Assignment) -> int:
    own = assignment.position.organisation.area
    if assignment.area is None or assignment.area_id in path_ids(own.path):
        return own.pk
    return assignment.area.pk


def with_reach(assignments: Any) -> Any:
    return assignments.select_related("position__organisation__area", "area")


def _bound(call: Call, assignments: Sequence[Assignment], today: date) -> dict[str, Any]:
    reach = reach_of(assignments, today)
    return {
        "call": call.pk,
        "today": today,
        "ids": [row.assignment for row in reach],
        "areas": [row.area for row in reach],
        "periods": [row.period for row in reach],
        "days": [row.day for row in reach],
        "types": [row.noun for row in reach],
        "rows": [row.row for row in reach],
        **_others(call, reach),
    }


def _others(call: Call, reach: Sequence[Reach]) -> dict[str, list[Any]]:
    """The rows of other registers that the call's forms may be about, as those registers were on each day asked; for
    forms that ask place by place, each with each of its places."""
    asked_about = RoundForm.objects.filter(call=call, form__about=About.OTHER).values_list(
        "form__about_noun", "form__place_question"
    )
    wanted = {(noun, bool(question)) for noun, question in asked_about if noun in nouns()}
    found: list[tuple[date, str, int, int, bool]] = []
    for noun, each in sorted(wanted):
        for day in sorted({row.day for row in reach}):
            asked = [row for row in reach if row.day == day]
            within = Area.objects.filter(pk__in={row.area for row in asked if row.noun != noun})
            ids = [row.row for row in asked if row.noun == noun and row.row is not None]
            rows = nouns()[noun].places if each else nouns()[noun].rows
            found += [
                (day, noun, pk, area, each) for pk, area in rows(list(within.values_list("path", flat=True)), ids, day)
            ]
    columns = list(zip(*found, strict=True)) or [(), (), (), (), ()]
    names = ("other_days", "other_nouns", "other_rows", "other_areas", "other_each")
    return {name: list(column) for name, column in zip(names, columns, strict=True)}


def counts(call: Call, assignments: Sequence[Assignment], today: date) -> dict[tuple[int, int], int]:
    """(assignment, form) → how many answers would be expected, for the page of a draft."""
    return {(row[0], row[1]): row[2] for row in _all(COUNT, _bound(call, assignments, today))}


def foresee(call: Call, assignments: Sequence[Assignment], today: date) -> Iterable[tuple[int, int, int, int | None, int]]:  # fmt: skip
    """(assignment, form, place, call of an open round that expects the same already or None, how many answers)."""
    return _all(FORESEE, _bound(call, assignments, today))


def twins(call: Call, assignments: Sequence[Assignment], today: date) -> dict[int, int]:
    """Assignment → open assignment of the same post from which the very same is expected."""
    return dict(_all(TWINS, _bound(call, assignments, today)))


def make(call: Call, assignments: Sequence[Assignment], today: date) -> int:
    """Write the rows of assignments that are about to be issued. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(MAKE, _bound(call, assignments, today))
        return cursor.rowcount


def _all(statement: str, bound: dict[str, Any]) -> Iterable[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, bound)
        return cursor.fetchall()
