"""What a dataset was made from."""

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.catalogue import policy
from sala.catalogue.models import Dataset, Lineage
from sala.catalogue.operations.validity import check_fields
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.journal.operations import record


@operation
def name_origin(
    actor: Actor, dataset: Dataset, *, source: Dataset | None = None, outside: str = "", note: str = ""
) -> Lineage:
    """Say from what the dataset was made: from another dataset, or from a source outside. A circle is refused."""
    dataset = lock(dataset)
    require(actor, policy.EDIT, dataset)
    outside = outside.strip()
    if bool(source) == bool(outside):
        words = _("Name either a dataset kept here or a source outside. For both, enter one after the other.")
        raise Invalid(words, {"source": [words]})
    if source and _stems_from(source, dataset.pk):
        words = _("That dataset was itself made from this one. Choose another source.")
        raise Invalid(words, {"source": [words]})
    if dataset.origins.filter(source=source, outside=outside).exists():
        words = _("This source is named already. To change its note, take it back and name it again.")
        raise Conflict(words, {"source" if source else "outside": [words]})
    origin = Lineage(dataset=dataset, source=source, outside=outside, note=note)
    check_fields(origin)
    origin.save()
    record(actor, policy.EDIT, dataset, change="origin named", source=source.pk if source else outside)
    return origin


@operation
def take_back_origin(actor: Actor, origin: Lineage) -> None:
    """The dataset was not made from it after all. The journal keeps what was said."""
    dataset = lock(origin.dataset)
    require(actor, policy.EDIT, dataset)
    record(actor, policy.EDIT, dataset, change="origin taken back", source=origin.source_id or origin.outside,
           note=origin.note)  # fmt: skip
    origin.delete()


def _stems_from(dataset: Dataset, ancestor: int) -> bool:
    waiting, seen = [dataset.pk], set()
    while waiting:
        current = waiting.pop()
        if current == ancestor:
            return True
        if current not in seen:
            seen.add(current)
            waiting += Lineage.objects.filter(dataset_id=current, source__isnull=False).values_list(
                "source_id", flat=True
            )
    return False
