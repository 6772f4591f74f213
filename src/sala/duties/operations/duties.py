"""Giving a post a duty, and ending it. What was is never overwritten: a duty ends and another begins."""

from datetime import date, timedelta

from django.db import IntegrityError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, require, scope_of, sees
from sala.core import clock, subjects
from sala.core.errors import Conflict, Invalid, Missing, NotPermitted
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.duties import policy
from sala.duties.models import Duty, DutyKind
from sala.journal.operations import record
from sala.journal.queries import of_subject
from sala.people.models import Position
from sala.places.models import Area

# Kinds that give a say over the subject; naming them needs a right over the subject too, not only over the post.
POWERS = (DutyKind.OWNS, DutyKind.VALIDATES, DutyKind.APPROVES, DutyKind.PUBLISHES)


@operation
def assign_duty(actor: Actor, position: Position, *, kind: str, subject: models.Model, start: date,
                end: date | None = None, area: Area | None = None, basis: str = "", document: Document | None = None,
                is_invented: bool = False) -> Duty:  # fmt: skip
    """Name the post that owns, reports, validates … a subject from a day on. `end` is the first day no longer so.

    subject  any row whose model is in the list of nouns. Raises Conflict when it has another owner in that time.
    """
    position = lock(position)
    require(actor, policy.EDIT, position)
    if position.closed_on:
        raise Conflict(_("This post was abolished. Choose another post."))
    if end and end <= start:
        raise Invalid(_("The duty ends before it begins. Correct the dates."), {"end": [_("Choose a later day.")]})
    if area and area.has_ended:
        raise Invalid(_("This area has ended. Choose one of its successors."), {"area": [_("This area has ended.")]})
    _check_subject(actor, kind, subject)
    noun = subjects.of(subject).noun
    duty = Duty(position=position, kind=kind, subject_type=noun, subject_id=subject.pk, area=area, basis=basis,
                document=document, valid=DateRange(start, end), is_invented=is_invented)  # fmt: skip
    try:
        with transaction.atomic():
            duty.save()
    except IntegrityError as error:
        raise _taken(error, duty) from error
    record(actor, policy.EDIT, duty, change="assigned", duty=kind, of=[noun, subject.pk], position=position.pk,
           area=area.pk if area else None, start=start, end=end, basis=basis, document=document)  # fmt: skip
    return duty


def _check_subject(actor: Actor, kind: str, subject: models.Model) -> None:
    if not sees(actor, subject):
        raise Missing(_("What the duty is about was not found. Check its number."))
    if kind in POWERS and scope_of(type(subject)).owner and not can(actor, policy.EDIT, subject):
        raise NotPermitted(
            _(
                "This belongs to another organisation. Ask its data owner, or the secretariat, to name who owns, checks or publishes it."
            )
        )


def _taken(error: IntegrityError, duty: Duty) -> Conflict:
    if "subject_has_one_owner_a_day" not in str(error):
        return Conflict(_("This post has this duty already in that time."))
    owner = Duty.objects.filter(
        kind=DutyKind.OWNS, subject_type=duty.subject_type, subject_id=duty.subject_id, area=duty.area,
        valid__overlap=duty.valid,
    ).select_related("position__organisation").first()  # fmt: skip
    post = str(owner.position) if owner else ""
    return Conflict(
        _("It has an owner in that time: %(post)s. End that duty first, or choose a later day.") % {"post": post}
    )


@operation
def end_duty(actor: Actor, duty: Duty, *, on: date, reason: str = "") -> None:
    """Let a duty end; `on` is the first day no longer in force. The subject may be without an owner from then on."""
    duty = lock(duty)
    require(actor, policy.EDIT, duty)
    if duty.valid.upper and duty.valid.upper <= on:
        raise Conflict(_("This duty has ended already."))
    if on <= duty.valid.lower:
        raise Invalid(
            _("The end lies before the beginning. Correct the date."), {"on": [_("Choose a day after the beginning.")]}
        )
    duty.valid = DateRange(duty.valid.lower, on)
    duty.save(update_fields=["valid"])
    record(actor, policy.EDIT, duty, change="ended", on=on, reason=reason)


def pass_ownership(actor: Actor, verb: str, subject: models.Model, position: Position) -> Duty:
    """The post that owns a subject is another one from today on. The operation of the hand-over has its own rule.

    verb  under which it is recorded
    """
    today, noun = clock.today(), subjects.of(subject).noun
    held = Duty.objects.filter(kind=DutyKind.OWNS, subject_type=noun, subject_id=subject.pk, area__isnull=True)
    for duty in held.filter(valid__endswith__isnull=True) | held.filter(valid__endswith__gt=today):
        if duty.valid.lower >= today:
            duty.delete()
            continue
        duty.valid = DateRange(duty.valid.lower, today)
        duty.save(update_fields=["valid"])
        record(actor, verb, duty, change="ended", on=today)
    made = Duty.objects.create(position=position, kind=DutyKind.OWNS, subject_type=noun, subject_id=subject.pk,
                               valid=DateRange(today, None))  # fmt: skip
    record(actor, verb, made, change="assigned", duty=DutyKind.OWNS, of=[noun, subject.pk], position=position.pk)
    return made


@operation
def pass_duties(actor: Actor, *, noun: str, merged: int, into: int) -> int:
    """Two rows of a noun turned out to be one: duties on the one that went are duties on the one that stays.

    A duty that the other one has already, or that another post owns there, ends. Returns how many went over; running it
    twice changes nothing.
    """
    count, today = 0, clock.today()
    for duty in Duty.objects.filter(subject_type=noun, subject_id=merged).order_by("pk"):
        duty = lock(duty)
        duty.subject_id = into
        try:
            with transaction.atomic():
                duty.save(update_fields=["subject_id"])
        except IntegrityError:
            duty.subject_id = merged
            if duty.valid.upper is None or duty.valid.upper > today > duty.valid.lower:
                duty.valid = DateRange(duty.valid.lower, max(today, duty.valid.lower + timedelta(days=1)))
                duty.save(update_fields=["valid"])
                record(actor, policy.EDIT, duty, change="ended", on=today)
            continue
        record(actor, policy.EDIT, duty, change="transfer", of=[noun, into], left=merged)
        count += 1
    return count


@operation
def give_back_duties(actor: Actor, *, noun: str, parted: int, stayed: int) -> int:
    """A merger was undone: the duties that went over by it are duties on the one that came back. Returns how many.

    A duty that ended at the merger, because the other one had it already, stays ended: whoever it was is named anew.
    """
    count = 0
    for duty in Duty.objects.filter(subject_type=noun, subject_id=stayed).order_by("pk"):
        told = [event.content() for event in of_subject("duty", duty.pk).filter(verb=policy.EDIT)]
        moved = next((one for one in told if one.get("change") == "transfer"), None)
        if moved is None or moved.get("left") != parted or moved.get("of") != [noun, stayed]:
            continue
        duty = lock(duty)
        duty.subject_id = parted
        duty.save(update_fields=["subject_id"])
        record(actor, policy.EDIT, duty, change="transfer", of=[noun, parted], left=stayed)
        count += 1
    return count
