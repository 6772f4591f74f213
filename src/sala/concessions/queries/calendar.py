"""What has to be paid or reported for concessions next, by its day, for the calendar of a post. Orders are calls, and
stand there as such; what was charged already stands there as a debt (ledger.queries.calendar)."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.concessions import policy
from sala.concessions.models import Due, DueBasis, FieldClass
from sala.concessions.redaction import readable
from sala.core.calendar import Entry
from sala.people.models import Position
from sala.people.queries import actor_of_post

LONGEST = timedelta(
    days=370
)  # until something has to be paid after its period has begun; beyond it nothing is looked for


def nobody(actor: Actor, first: date, last: date) -> Iterable[Entry]:
    """What others owe stands in nobody's general calendar."""
    return []


def dues_next(actor: Actor, first: date, last: date) -> Iterable[Entry]:
    """The next payment of each term that the reader's own company has to make, or whose books the reader's post keeps.

    Read with the rights of each post: the feed of a post is fetched with an address that opens nothing else.
    """
    found: dict[str, Entry] = {}
    for post in Position.objects.filter(pk__in=actor.position_ids):
        for entry in _of_post(actor_of_post(post), first, last):
            found.setdefault(entry.uid, entry)
    return list(found.values())


def _of_post(post: Actor, first: date, last: date) -> Iterable[Entry]:
    own = [holding.organisation_id for holding in post.holdings]
    books = own if post.has_anywhere(policy.DUES) else []
    held = Q(concession__grants__holder__organisation__in=own, grant__isnull=True) | Q(
        grant__holder__organisation__in=own
    )
    within = Q(next_on__range=(first - LONGEST, last))
    ids = Due.objects.filter(within & (held | Q(books__in=books))).order_by().values("pk")
    told = readable(post, FieldClass.BASICS, FieldClass.MONEY).order_by().values("pk")
    rows = Due.objects.filter(pk__in=ids, concession__in=told, concession__same_as__isnull=True)
    for due in rows.select_related("concession", "kind", "books").order_by("next_on", "pk"):
        day = due.next_on + timedelta(days=due.days) if due.next_on else None
        if day is not None and first <= day <= last:
            yield _entry(due, day, due.books_id in books)


def _entry(due: Due, day: date, keeps: bool) -> Entry:
    reported = due.basis == DueBasis.PERCENT
    kind = _("To be paid for a reported value") if reported else _("To pay")
    return Entry(
        uid=f"due-{due.pk}-{due.next_on}", starts=day, title=due.concession.name, kind=kind,
        url=f"{due.concession.get_absolute_url()}dues/", who=due.kind.name if keeps else due.books.name,
        note=f"{due.concession.reference} · {due.kind.name}",
    )  # fmt: skip
