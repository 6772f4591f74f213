"""Editions open to their tier by themselves at the hour laid down for them; then it is recorded, found and told."""

from sala.access.actor import command
from sala.catalogue import policy
from sala.catalogue.models import Edition
from sala.core import clock
from sala.core.operation import lock, operation
from sala.journal.operations import record


def open_due_editions() -> int:
    """Record the opening of every edition whose hour has come. Returns how many; a second run finds none."""
    due = Edition.objects.filter(is_published=True, released_at__isnull=True, not_before__lte=clock.now())
    return sum(_open(command(), edition) for edition in due.order_by("not_before", "pk"))


@operation
def _open(actor, edition: Edition) -> bool:
    """Reading it was possible from that instant on already: who sees it is asked of the clock, not of this job."""
    edition = lock(edition)
    if not edition.is_published or edition.released_at is not None:
        return False
    edition.released_at = clock.now()
    edition.save(update_fields=["released_at"])
    record(actor, policy.PUBLISH, edition.dataset, change="edition released", edition=edition.pk, number=edition.number)
    return True
