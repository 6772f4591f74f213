"""Putting people into posts, and handing a post over. Work never moves: it hangs on the post."""

from datetime import date, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock, language
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people import policy
from sala.people.models import Appointment, AppointmentKind, HandOver, Person, Position
from sala.people.operations.messages import queue_message
from sala.people.queries.holding import people_behind


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
    _require_other_than_oneself(actor, position, person)
    appointment = Appointment(
        position=position, person=person, kind=kind, valid=DateRange(start, end), decision=decision
    )
    _save(appointment)
    if kind == AppointmentKind.DEPUTY:
        _tell_of_deputy(appointment)
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
    _require_other_than_oneself(actor, position, successor)
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


def _require_other_than_oneself(actor: Actor, position: Position, person: Person) -> None:
    """A post that opens everything takes two people: who holds it and who appointed them."""
    if actor.is_everything or person.pk not in people_behind(actor):
        return
    if position.grants.filter(role__verbs__contains=[policy.OPEN_OPERATOR]).exists():
        raise NotPermitted(_("Nobody appoints themselves to a post that opens operator sessions. Ask somebody else."))


def _tell_of_deputy(appointment: Appointment) -> None:
    """The deputy learns of the post, its holders of that time of the deputy; each once and in their own language."""
    position, deputy = appointment.position, appointment.person
    held = position.appointments.filter(kind=AppointmentKind.HOLDER, valid__overlap=appointment.valid)
    holders = [row.person for row in held.select_related("person").order_by("valid") if row.person.is_active]
    for person in dict.fromkeys([deputy, *holders]):
        with translation.override(person.language or language.required_language()):
            title = _("You act as deputy of a post") if person == deputy else _("Your post has a deputy")
            lines = [str(position), *([] if person == deputy else [deputy.name]), _days_of(appointment)]
            if appointment.decision:
                lines.append(_("On the strength of: %(decision)s") % {"decision": appointment.decision})
            link = settings.BASE_URL.rstrip("/") + reverse("site:desk")
            queue_message(
                person, position, wave=f"deputy-{appointment.pk}", title=title, body="\n".join([*lines, link])
            )


def _days_of(appointment: Appointment) -> str:
    first, end = date_format(appointment.valid.lower, "DATE_FORMAT"), appointment.valid.upper
    if end is None:
        return _("From %(first)s on, until it is ended.") % {"first": first}
    last = date_format(end - timedelta(days=1), "DATE_FORMAT")
    return _("From %(first)s to %(last)s.") % {"first": first, "last": last}


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
