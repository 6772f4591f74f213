"""Atom feeds: new editions and documents, and what was withdrawn, of everything or of one place, topic, organisation
or dataset.

A feed holds what the public sees, whoever reads it: feed readers are shared and cached.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from sala.access.actor import public
from sala.access.scope import once_visible, visible
from sala.catalogue import policy
from sala.catalogue.models import Dataset, Edition
from sala.catalogue.queries import find_dataset
from sala.core.models import Term
from sala.documents.models import Document
from sala.journal.models import Event
from sala.people.models import Organisation
from sala.places.models import Area

MOST = 50  # newest entries of a feed


@dataclass(frozen=True)
class Item:
    """One entry: an edition or a document, with the instant at which it became public, or was withdrawn again."""

    title: str
    url: str
    summary: str
    at: datetime
    author: str
    topics: list[str]
    withdrawn: bool = False


def _editions(**narrowed: Any) -> list[Item]:
    rows = visible(public(), Edition).filter(is_published=True, published_at__isnull=False, **narrowed)
    rows = rows.annotate(at=Coalesce("released_at", "published_at")).order_by("-at", "-pk")
    rows = rows.select_related("distribution__dataset__owner").defer("columns", "profile", "faults", "area_map")
    return [
        Item(
            str(row), row.get_absolute_url(), str(row.dataset.description), row.at, str(row.dataset.owner),
            [str(topic) for topic in row.dataset.topics.all()],
        )
        for row in rows.prefetch_related("distribution__dataset__topics")[:MOST]
    ]  # fmt: skip


def _withdrawn_editions(**narrowed: Any) -> list[Item]:
    """Editions that were public and were taken back; when that was is in the journal."""
    rows = once_visible(public(), Edition).filter(state=Edition.State.WITHDRAWN, published_at__isnull=False, **narrowed)
    events = Event.objects.filter(
        subject_type="dataset", verb=policy.WITHDRAW, subject_id__in=rows.order_by().values("distribution__dataset")
    )
    when = {event.content().get("edition"): event.at for event in reversed(events.order_by("-id")[:MOST])}
    rows = (
        rows.filter(pk__in=list(when))
        .select_related("distribution__dataset__owner")
        .defer("columns", "profile", "faults")
    )
    return [
        _as_withdrawn(row, str(row), row.reason, when[row.pk], str(row.dataset.owner), row.dataset.topics.all())
        for row in rows.prefetch_related("distribution__dataset__topics")
    ]  # fmt: skip


def _withdrawn_documents(**narrowed: Any) -> list[Item]:
    rows = once_visible(public(), Document).filter(state="withdrawn", published_at__isnull=False, **narrowed)
    rows = rows.select_related("owner").prefetch_related("topics").order_by("-withdrawn_at", "-pk")
    return [
        _as_withdrawn(row, str(row.title), row.withdrawn_reason, row.withdrawn_at or row.added_at, str(row.owner),
                      row.topics.all())
        for row in rows[:MOST]
    ]  # fmt: skip


def _as_withdrawn(row: Any, title: str, reason: str, at: datetime, author: str, topics: Iterable[Term]) -> Item:
    """Its link answers that it is gone, why, and what to read instead."""
    words = _("Withdrawn: %(title)s") % {"title": title}
    return Item(words, row.get_absolute_url(), reason, at, author, [str(topic) for topic in topics], withdrawn=True)


def _documents(**narrowed: Any) -> list[Item]:
    rows = visible(public(), Document).filter(published_at__isnull=False, **narrowed).order_by("-published_at", "-pk")
    rows = rows.select_related("owner").prefetch_related("topics")
    return [
        Item(
            str(row.title), row.get_absolute_url(), str(row.summary), row.published_at or row.added_at, str(row.owner),
            [str(topic) for topic in row.topics.all()],
        )
        for row in rows[:MOST]
    ]  # fmt: skip


def _newest(*lists: list[Item]) -> list[Item]:
    found = {(item.url, item.withdrawn): item for items in lists for item in items}
    return sorted(found.values(), key=lambda item: item.at, reverse=True)[:MOST]


def _all(editions: dict[str, Any], documents: dict[str, Any]) -> list[Item]:
    """What came and what was withdrawn. editions, documents: how each is narrowed."""
    return _newest(
        _editions(**editions),
        _withdrawn_editions(**editions),
        _documents(**documents),
        _withdrawn_documents(**documents),
    )


class PublicFeed(Feed):
    """What all feeds share. `about` is the row that a feed is of, None for the feed of everything."""

    feed_type = Atom1Feed

    def __call__(self, request: HttpRequest, *args: Any, **named: Any):
        response = super().__call__(request, *args, **named)
        response["Cache-Control"] = "public, max-age=300"
        return response

    def title(self, about: Any) -> str:
        return f"Sala: {about if about is not None else self.words()}"

    def words(self) -> str:
        return _("Datasets")

    def link(self, about: Any) -> str:
        return settings.BASE_URL.rstrip("/") + self.page(about)

    def page(self, about: Any) -> str:
        return about.get_absolute_url()

    def feed_guid(self, about: Any) -> str:
        return self.link(about)

    def author_name(self, about: Any) -> str:
        return "Sala"

    def item_title(self, item: Item) -> str:
        return item.title

    def item_link(self, item: Item) -> str:
        return settings.BASE_URL.rstrip("/") + item.url

    def item_guid(self, item: Item) -> str:
        """A withdrawal is an entry of its own: a reader that has read of the edition is told."""
        return self.item_link(item) + ("#withdrawn" if item.withdrawn else "")

    def item_description(self, item: Item) -> str:
        return item.summary[:1000]

    def item_pubdate(self, item: Item) -> datetime:
        return item.at

    item_updateddate = item_pubdate

    def item_author_name(self, item: Item) -> str:
        return item.author

    def item_categories(self, item: Item) -> list[str]:
        return item.topics


class Datasets(PublicFeed):
    def page(self, about: Any) -> str:
        return reverse("catalogue:index")

    def items(self, about: Any) -> list[Item]:
        return _newest(_editions(), _withdrawn_editions())


class Documents(PublicFeed):
    def words(self) -> str:
        return _("Documents")

    def page(self, about: Any) -> str:
        return reverse("documents:documents")

    def items(self, about: Any) -> list[Item]:
        return _newest(_documents(), _withdrawn_documents())


class OfPlace(PublicFeed):
    """Datasets and documents of a place and of the places within it."""

    def get_object(self, request: HttpRequest, code: str) -> Area:
        return get_object_or_404(visible(public(), Area), code=code)

    def items(self, about: Area) -> list[Item]:
        within = {"distribution__dataset__place__path__startswith": about.path}
        documents = Document.objects.filter(areas__path__startswith=about.path).values("pk")
        return _all(within, {"pk__in": documents})


class OfTopic(PublicFeed):
    def get_object(self, request: HttpRequest, code: str) -> Term:
        return get_object_or_404(Term, scheme="topic", code=code)

    def page(self, about: Term) -> str:
        return f"{reverse('catalogue:index')}?topic={about.code}"

    def items(self, about: Term) -> list[Item]:
        return _all({"distribution__dataset__topics": about}, {"topics": about})


class OfOrganisation(PublicFeed):
    """What an organisation and the offices under it publish."""

    def get_object(self, request: HttpRequest, code: str) -> Organisation:
        return get_object_or_404(visible(public(), Organisation), code=code)

    def items(self, about: Organisation) -> list[Item]:
        of_datasets = {"distribution__dataset__owner__path__startswith": about.path}
        return _all(of_datasets, {"owner__path__startswith": about.path})


class OfDataset(PublicFeed):
    def get_object(self, request: HttpRequest, slug: str) -> Dataset:
        return find_dataset(public(), slug)

    def items(self, about: Dataset) -> list[Item]:
        return _newest(_editions(distribution__dataset=about), _withdrawn_editions(distribution__dataset=about))
