"""How a call stands: counts, office by office or place by place, what is late, what was said to whom."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Count, F, Func, Max, Q, QuerySet, Value

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core import clock
from sala.duties.due import AGAINST
from sala.duties.models import Assignment, Call, Review
from sala.duties.states import ENDED, OPEN, State
from sala.people.models import Message, Organisation
from sala.places.models import Area

LATE_SHOWN = 20
OFFICES_AT_MOST = 60  # a matrix with more rows goes by place
BY_OFFICE, BY_PLACE = "office", "place"
SHOWN = [state for state in State if state != State.DRAFT]


@dataclass
class Line:
    """One row of the matrix: an office or a place, and its number of assignments in each state."""

    key: Any
    name: Any
    url: str = ""
    code: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    late: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        return self.counts.get(State.ACCEPTED, 0) + self.counts.get(State.WAIVED, 0)


def _counted(rows: QuerySet[Assignment], group: Any, today: date) -> list[tuple[Any, str, int, int]]:
    """(key, state, number, late) of each group and state."""
    late = Count("pk", filter=Q(due_on__lt=today, state__in=OPEN))
    counted = rows.order_by().annotate(key=group).values("key", "state").annotate(number=Count("pk"), late=late)
    return [(row["key"], row["state"], row["number"], row["late"]) for row in counted]


def board(asked: QuerySet[Assignment], by: str, today: date | None = None) -> list[Line]:
    """Offices or places of a call against states. Two queries, however many assignments.

    asked  what the call waits for (asked_by)
    """
    today = today or clock.today()
    if by == BY_PLACE:
        path = F("position__organisation__area__path")
        group: Any = Func(path, Value("/"), Value(3), function="split_part", output_field=CharField())
    else:
        group = F("position__organisation")
    lines: dict[Any, Line] = {}
    for key, state, number, late in _counted(asked, group, today):
        line = lines.setdefault(key, Line(key, ""))
        line.counts[state] = number
        line.late += late
    _name(lines, by)
    return sorted(lines.values(), key=lambda line: (-line.late, str(line.name)))


def _name(lines: dict[Any, Line], by: str) -> None:
    if by == BY_OFFICE:
        named: dict[Any, Any] = dict(Organisation.objects.in_bulk(list(lines)))
    else:
        wanted = Q(pk__in=[int(key) for key in lines if key]) | Q(parent__isnull=True)
        areas = list(Area.objects.filter(wanted).order_by("pk"))
        named = {str(area.pk): area for area in areas}
        country = next((area for area in areas if area.parent_id is None), None)
        if country is not None:
            named[""] = country
    for key, line in lines.items():
        if key in named:
            line.name, line.url, line.code = named[key].name, named[key].get_absolute_url(), named[key].code


def goes_by_place(asked: QuerySet[Assignment]) -> bool:
    """Whether more offices are asked than a matrix has rows for."""
    offices = asked.order_by().values("position__organisation").distinct()
    return offices[: OFFICES_AT_MOST + 1].count() > OFFICES_AT_MOST


def late_of(asked: QuerySet[Assignment], today: date | None = None) -> QuerySet[Assignment]:
    """Open assignments past their due date, the latest first; days off at the due date are left to the page."""
    return asked.filter(state__in=OPEN, due_on__lt=today or clock.today()).order_by("due_on", "id")


def in_lines(ids: Iterable[int]) -> dict[int, Assignment]:
    """Assignments by number with what a line says of them: the posts in it and their offices.

    A page chooses the numbers first, so that thousands are not read with all this to show fifty.
    """
    rows = Assignment.objects.select_related(
        "call", "position__organisation", "waits_for__organisation", "validating_position__organisation"
    )
    return rows.in_bulk(list(ids))


def narrowed(rows: QuerySet[Assignment], chosen: dict[str, str], today: date | None = None) -> QuerySet[Assignment]:
    """Assignments of a call by state ("open", "ended", "late" or one state), place and word in office or post."""
    state = chosen.get("state", "")
    if state == "open":
        rows = rows.filter(state__in=OPEN)
    elif state == "ended":
        rows = rows.filter(state__in=ENDED)
    elif state == "late":
        rows = rows.filter(state__in=OPEN, due_on__lt=today or clock.today())
    elif state in State.values:
        rows = rows.filter(state=state)
    if place := chosen.get("place"):
        area = Area.objects.filter(code=place).first()
        rows = rows.filter(position__organisation__area__path__startswith=area.path) if area else rows.none()
    if office := chosen.get("office"):
        rows = rows.filter(position__organisation__code__iexact=office)
    return rows


@dataclass(frozen=True)
class Said:
    """One wave of messages about a call."""

    wave: str
    number: int
    last: datetime


def said(call: Call) -> list[Said]:
    """What was told to the posts, wave by wave, oldest first."""
    rows = Message.objects.filter(
        subject_type="assignment", subject_id__in=Assignment.objects.filter(call=call).values("pk")
    )
    about = Func(F("wave"), Value(AGAINST), Value(1), function="split_part", output_field=CharField())
    waves = rows.order_by().values(about=about).annotate(number=Count("pk"), last=Max("made_at"))
    return [Said(row["about"], row["number"], row["last"]) for row in sorted(waves, key=lambda row: row["last"])]


def _checked_by(actor: Actor, call: Call) -> QuerySet[Assignment]:
    mine = actor.position_ids
    reviews = Review.objects.filter(position__in=mine, assignment__call=call)
    checks = Q(pk__in=reviews.values("assignment")) | Q(validating_position__in=mine)
    if call.issuer_id in mine:
        checks |= Q(validating_position__isnull=True)
    return Assignment.objects.filter(checks, call=call)


def reviewed_by(actor: Actor, call: Call) -> QuerySet[Assignment]:
    """The part of a call that the actor's posts review or accept."""
    return visible(actor, Assignment).filter(call=call, pk__in=_checked_by(actor, call).values("pk"))


def waiting_for_check(actor: Actor, call: Call) -> int:
    """How many answers wait for the actor's posts to check them; who checks an answer takes part in it and sees it."""
    if not actor.position_ids:
        return 0
    return _checked_by(actor, call).filter(waits_for__in=actor.position_ids, state__in=OPEN).count()
