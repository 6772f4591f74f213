"""Figures of a call, from plain rows: nothing here knows the database."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from sala.duties.states import State

NOT_COUNTED = (State.DRAFT, State.WITHDRAWN, State.SUPERSEDED)  # nothing is expected of these


@dataclass(frozen=True)
class OutcomeRow:
    """How one assignment of a call went.

    in_time  its first answer came by the due date; None: no answer came
    days     calendar days from issue to the first answer
    """

    state: str
    in_time: bool | None = None
    days: int | None = None
    returns: int = 0
    extensions: int = 0


def statistics(rows: Iterable[OutcomeRow]) -> dict[str, Any]:
    """Counts of a call, with rates as counts over counts, so that they can be checked and added up.

    expected      assignments that were to be answered; withdrawn and superseded ones are not counted
    received      those that were answered at least once; in_time: whose first answer came by the due date
    states        state → count
    returned_once those returned at least once; first_pass: accepted without a return
    median_days   from issue to first answer
    """
    counted = [row for row in rows if row.state not in NOT_COUNTED]
    received = [row for row in counted if row.in_time is not None]
    days = [row.days for row in received if row.days is not None]
    return {
        "expected": len(counted),
        "received": len(received),
        "in_time": sum(bool(row.in_time) for row in received),
        "accepted": sum(row.state == State.ACCEPTED for row in counted),
        "waived": sum(row.state == State.WAIVED for row in counted),
        "lapsed": sum(row.state == State.LAPSED for row in counted),
        "first_pass": sum(row.state == State.ACCEPTED and not row.returns for row in counted),
        "returned_once": sum(bool(row.returns) for row in counted),
        "returns": sum(row.returns for row in counted),
        "extensions": sum(row.extensions for row in counted),
        "median_days": float(median(days)) if days else None,
        "states": dict(Counter(str(row.state) for row in counted)),
    }


def share(part: int, whole: int) -> float | None:
    """Part of a whole (0..1); None where nothing was expected."""
    return part / whole if whole else None
