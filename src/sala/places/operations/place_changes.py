"""Lists of dated changes of places: every row waits for a person, who makes the change or refuses it."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, require
from sala.core.errors import Conflict, Invalid
from sala.core.language import Translated
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.places import policy
from sala.places.list_values import Unclear
from sala.places.lists import FacilityList
from sala.places.models import Area, ListSays, PlaceList, PlaceListRow, RowState
from sala.places.operations import changes, tree
from sala.places.operations.open_rows import decide, settle_twins
from sala.places.operations.place_lists import PlaceDelivery, above_of, decided, keep_list, label_of, named_columns
from sala.places.operations.place_rows import begin
from sala.places.place_changes import ChangeReader, PlaceChange, change_of
from sala.places.place_headings import guess_changes
from sala.places.place_matching import PlaceFate


@operation
def propose_changes(actor: Actor, asked: FacilityList, delivery: PlaceDelivery) -> PlaceList:
    """Keep what the rows say as proposals. Nothing of the tree changes; make_change does it, row by row.

    delivery.as_of and delivery.source are the day and the decision of rows that name none. Raises Invalid for a list that
    does not say which place a row means, or what becomes of it. The same list again proposes nothing twice.
    """
    require(actor, policy.ADD, PlaceList())
    tree.hold_tree()
    guessed = {} if delivery.exact else guess_changes(asked, delivery.level, delivery.system)
    columns = _columns(asked, named_columns(asked, delivery, guessed))
    reader = ChangeReader(columns, delivery.level, above_of(delivery), delivery.as_of, delivery.source)
    before = decided(delivery.level, ListSays.CHANGES)
    taken: dict[int, int] = {}
    fates = []
    for line in asked.lines:
        try:
            fate = _fate(actor, reader.read(line), before, taken)
        except Unclear as unclear:
            fate = PlaceFate(line.row, label_of(line.values, columns), "refused", reasons=[unclear.reason])
        fates.append(fate)
    return keep_list(actor, asked, delivery, columns, fates, says=ListSays.CHANGES)


def _columns(asked: FacilityList, columns: dict[str, str]) -> dict[str, str]:
    shown = {"columns": ", ".join(asked.columns.values())}
    if not any(role in ("code", "now") or role.startswith("code_") for role in columns):
        raise Invalid(_("No column says which place a row means. Say which it is. The list has: %(columns)s.") % shown)
    if not any(role in ("change", "parent", "parent_code", "into") or role.startswith("name_") for role in columns):
        raise Invalid(
            _(
                "No column says what becomes of a place: a new name, a new area above, or its end. The list has: %(columns)s."
            )
            % shown
        )
    return columns


def _fate(actor: Actor, change: PlaceChange, before: dict[str, PlaceListRow], taken: dict[int, int]) -> PlaceFate:
    """Raises Unclear where the same place stands in an earlier row, or a person refused these words."""
    fate = PlaceFate(change.line, change.label, "unchanged", change, change.area, change.kinds)
    if (line := taken.setdefault(change.area.pk, change.line)) != change.line:
        raise Unclear({"code": "change-twice", "area": change.area.pk, "row": line})
    earlier = before.get(change.key())
    if earlier is not None and earlier.state == RowState.REFUSED:
        raise Unclear(earlier.reasons[0])
    if not change.kinds or earlier is not None:
        return fate
    if not all(can(actor, policy.CHANGE, area) for area in change.touched):
        raise Unclear({"code": "outside-right"})
    fate.state = "waiting"
    return fate


@operation
def make_change(actor: Actor, row: PlaceListRow) -> Area:
    """Make the change of a row that waits, on its day and decision, as the pages of the place would.

    Raises what they raise where the register has changed since the list was read.
    """
    begin(actor, row)
    if row.batch.says != ListSays.CHANGES:
        raise Conflict(_("This row is a place and no change. Say which place it is."))
    said = change_of(row)
    dated: dict[str, Any] = {"on": said.on, "decision": said.decision}
    if said.name:
        changes.rename(actor, said.area, name=_renamed(said), **dated)
    if said.to:
        changes.transfer(actor, said.area, parent=said.to, **dated)
    if said.ends and said.into:
        changes.merge(actor, [said.area], into=said.into, **dated)
    elif said.ends:
        changes.close_area(actor, said.area, **dated)
    decide(row, RowState.APPLIED, said.area, {"code": "person"})
    record(actor, policy.CHANGE, row.batch, change="confirmed", row=row.number, area=said.area.code)
    settle_twins(actor, row)
    return said.area


def _renamed(said: PlaceChange) -> Translated:
    """All names of the place from then on. Raises Conflict where one that the row replaces is not the one it replaced."""
    now, new = lock(said.area).name, said.name or Translated()
    for code, text in new.items():
        if now.get(code) not in (said.was.get(code), text):
            words = _(
                "The name of %(area)s has changed since the list was read: it was “%(was)s” and is “%(now)s” now. "
                "Refuse the row, or send the list again if the name it says is still right."
            )
            raise Conflict(words % {"area": said.area.code, "was": said.was.get(code, "–"), "now": now.get(code, "–")})
    return Translated({**now, **new})


@operation
def make_changes(actor: Actor, rows: Sequence[PlaceListRow]) -> list[Area]:
    """The changes of several rows in the order of the list; where one cannot be made, none is, and its row is named."""
    made = []
    for row in sorted(rows, key=lambda row: row.number):
        try:
            made.append(make_change(actor, row))
        except (Invalid, Conflict) as error:
            raise Conflict(_("Row %(row)s: %(why)s") % {"row": row.number, "why": error.advice}) from error
    return made
