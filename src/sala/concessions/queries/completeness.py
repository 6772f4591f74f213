"""How complete the register is, area by area: known, located, documented, inspected, graded, age of what is known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Q, Value, When

from sala.access.actor import Actor
from sala.concessions import redaction
from sala.concessions.models import FieldClass
from sala.concessions.queries.lacking import CONTRACTS
from sala.core import clock
from sala.places.models import Area

STALE = timedelta(days=365)  # without any change for longer, an entry is told as old

# An area is located when a shape or a point stands for what was granted, requested or developed. What is there is looked
# up as lists of ids, each made once: asked row by row it took most of a second of 20,000 entries.
_BOARD = """
with found as materialized ({found}),
     lies as (select a.id, p.id as part_id from places_area a
                left join places_area p on p.id = any(%s) and a.path like p.path || '%%'
               where a.id in (select area_id from found))
select lies.part_id, count(*),
       count(*) filter (where f.id in (select a.concession_id from concessions_concessionarea a
                                         join concessions_areashape s on s.area_id = a.id where a.is_current)),
       count(*) filter (where f.id in (select d.concession_id from concessions_concessiondocument d
                                         join core_term t on t.id = d.role_id where t.code = any(%s))),
       count(*) filter (where f.id in (select d.concession_id from concessions_concessiondocument d
                                         join core_term t on t.id = d.role_id where t.code = 'inspection')
                           or f.by_office and f.id in (select i.concession_id from concessions_inspection i where i.is_current)),
       count(*) filter (where f.id in (select c.concession_id from concessions_confirmation c where c.withdrawn_at is null)),
       count(*) filter (where f.judged and f.id in (select g.concession_id from concessions_assessment g
                                                     where g.state in ('validated', 'reopened') and g.valid_grade <> 'none')),
       count(*) filter (where f.changed_at < %s),
       percentile_disc(0.5) within group (order by f.changed_at)
  from found f join lies on lies.id = f.area_id group by 1
"""


@dataclass(frozen=True)
class Completeness:
    """One area, or None for what lies in none of them (kept at a wider level). Numbers of concessions.

    located     a shape or a point is known          documented  an agreement or a decision is there
    inspected   an inspection is entered, for those who read it by office, or its paper is there
    confirmed   an office stands for some class of fields
    graded      a grade was validated, of those whose grades the reader reads
    old         unchanged for a year                 changed     when half of the entries had been changed
    """

    area: Area | None
    known: int
    located: int
    documented: int
    inspected: int
    confirmed: int
    graded: int
    old: int
    changed: datetime | None

    def share(self, number: int) -> float:
        return number / self.known if self.known else 0.0


def completeness(actor: Actor, inside: Area) -> list[Completeness]:
    """The areas one level below `inside`, in their order, in one statement however many concessions there are."""
    parts = {area.pk: area for area in inside.children.filter(ended_on__isnull=True)}
    rows = redaction.readable(actor, FieldClass.BASICS, FieldClass.PLACE, FieldClass.HECTARES, FieldClass.PAPERS)
    rows = rows.filter(same_as__isnull=True, area__path__startswith=inside.path).order_by()
    judged = _whether(redaction.condition(actor, FieldClass.JUDGEMENT))
    by_office = _whether(redaction.office_condition(actor))
    try:
        found, values = (
            rows.annotate(judged=judged, by_office=by_office)
            .values_list("id", "changed_at", "area_id", "judged", "by_office")
            .query.sql_with_params()
        )
    except EmptyResultSet:  # nothing is open to this reader
        return [Completeness(area, 0, 0, 0, 0, 0, 0, 0, None) for area in parts.values()]
    columns = "id, changed_at, area_id, judged, by_office"
    inner = f"select {columns} from ({found}) q({columns})"  # noqa: S608
    statement = _BOARD.format(found=inner)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, list(parts), list(CONTRACTS), clock.now() - STALE])
        told = {row[0]: row[1:] for row in cursor.fetchall()}
    lines = [Completeness(area, *told.get(pk, (0, 0, 0, 0, 0, 0, 0, None))) for pk, area in parts.items()]
    return [*lines, Completeness(None, *told[None])] if None in told else lines


def _whether(condition: Q | None) -> Any:
    """A condition as a column; None is true of every row."""
    return Value(True) if condition is None else Case(When(condition, then=True), default=False)


def whole(lines: list[Completeness]) -> Completeness:
    """All areas together."""
    sums = {name: sum(getattr(line, name) for line in lines)
            for name in ("known", "located", "documented", "inspected", "confirmed", "graded", "old")}  # fmt: skip
    return Completeness(None, **sums, changed=None)
