"""What a collection of features is to one actor: the features of an edition, or the rows of a live noun.

Tiles, the explorer, feature pages and every other way out start here, so that none shows what another one hides.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.contrib.gis.db.models import Extent
from django.db.models import F, QuerySet
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import JSONObject
from django.utils import timezone

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.models import Distribution, Edition, Feature
from sala.catalogue.policy import CELLS, SHAPES
from sala.catalogue.queries.columns import closed_columns
from sala.core.language import Translated
from sala.maps.live import live_nouns

Box = tuple[float, float, float, float]  # west, south, east, north in degrees
RECIPE = "3"  # raised when tiles are to be made in another way


@dataclass(frozen=True)
class Collection:
    """Features that the actor sees.

    rows      annotated with `shown`: a JSON object of the columns that may be shown, and of no other
    number    field that identifies a feature     geometry  field of its shape, in degrees     size  orders by size
    names     of the columns, in order            labels   asks for their headings: only where they are shown
    told      asks where the shapes come from
    version   changes with what is in it; empty: ask each time
    edition   where the features come from; None for a live noun
    shows_all nothing of a row's properties is left out
    """

    rows: QuerySet
    names: tuple[str, ...]
    number: str
    labels: Callable[[], Mapping[str, Translated]]
    geometry: str = "geometry"
    size: str = ""
    version: str = ""
    edition: Edition | None = None
    shows_all: bool = False
    told: Callable[[], str] = str
    as_of: date | None = None

    @property
    def source(self) -> str:
        return self.told()

    @property
    def columns(self) -> list[tuple[str, Translated]]:
        """(name, heading) of each column, in order."""
        found = self.labels()
        return [(name, found.get(name) or Translated(name)) for name in self.names]

    def within(self, box: Box) -> QuerySet:
        """Rows whose shape's own box meets the box."""
        west, south, east, north = box
        ring = f"{west} {south},{east} {south},{east} {north},{west} {north},{west} {south}"
        return self.rows.filter(**{f"{self.geometry}__bboverlaps": f"SRID=4326;POLYGON(({ring}))"})

    def bounds(self) -> Box | None:
        """Around all features; None when there are none."""
        if self.edition and self.edition.bounds:
            west, south, east, north = self.edition.bounds
            return west, south, east, north
        return self.rows.order_by().aggregate(box=Extent(self.geometry))["box"]


def drawable_distributions(actor: Actor) -> QuerySet[Distribution]:
    """Parts of datasets that have an edition of shapes or cells which the actor sees."""
    editions = visible(actor, Edition).filter(is_published=True, format__in=[*SHAPES, *CELLS])
    return Distribution.objects.filter(pk__in=editions.values("distribution_id"))


def newest_edition(actor: Actor, distribution: Distribution | int, number: int | None = None) -> Edition | None:
    """The newest published edition of shapes that the actor sees, or the one with this number."""
    editions = visible(actor, Edition).filter(distribution=distribution, is_published=True, format__in=SHAPES)
    if number is not None:
        editions = editions.filter(number=number)
    return editions.select_related("distribution__dataset__owner", "distribution__dataset__place").first()


def newest_raster(actor: Actor, distribution: Distribution | int, number: int | None = None) -> Edition | None:
    """The newest published edition of cells that the actor sees, or the one with this number."""
    editions = visible(actor, Edition).filter(distribution=distribution, is_published=True, format__in=CELLS)
    if number is not None:
        editions = editions.filter(number=number)
    found = editions.select_related("distribution__dataset__owner", "distribution__dataset__place").first()
    return found if found is not None and found.raster else None


def columns_of(edition: Edition, chosen: Sequence[str] = ()) -> list[str]:
    """Names of the columns that may be shown: those chosen, else all; never one that is closed to some readers."""
    asked_along: list[str] | None = getattr(edition, "closed_names", None)  # with_closed_columns
    closed = closed_columns(edition.distribution) if asked_along is None else asked_along
    names = [column["name"] for column in edition.columns if column["name"] not in closed]
    return [name for name in names if name in chosen] if chosen else names


def digest_of(edition: Edition, chosen: Sequence[str], label: str = "") -> str:
    """Names what a reader gets of an edition's features: 32 hexadecimal signs. label: column written on the map."""
    return _digest(edition, columns_of(edition, chosen), label)


def _digest(edition: Edition, names: list[str], label: str) -> str:
    told = json.dumps([edition.table_sha256, names, RECIPE, label], ensure_ascii=False)
    return sha256(told.encode()).hexdigest()[:32]


def of_edition(edition: Edition, chosen: Sequence[str] = (), label: str = "") -> Collection:
    """The features of an edition that the caller has found visible. label: column written on the map, if it is drawn."""
    names = columns_of(edition, chosen)
    rows = Feature.objects.filter(edition_id=edition.pk)
    every = len(names) == len(edition.columns)
    shown = F("properties") if every else JSONObject(**{name: KeyTransform(name, "properties") for name in names})
    day = timezone.localdate(edition.published_at) if edition.published_at else None
    return Collection(
        rows=rows.annotate(shown=shown), names=tuple(names), labels=lambda: _labels(edition), number="number", size="area_ha",
        version=_digest(edition, names, label), edition=edition, as_of=day,
        shows_all=every, told=lambda: str(edition.dataset.source_note or edition.dataset.owner.name),
    )  # fmt: skip


def _labels(edition: Edition) -> dict[str, Translated]:
    """Headings as the dictionary of the part has them, else as the file had them."""
    found = {column["name"]: Translated(column.get("label") or column["name"]) for column in edition.columns}
    explained = {column.name: column.label for column in edition.distribution.dictionary.all() if column.label}
    return found | explained


def of_live(actor: Actor, key: str, part: str) -> Collection:
    """The rows of a live noun that the actor sees now."""
    noun = live_nouns()[key]
    headings = dict(noun.columns(part))
    return Collection(
        rows=noun.rows(actor, part), names=tuple(headings), labels=lambda: headings, number=noun.number,
        geometry=noun.geometry, size=noun.size, told=lambda: noun.source(part),
    )  # fmt: skip
