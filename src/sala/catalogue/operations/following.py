"""Following, and telling those who follow of a new edition or of one that was withdrawn, once for each event."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from sala.access.actor import Actor, path_ids
from sala.access.scope import Tier, once_visible, visible
from sala.catalogue.models import Dataset, Edition, Follow, Followed
from sala.core import clock
from sala.core.errors import Missing, SignInNeeded, TooMany
from sala.core.language import required_language
from sala.core.models import Term
from sala.core.operation import operation
from sala.journal.models import Event
from sala.people.models import Organisation, Person
from sala.people.operations import Letter, queue_messages
from sala.people.queries import actor_for
from sala.places.models import Area

MOST_FOLLOWED = 200  # things that one person may follow
AT_ONCE = 500  # followers whose messages are written together
SALT = "sala.catalogue.unfollow"
TOLD_OF = ("edition published", "edition released", "edition withdrawn")


def choices_of(actor: Actor, kind: str) -> QuerySet[Any]:
    """Rows of a kind that the reader may follow."""
    rows: dict[str, QuerySet[Any]] = {
        Followed.DATASET: visible(actor, Dataset),
        Followed.TOPIC: Term.objects.filter(scheme="topic"),
        Followed.PLACE: visible(actor, Area),
        Followed.ORGANISATION: visible(actor, Organisation),
    }
    if kind not in rows:
        raise Missing()
    return rows[kind]


@operation
def follow(actor: Actor, kind: str, pk: int) -> Follow:
    """Follow something one sees. Following it again changes nothing."""
    if actor.person_id is None:
        raise SignInNeeded(_("Sign in with your e-mail address to follow this, or read the feed without signing in."))
    if not choices_of(actor, kind).filter(pk=pk).exists():
        raise Missing()
    if Follow.objects.filter(person_id=actor.person_id).count() >= MOST_FOLLOWED:
        raise TooMany(_("You follow %(count)d things already. End some of them first.") % {"count": MOST_FOLLOWED})
    row, _made = Follow.objects.get_or_create(
        kind=kind, subject_id=pk, person_id=actor.person_id, defaults={"since": clock.now()}
    )
    return row


@operation
def unfollow(actor: Actor, kind: str, pk: int) -> None:
    """Hear no more of it."""
    Follow.objects.filter(kind=kind, subject_id=pk, person_id=actor.person_id or 0).delete()


def link_to_end(row: Follow) -> str:
    """Address that ends this following without signing in. It works until the following has ended."""
    secret = signing.dumps(row.pk, salt=SALT)
    return settings.BASE_URL.rstrip("/") + reverse("exchange:end_following", args=[secret])


def follow_of_link(secret: str) -> Follow:
    """Raises Missing for a link that was used already, or that was never ours."""
    try:
        pk = signing.loads(secret, salt=SALT)
    except signing.BadSignature as error:
        raise Missing(_("This link is not complete. Open it again from the message.")) from error
    row = Follow.objects.filter(pk=pk).first()
    if row is None:
        raise Missing(_("This was ended already. Nothing more will be sent."))
    return row


def followers_of(dataset: Dataset) -> QuerySet[Follow]:
    """Who follows the dataset itself, one of its topics, a place around it, its owner or an office above the owner."""
    topics = dataset.topics.values_list("pk", flat=True)
    return (
        Follow.objects.filter(
            Q(kind=Followed.DATASET, subject_id=dataset.pk)
            | Q(kind=Followed.TOPIC, subject_id__in=list(topics))
            | Q(kind=Followed.PLACE, subject_id__in=dataset.place.within())
            | Q(kind=Followed.ORGANISATION, subject_id__in=path_ids(dataset.owner.path)),
            person__is_active=True,
        )
        .select_related("person")
        .order_by("person_id", "pk")
    )


def tell_followers(event: Event) -> int:
    """Write to each follower who may see the edition. Returns how many messages are new; a second run writes none."""
    said = event.content()
    if said.get("change") not in TOLD_OF:
        return 0
    edition = Edition.objects.select_related("distribution__dataset__owner", "distribution__dataset__place").get(
        pk=said["edition"]
    )
    withdrawn = said["change"] == "edition withdrawn"
    if not withdrawn and edition.released_at is None:
        return 0  # it is told when its hour has come
    letters, told = [], 0
    for row in _one_each(followers_of(edition.dataset)):
        if _may_hear(row.person, edition, withdrawn):
            letters.append(_letter(row, edition, withdrawn))
        if len(letters) == AT_ONCE:
            told, letters = told + queue_messages(letters), []
    return told + queue_messages(letters)


def _one_each(rows: QuerySet[Follow]) -> Iterator[Follow]:
    last = None
    for row in rows.iterator(chunk_size=AT_ONCE):
        if row.person_id != last:
            last = row.person_id
            yield row


def _may_hear(person: Person, edition: Edition, withdrawn: bool) -> bool:
    if edition.dataset.tier == Tier.PUBLIC:
        return True
    seen = (once_visible if withdrawn else visible)(actor_for(person), Edition)
    return seen.filter(pk=edition.pk).exists()


def _letter(row: Follow, edition: Edition, withdrawn: bool) -> Letter:
    address = settings.BASE_URL.rstrip("/") + (edition.dataset if withdrawn else edition).get_absolute_url()
    with translation.override(row.person.language or required_language()):
        title = _("Withdrawn: %(title)s") if withdrawn else _("New edition: %(title)s")
        lines = [str(edition), edition.reason if withdrawn else "", address, "",
                 _("You follow this. To hear no more of it, open:"), link_to_end(row)]  # fmt: skip
        words = title % {"title": edition.dataset.title}
        wave = f"edition-{edition.pk}-{'withdrawn' if withdrawn else 'open'}"
        return Letter(row.person, edition.dataset, wave, words, "\n".join(lines))
