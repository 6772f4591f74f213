"""Putting people into posts, and handing a post over. Work never moves: it hangs on the post."""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people import policy
from sala.people.models import Appointment, AppointmentKind, HandOver, Person, Position


@operation
def appoint(actor: Actor, position: Position, person: Person, *, start: date, end: date | None = None,
            kind: str = AppointmentKind.HOLDER, decision: str = "") -> Appointment:  # fmt: skip
    """Put a person into a post from a day on. `end` is the first day no longer in it."""
    position = lock(position)
    require(actor, policy.APPOINT, position)
    if position.closed_on:
        raise Conflict(_("This post was abolished. Choose another post."))
    if end and end <= start:
        raise Invalid(_("The appointment ends before it begins. Correct the dates."))
    appointment = Appointment(
        position=position, person=person, kind=kind, valid=DateRange(start, end), decision=decision
    )
    _save(appointment)
    record(actor, policy.APPOINT, position, change="appointed", person=person.pk, kind=kind, start=start, end=end)
    return appointment


@operation
def end_appointment(actor: Actor, appointment: Appointment, *, on: date, reason: str = "") -> None:
    """Let an appointment end; the post stays, vacant if nobody follows."""
    appointment = lock(appointment)
    require(actor, policy.APPOINT, appointment.position)
    if appointment.valid.upper and appointment.valid.upper <= on:
        raise Conflict(_("This appointment has ended already."))
    if on <= appointment.valid.lower:
        raise Invalid(_("The end lies before the beginning. Correct the date."))
    appointment.valid = DateRange(appointment.valid.lower, on)
    appointment.save(update_fields=["valid"])
    record(
        actor,
        policy.APPOINT,
        appointment.position,
        change="ended",
        person=appointment.person_id,
        on=on,
        reason=reason,
    )


@operation
def hand_over(actor: Actor, position: Position, successor: Person, *, on: date, note: str = "", decision: str = "",
              open_work: list | None = None) -> HandOver:  # fmt: skip
    """One holder gives the post to the next: two appointments, one event, no work moved."""
    position = lock(position)
    require(actor, policy.APPOINT, position)
    leaving = position.appointments.filter(valid__contains=on, kind=AppointmentKind.HOLDER).first()
    if leaving and leaving.person_id == successor.pk:
        raise Conflict(_("This person holds the post on that day already."))
    if leaving:
        if leaving.valid.lower == on:
            raise Invalid(_("The present holder begins on that very day. Choose a later day."))
        leaving.valid = DateRange(leaving.valid.lower, on)
        leaving.save(update_fields=["valid"])
    arriving = Appointment(position=position, person=successor, valid=DateRange(on, None), decision=decision)
    _save(arriving)
    sheet = HandOver.objects.create(
        position=position, on=on, given_by=leaving, taken_by=arriving, note=note, open_work=open_work or [],
        made_at=clock.now(),
    )  # fmt: skip
    people = [leaving.person_id if leaving else None, successor.pk]
    record(actor, policy.APPOINT, position, change="handed over", people=people, on=on, open=len(open_work or []))
    return sheet


def _save(appointment: Appointment) -> None:
    try:
        with transaction.atomic():
            appointment.save()
    except IntegrityError as error:
        if "position_has_one_holder_a_day" in str(error):
            raise Conflict(
                _("Somebody holds this post in that time. Use the hand-over, or end that appointment first.")
            ) from error
        raise Conflict(_("This person is appointed to this post in that time already.")) from error
