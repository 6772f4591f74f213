"""How a call stands: counts, office by office or place by place, what is late, what was said to whom."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Count, F, Func, Max, Q, QuerySet, Value

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core import clock
from sala.duties.models import Assignment, Call
from sala.duties.queries.assignments import asked_by, with_everything
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
    late = Count("pk", filter=Q(due_on__lt=today, state__in=OPEN), distinct=True)
    counted = (
        rows.order_by()
        .annotate(key=group)
        .values("key", "state")
        .annotate(number=Count("pk", distinct=True), late=late)
    )
    return [(row["key"], row["state"], row["number"], row["late"]) for row in counted]


def board(call: Call, by: str, today: date | None = None) -> list[Line]:
    """Offices or places of a call against states. Three queries, however many assignments."""
    rows, today = asked_by(call), today or clock.today()
    if by == BY_PLACE:
        path = F("position__organisation__area__path")
        group: Any = Func(path, Value("/"), Value(3), function="split_part", output_field=CharField())
    else:
        group = F("position__organisation")
    lines: dict[Any, Line] = {}
    for key, state, number, late in _counted(rows, group, today):
        line = lines.setdefault(key, Line(key, ""))
        line.counts[state] = number
        line.late += late
    _name(lines, by)
    return sorted(lines.values(), key=lambda line: (-line.late, str(line.name)))


def _name(lines: dict[Any, Line], by: str) -> None:
    if by == BY_OFFICE:
        named: dict[Any, Any] = dict(Organisation.objects.in_bulk(list(lines)))
    else:
        named = {str(area.pk): area for area in Area.objects.filter(pk__in=[int(key) for key in lines if key])}
        country = Area.objects.filter(parent__isnull=True).order_by("pk").first()
        if country is not None:
            named[""] = country
    for key, line in lines.items():
        if key in named:
            line.name, line.url, line.code = named[key].name, named[key].get_absolute_url(), named[key].code


def offices_asked(call: Call) -> int:
    return asked_by(call).order_by().values("position__organisation").distinct().count()


def late_of(call: Call, today: date | None = None) -> QuerySet[Assignment]:
    """Open assignments past their due date, the latest first; days off at the due date are left to the page."""
    rows = asked_by(call).filter(state__in=OPEN, due_on__lt=today or clock.today())
    return with_everything(rows).order_by("due_on", "id")


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
    waves = rows.order_by().values("wave").annotate(number=Count("pk"), last=Max("made_at"))
    return [Said(row["wave"], row["number"], row["last"]) for row in sorted(waves, key=lambda row: row["last"])]


def reviewed_by(actor: Actor, call: Call) -> QuerySet[Assignment]:
    """The part of a call that the actor's posts review or accept."""
    mine = actor.position_ids
    checks = Q(reviews__position__in=mine) | Q(validating_position__in=mine)
    if call.issuer_id in mine:
        checks |= Q(validating_position__isnull=True)
    return (
        visible(actor, Assignment)
        .filter(call=call)
        .filter(pk__in=Assignment.objects.filter(checks, call=call).values("pk"))
    )
