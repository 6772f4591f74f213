"""Changes to the register of places."""

from sala.places.operations.boundaries import Delivery, Outcome, import_boundaries, import_layers
from sala.places.operations.changes import NewArea, close_area, merge, rename, split, transfer
from sala.places.operations.duplicates import keep_apart, merge_facilities, part_facilities
from sala.places.operations.facilities import (
    add_facility,
    change_facility,
    close_facility,
    end_code,
    give_code,
    move_facility,
    reopen_facility,
)
from sala.places.operations.facility_lists import ListDelivery, import_facilities
from sala.places.operations.following import follow_area
from sala.places.operations.place_changes import make_change, make_changes, propose_changes
from sala.places.operations.place_lists import PlaceDelivery, add_places
from sala.places.operations.place_rows import place_is_known, place_is_new, refuse_place
from sala.places.operations.review import confirm_row, refuse_row, withdraw_import
from sala.places.operations.tree import bring_up_to_date

__all__ = [
    "Delivery",
    "ListDelivery",
    "NewArea",
    "Outcome",
    "PlaceDelivery",
    "add_facility",
    "add_places",
    "bring_up_to_date",
    "change_facility",
    "close_area",
    "close_facility",
    "confirm_row",
    "end_code",
    "follow_area",
    "give_code",
    "import_boundaries",
    "import_facilities",
    "import_layers",
    "keep_apart",
    "make_change",
    "make_changes",
    "merge",
    "merge_facilities",
    "move_facility",
    "part_facilities",
    "place_is_known",
    "place_is_new",
    "propose_changes",
    "refuse_place",
    "refuse_row",
    "rename",
    "reopen_facility",
    "split",
    "transfer",
    "withdraw_import",
]
