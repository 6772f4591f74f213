"""Planning visits to the field, changing them, calling them off, and noting that they took place."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.collection import policy
from sala.collection.models import Form, Visit, VisitState
from sala.core import clock
from sala.core.checking import check, free_address
from sala.core.errors import Conflict, Invalid
from sala.core.models import Term
from sala.core.operation import lock, operation
from sala.duties.models import Call
from sala.journal.operations import changed_fields, record
from sala.people.models import Position
from sala.places.models import Area

RESERVED = ("new", "burden", "joint")  # what means something else at the place of an address


@operation
def plan_visit(actor: Actor, position: Position, *, title: Mapping[str, str], starts_on: date, ends_on: date,
               areas: Iterable[Area], topics: Iterable[Term] = (), minutes: int | None = None, slug: str = "",
               **described: Any) -> Visit:  # fmt: skip
    """Plan a visit in the name of a post. minutes: empty: those of the form that is filled in there.

    `described` are further fields of Visit: purpose, form, call, tier, is_invented.
    """
    visit = Visit(
        position=position, organisation=position.organisation, title=title, starts_on=starts_on, ends_on=ends_on, **described
    )  # fmt: skip
    require(actor, policy.VISIT, visit, acting=position.pk)
    visit.minutes = _minutes(minutes, visit.form)
    visit.slug = slug or free_address(Visit, visit.title, "visit", reserved=RESERVED)
    _check(visit)
    visit.save()
    _set_places(visit, areas)
    visit.topics.set(topics)
    record(actor, policy.VISIT, visit, change="visit planned", places=visit.areas.count())
    return visit


@operation
def change_visit(actor: Actor, visit: Visit, *, areas: Iterable[Area] | None = None,
                 topics: Iterable[Term] | None = None, minutes: int | None = None, **described: Any) -> Visit:  # fmt: skip
    """Change a visit that has not taken place."""
    visit = lock(visit)
    require(actor, policy.VISIT, visit)
    _still_planned(visit)
    before = Visit.objects.get(pk=visit.pk)
    for name, value in described.items():
        setattr(visit, name, value)
    visit.organisation = visit.position.organisation
    require(actor, policy.VISIT, visit)
    visit.minutes = _minutes(minutes, visit.form) if minutes or "form" in described else visit.minutes
    _check(visit)
    visit.save()
    if areas is not None:
        _set_places(visit, areas)
    if topics is not None:
        visit.topics.set(topics)
    record(actor, policy.VISIT, visit, change="visit changed", fields=changed_fields(before, visit))
    return visit


@operation
def call_off(actor: Actor, visit: Visit, *, reason: str) -> Visit:
    """A visit does not take place. Those that went into a joint one stand for themselves again."""
    visit = lock(visit)
    require(actor, policy.VISIT, visit)
    _still_planned(visit)
    visit.state, visit.reason = VisitState.CALLED_OFF, reason
    _check(visit)
    visit.save()
    parts = list(visit.taken_in.select_for_update(of=("self",)))
    for part in parts:
        part.state, part.joined = VisitState.PLANNED, None
        part.save()
        record(actor, policy.VISIT, part, change="visit stands alone again", joint=visit.pk)
    record(actor, policy.VISIT, visit, change="visit called off", reason=reason, parts=[part.pk for part in parts])
    return visit


@operation
def note_done(actor: Actor, visit: Visit) -> Visit:
    """A visit took place."""
    visit = lock(visit)
    require(actor, policy.VISIT, visit)
    _still_planned(visit)
    if visit.starts_on > clock.today():
        raise Conflict(_("This visit has not begun. Note it as done from its first day on."))
    visit.state = VisitState.DONE
    visit.save()
    record(actor, policy.VISIT, visit, change="visit done")
    return visit


def _still_planned(visit: Visit) -> None:
    if visit.state == VisitState.JOINED:
        raise Conflict(_("This visit went into a joint visit. Change the joint visit, or call it off."))
    if visit.state != VisitState.PLANNED:
        raise Conflict(_("This visit is over or was called off. Plan a new one."))


def _minutes(minutes: int | None, form: Form | None) -> int:
    taken = minutes or (form.minutes if form else None)
    if not taken:
        words = _("Write how many minutes it takes at each place.")
        raise Invalid(words, {"minutes": [words]})
    return taken


def _check(visit: Visit) -> None:
    check(visit)
    call: Call | None = visit.call
    if call is not None and visit.form is not None and not call.round_forms.filter(form=visit.form).exists():
        words = _("This call does not ask that form. Choose another form, or leave one of the two empty.")
        raise Invalid(words, {"call": [words]})


def _set_places(visit: Visit, areas: Iterable[Area]) -> None:
    places = list(areas)
    if not places:
        words = _("Name at least one place.")
        raise Invalid(words, {"areas": [words]})
    visit.areas.set(places)
