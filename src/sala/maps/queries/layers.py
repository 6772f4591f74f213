"""Layers with what a reader gets of them: which edition, its legend, its tiles."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.models import Dataset, Edition
from sala.core.language import current, languages
from sala.maps import collections
from sala.maps.collections import VECTOR_FORMATS, Collection
from sala.maps.live import live_nouns
from sala.maps.models import ArchiveState, Layer, TileArchive
from sala.maps.queries.finding import RELATED


def collection_of(actor: Actor, layer: Layer, number: int | None = None) -> Collection | None:
    """What the actor sees of a layer: of the newest edition, or of the one with this number; None when nothing."""
    if layer.is_live:
        return collections.of_live(actor, layer.live, layer.part)
    edition = collections.newest_edition(actor, layer.distribution_id or 0, number)
    return collections.of_edition(edition, layer.columns) if edition else None


@dataclass(frozen=True)
class Shown:
    """A layer as it lies on the map of one reader. opacity: per cent; archive: its published tiles, if there are any."""

    layer: Layer
    collection: Collection | None
    archive: TileArchive | None
    opacity: int = 80
    is_on: bool = True


def shown_layers(actor: Actor, layers: Iterable[Layer]) -> list[Shown]:
    """Layers that the actor sees, in the order given, each with the newest edition that the actor sees."""
    wanted = list(layers)
    archives = {
        (row.layer_id, row.edition_id): row
        for row in TileArchive.objects.filter(layer__in=wanted, state=ArchiveState.READY).select_related("layer")
    }
    found = []
    for layer in wanted:
        collection = collection_of(actor, layer)
        edition = collection.edition.pk if collection and collection.edition else 0
        found.append(Shown(layer, collection, archives.get((layer.pk, edition))))
    return found


def all_layers(actor: Actor) -> QuerySet[Layer]:
    return visible(actor, Layer).select_related(*RELATED).order_by("topic__order", "code")


def layers_of_dataset(actor: Actor, dataset: Dataset) -> QuerySet[Layer]:
    return visible(actor, Layer).filter(distribution__dataset=dataset).order_by("code")


def is_mappable(actor: Actor, dataset: Dataset) -> bool:
    """Whether some part of the dataset has shapes that could be put on the map."""
    editions = visible(actor, Edition).filter(is_published=True, format__in=VECTOR_FORMATS)
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
