"""Rows of the desk and entries of the calendar that come from visits."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.collection.models import Visit, VisitState
from sala.collection.queries.visits import to_be_noted, waiting_answers
from sala.core.calendar import Entry
from sala.core.desk import DeskRow, Group

SHOWN = (VisitState.PLANNED, VisitState.DONE, VisitState.CALLED_OFF)


def desk_rows(actor: Actor) -> list[DeskRow]:
    """Proposals to go together, and visits of which nobody has said that they took place."""
    if not actor.position_ids:
        return []
    asked = [
        DeskRow(
            group=Group.DECIDE, title=row.proposal.title, url=row.proposal.get_absolute_url(), post=row.visit.position.title,
            who=row.proposal.visit.organisation.name, note=_("Go to the same places together?"),
        )
        for row in waiting_answers(actor.position_ids)
    ]  # fmt: skip
    over = [
        DeskRow(
            group=Group.WORK, title=row.title, url=row.get_absolute_url(), post=row.position.title,
            who=row.organisation.name, due=row.ends_on, note=_("Say whether this visit took place."),
        )
        for row in to_be_noted(actor)
    ]  # fmt: skip
    return asked + over


def visits_open(actor: Actor, first: date, last: date) -> Iterable[Entry]:
    """Visits that the reader may see; one that was called off says so, one that went into another stands there."""
    return _entries(visible(actor, Visit), first, last)


def visits_own(actor: Actor, first: date, last: date) -> Iterable[Entry]:
    """Visits of the reader's posts, and joint ones that they take part in."""
    mine = Q(position__in=actor.position_ids) | Q(taken_in__position__in=actor.position_ids)
    return _entries(Visit.objects.filter(pk__in=Visit.objects.filter(mine).values("pk")), first, last)


def _entries(rows: QuerySet[Visit], first: date, last: date) -> list[Entry]:
    rows = rows.filter(state__in=SHOWN, starts_on__lte=last, ends_on__gte=first)
    return [
        Entry(
            uid=f"visit-{visit.pk}", starts=visit.starts_on, ends=visit.ends_on, title=visit.title,
            url=visit.get_absolute_url(), kind=_("Visit to the field"), who=visit.organisation.name,
            is_cancelled=visit.state == VisitState.CALLED_OFF,
        )
        for visit in rows.select_related("organisation").order_by("starts_on", "pk")
    ]  # fmt: skip
