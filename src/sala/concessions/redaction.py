"""Which classes of fields of a concession a reader gets. Everything that shows, filters, sorts or counts asks here.

Those who see a concession by office read all its classes. Its holder reads all but what authorities think of it.
Everybody else reads the classes that a decision has opened for today, of concessions that are not confidential.
"""

from collections.abc import Iterable
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


def _by_office(actor: Actor) -> Q | None:
    """Concessions that the actor reads by office; None: all that there are."""
    return seen(actor, Concession, replace(scope_of(Concession), open=None, parties=()))


def _as_party(actor: Actor) -> Q:
    """Concessions that the actor's own organisations hold."""
    scope = replace(scope_of(Concession), open=None, owner=None, area=None, read=None)
    return seen(actor, Concession, scope) or Q()


def condition(actor: Actor, field_class: str, openings: dict[str, set[int | None]] | None = None) -> Q | None:
    """Condition on concessions of which the actor reads the class; None: of all that there are.

    openings  what `opened` said, where it was asked already
    """
    reading = _by_office(actor)
    if reading is None:
        return None
    if field_class not in NOT_FOR_THE_HOLDER:
        reading |= _as_party(actor)
    return reading | _is_open(field_class, opened() if openings is None else openings)


def readable(actor: Actor, *field_classes: str) -> QuerySet[Concession]:
    """Concessions of which the actor reads every one of these classes.

    A list that filters, sorts or adds up by a field starts here with that field's class: a row whose field is hidden
    neither matches nor fails to match, so nobody can close in on its value.
    """
    rows = visible(actor, Concession)
    openings = opened()
    for field_class in dict.fromkeys(field_classes):
        wanted = condition(actor, field_class, openings)
        rows = rows if wanted is None else rows.filter(wanted)
    return rows


def classes_of_many(actor: Actor, concessions: Iterable[Concession]) -> dict[int, frozenset[FieldClass]]:
    """Classes of each of these concessions (id → classes) that the actor reads, in three queries however many there are."""
    rows = list(concessions)
    every = frozenset(FieldClass)
    office = _by_office(actor)
    if office is None:
        return {row.pk: every for row in rows}
    mine = Concession.objects.filter(pk__in=[row.pk for row in rows]).order_by()
    by_office = set(mine.filter(office).values_list("pk", flat=True)) if actor.holdings else set()
    others = [row for row in rows if row.pk not in by_office]
    as_party = set(mine.filter(_as_party(actor)).values_list("pk", flat=True)) if others and actor.holdings else set()
    openings = opened() if others else {}
    found = {}
    for row in rows:
        if row.pk in by_office:
            found[row.pk] = every
            continue
        open_now = (
            {name for name, sectors in openings.items() if {None, row.sector_id} & sectors} if row.is_public else set()
        )
        held = every - NOT_FOR_THE_HOLDER if row.pk in as_party else frozenset()
        found[row.pk] = held | {FieldClass(name) for name in open_now}
    return found


def classes_of(actor: Actor, concession: Concession) -> frozenset[FieldClass]:
    """Classes of one concession that the actor reads; empty where the actor does not even see it."""
    return classes_of_many(actor, [concession])[concession.pk]
