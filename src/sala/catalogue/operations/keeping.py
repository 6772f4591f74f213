"""Whether a dataset is still kept: no further editions are promised, or again."""

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.catalogue import policy
from sala.catalogue.models import Dataset
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.journal.operations import record


@operation
def retire_dataset(actor: Actor, dataset: Dataset, *, reason: str) -> None:
    """No further editions are promised; what was published stays."""
    dataset = lock(dataset)
    require(actor, policy.WITHDRAW, dataset)
    if dataset.retired_on:
        raise Conflict(_("This dataset is marked as no longer kept already."))
    if not reason.strip():
        words = _("Say why it is no longer kept; the journal keeps it.")
        raise Invalid(words, {"reason": [words]})
    dataset.retired_on = clock.today()
    dataset.save(update_fields=["retired_on"])
    record(actor, policy.WITHDRAW, dataset, change="retired", reason=reason)


@operation
def resume_dataset(actor: Actor, dataset: Dataset) -> None:
    """It is kept again: its rhythm counts, and who owes an edition is reminded."""
    dataset = lock(dataset)
    require(actor, policy.WITHDRAW, dataset)
    if dataset.retired_on is None:
        raise Conflict(_("This dataset is kept already."))
    same = Dataset.objects.filter(
        concept=dataset.concept, place=dataset.place_id, is_official=True, retired_on__isnull=True
    )
    if dataset.is_official and same.exists():
        raise Conflict(
            _("Another dataset has become the official source of this concept. Edit the record of this one first, so that it is not the official source.")
        )  # fmt: skip
    dataset.retired_on = None
    dataset.save(update_fields=["retired_on"])
    record(actor, policy.WITHDRAW, dataset, change="taken up again")
