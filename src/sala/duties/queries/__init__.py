"""Who owes what, what waits for whom, how a call stands, and what is open on a day."""

from sala.duties.queries.assignments import (
    asked_by,
    last_calls,
    missing_children,
    open_assignments,
    open_work,
    outcomes,
    waiting_for,
    with_everything,
)
from sala.duties.queries.desk import desk_rows
from sala.duties.queries.duties import (
    duties_of,
    duties_on,
    found_subjects,
    shown_document,
    without_owner,
)

__all__ = [
    "asked_by",
    "desk_rows",
    "duties_of",
    "duties_on",
    "found_subjects",
    "last_calls",
    "missing_children",
    "open_assignments",
    "open_work",
    "outcomes",
    "shown_document",
    "waiting_for",
    "with_everything",
    "without_owner",
]
