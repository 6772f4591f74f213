"""What a tile needs to know: asked so often that one query says it, and nothing more than is needed."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F

from sala.access.actor import Actor
from sala.access.scope import is_open, visible
from sala.catalogue.models import Dataset, Distribution, Edition
from sala.catalogue.policy import SHAPES
from sala.maps.collections import Collection, of_edition
from sala.maps.models import Layer
from sala.maps.queries.layers import label_of

NEWEST = """
select archive.digest, archive.max_zoom, edition.is_published, edition.not_before, dataset.tier
from maps_tilearchive archive
join maps_layer layer on layer.id = archive.layer_id
join catalogue_edition edition on edition.id = archive.edition_id
join catalogue_distribution distribution on distribution.id = edition.distribution_id
join catalogue_dataset dataset on dataset.id = distribution.dataset_id
where layer.code = %s and archive.state = 'ready'
and (layer.columns = '{}' or archive.columns <@ layer.columns)
and not exists (
  select 1 from catalogue_column closed
  where closed.distribution_id = distribution.id and closed.tier <> 'public' and closed.name = any(archive.columns))
and not exists (
  select 1 from catalogue_edition newer
  where newer.distribution_id = edition.distribution_id and newer.number > edition.number and newer.is_published)
order by archive.id desc limit 1
"""


@dataclass(frozen=True)
class Stored:
    digest: str
    max_zoom: int


def stored_for_all(code: str) -> Stored | None:
    """The archive of the layer's newest published edition, where everybody sees that edition; else None."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [code])
        row = cursor.fetchone()
    if row is None:
        return None
    digest, max_zoom, is_published, not_before, tier = row
    distribution = Distribution(dataset=Dataset(tier=tier))
    edition = Edition(distribution=distribution, is_published=is_published, not_before=not_before)
    return Stored(digest, max_zoom) if is_open(edition) else None


NEEDED = ("number", "table_sha256", "columns", "published_at", "distribution", "bounds")


def drawn_for(actor: Actor, code: str, number: int | None = None) -> tuple[Collection, bool] | None:
    """The newest edition of a layer that the actor sees, or the one with this number, and whether names are written.

    None for a layer that has none, that is live, or that the actor does not see.
    """
    editions = visible(actor, Edition).filter(is_published=True, format__in=SHAPES, distribution__layers__code=code)
    if number is not None:
        editions = editions.filter(number=number)
    told = {"shown_columns": F("distribution__layers__columns"), "shown_label": F("distribution__layers__label")}
    found: Any = editions.annotate(**told).only(*NEEDED).order_by("-number").first()
    if found is None:
        return None
    collection = of_edition(found, found.shown_columns, found.shown_label)
    return collection, bool(label_of(Layer(label=found.shown_label), collection))
