"""Update promises: what is due, what is overdue."""

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from sala.catalogue.calculations import Promise, promise
from sala.catalogue.models import Dataset, Edition
from sala.core import clock, periods


def covered_until(editions: list[tuple[str, date | None]]) -> date | None:
    """Last day that the published editions cover: by period, else by the day of publication."""
    ends = []
    for period, published_on in editions:
        if period:
            ends.append(periods.parse(period).end)
        elif published_on:
            ends.append(published_on)
    return max(ends, default=None)


def promises(datasets: QuerySet[Dataset] | Sequence[Dataset], today: date | None = None) -> dict[int, Promise]:
    """Promise of each dataset, in two queries whatever their number."""
    day = today or clock.today()
    rows = list(datasets)
    delivered: dict[int, list[tuple[str, date | None]]] = {}
    published = Edition.objects.filter(distribution__dataset__in=rows, is_published=True)
    for dataset_id, period, at in published.values_list("distribution__dataset_id", "period", "published_at"):
        delivered.setdefault(dataset_id, []).append((period, at.date() if at else None))
    found = {}
    for dataset in rows:
        data = dataset.frequency.data if dataset.frequency else {}
        found[dataset.pk] = promise(
            months=data.get("months"), days=data.get("days"),
            frequency=dataset.frequency.code if dataset.frequency else None,
            grace_days=dataset.grace_days, covered_until=covered_until(delivered.get(dataset.pk, [])),
            since=dataset.created_at.date(), today=day, retired=dataset.retired_on is not None,
        )  # fmt: skip
    return found


def promise_of(dataset: Dataset, today: date | None = None) -> Promise:
    return promises([dataset], today)[dataset.pk]


def overdue(datasets: QuerySet[Dataset], today: date | None = None) -> QuerySet[Dataset]:
    """Datasets whose next edition is late, the latest first; each with `promised.due_on`, the last day in time."""
    late = datasets.filter(promised__due_on__lt=today or clock.today())
    return late.select_related("promised", "frequency", "owner", "place").order_by("promised__due_on", "slug")
