"""Opening classes of fields to everybody by a recorded decision, and keeping the columns that follow from it."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.concessions import policy
from sala.concessions.models import Concession, FieldClass, Release
from sala.concessions.queries.openness import NEVER, ready
from sala.core import clock, subjects
from sala.core.errors import Conflict, Invalid
from sala.core.models import Term
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.journal.operations import record, record_many
from sala.search.models import SearchRow
from sala.search.operations import BATCH, refresh_many


def sectors_open(day: date) -> set[int | None]:
    """Sectors (ids; None: every one) whose names are open to everybody on a day."""
    rows = Release.objects.filter(field_class=FieldClass.BASICS, valid__contains=day)
    return set(rows.values_list("sector_id", flat=True))


def is_open(concession: Concession, sectors: set[int | None] | None = None) -> bool:
    """Whether everybody sees the concession today: its names are open and confirmed, it is complete enough, and nothing
    closes this one. What is not kept yet is open to nobody.

    sectors  what `sectors_open` said of today, where it was asked already
    """
    if concession.pk is None or concession.is_confidential or concession.same_as_id or concession.state in NEVER:
        return False
    sectors = sectors_open(clock.today()) if sectors is None else sectors
    if None not in sectors and concession.sector_id not in sectors:
        return False
    return ready(Concession.objects.filter(pk=concession.pk)).exists()


def follow_one(concession: Concession) -> None:
    """Bring `is_public` of one up to what is confirmed and entered of it now."""
    concession.is_public = is_open(concession)
    rows = Concession.objects.filter(pk=concession.pk).exclude(is_public=concession.is_public)
    rows.update(is_public=concession.is_public)


@operation
def open_class(actor: Actor, *, field_class: str, decision: Document, start: date, end: date | None = None,
               sector: Term | None = None) -> Release:  # fmt: skip
    """Open a class of fields, of every concession or of those of a sector, from a day until before another.

    Raises Invalid for a paper that is no decision, and for a class that would stand open without the names.
    """
    row = Release(field_class=field_class, decision=decision, sector=sector, valid=DateRange(start, end))
    require(actor, policy.RELEASE, row)
    if decision.kind.code != "decision":
        words = _("Only a decision opens fields to everybody. Enter it among the documents first.")
        raise Invalid(words, {"decision": [words]})
    if end and end <= start:
        words = _("The end lies before the beginning. Correct the date.")
        raise Invalid(words, {"end": [words]})
    if field_class != FieldClass.BASICS and not _names_open(sector, start):
        words = _("Open the names first: nobody could tell to which concession this belongs.")
        raise Invalid(words, {"field_class": [words]})
    row.position_id = actor.position_id
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Conflict(_("This is open in that time already. Close the older release first.")) from error
    record(
        actor,
        policy.RELEASE,
        decision,
        change="fields opened",
        classes=[field_class],
        sector=sector,
        start=start,
        end=end,
    )
    follow_releases(actor)
    return row


def _names_open(sector: Term | None, day: date) -> bool:
    rows = Release.objects.filter(field_class=FieldClass.BASICS, valid__contains=day)
    return rows.filter(Q(sector__isnull=True) | Q(sector=sector) if sector else Q(sector__isnull=True)).exists()


@operation
def close_class(actor: Actor, row: Release, *, on: date, reason: str) -> None:
    """Let a release end; `on` is the first day on which the fields are closed again."""
    row = lock(row)
    require(actor, policy.RELEASE, row)
    if row.valid.upper and row.valid.upper <= on:
        raise Conflict(_("This release has ended already."))
    record(actor, policy.RELEASE, row.decision, change="fields closed", classes=[row.field_class], on=on, reason=reason)
    if on <= row.valid.lower:
        row.delete()
    else:
        row.valid = DateRange(row.valid.lower, on)
        row.save(update_fields=["valid"])
    follow_releases(actor)


@operation
def follow_releases(actor: Actor) -> int:
    """Bring `is_public` of every concession up to the day. Called after each release and every day; returns how many changed."""
    open_now = Q(same_as__isnull=True, is_confidential=False) & ~Q(state__in=NEVER)
    open_now &= Q(pk__in=ready(Concession.objects.order_by()).values("pk"))
    sectors = sectors_open(clock.today())
    if None not in sectors:
        open_now &= Q(sector__in=[pk for pk in sectors if pk is not None])
    moved = [*_turn(Concession.objects.filter(open_now, is_public=False), True),
             *_turn(Concession.objects.filter(is_public=True).exclude(pk__in=Concession.objects.filter(open_now).values("pk")), False)]  # fmt: skip
    record_many(
        actor, policy.RELEASE, [(row, {"change": "opened" if row.is_public else "closed again"}) for row in moved]
    )
    _close_in_search()
    return len(moved)


def _close_in_search() -> None:
    """What was closed in the tables alone, as an upgrade does, is no longer found by everybody either."""
    found = SearchRow.objects.filter(noun="concession", audiences__contains=["public"]).values("subject_id")
    closed = Concession.objects.filter(pk__in=found, is_public=False).order_by("pk")
    after = 0
    while some := list(closed.filter(pk__gt=after)[:BATCH]):
        after = some[-1].pk
        prefetch_related_objects(some, *subjects.of(some[0]).reads)
        refresh_many(some)


def _turn(rows: Iterable[Concession], is_public: bool) -> list[Concession]:
    found = list(rows)
    for row in found:
        row.is_public = is_public
    Concession.objects.bulk_update(found, ["is_public"], batch_size=1000)
    return found
