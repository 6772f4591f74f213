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
    OFFICES_AT_MOST,
    board,
    late_of,
    narrowed,
    offices_asked,
    reviewed_by,
    said,
)
from sala.duties.queries.desk import desk_rows
from sala.duties.queries.duties import (
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
    "OFFICES_AT_MOST",
    "asked_by",
    "board",
    "desk_rows",
    "duties_of",
    "duties_on",
    "found_subjects",
    "last_calls",
    "late_of",
    "matrix_of",
    "missing_children",
    "narrowed",
    "offices_asked",
    "open_assignments",
    "open_work",
    "outcomes",
    "reviewed_by",
    "said",
    "shown_document",
    "states_of",
    "threads_on",
    "waiting_for",
    "with_everything",
    "without_owner",
]
