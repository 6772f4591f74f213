"""What a person decides on the rows of a list of places that the rules left open."""

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.places import policy
from sala.places.list_values import Unclear
from sala.places.models import Area, ListSays, Parenthood, PlaceListRow, RowState
from sala.places.operations import tree
from sala.places.operations.open_rows import decide, require_decide, verb_of
from sala.places.operations.place_lists import change, enter, told_of
from sala.places.place_matching import PlaceFate, PlaceMatcher
from sala.places.place_rows import PlaceRow, from_stored
from sala.places.reasons import areas_in, words_of


@operation
def place_is_known(actor: Actor, row: PlaceListRow, area: Area) -> Area:
    """The row means this area: what it knows better is written, its spelling becomes one more by which it is found."""
    begin(actor, row)
    said = _place(row)
    require(actor, policy.ADD, area)
    if area.level_id != row.batch.level_id or area.parent_id != row.parent_id or area.has_ended:
        raise Invalid(_("Choose a place of the same level under %(parent)s.") % {"parent": row.parent})
    matcher = PlaceMatcher(row.batch.level, row.batch.as_of)
    known = matcher.areas[area.pk]
    try:
        changes, notes = matcher.difference(said, known)
    except Unclear as unclear:
        raise _conflict(unclear) from unclear
    fate = PlaceFate(row.number, row.label, "changed", said, known, changes, notes)
    change(fate, row.batch.as_of, row.batch.source)
    decide(row, RowState.APPLIED, known, {"code": "person"})
    if changes:
        record(actor, policy.ADD, known, **told_of(row.batch, fate))
    record(actor, policy.ADD, row.batch, change="confirmed", row=row.number, area=known.code)
    return known


@operation
def place_is_new(actor: Actor, row: PlaceListRow) -> Area:
    """The row means none of those that it resembles: it becomes an area of its own."""
    begin(actor, row)
    said = _place(row)
    try:
        PlaceMatcher(row.batch.level, row.batch.as_of).check_new(said)
    except Unclear as unclear:
        raise _conflict(unclear) from unclear
    open_ended = Parenthood.objects.filter(area=row.parent, valid__endswith__isnull=True)
    if row.parent.has_ended or (row.parent.parent_id and not open_ended.exists()):
        raise Conflict(_("%(area)s has ended. Its name stays as it was.") % {"area": row.parent})
    fate = PlaceFate(row.number, row.label, "new", said)
    enter([fate], row.batch.level, row.batch.source, row.batch.is_invented)
    if fate.area is None:
        raise Conflict(_("Row %(row)s is decided already.") % {"row": row.number})
    decide(row, RowState.APPLIED, fate.area, {"code": "entered-by-person"})
    record(actor, policy.ADD, fate.area, **told_of(row.batch, fate))
    record(actor, policy.ADD, row.batch, change="confirmed", row=row.number, area=fate.area.code)
    return fate.area


@operation
def refuse_place(actor: Actor, row: PlaceListRow, reason: str = "") -> None:
    """Leave an open row out; the same words in a later list are left out too."""
    begin(actor, row)
    decide(row, RowState.REFUSED, row.area, {"code": "person-refused", "reason": reason[:300]})
    record(actor, verb_of(row.batch), row.batch, change="refused", row=row.number, reason=reason)


def begin(actor: Actor, row: PlaceListRow) -> None:
    """Hold the tree and the row. Raises NotPermitted without the right on all that it touches, and Conflict when somebody
    has decided on it.
    """
    tree.hold_tree()
    batch = lock(row.batch)
    require_decide(actor, row)
    now = lock(row)
    if now.state != RowState.PROPOSED:
        raise Conflict(_("Row %(row)s is decided already.") % {"row": row.number})
    row.batch = batch


def _place(row: PlaceListRow) -> PlaceRow:
    """What the row said of a place. Raises Conflict for one that says a change: it is made or refused, nothing else."""
    if row.batch.says != ListSays.PLACES:
        raise Conflict(_("This row is a change of a place. Make the change, or refuse it."))
    return from_stored(row.number, row.parent, row.batch.level, row.said)


def _conflict(unclear: Unclear) -> Conflict:
    """The reason in words, for whoever decides."""
    names = dict(Area.objects.filter(pk__in=areas_in([unclear.reason])).values_list("pk", "name"))
    return Conflict(words_of(unclear.reason, names))
