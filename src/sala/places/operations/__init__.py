"""Changes to the register of places."""

from sala.places.operations.boundaries import Delivery, Outcome, import_boundaries, import_layers
from sala.places.operations.changes import NewArea, merge, rename, split, transfer
from sala.places.operations.review import confirm_row, refuse_row, withdraw_import
from sala.places.operations.tree import bring_up_to_date

__all__ = [
    "Delivery",
    "NewArea",
    "Outcome",
    "bring_up_to_date",
    "confirm_row",
    "import_boundaries",
    "import_layers",
    "merge",
    "refuse_row",
    "rename",
    "split",
    "transfer",
    "withdraw_import",
]
