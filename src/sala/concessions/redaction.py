"""Which classes of fields of a concession a reader gets. Everything that shows, filters, sorts or counts asks here.

Those who see a concession by office read all its classes. Its holder reads all but what authorities think of it.
Everybody else reads the classes that a decision has opened for today and for which an office stands, of concessions that
are not confidential and say enough (queries.openness).
"""

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import scope_of, seen, visible
from sala.concessions.models import Concession, FieldClass, Grant, Release
from sala.core import clock
from sala.ledger.models import Account, AccountKind

NOUN = "concession"  # of accounts: what the claim is about
NOT_FOR_THE_HOLDER = frozenset({FieldClass.JUDGEMENT})


def opened() -> dict[str, set[int | None]]:
    """Classes that are open to everybody today → sectors (ids) they are open for; None stands for every sector."""
    found: dict[str, set[int | None]] = {}
    rows = Release.objects.filter(valid__contains=clock.today()).values_list("field_class", "sector_id")
    for field_class, sector in rows:
        found.setdefault(field_class, set()).add(sector)
    return found


def _is_open(field_classes: Iterable[str], openings: dict[str, set[int | None]]) -> Q:
    """Concessions of which everybody reads every one of these classes: a decision opened it, and an office stands for it."""
    wanted = Q(is_public=True)
    asked = [FieldClass(name).value for name in field_classes]
    if asked:
        wanted &= Q(confirmed_classes__contains=asked)
    for field_class in asked:
        sectors = openings.get(field_class, set())
        if None not in sectors:
            wanted &= Q(sector__in=[pk for pk in sectors if pk is not None])
    return wanted


def office_condition(actor: Actor) -> Q | None:
    """Condition on concessions that the actor reads by office; None: all that there are."""
    return seen(actor, Concession, replace(scope_of(Concession), open=None, parties=()))


def _as_party(actor: Actor) -> Q:
    """Concessions that the actor's own organisations hold."""
    scope = replace(scope_of(Concession), open=None, owner=None, area=None, read=None)
    return seen(actor, Concession, scope) or Q()


def condition(actor: Actor, *field_classes: str) -> Q | None:
    """Condition on concessions of which the actor reads every one of these classes; None: of all that there are.

    Said so that what the reader's offices and companies have to do with it is looked up once, however many classes.
    """
    by_office = office_condition(actor)
    if by_office is None:
        return None
    openings = opened()
    withheld = NOT_FOR_THE_HOLDER & set(field_classes)
    told = [name for name in field_classes if name not in withheld]
    reading = _is_open(told, openings)
    if actor.holdings:
        reading |= _as_party(actor)
    if withheld:
        reading &= _is_open(withheld, openings)
    return by_office | reading


def readable(actor: Actor, *field_classes: str) -> QuerySet[Concession]:
    """Concessions of which the actor reads every one of these classes; whoever reads a class sees the concession.

    A list that filters, sorts or adds up by a field starts here with that field's class: a row whose field is hidden
    neither matches nor fails to match, so nobody can close in on its value.
    """
    if not field_classes:
        return visible(actor, Concession)
    wanted = condition(actor, *dict.fromkeys(field_classes))
    return Concession.objects.all() if wanted is None else Concession.objects.filter(wanted)


def classes_of_many(actor: Actor, concessions: Iterable[Concession]) -> dict[int, frozenset[FieldClass]]:
    """Classes of each of these concessions (id → classes) that the actor reads, in three queries however many there are."""
    rows = list(concessions)
    every = frozenset(FieldClass)
    office = office_condition(actor)
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
            {name for name in row.confirmed_classes if {None, row.sector_id} & openings.get(name, set())}
            if row.is_public
            else set()
        )
        held = every - NOT_FOR_THE_HOLDER if row.pk in as_party else frozenset()
        found[row.pk] = held | {FieldClass(name) for name in open_now}
    return found


def reading_of(actor: Actor, concession: Concession) -> tuple[frozenset[FieldClass], bool]:
    """(classes of one concession that the actor reads, whether by office)."""
    if reads_by_office(actor, concession):
        return frozenset(FieldClass), True
    return classes_of(actor, concession), False


def classes_of(actor: Actor, concession: Concession) -> frozenset[FieldClass]:
    """Classes of one concession that the actor reads; empty where the actor does not even see it."""
    return classes_of_many(actor, [concession])[concession.pk]


def readable_by_office(actor: Actor) -> QuerySet[Concession]:
    """Concessions that the actor reads by office: with all their classes, whatever a decision opens or closes.

    What is for offices alone starts here. No class stands for it: each can be opened to everybody.
    """
    office = office_condition(actor)
    return Concession.objects.all() if office is None else Concession.objects.filter(office)


def reads_by_office(actor: Actor, concession: Concession) -> bool:
    """Whether the actor reads it by office: only those learn who answered what in an assessment, and what inspections saw."""
    return readable_by_office(actor).filter(pk=concession.pk).exists()


def reads_all_of(actor: Actor, office: Actor) -> bool:
    """Whether the actor reads by office every concession that this other one reads by office, and there are some."""
    if actor.is_everything:
        return True
    theirs = readable_by_office(office).order_by()
    return theirs.exists() and not theirs.exclude(pk__in=readable_by_office(actor).order_by().values("pk")).exists()


def holds(actor: Actor, concession: Concession) -> bool:
    """Whether one of the actor's own organisations holds the last grant of the concession."""
    own = tuple(actor.organisation_paths())
    if not own:
        return False
    last = Grant.objects.filter(concession=concession, replaced_by__isnull=True, holder__organisation__isnull=False)
    return any(path.startswith(own) for path in last.values_list("holder__organisation__path", flat=True))


def accounts_open(actor: Actor) -> QuerySet[Account]:
    """Accounts of what is owed for concessions of which the actor may know.

    By office, and where a decision opened the class of money, all of a concession; a holder its own, not those of others
    who hold the land with it.
    """
    rows = Account.objects.filter(kind=AccountKind.RECEIVABLE, subject_type=NOUN)
    by_office = office_condition(actor)
    if by_office is None:
        return rows
    whole = Concession.objects.filter(by_office | _is_open([FieldClass.MONEY], opened()))
    condition = Q(subject_id__in=whole.order_by().values("pk"))
    if actor.holdings:
        mine = Q(*(Q(payer__path__startswith=path) for path in actor.organisation_paths()), _connector=Q.OR)
        held = Concession.objects.filter(_as_party(actor)).order_by()
        condition |= mine & Q(subject_id__in=held.values("pk"))
    return rows.filter(condition)


def grants_told(actor: Actor, concession: Concession) -> set[int] | None:
    """Grants (ids) of which the actor may know what is owed; None: of all.

    Who reads it only as one of its holders is told of its own part.
    """
    if (concession.is_public and FieldClass.MONEY in _opened_for(concession)) or reads_by_office(actor, concession):
        return None
    return set(own_grants(actor).filter(concession=concession).values_list("pk", flat=True))


def own_grants(actor: Actor) -> QuerySet[Grant]:
    """Grants that the actor's own organisations hold or held."""
    paths = actor.organisation_paths() if actor.holdings else []
    if not paths:
        return Grant.objects.none()
    return Grant.objects.filter(Q(*(Q(holder__organisation__path__startswith=path) for path in paths), _connector=Q.OR))


def _opened_for(concession: Concession) -> set[str]:
    openings = opened()
    return {name for name in concession.confirmed_classes if {None, concession.sector_id} & openings.get(name, set())}
