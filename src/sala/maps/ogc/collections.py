"""Collections of features as one actor sees them: the newest edition of every layer, and the boundaries of each level."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.gis.db.models import Extent
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.catalogue.exchange.records import editions_of
from sala.catalogue.models import Edition
from sala.catalogue.queries import find_dataset
from sala.core import periods
from sala.core.errors import Missing
from sala.maps import areas
from sala.maps.collections import VECTOR_FORMATS, of_edition
from sala.places.models import Level

AREAS = "areas"  # what the boundaries are called, before the level
KEPT = 3600  # seconds for which a number of features of an edition is kept: an edition never changes


@dataclass(frozen=True)
class Collection:
    """rows: annotated with `shown`, a JSON object of what may be shown    number, geometry: names of fields

    version  names what never changes, so that its counts are kept; empty for what is as it is now
    """

    id: str
    title: str
    description: str
    rows: QuerySet
    number: str
    bounds: Sequence[float] | None = None
    period: str = ""
    geometry: str = "geometry"
    version: str = ""

    def within(self, boxes: Sequence[Q]) -> QuerySet:
        condition = Q()
        for box in boxes:
            condition |= box
        return self.rows.filter(condition)

    def count(self, rows: QuerySet, asked: str) -> int:
        """How many rows there are. asked: what narrowed them, as text."""
        if not self.version:
            return rows.count()
        key = f"ogc:{self.version}:{asked}"
        found = cache.get(key)
        if found is None:
            found = rows.order_by().count()
            cache.set(key, found, KEPT)
        return found

    def extent(self) -> list[float] | None:
        if self.bounds:
            return list(self.bounds)
        found = self.rows.order_by().aggregate(box=Extent(self.geometry))["box"]
        return list(found) if found else None

    def interval(self) -> list[str] | None:
        """First and last day that it speaks of."""
        if not self.period:
            return None
        period = periods.parse(self.period)
        return [f"{period.start.isoformat()}T00:00:00Z", f"{period.end.isoformat()}T23:59:59Z"]


def all_of(actor: Actor) -> list[Collection]:
    layers = editions_of(actor).filter(format__in=VECTOR_FORMATS).exclude(table_sha256="")
    newest = layers.order_by("distribution_id", "-number").distinct("distribution_id")
    related = newest.select_related("distribution__dataset").defer("profile", "faults", "area_map")
    return [*(_of_level(actor, level) for level in Level.objects.all()), *(_of_edition(edition) for edition in related)]


def find(actor: Actor, name: str) -> Collection:
    """Raises Missing, and Gone for a layer that was withdrawn."""
    slug, _dot, part = name.rpartition(".")
    if slug == AREAS:
        level = Level.objects.filter(code=part).first()
        if level:
            return _of_level(actor, level)
    layers = editions_of(actor).filter(
        format__in=VECTOR_FORMATS, distribution__dataset__slug=slug, distribution__code=part
    )
    edition = layers.exclude(table_sha256="").select_related("distribution__dataset").order_by("-number").first()
    if edition is None:
        if slug:
            find_dataset(actor, slug)
        raise Missing(_("There is no such collection, or it is not open to you. /ogc/collections lists them."))
    return _of_edition(edition)


def _of_edition(edition: Edition) -> Collection:
    dataset = edition.distribution.dataset
    return Collection(
        id=f"{dataset.slug}.{edition.distribution.code}", title=f"{dataset.title}: {edition.distribution.name}",
        description=str(dataset.description), rows=of_edition(edition).rows,
        number="number", bounds=edition.bounds, period=edition.period, version=str(edition.pk),
    )  # fmt: skip


def _of_level(actor: Actor, level: Level) -> Collection:
    """Today's areas, each in its newest standing boundary; the number is that of the area."""
    return Collection(
        id=f"{AREAS}.{level.code}", title=str(level.plural), description="",
        rows=areas.rows(actor, level.code), number="area_id",
    )  # fmt: skip
