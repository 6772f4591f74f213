"""Where papers wait: how long offices take to acknowledge, to answer, to check and to review, in medians of calendar days.

Each part gives its finished waits for whoever asks; settings.SALA_WAITS names the list.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.duties.models import Assignment, AssignmentStep
from sala.duties.states import CHECKED, WITH_ASKED, State, Step

ACKNOWLEDGE, ANSWER, CHECK = "acknowledge", "answer", "check"
REVIEW = "review"  # data before its release
DAY = 86_400  # seconds


class Move(NamedTuple):
    """One step: of which assignment, when, by what, into which state; the office asked, and the office that took it."""

    assignment: int
    at: datetime
    step: str
    after: str
    asked: int
    by: int | None


class Wait(NamedTuple):
    office: int
    phase: str
    days: float


Source = Callable[[Actor, date, date], Iterable[Wait]]  # reader, first and last day on which the papers came


@dataclass
class OfficeWaits:
    """Waits of one office: phase → (how many, median days)."""

    organisation_id: int
    phases: dict[str, tuple[int, float]] = field(default_factory=dict)

    @property
    def longest(self) -> float:
        return max((days for _count, days in self.phases.values()), default=0.0)


def phase_of(state: str) -> str:
    """What an assignment waits for in a state; empty when it waits for nothing."""
    if state == State.ISSUED:
        return ACKNOWLEDGE
    if state in WITH_ASKED:
        return ANSWER
    return CHECK if state in CHECKED else ""


def waits(moves: Iterable[Move]) -> Iterator[Wait]:
    """Each finished wait in moves that are sorted by assignment and time. A wait that still runs is not counted.

    A wait for an answer is the asked office's, a wait for a check that of the office which then took the step. Notes in
    between end no wait; each level of review is a wait of its own.
    """
    assignment, phase, since = 0, "", None
    for move in moves:
        if move.assignment != assignment:
            assignment, phase, since = move.assignment, "", None
        following = phase_of(move.after)
        if following == phase and move.step != Step.APPROVE:
            continue
        if phase and since is not None:
            office = move.by if phase == CHECK else move.asked
            if office is not None:
                yield Wait(office, phase, (move.at - since).total_seconds() / DAY)
        phase, since = following, move.at


def moves_of(assignments: QuerySet[Assignment], first: date, last: date) -> Iterator[Move]:
    """Steps of assignments whose call was issued between two days, in the order that waits() takes."""
    rows = AssignmentStep.objects.filter(
        assignment__in=assignments.filter(call__issued_at__date__range=(first, last))
    ).order_by("assignment_id", "id")
    values = rows.values_list(
        "assignment_id", "at", "step", "after", "assignment__position__organisation_id", "position__organisation_id"
    )
    return (Move(*row) for row in values.iterator(chunk_size=5000))


def answer_waits(actor: Actor, first: date, last: date) -> Iterator[Wait]:
    """Waits of the calls issued between two days, as far as the reader sees their assignments."""
    return waits(moves_of(visible(actor, Assignment), first, last))


def all_waits(actor: Actor, first: date, last: date) -> Iterator[Wait]:
    """Waits of all parts."""
    sources: list[Source] = import_string(settings.SALA_WAITS)
    for source in sources:
        yield from source(actor, first, last)


def by_office(found: Iterable[Wait]) -> list[OfficeWaits]:
    """Median days of each office and phase, the longest first."""
    days: dict[int, dict[str, list[float]]] = {}
    for wait in found:
        days.setdefault(wait.office, {}).setdefault(wait.phase, []).append(wait.days)
    offices = [
        OfficeWaits(office, {phase: (len(all_days), median(all_days)) for phase, all_days in phases.items()})
        for office, phases in days.items()
    ]
    return sorted(offices, key=lambda one: (-one.longest, one.organisation_id))
