"""All that a reader may know of one concession, class by class: what is closed is not even read from the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.concessions import redaction
from sala.concessions.calculations.spans import holds
from sala.concessions.models import (
    AffectedVillage,
    ApprovalStep,
    AreaPurpose,
    Concession,
    ConcessionArea,
    ConcessionDocument,
    Confirmation,
    FieldClass,
    Grant,
    JobCount,
    Party,
)
from sala.concessions.queries.lacking import LACKS, lacking
from sala.concessions.queries.parties import ultimate_holders
from sala.concessions.redaction import NOUN
from sala.core import clock
from sala.documents.models import Document
from sala.duties.models import Assignment
from sala.ledger.models import Account


@dataclass
class Profile:
    """One concession as one reader sees it. What belongs to a class that is closed to the reader stays empty.

    is_office  the reader reads it by office, not because a class was opened
    documents  id → Document, of those cited that the reader may open
    parties    ids of the parties named whose page the reader may open
    missing    what is lacking and what to do about it, for those who keep the entry
    follows    the concession that it goes on from, where the reader may know of it
    there      of which relations it has any row, whoever reads it; to leave out what has none
    """

    concession: Concession
    classes: frozenset[FieldClass]
    is_office: bool = False
    grants: list[Grant] = field(default_factory=list)
    areas: list[ConcessionArea] = field(default_factory=list)
    older_areas: list[ConcessionArea] = field(default_factory=list)
    papers: list[ConcessionDocument] = field(default_factory=list)
    steps: list[ApprovalStep] = field(default_factory=list)
    villages: list[AffectedVillage] = field(default_factory=list)
    jobs: list[JobCount] = field(default_factory=list)
    commodities: list[Any] = field(default_factory=list)
    places: list[Any] = field(default_factory=list)
    plan: list[Any] = field(default_factory=list)
    obligations: list[Any] = field(default_factory=list)
    confirmations: list[Confirmation] = field(default_factory=list)
    ultimate: list[tuple[Party, Decimal | None]] = field(default_factory=list)
    parties: frozenset[int] = frozenset()
    missing: list[Any] = field(default_factory=list)
    documents: dict[int, Document] = field(default_factory=dict)
    follows: Concession | None = None
    there: frozenset[str] = frozenset()

    @property
    def reads(self) -> dict[str, bool]:
        """Class → whether it is open to the reader; for templates."""
        return {name: name in self.classes for name in FieldClass.values}

    @property
    def current(self) -> list[Grant]:
        """Grants that hold today."""
        return [row for row in self.grants if holds(row.valid, clock.today())]

    @property
    def held_last(self) -> list[Grant]:
        """Where none holds today: the grants that no other one replaced, so that the page says who held it last."""
        return [] if self.current else last_grants(self.grants)

    @property
    def standing(self) -> list[tuple[Any, list[Confirmation]]]:
        """Each class the reader reads, with who confirmed it; nothing for those outside government."""
        if not self.is_office:
            return []
        return [(label, [row for row in self.confirmations if row.field_class == code])
                for code, label in FieldClass.choices if code in self.classes]  # fmt: skip

    @property
    def granted_ha(self) -> Decimal | None:
        return added_up(row.granted_ha for row in last_grants(self.grants))

    @property
    def developed_ha(self) -> Decimal | None:
        return added_up(row.hectares for row in self.areas if row.purpose == AreaPurpose.IMPLEMENTATION)

    @property
    def developed_share(self) -> float | None:
        """Developed of granted; None where one of them is not known."""
        granted, developed = self.granted_ha, self.developed_ha
        return float(developed / granted) if granted and developed is not None else None


def last_grants(grants: Sequence[Grant]) -> list[Grant]:
    """Those that no other one replaces."""
    replaced = {row.replaces_id for row in grants}
    return [row for row in grants if row.pk not in replaced]


def added_up(values: Any) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def profile(actor: Actor, concession: Concession) -> Profile:
    """What the reader may know of a concession. Nothing is asked of the database that the entry does not have at all."""
    classes, is_office = redaction.reading_of(actor, concession)
    found = Profile(concession, classes, is_office)
    reads = found.reads
    of = {"concession": concession}
    found.there, found.missing = _there(concession, is_office)
    there = found.there
    if reads[FieldClass.BASICS] and "commodities" in there:
        found.commodities = list(concession.commodities.select_related("commodity"))
    if reads[FieldClass.PLACE] and "places" in there:
        found.places = list(concession.places.select_related("area"))
    if reads[FieldClass.HOLDER] or reads[FieldClass.TERMS] or reads[FieldClass.HECTARES]:
        found.grants = list(Grant.objects.filter(**of).select_related("holder", "body"))
    if reads[FieldClass.HECTARES] or reads[FieldClass.SHAPE]:
        areas = list(ConcessionArea.objects.filter(**of))
        found.areas = [row for row in areas if row.is_current]
        found.older_areas = [row for row in areas if not row.is_current]
    if reads[FieldClass.PAPERS] and "documents" in there:
        papers = ConcessionDocument.objects.filter(**of).select_related("role", "document", "issued_to")
        seen = set(visible(actor, Document).filter(pk__in=papers.values("document")).values_list("pk", flat=True))
        found.papers = list(papers)
        found.documents = {row.document_id: row.document for row in found.papers if row.document_id in seen}
    if reads[FieldClass.TERMS]:
        found.steps = list(ApprovalStep.objects.filter(**of).select_related("body")) if "steps" in there else []
        laws = {row.legal_basis_id for row in found.grants if row.legal_basis_id}
        found.documents |= visible(actor, Document).in_bulk(laws) if laws else {}
        if concession.follows_id:
            found.follows = redaction.readable(actor, FieldClass.BASICS).filter(pk=concession.follows_id).first()
        found.plan = list(concession.plan.all()) if "plan" in there else []
        found.obligations = list(concession.obligations.select_related("kind")) if "obligations" in there else []
    if reads[FieldClass.VILLAGES] and "villages" in there:
        found.villages = list(AffectedVillage.objects.filter(**of).select_related("area"))
    if reads[FieldClass.JOBS] and "jobs" in there:
        found.jobs = list(JobCount.objects.filter(**of))
    if is_office and "confirmations" in there:
        found.confirmations = list(
            concession.confirmations.filter(withdrawn_at__isnull=True).select_related("position__organisation")
        )
    if reads[FieldClass.HOLDER]:
        found.ultimate = _ultimate(found)
        applicant = {concession.applicant_id} if concession.applicant_id else set()
        named = applicant | {row.holder_id for row in found.grants} | {party.pk for party, _share in found.ultimate}
        found.parties = frozenset(visible(actor, Party).filter(pk__in=named).values_list("pk", flat=True))
    return found


# relations of a concession of which most entries have nothing
PARTS = (
    "commodities", "places", "documents", "steps", "plan", "obligations", "villages", "jobs", "confirmations", "inspections",
    "situations", "findings", "screenings", "assessments",
)  # fmt: skip


def _there(concession: Concession, is_office: bool) -> tuple[frozenset[str], list[Any]]:
    """(the PARTS of which it has a row, "orders" and "accounts"; advice for everything that it lacks), in one statement."""
    own = {
        name: Concession._meta.get_field(name).related_model.objects.filter(concession=OuterRef("pk"))  # type: ignore[union-attr]
        for name in PARTS
    }
    own["orders"] = Assignment.objects.filter(subject_type=NOUN, subject_id=OuterRef("pk"))
    own["accounts"] = Account.objects.filter(subject_type=NOUN, subject_id=OuterRef("pk"))
    asked: dict[str, Any] = {f"has_{name}": Exists(rows) for name, rows in own.items()}
    if is_office:
        asked |= {f"lacks_{what}": ExpressionWrapper(lacking(what), BooleanField()) for what in LACKS}
    row = Concession.objects.filter(pk=concession.pk).annotate(**asked).values(*asked).get()
    advice = [lack.advice for what, lack in LACKS.items() if is_office and row[f"lacks_{what}"]]
    return frozenset(name for name in own if row[f"has_{name}"]), advice


def _ultimate(found: Profile) -> list[tuple[Party, Decimal | None]]:
    """Who stands at the end of the chains above the holders of today, where it is somebody else."""
    holders = {row.holder_id for row in found.current}
    ends = ultimate_holders(holders, clock.today())
    shares: dict[int, Decimal | None] = {}
    for chain in ends.values():
        for party, share in chain:
            if party not in holders:
                shares[party] = share
    parties = Party.objects.in_bulk(shares)
    return [(parties[pk], share) for pk, share in shares.items()]
