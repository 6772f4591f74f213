"""Collections of features as one actor sees them: the newest edition of every layer, and the boundaries of each level."""

from array import array
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Polygon
from django.contrib.postgres.aggregates import ArrayAgg
from django.core.cache import cache
from django.db.models import Case, Count, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from sala.access.actor import Actor, public
from sala.catalogue.exchange.records import editions_of
from sala.catalogue.models import Edition
from sala.catalogue.policy import SHAPES
from sala.catalogue.queries import find_dataset
from sala.catalogue.queries.columns import with_closed_columns
from sala.core import periods
from sala.core.errors import Missing
from sala.core.statements import Statement, given
from sala.maps import areas
from sala.maps.collections import Collection, of_edition, of_live
from sala.maps.live import LiveNoun, live_nouns
from sala.maps.ogc.asked import Asked
from sala.places.models import Level

AREAS = "areas"  # what the boundaries are called, before the level
# what is read of an edition to tell of its features
READ = (
    "number", "format", "table_sha256", "columns", "bounds", "published_at", "period", "distribution__code",
    "distribution__name", "distribution__dataset__slug", "distribution__dataset__title", "distribution__dataset__description",
)  # fmt: skip
KEPT = 3600  # seconds for which it is kept what of an edition fits: an edition never changes
GRAIN = 1e-4  # degrees; the extents by which PostGIS compares boxes are rounded to less than a fifth of it
MOST_NUMBERS = 10_000  # of features that are kept for one question: 80 kB


@dataclass(frozen=True)
class Found:
    """How many features fit. numbers: of all of them, in order, 8 bytes each; None where they are too many or change."""

    matched: int
    numbers: bytes | None = None

    def page(self, asked: Asked) -> list[int] | None:
        """Numbers of the features of one page; None where they are not known."""
        if self.numbers is None:
            return None
        return array("q", self.numbers[asked.offset * 8 : (asked.offset + asked.limit) * 8]).tolist()


@dataclass(frozen=True)
class Offered:
    """A collection as the standard lists it: the features, under an id, with a title and the period they speak of."""

    id: str
    title: str
    description: str
    inside: Collection
    period: str = ""

    def meeting(self, asked: Asked) -> QuerySet:
        """Rows whose shape meets one of the boxes, all without any; none where they speak of another time than is asked.

        A feature has no time of its own: it has that of its edition. What carries no time fits any.
        """
        if not self._has_time_of(asked):
            return self.inside.rows.none()
        condition = Q()
        for box in asked.boxes:
            condition |= Q(**{f"{self.inside.geometry}__intersects": box})
        return self.inside.rows.filter(condition)

    def found(self, asked: Asked) -> Found:
        """How many fit. Of what never changes it is kept with their numbers: who asks for a page goes on to the next."""
        if not self._has_time_of(asked):
            return Found(0)
        if not self.inside.version:
            return Found(self.meeting(asked).count())
        boxes = [f"{edge!r}" for box in asked.boxes for edge in box.extent]
        key = f"ogc:{self.inside.version}:{','.join(boxes)}"
        kept = cache.get(key)
        if kept is None:
            kept = _found(self._counted(asked), self.inside.number)
            cache.set(key, kept, KEPT)
        return kept

    def _counted(self, asked: Asked) -> QuerySet:
        """The same rows as `meeting`, quicker to go through and slower to walk along in order.

        What lies in a box with its whole extent meets it: most do, and only of the others the shapes are compared.
        """
        name, condition = self.inside.geometry, Q()
        for box in asked.boxes:
            whole = [When(**{f"{name}__contained": inner}, then=True)] if (inner := _within(box)) else []
            meets = Case(*whole, When(**{f"{name}__intersects": box}, then=True), default=False)
            condition |= Q(**{f"{name}__bboverlaps": box}) & Q(meets)
        return self.inside.rows.filter(condition)

    def _has_time_of(self, asked: Asked) -> bool:
        return not self.period or asked.meets(self.period)

    def interval(self) -> list[str] | None:
        """First and last day that it speaks of."""
        if not self.period:
            return None
        period = periods.parse(self.period)
        return [f"{period.start.isoformat()}T00:00:00Z", f"{period.end.isoformat()}T23:59:59Z"]


def _within(box: Polygon) -> Polygon | None:
    """The box without its outermost GRAIN degrees; None where nothing would be left."""
    west, south, east, north = box.extent
    if min(east - west, north - south) <= 3 * GRAIN:
        return None
    inner = Polygon.from_bbox((west + GRAIN, south + GRAIN, east - GRAIN, north - GRAIN))
    inner.srid = box.srid
    return inner


def _found(rows: QuerySet, number: str) -> Found:
    """Counts all, and brings the numbers of not too many, in one pass."""
    counted = rows.order_by().annotate(nth=Window(RowNumber()))
    told = counted.aggregate(matched=Count("*"), numbers=ArrayAgg(number, filter=Q(nth__lte=MOST_NUMBERS)))
    few = told["matched"] <= MOST_NUMBERS
    return Found(told["matched"], array("q", sorted(told["numbers"] or ())).tobytes() if few else None)


def all_of(actor: Actor) -> list[Offered]:
    layers = with_closed_columns(editions_of(actor)).filter(format__in=SHAPES).exclude(table_sha256="")
    newest = layers.order_by("distribution_id", "-number").distinct("distribution_id")
    related = newest.select_related("distribution__dataset").only(*READ)
    levels = [_of_level(actor, level) for level in Level.objects.all()]
    return [*levels, *_of_nouns(actor), *(_of_edition(edition) for edition in related)]


def find(actor: Actor, name: str) -> Offered:
    """Raises Missing, and Gone for a layer that was withdrawn."""
    slug, _dot, part = name.rpartition(".")
    if slug == AREAS:
        level = Level.objects.filter(code=part).first()
        if level:
            return _of_level(actor, level)
    if noun := live_nouns().get(slug):
        for key, words in noun.parts() if noun.offered else ():
            if key == part:
                return _of_noun(actor, noun, key, words)
    if actor.kind == "public":
        editions = NEWEST_FOR_ALL.objects(slug=slug, part=part)
    else:
        editions = list(_newest(actor, slug, part))
    edition = next(iter(editions), None)
    if edition is None:
        if slug:
            find_dataset(actor, slug)
        raise Missing(_("There is no such collection, or it is not open to you. /ogc/collections lists them."))
    return _of_edition(edition)


def _newest(actor: Actor, slug: Any, part: Any) -> QuerySet[Edition]:
    layers = with_closed_columns(editions_of(actor)).filter(
        format__in=SHAPES, distribution__dataset__slug=slug, distribution__code=part
    )
    rows = layers.exclude(table_sha256="").select_related("distribution__dataset").only(*READ)
    return rows.order_by("-number")[:1]


NEWEST_FOR_ALL = Statement(lambda: _newest(public(), given("slug"), given("part")))


def _of_nouns(actor: Actor) -> list[Offered]:
    """Parts of live nouns that are offered and hold something that the actor sees."""
    found = [
        _of_noun(actor, noun, key, words) for noun in live_nouns().values() if noun.offered for key, words in noun.parts()
    ]  # fmt: skip
    return [one for one in found if one.inside.rows.order_by().exists()]


def _of_noun(actor: Actor, noun: LiveNoun, key: str, words: Any) -> Offered:
    inside = noun.offered(actor, key) if noun.offered else of_live(actor, noun.key, key)
    return Offered(id=f"{noun.key}.{key}", title=f"{noun.name}: {words}", description=inside.source, inside=inside)


def _of_edition(edition: Edition) -> Offered:
    dataset = edition.distribution.dataset
    return Offered(
        id=f"{dataset.slug}.{edition.distribution.code}", title=f"{dataset.title}: {edition.distribution.name}",
        description=str(dataset.description), inside=of_edition(edition), period=edition.period,
    )  # fmt: skip


def _of_level(actor: Actor, level: Level) -> Offered:
    """Today's areas, each in its newest standing boundary; the number is that of the area."""
    inside = of_live(actor, areas.AREAS.key, level.code)
    return Offered(id=f"{AREAS}.{level.code}", title=str(level.plural), description="", inside=inside)
