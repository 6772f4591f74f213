"""What has to be paid or reported for concessions next, by its day, for the calendar of a post. Orders are calls, and
stand there as such; what was charged already stands there as a debt (ledger.queries.calendar)."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.concessions import policy
from sala.concessions.models import Due, DueBasis, FieldClass, Grant
from sala.concessions.redaction import own_grants, readable
from sala.core.calendar import Entry
from sala.people.models import Position
from sala.people.queries import actor_of_post

ONE_DAY = timedelta(days=1)
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
    books = [holding.organisation_id for holding in post.holdings] if post.has_anywhere(policy.DUES) else []
    own = own_grants(post)
    within = Q(next_on__range=(first - LONGEST, last))
    ids = Due.objects.filter(within & (Q(concession__in=own.values("concession")) | Q(books__in=books)))
    told = readable(post, FieldClass.BASICS, FieldClass.MONEY).order_by().values("pk")
    rows = Due.objects.filter(pk__in=ids.order_by().values("pk"), concession__in=told, concession__same_as__isnull=True)
    dues = list(rows.select_related("concession", "kind", "books").order_by("next_on", "pk"))
    grants = list(own.filter(concession__in={due.concession_id for due in dues})) if dues else []
    for due in dues:
        day = due.next_on + timedelta(days=due.days) if due.next_on else None
        if day is None or not first <= day <= last:
            continue
        if due.books_id in books or any(_is_asked(grant, due) for grant in grants):
            yield _entry(due, day, due.books_id in books)


def _is_asked(grant: Grant, due: Due) -> bool:
    """Whether who holds a grant pays next by this term. Whoever gave the land up before is told nothing of what follows."""
    if grant.concession_id != due.concession_id or due.grant_id not in (None, grant.pk) or due.next_on is None:
        return False
    ended = due.basis == DueBasis.PERCENT and due.next_on > due.starts_on  # a value is reported after its period
    return (due.next_on - ONE_DAY if ended else due.next_on) in grant.valid


def _entry(due: Due, day: date, keeps: bool) -> Entry:
    reported = due.basis == DueBasis.PERCENT
    kind = _("To be paid for a reported value") if reported else _("To pay")
    return Entry(
        uid=f"due-{due.pk}-{due.next_on}", starts=day, title=due.concession.name, kind=kind,
        url=f"{due.concession.get_absolute_url()}dues/", who=due.kind.name if keeps else due.books.name,
        note=f"{due.concession.reference} · {due.kind.name}",
    )  # fmt: skip
