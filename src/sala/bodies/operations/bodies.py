"""Setting up a body, giving posts a seat in it, and dissolving it. What was is never overwritten: a seat ends."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.bodies import policy
from sala.bodies.models import Body, Meeting, Seat, SeatRole
from sala.bodies.states import MeetingState
from sala.core.checking import check, free_address
from sala.core.errors import Conflict, Invalid
from sala.core.models import Term
from sala.core.operation import lock, operation
from sala.journal.operations import changed_fields, record
from sala.people.models import Organisation, Position


@operation
def establish_body(actor: Actor, secretariat: Organisation, *, kind: str, name: Mapping[str, str], slug: str = "",
                   topics: Iterable[Term] = (), **described: Any) -> Body:  # fmt: skip
    """Enter a body with its mandate. `described` are further fields of Body."""
    body = Body(secretariat=secretariat, kind=kind, name=name, **described)
    require(actor, policy.EDIT, body)
    body.slug = slug or free_address(Body, body.name, kind)
    check(body)
    body.save()
    body.topics.set(topics)
    record(actor, policy.EDIT, body, change="established", document=body.document)
    return body


@operation
def change_body(actor: Actor, body: Body, *, topics: Iterable[Term] | None = None, **described: Any) -> Body:
    """Change what is said of a body. It is not closed to readers whom one of its meetings is open to."""
    body = lock(body)
    require(actor, policy.EDIT, body)
    before = Body.objects.get(pk=body.pk)
    for name, value in described.items():
        setattr(body, name, value)
    tiers = Meeting.objects.filter(body=body).exclude(state=MeetingState.CANCELLED).values_list("tier", flat=True)
    if any(policy.is_more_open(tier, body.tier) for tier in tiers):
        advice = _("A meeting of this body is open to more readers. Close that one first, or leave the body open.")
        raise Invalid(advice, {"tier": [advice]})
    check(body)
    body.save()
    if topics is not None:
        body.topics.set(topics)
    record(actor, policy.EDIT, body, change="changed", fields=changed_fields(before, body))
    return body


@operation
def give_seat(actor: Actor, body: Body, position: Position, *, role: str, start: date) -> Seat:
    """Give a post a seat from a day on. Its holder of each day is the member, without further ado."""
    body = lock(body)
    require(actor, policy.EDIT, body)
    if not body.is_open_for_work:
        raise Conflict(_("This body was dissolved. Nothing more can be entered."))
    if position.closed_on:
        raise Conflict(_("This post was abolished. Choose another post."))
    seat = Seat(body=body, position=position, role=role, valid=DateRange(start, None))
    try:
        with transaction.atomic():
            seat.save()
    except IntegrityError as error:
        raise _taken(error, body) from error
    record(actor, policy.EDIT, body, change="seat given", position=position.pk, role=role, start=start)
    return seat


def _taken(error: IntegrityError, body: Body) -> Conflict:
    if "body_has_one_chair_a_day" in str(error):
        chair = body.seats.filter(role=SeatRole.CHAIR, valid__endswith__isnull=True).select_related("position").first()
        return Conflict(
            _("The body has a chair in that time: %(post)s. End that seat first, or make it a co-chair.")
            % {"post": chair.position if chair else ""}
        )
    return Conflict(_("This post has a seat in that time. End it first, or choose a later day."))


@operation
def end_seat(actor: Actor, seat: Seat, *, on: date) -> None:
    """Let a seat end; `on` is the first day without it."""
    seat = lock(seat)
    require(actor, policy.EDIT, seat.body)
    if seat.valid.upper and seat.valid.upper <= on:
        raise Conflict(_("This seat has ended already."))
    if on <= seat.valid.lower:
        raise Invalid(
            _("The end lies before the beginning. Correct the date."), {"on": [_("Choose a day after the beginning.")]}
        )
    seat.valid = DateRange(seat.valid.lower, on)
    seat.save(update_fields=["valid"])
    record(actor, policy.EDIT, seat.body, change="seat ended", position=seat.position_id, on=on)


@operation
def dissolve_body(actor: Actor, body: Body, *, on: date) -> None:
    """Let a body end, and every seat in it. Its meetings and decisions stay."""
    body = lock(body)
    require(actor, policy.EDIT, body)
    if body.dissolved_on:
        raise Conflict(_("This body was dissolved already."))
    body.dissolved_on = on
    check(body)
    body.save()
    for seat in body.seats.select_for_update().filter(valid__endswith__isnull=True, valid__startswith__lt=on):
        seat.valid = DateRange(seat.valid.lower, on)
        seat.save(update_fields=["valid"])
    record(actor, policy.EDIT, body, change="dissolved", on=on)
