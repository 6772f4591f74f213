"""What a concession means to villages: land, households, consultation, compensation."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.concessions import policy
from sala.concessions.field_classes import values_of
from sala.concessions.models import AffectedVillage, Concession
from sala.concessions.operations import changes
from sala.concessions.operations.changes import Why
from sala.core.checking import check
from sala.core.errors import Invalid
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.journal.operations import record
from sala.places.models import Area


@operation
def tell_village(actor: Actor, concession: Concession, area: Area, *, reason: str = "", document: Document | None = None,
                 effective_on: date | None = None, version: int | None = None, **fields: Any) -> AffectedVillage:  # fmt: skip
    """Say what a concession means to a village. Each village stands once: what was said of it is corrected by
    correct_village, which leaves the rest as it is.
    """
    concession = lock(concession)
    require(actor, policy.ENTER, concession)
    changes.require_version(concession, version)
    _check_place(concession, area)
    if AffectedVillage.objects.filter(concession=concession, area=area).exists():
        words = _("This village stands there already. Correct it on the page of the concession.")
        raise Invalid(words, {"area": [words]})
    row = AffectedVillage(concession=concession, area=area, document=document, **fields)
    check(row)
    row.save()
    changes.entered(actor, concession, row, Why(reason, document, effective_on))
    changes.touch(concession)
    record(actor, policy.ENTER, concession, change="village told", area=area.pk, document=document, reason=reason)
    return row


@operation
def correct_village(actor: Actor, row: AffectedVillage, version: int | None = None, *, reason: str,
                    effective_on: date | None = None, **fields: Any) -> AffectedVillage:  # fmt: skip
    """Correct what was said of a village. Fields that are not given, the paper among them, stay as they are."""
    concession = lock(row.concession)
    row = lock(row)
    require(actor, policy.ENTER, concession)
    changes.require_version(concession, version)
    before = values_of(row)
    for field, value in fields.items():
        setattr(row, field, value)
    check(row)
    row.save()
    different = changes.changed(actor, concession, row, before, Why(reason, row.document, effective_on))
    if different:
        changes.touch(concession)
        record(actor, policy.ENTER, concession, change="village corrected", area=row.area_id, document=row.document,
               reason=reason, fields=sorted(different))  # fmt: skip
    return row


def _check_place(concession: Concession, area: Area) -> None:
    """A village lies in the concession's place, or in one that it reaches into."""
    reached = [concession.area, *(place.area for place in concession.places.select_related("area"))]
    if not any(area.path.startswith(place.path) for place in reached):
        words = _("This village lies outside the places of the concession. Enter the further place first, or choose another village.")  # fmt: skip
        raise Invalid(words, {"area": [words]})


@operation
def remove_village(actor: Actor, row: AffectedVillage, *, reason: str) -> None:
    """Take out a village that was entered by mistake."""
    concession = lock(row.concession)
    require(actor, policy.ENTER, concession)
    changes.taken_out(actor, concession, row, Why(reason))
    area = row.area_id
    row.delete()
    changes.touch(concession)
    record(actor, policy.ENTER, concession, change="village removed", area=area, reason=reason)
