"""Loading many rows at once: from another register, or for a demonstration. One journal event tells what came from where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, cast

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import prefetch_related_objects

from sala.access.actor import Actor
from sala.access.scope import require
from sala.concessions import policy
from sala.concessions.calculations.names import name_keys
from sala.concessions.models import (
    AffectedVillage,
    ApprovalStep,
    AreaShape,
    Commodity,
    Concession,
    ConcessionArea,
    ConcessionDocument,
    ConcessionPlace,
    Grant,
    JobCount,
    Obligation,
    Party,
    PartyName,
    PlannedDevelopment,
    Shareholding,
)
from sala.concessions.operations.areas import Box, country_box, reckon, whole_shape
from sala.concessions.operations.concessions import keep_in_step
from sala.concessions.operations.grants import DAY, keep_dates
from sala.concessions.operations.numbering import next_party_numbers, next_references
from sala.concessions.operations.releases import sectors_open
from sala.concessions.operations.steps import ENDS_GRANTS
from sala.core import clock, subjects
from sala.core.errors import Invalid
from sala.core.operation import operation
from sala.journal.operations import record
from sala.people.models import Organisation
from sala.search.operations import refresh_many

AT_ONCE = 2000  # rows in one statement
SEARCHED = 500  # search rows written at once


@dataclass(frozen=True)
class Drawn:
    """An area with its shape (WGS 84) or the point that stands for it; both None for a figure alone."""

    area: ConcessionArea
    shape: shapely.Geometry | None = None
    point: Point | None = None


@dataclass
class Load:
    """Rows that are not saved yet, which refer to each other as Python objects. What is known already has its id."""

    parties: list[Party] = field(default_factory=list)
    names: list[PartyName] = field(default_factory=list)
    shareholdings: list[Shareholding] = field(default_factory=list)
    concessions: list[Concession] = field(default_factory=list)
    places: list[ConcessionPlace] = field(default_factory=list)
    commodities: list[Commodity] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    areas: list[Drawn] = field(default_factory=list)
    papers: list[ConcessionDocument] = field(default_factory=list)
    steps: list[ApprovalStep] = field(default_factory=list)
    villages: list[AffectedVillage] = field(default_factory=list)
    jobs: list[JobCount] = field(default_factory=list)
    plan: list[PlannedDevelopment] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many rows of each kind, without those of which there are none."""
        return {part.name: len(getattr(self, part.name)) for part in fields(self) if getattr(self, part.name)}


@operation
def load(
    actor: Actor, owner: Organisation, rows: Load, *, source: str, file_hash: str = "", **told: Any
) -> dict[str, int]:
    """Write all of a load, or nothing of it. Returns how many rows of each kind.

    owner   the office in whose name it is read; the journal's one event stands with it
    source  the register it comes from          file_hash  SHA-256 of the file          told  further counts for the journal
    A row that breaks a rule of the model stops the load with the words of that rule.
    """
    for concession in _one_of_each(rows.concessions):
        require(actor, policy.IMPORT, concession)
    if not rows.concessions:
        require(actor, policy.IMPORT, Concession(area=owner.area, lead=owner))
    _parties(rows)
    _concessions(rows)
    for grant in rows.grants:
        keep_dates(grant)
    _end_with_steps(rows)
    # an older grant comes before the one that replaces it
    _write(Grant, [grant for grant in rows.grants if grant.replaces is None])
    _write(Grant, [grant for grant in rows.grants if grant.replaces is not None])
    for model, found in (
        (ConcessionPlace, rows.places), (Commodity, rows.commodities), (ConcessionDocument, rows.papers),
        (ApprovalStep, rows.steps), (AffectedVillage, rows.villages), (JobCount, rows.jobs),
        (PlannedDevelopment, rows.plan), (Obligation, rows.obligations),
    ):  # fmt: skip
        _write(model, cast(Sequence[models.Model], found))
    _areas(rows.areas)
    counts = rows.counts()
    details: dict[str, Any] = {**counts, **told}
    record(actor, policy.IMPORT, owner, change="imported", source=source, file_hash=file_hash, **details)
    for some in [*_pieces(rows.concessions, SEARCHED), *_pieces(rows.parties, SEARCHED)]:
        prefetch_related_objects(some, *subjects.of(some[0]).reads)
        refresh_many(some)
    return counts


def _one_of_each(concessions: Iterable[Concession]) -> list[Concession]:
    """One concession for each place and office: the right is the same for all of them."""
    return list({(row.area_id, row.lead_id): row for row in concessions}.values())


def _pieces(rows: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _write(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    model._default_manager.bulk_create(rows, batch_size=AT_ONCE)


def _parties(rows: Load) -> None:
    spelled: dict[int, list[str]] = {}
    for name in rows.names:
        spelled.setdefault(id(name.party), []).append(name.text)
    without = [party for party in rows.parties if not party.number]
    for party, number in zip(without, next_party_numbers(len(without)), strict=True):
        party.number = number
    for party in rows.parties:
        party.keys = name_keys([*party.name.values(), *spelled.get(id(party), [])])
    _write(Party, rows.parties)
    _write(PartyName, rows.names)
    _write(Shareholding, rows.shareholdings)


def _concessions(rows: Load) -> None:
    now, sectors = clock.now(), sectors_open(clock.today())
    without = [row for row in rows.concessions if not row.reference]
    for row, reference in zip(without, next_references(len(without)), strict=True):
        row.reference = reference
    for row in rows.concessions:
        row.entered_at, row.changed_at = row.entered_at or now, row.changed_at or now
        keep_in_step(row, sectors)
    _write(Concession, rows.concessions)


def _end_with_steps(rows: Load) -> None:
    """A grant holds no longer than the step that ended it, as take_step does it."""
    ended = {id(step.concession): step.decided_on for step in rows.steps if step.verb in ENDS_GRANTS}
    for grant in rows.grants:
        until = ended.get(id(grant.concession))
        since, upper = grant.valid.lower, grant.valid.upper
        if until is not None and (since is None or since <= until) and (upper is None or upper > until + DAY):
            grant.valid = DateRange(since, until + DAY)


def _areas(drawings: Sequence[Drawn]) -> None:
    _write(ConcessionArea, [drawing.area for drawing in drawings])
    box = country_box()
    shapes = [shape for drawing in drawings if (shape := _shape(drawing, box)) is not None]
    _write(AreaShape, shapes)
    with_shape = [shape.area_id for shape in shapes if shape.geometry is not None]
    for some in _pieces(with_shape, AT_ONCE):
        reckon(list(some))


def _shape(drawing: Drawn, box: Box | None) -> AreaShape | None:
    if drawing.shape is None:
        return AreaShape(area=drawing.area, point=drawing.point) if drawing.point is not None else None
    try:
        whole = whole_shape(drawing.shape, box)
    except Invalid as error:
        raise Invalid(f"{drawing.area.concession.reference}: {error}") from error
    inside = shapely.point_on_surface(whole)
    geometry = cast(MultiPolygon, GEOSGeometry(memoryview(shapely.to_wkb(whole)), srid=4326))
    return AreaShape(area=drawing.area, geometry=geometry, point=drawing.point or Point(inside.x, inside.y, srid=4326))
