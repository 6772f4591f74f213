"""What a person decides on the rows of a boundary file that the rules left open."""

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.places import policy
from sala.places.models import Area, Boundary, BoundaryImport, ImportRow, ImportState, RowState

OPEN = (RowState.PROPOSED, RowState.UNMATCHED)


@operation
def confirm_row(actor: Actor, row: ImportRow, area: Area) -> None:
    """Give the shape of an open row to an area of the file's level."""
    batch = lock(row.batch)
    require(actor, policy.IMPORT, area)
    row = _open_row(row)
    if row.geometry is None or row.area_ha is None:
        raise Conflict(_("Row %(row)s has no shape. Send the file again.") % {"row": row.number})
    vintage = batch.vintage
    if area.level_id != vintage.level_id:
        raise Invalid(
            _("%(area)s is not of the level “%(level)s”. Choose another area.") % {"area": area, "level": vintage.level}
        )
    holder = batch.rows.filter(area=area).first()
    if holder is not None:
        raise Conflict(_("%(area)s has the shape of row %(row)s already.") % {"area": area, "row": holder.number})
    Boundary.objects.create(area=area, vintage=vintage, geometry=row.geometry, coarse=row.coarse, area_ha=row.area_ha)
    row.state, row.area, row.geometry, row.coarse = RowState.APPLIED, area, None, None
    row.reasons = [{"code": "person"}]
    row.save()
    _close_if_done(batch)
    record(actor, policy.IMPORT, batch, change="confirmed", row=row.number, area=area.code)


@operation
def refuse_row(actor: Actor, row: ImportRow, reason: str = "") -> None:
    """Leave the shape of an open row out."""
    batch = lock(row.batch)
    require(actor, policy.IMPORT, batch)
    row = _open_row(row)
    row.state, row.geometry = RowState.REFUSED, None
    row.reasons = [{"code": "person-refused", "reason": reason[:300]}]
    row.save()
    _close_if_done(batch)
    record(actor, policy.IMPORT, batch, change="refused", row=row.number, reason=reason)


@operation
def withdraw_import(actor: Actor, batch: BoundaryImport, reason: str) -> int:
    """Take back a file that should not have been imported. Returns how many boundaries went; older vintages show again."""
    batch = lock(batch)
    require(actor, policy.IMPORT, batch)
    if batch.state == ImportState.WITHDRAWN:
        raise Conflict(_("This file was withdrawn already."))
    if not reason.strip():
        raise Invalid(_("Say why the file is withdrawn."), {"reason": [_("Say why the file is withdrawn.")]})
    for area in Area.objects.filter(boundaries__vintage=batch.vintage):
        require(actor, policy.IMPORT, area)
    gone, _by_model = batch.vintage.boundaries.all().delete()
    batch.rows.filter(state__in=OPEN).update(state=RowState.REFUSED, geometry=None)
    batch.state, batch.vintage.is_withdrawn = ImportState.WITHDRAWN, True
    batch.vintage.save(update_fields=["is_withdrawn"])
    batch.save(update_fields=["state"])
    record(actor, policy.IMPORT, batch, change="withdrawn", reason=reason, boundaries=gone)
    return gone


def _open_row(row: ImportRow) -> ImportRow:
    """The row as it is now. Raises Conflict when somebody has decided on it, or its file was withdrawn."""
    row = lock(row)
    if row.state not in OPEN:
        raise Conflict(_("Row %(row)s is decided already.") % {"row": row.number})
    return row


def _close_if_done(batch: BoundaryImport) -> None:
    if not batch.rows.filter(state__in=OPEN).exists():
        batch.state = ImportState.DONE
        batch.save(update_fields=["state"])
