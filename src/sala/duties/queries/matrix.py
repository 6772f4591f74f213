"""The division of duties as a matrix: one line a subject, one cell a kind of duty."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.db import models

from sala.access.actor import Actor
from sala.core import clock, subjects
from sala.duties.models import Duty
from sala.duties.queries.duties import found_subjects
from sala.people.models import AppointmentKind
from sala.people.queries import appointments_on


@dataclass
class Cell:
    """A post with one kind of duty over the line's subject. vacant: nobody holds it; overlaps: another has the same."""

    duty: Duty
    vacant: bool
    overlaps: bool = False


@dataclass
class MatrixLine:
    """One subject, with the posts of each kind of duty. subject is None where the reader may not see it."""

    noun: Any
    subject: models.Model | None
    cells: dict[str, list[Cell]] = field(default_factory=dict)

    @property
    def vacant(self) -> bool:
        return any(cell.vacant for cells in self.cells.values() for cell in cells)

    @property
    def overlaps(self) -> bool:
        return any(cell.overlaps for cells in self.cells.values() for cell in cells)


def matrix_of(actor: Actor, duties: Iterable[Duty]) -> list[MatrixLine]:
    """Lines of the duties given, with whether each post is held and where two posts have the same duty in one place."""
    rows = list(duties)
    found = found_subjects(actor, [(row.subject_type, row.subject_id) for row in rows])
    holders = appointments_on(clock.today()).filter(kind=AppointmentKind.HOLDER)
    held = set(holders.filter(position__in={row.position_id for row in rows}).values_list("position_id", flat=True))
    lines: dict[tuple[str, int], MatrixLine] = {}
    for row in rows:
        if not subjects.knows(row.subject_type):
            continue
        key = (row.subject_type, row.subject_id)
        line = lines.setdefault(key, MatrixLine(subjects.by_noun(row.subject_type), found.get(key)))
        line.cells.setdefault(row.kind, []).append(Cell(row, row.position_id not in held))
    for line in lines.values():
        for cells in line.cells.values():
            _mark_overlaps(cells)
    return sorted(lines.values(), key=lambda line: (str(line.noun.plural), str(line.subject or "")))


def _mark_overlaps(cells: list[Cell]) -> None:
    """Two posts with one kind of duty overlap where one area lies within the other; none means everywhere."""
    for one, other in combinations(cells, 2):
        mine, theirs = _reach(one.duty), _reach(other.duty)
        if mine.startswith(theirs) or theirs.startswith(mine):
            one.overlaps = other.overlaps = True


def _reach(duty: Duty) -> str:
    return duty.area.path if duty.area else ""
