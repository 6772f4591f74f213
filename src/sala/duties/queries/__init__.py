"""Who owes what, what waits for whom, how a call stands, and what is open on a day."""

from sala.duties.queries.assignments import (
    asked_by,
    last_calls,
    missing_children,
    open_assignments,
    open_work,
    outcomes,
    states_of,
    waiting_for,
    with_everything,
)
from sala.duties.queries.calls import (
    BY_OFFICE,
    BY_PLACE,
    board,
    goes_by_place,
    in_lines,
    late_of,
    narrowed,
    reviewed_by,
    said,
    waiting_for_check,
)
from sala.duties.queries.desk import desk_rows
from sala.duties.queries.duties import (
    duties_about,
    duties_of,
    duties_on,
    found_subjects,
    shown_document,
    without_owner,
)
from sala.duties.queries.matrix import matrix_of
from sala.duties.queries.threads import threads_on

__all__ = [
    "BY_OFFICE",
    "BY_PLACE",
    "asked_by",
    "board",
    "desk_rows",
    "duties_about",
    "duties_of",
    "duties_on",
    "found_subjects",
    "goes_by_place",
    "in_lines",
    "last_calls",
    "late_of",
    "matrix_of",
    "missing_children",
    "narrowed",
    "open_assignments",
    "open_work",
    "outcomes",
    "reviewed_by",
    "said",
    "shown_document",
    "states_of",
    "threads_on",
    "waiting_for",
    "waiting_for_check",
    "with_everything",
    "without_owner",
]
