"""Which classes of fields of a concession a reader gets. Everything that shows, filters, sorts or counts asks here.

Those who see a concession by office read all its classes. Its holder reads all but what authorities think of it.
Everybody else reads the classes that a decision has opened for today, of concessions that are not confidential.
"""

from dataclasses import replace

from django.db.models import Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import scope_of, seen, visible
from sala.concessions.models import Concession, FieldClass, Release
from sala.core import clock

NOT_FOR_THE_HOLDER = frozenset({FieldClass.JUDGEMENT})


def opened() -> dict[str, set[int | None]]:
    """Classes that are open to everybody today → sectors (ids) they are open for; None stands for every sector."""
    found: dict[str, set[int | None]] = {}
    rows = Release.objects.filter(valid__contains=clock.today()).values_list("field_class", "sector_id")
    for field_class, sector in rows:
        found.setdefault(field_class, set()).add(sector)
    return found


def _is_open(field_class: str, openings: dict[str, set[int | None]]) -> Q:
    sectors = openings.get(field_class, set())
    if None in sectors:
        return Q(is_public=True)
    return Q(is_public=True, sector__in=[pk for pk in sectors if pk is not None])


def condition(actor: Actor, field_class: str) -> Q | None:
    """Condition on concessions of which the actor reads the class; None: of all that there are."""
    scope = scope_of(Concession)
    reading = seen(actor, Concession, replace(scope, open=None, parties=()))
    if reading is None:
        return None
    if field_class not in NOT_FOR_THE_HOLDER:
        as_party = seen(actor, Concession, replace(scope, open=None, owner=None, area=None, read=None))
        reading |= as_party or Q()
    return reading | _is_open(field_class, opened())


def readable(actor: Actor, *field_classes: str) -> QuerySet[Concession]:
    """Concessions of which the actor reads every one of these classes.

    A list that filters, sorts or adds up by a field starts here with that field's class: a row whose field is hidden
    neither matches nor fails to match, so nobody can close in on its value.
    """
    rows = visible(actor, Concession)
    for field_class in field_classes:
        wanted = condition(actor, field_class)
        rows = rows if wanted is None else rows.filter(wanted)
    return rows


def classes_of(actor: Actor, concession: Concession) -> frozenset[FieldClass]:
    """Classes of one concession that the actor reads; empty where the actor does not even see it."""
    mine = Concession.objects.filter(pk=concession.pk)
    found = set()
    for field_class in FieldClass:
        wanted = condition(actor, field_class)
        if wanted is None or mine.filter(wanted).exists():
            found.add(field_class)
    return frozenset(found)
