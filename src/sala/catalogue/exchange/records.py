"""Released datasets as one actor sees them, read for many at once: where every format for other programs begins."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse

from sala.access.actor import Actor, public
from sala.access.scope import visible
from sala.catalogue.models import Dataset, Distribution, Edition, Lineage
from sala.core.models import Term
from sala.core.statements import Statement, among

RELATED = (
    "owner", "publisher", "contact__organisation", "place", "licence", "frequency", "restriction",
)  # fmt: skip
MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}


@dataclass(frozen=True)
class Part:
    """A distribution with the newest edition of it that the actor sees."""

    distribution: Distribution
    edition: Edition

    @property
    def code(self) -> str:
        """Names it among all parts of all datasets; stays the same from edition to edition."""
        return f"{self.distribution.dataset.slug}.{self.distribution.code}"

    @property
    def page(self) -> str:
        return absolute(self.edition.get_absolute_url())

    @property
    def format(self) -> str:
        """The format offered first: what most programs read."""
        if not self.edition.is_table:
            return "original"
        return "geojson" if self.edition.is_layer else "csv"

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES.get(self.format, self.edition.media_type)

    def download(self, kind: str = "") -> str:
        names = (self.distribution.dataset.slug, self.distribution.code, self.edition.number, kind or self.format)
        return absolute(reverse("catalogue:download", args=names))


@dataclass(frozen=True)
class Record:
    """modified  of the description or of what was delivered, whichever is newer"""

    dataset: Dataset
    modified: datetime
    parts: Sequence[Part] = field(default=())
    topics: Sequence[Term] = field(default=())
    origins: Sequence[Lineage] = field(default=())

    @property
    def page(self) -> str:
        return absolute(self.dataset.get_absolute_url())

    @property
    def bounds(self) -> list[float] | None:
        """West, south, east, north around the layers; None without one."""
        boxes = [part.edition.bounds for part in self.parts if part.edition.bounds]
        if not boxes:
            return None
        west, south, east, north = zip(*boxes, strict=True)
        return [min(west), min(south), max(east), max(north)]


def absolute(path: str) -> str:
    return settings.BASE_URL.rstrip("/") + path


def released(actor: Actor) -> QuerySet[Dataset]:
    return visible(actor, Dataset).filter(is_published=True)


def editions_of(actor: Actor) -> QuerySet[Edition]:
    return visible(actor, Edition).filter(is_published=True)


def with_change(actor: Actor, rows: QuerySet[Dataset]) -> QuerySet[Dataset]:
    """Annotated with `changed`, the instant at which the record was changed or an edition of it came out last."""
    events = Dataset._meta.get_field("events").related_model._default_manager
    described = events.filter(pgh_obj=OuterRef("pk")).order_by("-pgh_id").values("pgh_created_at")[:1]
    editions = editions_of(actor).filter(distribution__dataset=OuterRef("pk"), published_at__isnull=False)
    delivered = editions.order_by("-published_at").values("published_at")[:1]
    return rows.annotate(
        changed=Greatest(Coalesce(Subquery(described), F("created_at")), Coalesce(Subquery(delivered), F("created_at")))
    )


def record_of(actor: Actor, dataset: Dataset) -> Record:
    """Of a dataset that the caller has found visible, released or not."""
    return _read(actor, visible(actor, Dataset), [dataset.pk])[0]


def records_of(actor: Actor, ids: Sequence[int]) -> list[Record]:
    """Records in the order of the ids, of those that are released to the actor."""
    return _read(actor, released(actor), ids)


def _read(actor: Actor, seen: QuerySet[Dataset], ids: Sequence[int]) -> list[Record]:
    """Everybody sees of these nouns what is released, and nothing else: for the public the statements are kept."""
    for_all = actor.kind == "public"
    found: Any = FOR_ALL.objects(ids=ids) if for_all else _whole(actor, seen, Q(pk__in=ids))
    rows: dict[int, Any] = {row.pk: row for row in found}
    editions: Any = PARTS_FOR_ALL.objects(ids=rows) if for_all else _newest(actor, Q(distribution__dataset__in=rows))
    parts, topics, origins = _parts(editions, rows), _topics(rows), _origins(actor, rows)
    return [
        Record(row, row.changed, parts[row.pk], topics[row.pk], origins[row.pk])
        for row in (rows[pk] for pk in ids if pk in rows)
    ]


def _whole(actor: Actor, seen: QuerySet[Dataset], condition: Any) -> QuerySet[Dataset]:
    return with_change(actor, seen).select_related(*RELATED).filter(condition)


def _newest(actor: Actor, condition: Any) -> QuerySet[Edition]:
    editions = editions_of(actor).filter(condition).select_related("distribution")
    newest = editions.order_by("distribution_id", "-number").distinct("distribution_id")
    return newest.defer("profile", "faults", "area_map")


FOR_ALL = Statement(lambda: _whole(public(), released(public()), among("pk", "ids")))
PARTS_FOR_ALL = Statement(lambda: _newest(public(), among("distribution__dataset", "ids")))
TOPICS = Statement(
    lambda: Dataset.topics.through.objects.filter(among("dataset", "ids")).select_related("term").order_by("term__code")
)
ORIGINS = Statement(lambda: Lineage.objects.filter(among("dataset", "ids")).select_related("source"))


def _parts(editions: Iterable[Edition], rows: dict[int, Dataset]) -> dict[int, list[Part]]:
    found: dict[int, list[Part]] = defaultdict(list)
    for edition in editions:
        edition.distribution.dataset = rows[edition.distribution.dataset_id]
        found[edition.distribution.dataset_id].append(Part(edition.distribution, edition))
    return found


def _topics(rows: dict[int, Dataset]) -> dict[int, list[Term]]:
    found: dict[int, list[Term]] = defaultdict(list)
    for link in TOPICS.objects(ids=rows):
        found[link.dataset_id].append(link.term)
    return found


def _origins(actor: Actor, rows: dict[int, Dataset]) -> dict[int, list[Lineage]]:
    """What each was made from; a dataset that the actor does not see is not named."""
    links = ORIGINS.objects(ids=rows)
    named = [link.source_id for link in links if link.source_id]
    seen = set(released(actor).filter(pk__in=named).values_list("pk", flat=True)) if named else set()
    found: dict[int, list[Lineage]] = defaultdict(list)
    for link in links:
        if not link.source_id or link.source_id in seen:
            found[link.dataset_id].append(link)
    return found
