"""What is new on a home page: datasets and documents of the place and the topics of its front door."""

from datetime import datetime

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.models import Dataset, Edition
from sala.documents.models import Document
from sala.site.queries.portals import Narrowing

NEWEST = 5
LOOKED_THROUGH = 200  # of the newest editions: one dataset may have sent many at once


def newest_datasets(actor: Actor, narrowing: Narrowing) -> list[tuple[Dataset, datetime | None]]:
    """The datasets with the newest editions, each with the instant at which its newest was published."""
    editions = visible(actor, Edition).filter(is_published=True, distribution__dataset__is_published=True)
    if narrowing.place:
        editions = editions.filter(distribution__dataset__place__path__startswith=narrowing.place.path)
    if narrowing.topics:
        within = Dataset.objects.filter(topics__scheme="topic", topics__code__in=narrowing.topics)
        editions = editions.filter(distribution__dataset__in=within.values("pk"))
    published: dict[int, datetime | None] = {}
    newest = editions.order_by("-published_at").values_list("distribution__dataset_id", "published_at")
    for dataset_id, instant in newest[:LOOKED_THROUGH]:
        published.setdefault(dataset_id, instant)
        if len(published) == NEWEST:
            break
    found = visible(actor, Dataset).select_related("owner", "place").in_bulk(list(published))
    return [(found[dataset_id], instant) for dataset_id, instant in published.items() if dataset_id in found]


def newest_documents(actor: Actor, narrowing: Narrowing) -> list[Document]:
    """The newest documents that are about the place (or a part of it) and about one of the topics."""
    rows = visible(actor, Document).filter(is_published=True)
    if narrowing.place:
        about = Document.objects.filter(areas__path__startswith=narrowing.place.path)
        rows = rows.filter(pk__in=about.values("pk"))
    if narrowing.topics:
        within = Document.objects.filter(topics__scheme="topic", topics__code__in=narrowing.topics)
        rows = rows.filter(pk__in=within.values("pk"))
    return list(rows.order_by("-published_at")[:NEWEST])
