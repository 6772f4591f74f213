"""How far a round is, from counts: nothing here knows the database.

"On time" is measured on answers: the day an answer came against the last day in time of its office, never on a click.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

WAITING, RECEIVED, RETURNED, APPROVED, WAIVED = "waiting", "received", "returned", "approved", "waived"
STEPS = 5  # classes of the map, each a fifth


@dataclass(frozen=True)
class Tally:
    """Answers counted alike.

    office  number of the assignment    form  number of the form    place  number of the place at the map's level
    state   of the answer               in_time  it came by the last day in time; None: none came
    """

    office: int
    form: int
    place: int
    state: str
    in_time: bool | None
    count: int


@dataclass
class Progress:
    """Counts of answers.

    expected  all that are expected                     received  those that came, whatever became of them
    in_time   those that came by their last day in time returned  those that lie with the respondent again
    approved  those taken as good                       waived    those of which it was said, with a reason, that they will not come
    """

    expected: int = 0
    received: int = 0
    in_time: int = 0
    returned: int = 0
    approved: int = 0
    waived: int = 0

    @property
    def missing(self) -> int:
        """Neither come nor waived."""
        return self.expected - self.received - self.waived

    @property
    def unchecked(self) -> int:
        """Come, and neither approved nor returned."""
        return self.received - self.approved - self.returned

    @property
    def rate(self) -> float | None:
        """Reporting rate: received of expected (0..1); None where nothing is expected."""
        return self.received / self.expected if self.expected else None

    @property
    def on_time_rate(self) -> float | None:
        return self.in_time / self.expected if self.expected else None

    @property
    def step(self) -> int:
        """Class on the map: 0 nothing came, up to 5 all came; a waived answer is not waited for."""
        awaited = self.expected - self.waived
        return self.received * STEPS // awaited if awaited else STEPS

    def add(self, tally: Tally) -> None:
        self.expected += tally.count
        if tally.state == WAIVED:
            self.waived += tally.count
        elif tally.state != WAITING:
            self.received += tally.count
            self.in_time += tally.count if tally.in_time else 0
            self.returned += tally.count if tally.state == RETURNED else 0
            self.approved += tally.count if tally.state == APPROVED else 0

    def plain(self) -> dict[str, int]:
        return {field.name: getattr(self, field.name) for field in fields(self)} | {"missing": self.missing}


def total(tallies: Iterable[Tally]) -> Progress:
    found = Progress()
    for tally in tallies:
        found.add(tally)
    return found


def grouped(tallies: Iterable[Tally], key: Callable[[Tally], Hashable]) -> dict[Any, Progress]:
    """Key of a tally → the counts of all with that key."""
    found: dict[Hashable, Progress] = {}
    for tally in tallies:
        found.setdefault(key(tally), Progress()).add(tally)
    return found


def summed(parts: Iterable[Progress]) -> Progress:
    found = Progress()
    for part in parts:
        for field in fields(part):
            setattr(found, field.name, getattr(found, field.name) + getattr(part, field.name))
    return found


def lines(found: dict[Any, Progress], order: Sequence[Any]) -> list[tuple[Any, Progress]]:
    """The groups in this order; what is not in it is left out."""
    return [(key, found[key]) for key in order if key in found]
