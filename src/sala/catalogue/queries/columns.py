"""Which columns of a table a reader sees. Every reading of an edition asks here first: page, API, download, comparison."""

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from sala.access.actor import Actor, in_part
from sala.access.scope import Tier, seen_whole, visible
from sala.catalogue.models import JOINING, Column, Dataset, Distribution, Edition
from sala.catalogue.table_engine import kinds_of
from sala.core.statements import Statement, given


def _closed_of(part: Any) -> QuerySet[Column]:
    return Column.objects.filter(distribution=part).exclude(tier=Tier.PUBLIC).order_by()


CLOSED = Statement(lambda: _closed_of(given("part")).values_list("name"))


def hidden_columns(actor: Actor, distribution: Distribution) -> frozenset[str]:
    """Names of the columns that are closed to this reader.

    What an agreement names is open to the office that receives it. An office that reads a dataset by such agreements
    only gets nothing else of it but the columns of places and periods, which say what a row is about.
    """
    closed = {column.pk: column.name for column in distribution.dictionary.all() if column.tier != Tier.PUBLIC}
    seen = visible(actor, Column).filter(pk__in=closed).values_list("pk", flat=True) if closed else ()
    hidden = frozenset(closed[pk] for pk in closed.keys() - set(seen))
    named = actor.some.get(distribution.pk, frozenset())
    if not is_in_part(actor, distribution):
        return hidden - named
    joining = {column.name for column in distribution.dictionary.all() if column.role in JOINING}
    return frozenset(_every_column(distribution) - joining - named)


def is_in_part(actor: Actor, distribution: Distribution) -> bool:
    """Whether the reader sees its dataset by agreements only that name columns."""
    if actor.is_everything or distribution.dataset_id not in actor.shared_ids(in_part("dataset")):
        return False
    return not seen_whole(actor, Dataset).filter(pk=distribution.dataset_id).exists()


def may_take_original(actor: Actor, edition: Edition) -> bool:
    """The file as delivered holds every column, and what else its sender left in it."""
    return not hidden_columns(actor, edition.distribution) and not is_in_part(actor, edition.distribution)


def _every_column(distribution: Distribution) -> set[str]:
    """Names of the columns of all its editions."""
    listed = distribution.editions.values_list("columns", flat=True)
    return {column.name for column in distribution.dictionary.all()} | {
        column["name"] for columns in listed for column in columns
    }


def closed_columns(distribution: Distribution) -> frozenset[str]:
    """Names of the columns that not everybody sees who sees the dataset: nothing public is made of them."""
    return frozenset(name for (name,) in CLOSED.rows(part=distribution.pk))


def with_closed_columns(editions: QuerySet[Edition]) -> QuerySet[Any]:
    """Annotated with `closed_names`: the same of each edition's part, asked along with it."""
    names = _closed_of(OuterRef("distribution_id")).values("name")
    return editions.annotate(closed_names=ArraySubquery(names))


def seen_columns(actor: Actor, edition: Edition) -> list[str]:
    """Names of the columns of an edition that this reader sees, in the table's order."""
    hidden = hidden_columns(actor, edition.distribution)
    return [column["name"] for column in edition.columns if column["name"] not in hidden]


def askable_columns(actor: Actor, edition: Edition) -> Mapping[str, str]:
    """Name → kind of the columns that this reader may ask about, in the table's order."""
    kinds = kinds_of(edition.table_sha256)
    return {name: kinds[name] for name in seen_columns(actor, edition) if name in kinds}
