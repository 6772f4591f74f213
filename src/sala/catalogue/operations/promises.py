"""Keeping the day until which each dataset's next edition is promised."""

from collections.abc import Sequence
from itertools import islice

from sala.catalogue.models import Dataset, PromisedEdition
from sala.catalogue.queries import promises

BATCH = 2000


def keep_promises(datasets: Sequence[Dataset]) -> None:
    """Write down when the next edition of each of these is due. Part of every recorded change of a dataset."""
    found = promises(datasets)
    due = {pk: promise.due for pk, promise in found.items() if promise.due}
    PromisedEdition.objects.filter(dataset__in=found.keys() - due.keys()).delete()
    PromisedEdition.objects.bulk_create(
        [PromisedEdition(dataset_id=pk, due_on=day) for pk, day in due.items()],
        update_conflicts=True, unique_fields=["dataset"], update_fields=["due_on"],
    )  # fmt: skip


def keep_all_promises() -> None:
    """The same for every dataset: after the rhythms of a pack were changed, and once a night."""
    rows = Dataset.objects.select_related("frequency").order_by("pk").iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        keep_promises(batch)
