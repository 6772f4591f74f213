"""Atom feeds: new editions and documents, of everything or of one place, topic, organisation or dataset.

A feed holds what the public sees, whoever reads it: feed readers are shared and cached.
"""

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
from sala.access.scope import visible
from sala.catalogue.models import Dataset, Edition
from sala.catalogue.queries import find_dataset
from sala.core.models import Term
from sala.documents.models import Document
from sala.people.models import Organisation
from sala.places.models import Area

MOST = 50  # newest entries of a feed


@dataclass(frozen=True)
class Item:
    """One entry: an edition or a document, with the instant at which it became public."""

    title: str
    url: str
    summary: str
    at: datetime
    author: str
    topics: list[str]


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
    found = {item.url: item for items in lists for item in items}
    return sorted(found.values(), key=lambda item: item.at, reverse=True)[:MOST]


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

    item_guid = item_link

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
        return _editions()


class Documents(PublicFeed):
    def words(self) -> str:
        return _("Documents")

    def page(self, about: Any) -> str:
        return reverse("documents:documents")

    def items(self, about: Any) -> list[Item]:
        return _documents()


class OfPlace(PublicFeed):
    """Datasets and documents of a place and of the places within it."""

    def get_object(self, request: HttpRequest, code: str) -> Area:
        return get_object_or_404(visible(public(), Area), code=code)

    def items(self, about: Area) -> list[Item]:
        within = {"distribution__dataset__place__path__startswith": about.path}
        documents = Document.objects.filter(areas__path__startswith=about.path).values("pk")
        return _newest(_editions(**within), _documents(pk__in=documents))


class OfTopic(PublicFeed):
    def get_object(self, request: HttpRequest, code: str) -> Term:
        return get_object_or_404(Term, scheme="topic", code=code)

    def page(self, about: Term) -> str:
        return f"{reverse('catalogue:index')}?topic={about.code}"

    def items(self, about: Term) -> list[Item]:
        return _newest(_editions(distribution__dataset__topics=about), _documents(topics=about))


class OfOrganisation(PublicFeed):
    """What an organisation and the offices under it publish."""

    def get_object(self, request: HttpRequest, code: str) -> Organisation:
        return get_object_or_404(visible(public(), Organisation), code=code)

    def items(self, about: Organisation) -> list[Item]:
        return _newest(
            _editions(distribution__dataset__owner__path__startswith=about.path),
            _documents(owner__path__startswith=about.path),
        )


class OfDataset(PublicFeed):
    def get_object(self, request: HttpRequest, slug: str) -> Dataset:
        return find_dataset(public(), slug)

    def items(self, about: Dataset) -> list[Item]:
        return _editions(distribution__dataset=about)
