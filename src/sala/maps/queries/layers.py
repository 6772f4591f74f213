"""Layers with what a reader gets of them: which edition, its legend, its tiles."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.models import Dataset, Edition
from sala.catalogue.policy import CELLS, SHAPES
from sala.core.language import current, languages
from sala.maps import collections
from sala.maps.collections import Box, Collection, newest_raster
from sala.maps.live import live_nouns
from sala.maps.models import ArchiveState, Layer, LayerKind, TileArchive
from sala.maps.queries.finding import RELATED


def collection_of(actor: Actor, layer: Layer, number: int | None = None) -> Collection | None:
    """What the actor sees of a layer: of the newest edition, or of the one with this number; None when nothing."""
    if layer.is_live:
        return collections.of_live(actor, layer.live, layer.part)
    edition = collections.newest_edition(actor, layer.distribution_id or 0, number)
    return collections.of_edition(edition, layer.columns, layer.label) if edition else None


@dataclass(frozen=True)
class Shown:
    """A layer as it lies on the map of one reader. opacity: per cent; archive: its published tiles, if there are any.

    raster  the edition whose cells are drawn, for a layer that has no shapes
    """

    layer: Layer
    collection: Collection | None
    archive: TileArchive | None
    opacity: int = 80
    is_on: bool = True
    raster: Edition | None = None

    @property
    def is_empty(self) -> bool:
        return self.collection is None and self.raster is None

    @property
    def source(self) -> str:
        if self.raster:
            return str(self.raster.dataset.source_note or self.raster.dataset.owner.name)
        return self.collection.source if self.collection else ""

    @property
    def as_of(self) -> date | None:
        if self.raster:
            return timezone.localdate(self.raster.published_at) if self.raster.published_at else None
        return self.collection.as_of if self.collection else None

    @property
    def picture_url(self) -> str:
        """The small picture of a raster, for maps without script."""
        return (
            reverse(
                "catalogue:picture", args=[self.raster.dataset.slug, self.raster.distribution.code, self.raster.number]
            )
            if self.raster
            else ""
        )

    def bounds(self) -> Box | None:
        """West, south, east, north in degrees."""
        if self.raster and self.raster.bounds:
            west, south, east, north = self.raster.bounds
            return west, south, east, north
        return self.collection.bounds() if self.collection else None


def shown_layers(actor: Actor, layers: Iterable[Layer]) -> list[Shown]:
    """Layers that the actor sees, in the order given, each with the newest edition that the actor sees."""
    wanted = list(layers)
    archives = {
        (row.layer_id, row.edition_id): row
        for row in TileArchive.objects.filter(layer__in=wanted, state=ArchiveState.READY)
        .order_by("id")
        .select_related("layer")
    }
    found = []
    for layer in wanted:
        if layer.kind == LayerKind.RASTER:
            found.append(Shown(layer, None, None, raster=newest_raster(actor, layer.distribution_id or 0)))
            continue
        collection = collection_of(actor, layer)
        edition = collection.edition.pk if collection and collection.edition else 0
        found.append(Shown(layer, collection, archives.get((layer.pk, edition))))
    return found


def all_layers(actor: Actor) -> QuerySet[Layer]:
    return visible(actor, Layer).select_related(*RELATED).order_by("topic__order", "code")


def layers_of_dataset(actor: Actor, dataset: Dataset) -> QuerySet[Layer]:
    return visible(actor, Layer).filter(distribution__dataset=dataset).order_by("code")


def is_mappable(actor: Actor, dataset: Dataset) -> bool:
    """Whether some part of the dataset has shapes or cells that could be put on the map."""
    editions = visible(actor, Edition).filter(is_published=True, format__in=[*SHAPES, *CELLS])
    return editions.filter(distribution__dataset=dataset).exists()


def label_of(layer: Layer, collection: Collection | None) -> str:
    """The column whose text is written on the map: the layer's own, else that of its live noun; empty for none.

    A column such as name_en stands for the one of the reader's language where the features have it.
    """
    column = layer.label
    if layer.is_live and not column:
        noun = live_nouns().get(layer.live)
        column = noun.label if noun else ""
    base, _line, code = column.rpartition("_")
    own = f"{base}_{current()}"
    names = collection.names if collection else ()
    return own if base and code in languages() and own in names else column
