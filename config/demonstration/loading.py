"""The order in which the demonstration is loaded, and whether that was done already.

Each loader takes (actor, pack), reads its own key of the file, changes nothing on a second run, and returns a Report. A
new part of the product adds its loader here.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from config import packs
from config.demonstration import (
    assessments,
    bodies,
    boundaries,
    catalogue,
    collection,
    concessions,
    duties,
    facilities,
    inspections,
    ledger,
    maps,
    people,
    rasters,
    recommendations,
    rounds,
    visits,
)
from sala.access.actor import Actor
from sala.core.models import PackFact
from sala.core.pack import Pack, Report

LOADED = "demonstrated"  # the fact that holds what the loaded records came from

Loader = Callable[[Actor, Pack], Report]

PARTS: list[Loader] = [
    people.people,
    boundaries.boundaries,
    facilities.facilities,
    catalogue.datasets,
    rasters.rasters,
    maps.maps,
    duties.duties,
    duties.calls,
    rounds.rounds,
    collection.forms,
    collection.schools,
    collection.form_rounds,
    visits.visits,
    recommendations.recommendations,
    bodies.bodies,
    bodies.projects,
    bodies.courses,
    ledger.ledger,
    concessions.concessions,
    inspections.orders,
    assessments.assessments,
]


def _came_from(folder: Path) -> str:
    programs = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(
        packs.loaded_from(folder).encode() + b"".join(each.read_bytes() for each in programs)
    ).hexdigest()


def is_loaded(folder: Path) -> bool:
    """Whether these very records were loaded already; what a visitor did with them since is left alone."""
    return PackFact.get(LOADED) == _came_from(folder)


def load(actor: Actor, folder: Path) -> Report:
    """Load all demonstration records of a pack. Raises PackError; a pack without the file has none."""
    pack, report = Pack(folder), Report()
    for part in PARTS:
        report.merge(part(actor, pack))
    if not report.refused:
        PackFact.objects.update_or_create(key=LOADED, defaults={"value": _came_from(folder)})
    return report
