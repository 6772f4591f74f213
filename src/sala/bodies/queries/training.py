"""From which posts people were trained, and whether the present holder is one of them."""

from dataclasses import dataclass

from django.db.models import Sum

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.bodies.models import Attendance, Course, Session
from sala.core import clock
from sala.people.models import AppointmentKind, Position
from sala.people.queries import appointments_on


@dataclass(frozen=True)
class Trained:
    """A course that somebody of a post attended. before_holder: before the present holder came into the post."""

    attendance: Attendance
    before_holder: bool


def trained(actor: Actor, position: Position) -> list[Trained]:
    """Courses the post was trained in, the newest first, as far as the reader sees the course."""
    rows = Attendance.objects.filter(position=position, session__course__in=visible(actor, Course))
    rows = rows.select_related("session__course", "session__area").order_by("-session__starts_on")
    holder = appointments_on(clock.today()).filter(position=position, kind=AppointmentKind.HOLDER).first()
    since = holder.valid.lower if holder else None
    return [Trained(row, since is not None and row.session.ends_on < since) for row in rows]


def counts(session: Session) -> dict[str, int]:
    """How many women, men, and people of sex not stated came to a session."""
    sums = session.attendances.aggregate(women=Sum("women"), men=Sum("men"), unstated=Sum("unstated"))
    return {name: value or 0 for name, value in sums.items()}
