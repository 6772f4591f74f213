"""How far a round is, from counts: nothing here knows the database.

"On time" is measured on answers: the day an answer came against the last day in time of its office, never on a click.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, fields
from typing import Any

STEPS = 5  # classes of the map, each a fifth


@dataclass(slots=True)
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

    def add(self, other: "Progress") -> None:
        self.expected += other.expected
        self.received += other.received
        self.in_time += other.in_time
        self.returned += other.returned
        self.approved += other.approved
        self.waived += other.waived

    def plain(self) -> dict[str, int]:
        return {field.name: getattr(self, field.name) for field in fields(self)} | {"missing": self.missing}


@dataclass(frozen=True, slots=True)
class Part:
    """The answers of one assignment to one form. office, form: their numbers"""

    office: int
    form: int
    counts: Progress


def total(parts: Iterable[Part]) -> Progress:
    return summed(part.counts for part in parts)


def grouped(parts: Iterable[Part], key: Callable[[Part], Hashable]) -> dict[Any, Progress]:
    """Key of a part → the counts of all with that key."""
    found: dict[Hashable, Progress] = {}
    for part in parts:
        found.setdefault(key(part), Progress()).add(part.counts)
    return found


def summed(counts: Iterable[Progress]) -> Progress:
    found = Progress()
    for one in counts:
        found.add(one)
    return found
