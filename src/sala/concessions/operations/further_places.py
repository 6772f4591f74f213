"""Further places that a concession reaches into, each with its share of the granted area."""

from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.concessions import policy
from sala.concessions.field_classes import values_of
from sala.concessions.models import Concession, ConcessionPlace
from sala.concessions.operations import changes
from sala.concessions.operations.changes import Why
from sala.core.checking import check
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.places.models import Area

WHOLE = Decimal(100)


@operation
def add_further_place(actor: Actor, concession: Concession, area: Area, *, share: Decimal | None = None, reason: str = "",
                      version: int | None = None) -> ConcessionPlace:  # fmt: skip
    """Say that a concession reaches into one more place. share: per cent of the granted area, None where it is not known."""
    concession = lock(concession)
    require(actor, policy.ENTER, concession)
    changes.require_version(concession, version)
    if area == concession.area or concession.places.filter(area=area).exists():
        words = _("This place stands there already.")
        raise Invalid(words, {"area": [words]})
    row = ConcessionPlace(concession=concession, area=area, share=share)
    _check_share(row)
    check(row)
    row.save()
    changes.entered(actor, concession, row, Why(reason))
    changes.touch(concession)
    record(actor, policy.ENTER, concession, change="further place entered", area=area.pk, reason=reason)
    return row


@operation
def correct_further_place(actor: Actor, row: ConcessionPlace, version: int | None = None, *, share: Decimal | None,
                          reason: str) -> ConcessionPlace:  # fmt: skip
    """Correct the share of a further place."""
    concession = lock(row.concession)
    row = lock(row)
    require(actor, policy.ENTER, concession)
    changes.require_version(concession, version)
    before = values_of(row)
    row.share = share
    _check_share(row)
    check(row)
    row.save()
    if changes.changed(actor, concession, row, before, Why(reason)):
        changes.touch(concession)
        record(actor, policy.ENTER, concession, change="further place corrected", area=row.area_id, reason=reason)
    return row


@operation
def remove_further_place(actor: Actor, row: ConcessionPlace, *, reason: str, version: int | None = None) -> None:
    """Take out a further place. Raises Conflict as long as a village stands there that lies in no other place of it."""
    concession = lock(row.concession)
    row = lock(row)
    require(actor, policy.ENTER, concession)
    changes.require_version(concession, version)
    stay = [concession.area.path, *concession.places.exclude(pk=row.pk).values_list("area__path", flat=True)]
    lost = [
        str(village.area.name)
        for village in concession.villages.filter(area__path__startswith=row.area.path).select_related("area")
        if not village.area.path.startswith(tuple(stay))
    ]
    if lost:
        raise Conflict(
            _("These villages of the concession lie there: %(villages)s. Take them out first, or leave the place.")
            % {"villages": ", ".join(lost)}
        )
    changes.taken_out(actor, concession, row, Why(reason))
    area = row.area_id
    row.delete()
    changes.touch(concession)
    record(actor, policy.ENTER, concession, change="further place removed", area=area, reason=reason)


def _check_share(row: ConcessionPlace) -> None:
    if row.share is None:
        return
    others = ConcessionPlace.objects.filter(concession=row.concession_id).exclude(pk=row.pk)
    together = row.share + (others.aggregate(sum=Sum("share"))["sum"] or Decimal(0))
    if row.share < 0 or together > WHOLE:
        words = _("The shares of the further places are 0 to 100 per cent together. Correct the share.")
        raise Invalid(words, {"share": [words]})
