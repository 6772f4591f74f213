"""The register of one place in numbers: by state, sector, situation, level, year and part, in one statement.

Every number is that of the list that stands behind it, for the same reader: what is closed is in no sum, and those who
read no entries by office are not told of fewer than three.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Case, Value, When
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.concessions import redaction
from sala.concessions.models import NOT_GRADABLE, ConcessionKind, ConcessionState, FieldClass, SituationCode
from sala.concessions.models.assessment import STANDING
from sala.concessions.queries.assessments import letters
from sala.concessions.queries.register import FEW, Narrowing, register
from sala.core.models import Term
from sala.places.models import Area, Level

# facts: one line for each concession. A group counts it once for each key it has; the keys are those of the list's form.
_NUMBERS = """
with found as materialized ({found}),
     latest as materialized (
         select g.concession_id as id, g.granted_ha, g.level from concessions_grant g
          where g.concession_id in (select id from found)
            and not exists (select 1 from concessions_grant r where r.replaces_id = g.id)),
     granted as (select id, sum(granted_ha) as ha from latest group by 1),
     developed as (
         select a.concession_id as id, sum(coalesce(a.stated_ha, a.mapped_ha)) as ha from concessions_concessionarea a
          where a.purpose = 'implementation' and a.is_current and a.concession_id in (select id from found)
          group by 1),
     facts as materialized (
         select f.*, case when f.sized then g.ha end as granted, case when f.sized then d.ha end as developed
           from found f left join granted g on g.id = f.id left join developed d on d.id = f.id),
     keys as (
         select id, 'all' as what, '' as key from facts
         union all select id, 'state', state from facts
         union all select id, 'kind', kind from facts
         union all select f.id, 'sector', t.code from facts f join core_term t on t.id = f.sector_id
         union all select f.id, 'situation', s.code from facts f
              join concessions_situation s on s.concession_id = f.id and s.until is null where f.judged
         union all (select distinct f.id, 'grade', a.valid_grade from facts f join concessions_assessment a on a.concession_id = f.id
                     where f.judged and a.valid_grade <> '' and a.state = any(%s))
         union all (select distinct f.id, 'level', l.level from facts f join latest l on l.id = f.id
                     where f.termed and l.level <> '')
         union all select f.id, 'level', f.level from facts f
              where f.termed and f.level <> '' and not exists (select 1 from latest l where l.id = f.id and l.level <> '')
         union all (select distinct f.id, 'year', extract(year from coalesce(g.starts_on, g.decided_on))::int::text
                      from facts f join concessions_grant g on g.concession_id = f.id
                     where f.termed and coalesce(g.starts_on, g.decided_on) is not null)
         union all (select distinct f.id, 'place', p.code from facts f join places_area p on p.id = any(%s)
                     where f.path like p.path || '%%'
                        or exists (select 1 from concessions_concessionplace c join places_area r on r.id = c.area_id
                                    where c.concession_id = f.id and r.path like p.path || '%%')))
select k.what, k.key, count(*), sum(f.granted), sum(f.developed), count(f.granted), count(f.developed)
  from keys k join facts f on f.id = k.id group by 1, 2
"""


@dataclass(frozen=True)
class Number:
    """One line: how many, and hectares of those whose hectares are open to the reader and known.

    query   what narrows the list to exactly these, without the place
    counted, measured   how many have granted, and developed, hectares
    is_few  fewer than may be told: then there is nothing else in it
    """

    key: str
    label: Any
    query: str = ""
    number: int = 0
    granted: Decimal | None = None
    developed: Decimal | None = None
    counted: int = 0
    measured: int = 0
    is_few: bool = False

    @property
    def share(self) -> float | None:
        """Developed of granted; None where one of them is not known."""
        if not self.granted or self.developed is None:
            return None
        return float(self.developed / self.granted)


@dataclass(frozen=True)
class Group:
    """Numbers by one thing. overlaps: an entry may stand in several lines, so they add up to more than the whole."""

    what: str
    title: Any
    lines: list[Number]
    overlaps: bool = False

    @property
    def most(self) -> Decimal:
        """The longest bar."""
        sizes = [value for line in self.lines for value in (line.granted, line.developed) if value is not None]
        return max(sizes, default=Decimal(0))


@dataclass(frozen=True)
class Overview:
    place: Area
    whole: Number
    groups: list[Group] = field(default_factory=list)

    def group(self, what: str) -> Group | None:
        return next((group for group in self.groups if group.what == what), None)


def overview(actor: Actor, place: Area) -> Overview:
    """The numbers of a place as the actor may know them."""
    parts = list(place.children.filter(ended_on__isnull=True).order_by("code"))
    told = _numbers(actor, place, parts)
    hides = not actor.has_post and not actor.is_everything
    whole = _line(told.get("all", {}), "", "", "")
    groups = [
        Group(what, title, _lines(told.get(what, {}), labels, query), overlaps)
        for what, title, labels, query, overlaps in _kinds(parts)
    ]
    groups = [replace(group, lines=_without_few(group.lines)) if hides else group for group in groups if group.lines]
    return Overview(place, _without_few([whole])[0] if hides else whole, groups)


def _kinds(parts: Sequence[Area]) -> list[tuple[str, Any, dict[str, Any], str, bool]]:
    """(group, title, key → words in their order, name in the list's form, whether an entry may stand in several)."""
    sectors = {term.code: term.name for term in Term.objects.filter(scheme="sector").order_by("order", "code")}
    levels = {level.code: level.name for level in Level.objects.order_by("rank")}
    return [
        ("place", _("Place"), {area.code: area.name for area in parts}, "place", True),
        ("sector", _("Sector"), sectors, "sector", False),
        ("state", _("State"), dict(ConcessionState.choices), "state", False),
        ("situation", _("Situation"), dict(SituationCode.choices), "situation", False),
        (
            "grade",
            _("Grade"),
            {**{letter: letter for letter in letters()}, NOT_GRADABLE: _("Not gradable")},
            "grade",
            False,
        ),
        ("kind", _("Kind"), dict(ConcessionKind.choices), "kind", False),
        ("level", _("Level that granted it"), levels, "level", True),
        ("year", _("Year of the grant"), {}, "year", True),
    ]


def _numbers(actor: Actor, place: Area, parts: Sequence[Area]) -> dict[str, dict[str, tuple[Any, ...]]]:
    def reads(name: str) -> Any:
        condition = redaction.condition(actor, FieldClass.BASICS, name)
        if condition is None:
            return Value(True, output_field=BooleanField())
        return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())

    rows = register(actor, Narrowing(place=place)).order_by().annotate(
        sized=reads(FieldClass.HECTARES), termed=reads(FieldClass.TERMS), judged=reads(FieldClass.JUDGEMENT)
    )  # fmt: skip
    names = ("id", "state", "kind", "sector_id", "level", "area__path", "sized", "termed", "judged")
    try:
        found, values = rows.values_list(*names).query.sql_with_params()
    except EmptyResultSet:  # nothing is open to this reader
        return {}
    columns = "id, state, kind, sector_id, level, path, sized, termed, judged"
    statement = _NUMBERS.format(found=f"select {columns} from ({found}) q({columns})")  # noqa: S608
    told: dict[str, dict[str, tuple[Any, ...]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, list(STANDING), [area.pk for area in parts]])
        for what, key, *numbers in cursor.fetchall():
            told[what][key] = tuple(numbers)
    return told


def _lines(told: dict[str, tuple[Any, ...]], labels: dict[str, Any], query: str) -> list[Number]:
    """In the order of the labels; what has none, such as a year, in its own."""
    keys = [key for key in labels if key in told] + sorted(set(told) - set(labels))
    return [_line({"": told[key]}, key, labels.get(key, key), f"{query}={key}") for key in keys]


def _line(told: dict[str, tuple[Any, ...]], key: str, label: Any, query: str) -> Number:
    if "" not in told:
        return Number(key, label, query)
    number, granted, developed, counted, measured = told[""]
    return Number(key, label, query, number, granted, developed, counted, measured)


def _without_few(lines: list[Number]) -> list[Number]:
    """Lines of few say so and nothing else; where that is one line alone, so does the next, or it could be reckoned."""
    few = [line for line in lines if 0 < line.number < FEW]
    if len(few) == 1 and len(lines) > 1:
        few.append(min((line for line in lines if line not in few), key=lambda line: line.number))
    return [
        Number(line.key, line.label, line.query, is_few=True) if line in few else _without_few_hectares(line)
        for line in lines
    ]


def _without_few_hectares(line: Number) -> Number:
    granted = line.granted if line.counted >= FEW else None
    developed = line.developed if line.measured >= FEW else None
    return replace(line, granted=granted, developed=developed)


@dataclass(frozen=True)
class Panel:
    """A few numbers about one thing beside the register itself: (words, number as text, address or empty)."""

    title: Any
    lines: list[tuple[Any, str, str]]
    note: Any = ""


# asks for one panel; None where there is nothing to tell this reader
Ask = Callable[[Actor, Area], Panel | None]
