"""What lies on posts and offices already, and how much of their time is asked in a year, by whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import ExtractYear

from sala.access.actor import Actor
from sala.core import clock
from sala.duties.models import Assignment, Call
from sala.duties.states import OPEN, State
from sala.people.models import AppointmentKind, Organisation, Position
from sala.people.queries import appointments_on, with_vacancy

NEAR = timedelta(days=14)  # on each side of a due date: the same four weeks
SOON = timedelta(days=28)
NEVER_ASKED = (State.DRAFT, State.WITHDRAWN, State.SUPERSEDED)  # no time of an office goes into these
OFFICES_SHOWN, UNITS_SHOWN = 20, 100


def open_of(positions: Iterable[int]) -> dict[int, int]:
    """Post → how many open assignments wait for it."""
    rows = Assignment.objects.filter(waits_for__in=list(positions), state__in=OPEN)
    return dict(rows.order_by().values_list("waits_for").annotate(number=Count("pk")))


@dataclass
class OfficeLoad:
    """What lies on an office beside the call that is about to be issued.

    asked    assignments that the call gives it; vacant: of these, on posts that nobody holds
    open     assignments open on it today; near: of these, due in the same four weeks as the call
    minutes  asked of it this year already; adds: what the call adds, where it says how long it takes
    """

    number: int
    asked: int
    vacant: int = 0
    open: int = 0
    near: int = 0
    minutes: int = 0
    adds: int = 0
    office: Organisation | None = None


@dataclass(frozen=True)
class CallLoad:
    """The offices a call asks, the most loaded first, and the sums over all of them."""

    offices: list[OfficeLoad]
    shown: list[OfficeLoad]

    @property
    def asked(self) -> int:
        return sum(row.asked for row in self.offices)

    @property
    def vacant(self) -> int:
        return sum(row.vacant for row in self.offices)

    @property
    def near(self) -> int:
        return sum(row.near for row in self.offices)

    @property
    def adds(self) -> int:
        return sum(row.adds for row in self.offices)


def load_of_call(call: Call, due_on: date | None, today: date | None = None) -> CallLoad:
    """What a draft puts on each office it asks. Five queries, however many offices."""
    today = today or clock.today()
    held = appointments_on(today).filter(kind=AppointmentKind.HOLDER).values("position")
    counted = (
        call.assignments.order_by()
        .values("position__organisation")
        .annotate(number=Count("pk"), held=Count("pk", filter=Q(position__in=held)))
    )
    rows = {
        row["position__organisation"]: OfficeLoad(
            row["position__organisation"], row["number"], row["number"] - row["held"],
            adds=row["number"] * (call.minutes or 0),
        )
        for row in counted
    }  # fmt: skip
    _add_open(rows, call, due_on)
    _add_minutes(rows, call, today)
    ordered = sorted(rows.values(), key=lambda row: (-row.near, -row.open, -row.minutes, row.number))
    shown = ordered[:OFFICES_SHOWN]
    named = Organisation.objects.in_bulk([row.number for row in shown])
    for row in shown:
        row.office = named[row.number]
    return CallLoad(ordered, shown)


def _of_the_same_offices(call: Call):
    offices = call.assignments.order_by().values("position__organisation")
    return Assignment.objects.filter(position__organisation__in=offices).exclude(call=call).order_by()


def _add_open(rows: dict[int, OfficeLoad], call: Call, due_on: date | None) -> None:
    near = Q(due_on__range=(due_on - NEAR, due_on + NEAR)) if due_on else Q(pk__in=[])
    counted = (
        _of_the_same_offices(call)
        .filter(state__in=OPEN)
        .values("position__organisation")
        .annotate(number=Count("pk"), near=Count("pk", filter=near))
    )
    for row in counted:
        rows[row["position__organisation"]].open = row["number"]
        rows[row["position__organisation"]].near = row["near"]


def _add_minutes(rows: dict[int, OfficeLoad], call: Call, today: date) -> None:
    summed = (
        _of_the_same_offices(call)
        .exclude(state__in=NEVER_ASKED)
        .filter(call__issued_at__year=today.year)
        .values("position__organisation")
        .annotate(minutes=Sum("call__minutes"))
    )
    for row in summed:
        rows[row["position__organisation"]].minutes = row["minutes"] or 0


# ---- one office --------------------------------------------------------------------------------------------------


def may_see_load(actor: Actor, office: Organisation) -> bool:
    """The office itself, those above it, and who reads everything of its area."""
    above = any(office.path.startswith(path) for path in actor.organisation_paths())
    return actor.is_everything or above or any(office.area.path.startswith(path) for path in actor.areas_readable())


@dataclass
class PostLoad:
    """A post, whether it is held, and what waits for it: all, late, and due within four weeks."""

    post: Position
    open: int = 0
    late: int = 0
    soon: int = 0


def posts_of_office(office: Organisation, today: date | None = None) -> list[PostLoad]:
    """Posts of an office, those with most work first."""
    today = today or clock.today()
    posts = with_vacancy(Position.objects.filter(organisation=office, closed_on__isnull=True))
    rows = {post.pk: PostLoad(post) for post in posts}
    counted = (
        Assignment.objects.filter(waits_for__in=list(rows), state__in=OPEN)
        .order_by()
        .values("waits_for")
        .annotate(number=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)),
                  soon=Count("pk", filter=Q(due_on__range=(today, today + SOON))))
    )  # fmt: skip
    for row in counted:
        found = rows[row["waits_for"]]
        found.open, found.late, found.soon = row["number"], row["late"], row["soon"]
    return sorted(rows.values(), key=lambda row: (-row.open, row.post.code))


def units_of_office(office: Organisation, today: date | None = None) -> list[dict[str, Any]]:
    """Offices below this one on which something lies, the most loaded first."""
    today = today or clock.today()
    below = Organisation.objects.filter(path__startswith=office.path).exclude(pk=office.pk)
    waiting = Q(positions__waiting__state__in=OPEN)
    counted = below.annotate(
        number=Count("positions__waiting", filter=waiting),
        late=Count("positions__waiting", filter=waiting & Q(positions__waiting__due_on__lt=today)),
    ).filter(number__gt=0)
    rows = counted.order_by("-late", "-number", "code")[:UNITS_SHOWN]
    return [{"office": row, "open": row.number, "late": row.late} for row in rows]


def asked_of_office(office: Organisation) -> list[dict[str, Any]]:
    """Per year and asking organisation: how many calls, answers and minutes were asked of an office and those below it.

    minutes  sum over the calls that say how long an answer takes; `untold` counts the answers whose call does not
    """
    rows = (
        Assignment.objects.filter(position__organisation__path__startswith=office.path, call__is_issued=True)
        .exclude(state__in=NEVER_ASKED)
        .order_by()
        .annotate(year=ExtractYear("call__issued_at"))
        .values("year", "call__issuer__organisation")
        .annotate(calls=Count("call", distinct=True), answers=Count("pk"), minutes=Sum("call__minutes"),
                  untold=Count("pk", filter=Q(call__minutes__isnull=True)))
        .order_by("-year", "-minutes")
    )  # fmt: skip
    found = list(rows)
    named = Organisation.objects.in_bulk([row["call__issuer__organisation"] for row in found])
    return [{**row, "asker": named[row["call__issuer__organisation"]], "minutes": row["minutes"] or 0} for row in found]
