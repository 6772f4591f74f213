"""Rows of lists of places that wait: who may decide on one, and what closes it, also from outside its own list."""

from collections.abc import Sequence

from django.db.models import QuerySet

from sala.access.actor import Actor
from sala.access.scope import can, require
from sala.journal.operations import record
from sala.places import policy
from sala.places.models import Area, ImportState, ListSays, PlaceList, PlaceListRow, RowState
from sala.places.place_changes import change_of


def verb_of(batch: PlaceList) -> str:
    """What a position needs to decide on the rows of a list."""
    return policy.CHANGE if batch.says == ListSays.CHANGES else policy.ADD


def touched(row: PlaceListRow) -> list[Area]:
    """The areas on which it needs that: those that a change touches, or the one above a new place."""
    return change_of(row).touched if row.batch.says == ListSays.CHANGES else [row.parent]


def require_decide(actor: Actor, row: PlaceListRow) -> None:
    for area in touched(row):
        require(actor, verb_of(row.batch), area)


def may_decide(actor: Actor, row: PlaceListRow) -> bool:
    return all(can(actor, verb_of(row.batch), area) for area in touched(row))


def decide(row: PlaceListRow, state: RowState, area: Area | None, reason: dict[str, object]) -> None:
    """Close a row; its list is done with its last one."""
    row.state, row.area, row.reasons = state, area, [reason]
    row.save(update_fields=["state", "area", "reasons"])
    if not row.batch.rows.filter(state=RowState.PROPOSED).exists():
        row.batch.state = ImportState.DONE
        row.batch.save(update_fields=["state"])


def replace(actor: Actor, older: Sequence[PlaceList], by: PlaceList) -> None:
    """Close what still waits in earlier readings of a list. Rows beyond the actor's right, which the new reading could not
    take up, go on waiting.
    """
    for batch in older:
        rows = [row for row in _waiting().filter(batch=batch) if may_decide(actor, row)]
        for row in rows:
            decide(row, RowState.REPLACED, row.area, {"code": "row-replaced", "list": by.pk})
        if rows:
            record(actor, verb_of(batch), batch, change="replaced", by=by.pk, rows=[row.number for row in rows])


def settle_twins(actor: Actor, made: PlaceListRow) -> None:
    """The same change waits in other lists no more once it is made."""
    for row in _waiting().filter(key=made.key, batch__says=ListSays.CHANGES).exclude(pk=made.pk):
        decide(row, RowState.APPLIED, row.area, {"code": "made-in-list", "list": made.batch_id, "row": made.number})
        record(actor, policy.CHANGE, row.batch, change="confirmed", row=row.number, by=made.batch_id)


def _waiting() -> QuerySet[PlaceListRow]:
    rows = PlaceListRow.objects.filter(state=RowState.PROPOSED).order_by("batch_id", "number")
    return rows.select_related("batch__level", "parent__level", "area__level", "area__parent")
