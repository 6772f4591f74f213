"""Who answers for a dataset today, how often it is used, and how two of its editions differ."""

from django.db.models import QuerySet, Sum

from sala.access.actor import Actor
from sala.catalogue import tables
from sala.catalogue.models import Dataset, Edition
from sala.catalogue.queries.columns import hidden_columns
from sala.catalogue.tables import Difference
from sala.core import clock
from sala.duties.models import Duty

KEYS = ("key", "area", "period")  # parts a column plays that identify its row


def duties_of(dataset: Dataset) -> QuerySet[Duty]:
    """Duties over it in force today."""
    rows = Duty.objects.filter(subject_type="dataset", subject_id=dataset.pk, valid__contains=clock.today())
    return rows.select_related("position__organisation", "area")


def uses_of(dataset: Dataset) -> dict[str, int]:
    """view, download, api → how often in all."""
    return {row["kind"]: row["total"] for row in dataset.uses.values("kind").annotate(total=Sum("count"))}


def compared(actor: Actor, new: Edition, old: Edition) -> tuple[list[str], Difference | None]:
    """The columns by which rows are told apart, and what changed; None where there is no such column in both.

    A column that is hidden from the reader is no part of it, neither to tell rows apart nor among the changes.
    """
    hidden = hidden_columns(actor, new.distribution)
    keys = [
        column.name for column in new.distribution.dictionary.all() if column.role in KEYS and column.name not in hidden
    ]
    keys = [key for key in keys if key in tables.names(new) and key in tables.names(old)]
    return keys, tables.difference(old, new, keys, hidden) if keys and new.is_table and old.is_table else None
