"""Which columns of a table a reader sees. Every reading of an edition asks here first: page, API, download, comparison."""

from collections.abc import Mapping

from sala.access.actor import Actor
from sala.access.scope import Tier, visible
from sala.catalogue.models import Column, Distribution, Edition
from sala.catalogue.table_engine import kinds_of


def hidden_columns(actor: Actor, distribution: Distribution) -> frozenset[str]:
    """Names of the columns that are closed to this reader."""
    closed = {column.pk: column.name for column in distribution.dictionary.all() if column.tier != Tier.PUBLIC}
    if not closed:
        return frozenset()
    seen = visible(actor, Column).filter(pk__in=closed).values_list("pk", flat=True)
    return frozenset(closed[pk] for pk in closed.keys() - set(seen))


def closed_columns(distribution: Distribution) -> frozenset[str]:
    """Names of the columns that not everybody sees who sees the dataset: nothing public is made of them."""
    return frozenset(distribution.dictionary.exclude(tier=Tier.PUBLIC).values_list("name", flat=True))


def seen_columns(actor: Actor, edition: Edition) -> list[str]:
    """Names of the columns of an edition that this reader sees, in the table's order."""
    hidden = hidden_columns(actor, edition.distribution)
    return [column["name"] for column in edition.columns if column["name"] not in hidden]


def askable_columns(actor: Actor, edition: Edition) -> Mapping[str, str]:
    """Name → kind of the columns that this reader may ask about, in the table's order."""
    kinds = kinds_of(edition.table_sha256)
    return {name: kinds[name] for name in seen_columns(actor, edition) if name in kinds}
