"""The register of leases and concessions for programs. A field whose class is closed to the caller is null."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.concessions.forms.narrow import NarrowForm
from sala.concessions.models import FieldClass
from sala.concessions.queries.history import history
from sala.concessions.queries.profile import Profile, profile
from sala.concessions.queries.register import Line, in_order, lines, register, totals
from sala.concessions.redaction import readable
from sala.core.api import PageQuery
from sala.core.errors import Invalid, Missing

router = Router(tags=["concessions"])


class ConcessionQuery(PageQuery):
    """What narrows the list, as on its page: codes of place and sector, number of the holder; see /concessions/."""

    place: str = ""
    sector: str = ""
    kind: str = ""
    state: str = ""
    holder: str = ""
    applicant: str = ""
    year: str = ""
    least: str = ""
    most: str = ""
    commodity: str = ""
    lacks: str = ""
    grade: str = ""
    arrears: str = ""
    level: str = ""
    situation: str = ""
    ending: str = ""
    since: str = ""
    q: str = ""
    order: str = ""


class ConcessionOut(Schema):
    """open: classes of fields that the caller reads; hectares with two decimals; grade: as validated last."""

    reference: str
    url: str
    open: list[str]
    kind: str
    name: dict[str, str]
    sector: str
    state: str
    place: str | None
    holders: list[str] | None
    granted_ha: Decimal | None
    developed_ha: Decimal | None
    starts_on: date | None
    ends_on: date | None
    grade: str | None
    changed_at: datetime
    is_invented: bool


class ConcessionPage(Schema):
    """granted_ha, developed_ha: of all that was found, as far as the caller reads hectares.

    count: null where everybody asks and fewer than 3 were found
    """

    count: int | None
    granted_ha: Decimal | None
    developed_ha: Decimal | None
    items: list[ConcessionOut]


class GrantOut(Schema):
    """legal_basis: the law or decree, null where it is not open to the caller."""

    holder: str | None
    share: Decimal | None
    granted_ha: Decimal | None
    decided_on: date | None
    starts_on: date | None
    ends_on: date | None
    term_months: int | None
    level: str | None
    body: str | None
    number: str | None
    legal_basis: str | None
    holds_today: bool


class AreaOut(Schema):
    purpose: str
    stated_ha: Decimal | None
    mapped_ha: Decimal | None
    accuracy: str
    measured_on: date | None
    is_current: bool


class PaperOut(Schema):
    """document: null where it is not open to the caller; issued_to: of a land title, number of the party in whose name it
    is, null where holders are not open to the caller.
    """

    role: str
    document: str | None
    pages: str
    issued_to: str | None = None
    issued_on: date | None = None


class StepOut(Schema):
    step: str
    from_state: str
    to_state: str
    decided_on: date
    body: str
    hectares: Decimal | None


class VillageOut(Schema):
    village: str
    hectares_lost: Decimal | None
    households: int | None
    households_moved: int | None
    consultation: str
    consulted_on: date | None
    compensation_promised: int | None
    compensation_paid: int | None
    currency: str


class JobsOut(Schema):
    kind: str
    as_of: date
    total: int
    women: int | None
    foreign: int | None
    seasonal: int | None


class FurtherPlaceOut(Schema):
    """share: per cent of the granted area."""

    place: str
    share: Decimal | None


class ConcessionDetail(ConcessionOut):
    """version: send it along with a change; follows: reference of the one that it goes on from, where the caller may know
    of it.
    """

    version: int
    purpose: dict[str, str]
    kept_by: str | None
    places: list[FurtherPlaceOut] | None
    applicant: str | None
    follows: str | None
    open_contracting_id: str | None
    open_contracting_url: str | None
    commodities: list[str]
    grants: list[GrantOut] | None
    areas: list[AreaOut] | None
    papers: list[PaperOut] | None
    steps: list[StepOut] | None
    villages: list[VillageOut] | None
    jobs: list[JobsOut] | None


class ChangeOut(Schema):
    """field "row": the whole row was entered (old is null) or taken out (new is null)."""

    at: datetime
    subject: str
    field: str
    field_class: str
    old: Any
    new: Any
    post: str | None
    reason: str
    effective_on: date | None


class HistoryQuery(PageQuery):
    size: int = 100


class HistoryPage(Schema):
    count: int
    items: list[ChangeOut]


def _line(line: Line) -> dict[str, Any]:
    row = line.concession
    return {
        "reference": row.reference, "url": row.get_absolute_url(), "open": sorted(line.classes), "kind": row.kind,
        "name": row.name, "sector": row.sector.code, "state": row.state,
        "place": line.place.code if line.place else None,
        "holders": [party.number for party in line.holders] if line.reads(FieldClass.HOLDER) else None,
        "granted_ha": line.granted, "developed_ha": line.developed, "starts_on": line.starts_on, "ends_on": line.ends_on,
        "grade": line.assessed.valid_grade if line.assessed else None,
        "changed_at": row.changed_at, "is_invented": row.is_invented,
    }  # fmt: skip


@router.get("/concessions", response=ConcessionPage)
def concessions(request: Request, query: Query[ConcessionQuery]) -> Any:
    """The register, narrowed and added up like its page."""
    form = NarrowForm({name: str(value) for name, value in query.dict().items()}, actor=request.actor)
    if not form.is_valid():
        raise Invalid(fields={name: [str(text) for text in texts] for name, texts in form.errors.items()})
    wanted = form.narrowing()
    rows = register(request.actor, wanted)
    sums = totals(request.actor, rows)
    found = in_order(rows, wanted.order).select_related("area", "sector")[query.slice()]
    return {
        "count": None if sums.is_few else sums.number, "granted_ha": sums.granted, "developed_ha": sums.developed,
        "items": [_line(line) for line in lines(request.actor, list(found))],
    }  # fmt: skip


def find(request: Request, reference: str) -> Any:
    rows = (
        readable(request.actor, FieldClass.BASICS)
        .filter(same_as__isnull=True)
        .select_related("sector", "area", "lead", "applicant")
    )
    found = rows.filter(reference=reference.upper()).first()
    if found is None:
        raise Missing
    return found


@router.get("/concessions/{reference}", response=ConcessionDetail)
def concession(request: Request, reference: str) -> Any:
    """One concession, as far as it is open to the caller."""
    found = find(request, reference)
    shown = profile(request.actor, found)
    return _line(lines(request.actor, [found])[0]) | _detail(shown)


def _detail(shown: Profile) -> dict[str, Any]:
    row, reads = shown.concession, shown.reads
    return {
        "version": row.version, "purpose": row.purpose, "kept_by": row.lead.code if reads["place"] else None,
        "places": [{"place": place.area.code, "share": place.share} for place in shown.places] if reads["place"] else None,
        "applicant": row.applicant.number if row.applicant and reads["holder"] else None,
        "follows": shown.follows.reference if shown.follows else None,
        **{name: getattr(row, name) if reads["terms"] else None for name in ("open_contracting_id", "open_contracting_url")},
        "commodities": [item.commodity.code for item in shown.commodities if item.is_current],
        "grants": _grants(shown) if reads["holder"] or reads["terms"] else None,
        "areas": [
            {"purpose": area.purpose, "stated_ha": area.stated_ha, "mapped_ha": area.mapped_ha, "accuracy": area.accuracy,
             "measured_on": area.measured_on, "is_current": area.is_current}
            for area in [*shown.areas, *shown.older_areas]
        ] if reads["hectares"] else None,
        "papers": [
            {"role": paper.role.code, "pages": paper.pages, "issued_on": paper.issued_on,
             "issued_to": paper.issued_to.number if paper.issued_to and reads["holder"] else None,
             "document": shown.documents[paper.document_id].slug if paper.document_id in shown.documents else None}
            for paper in shown.papers
        ] if reads["papers"] else None,
        "steps": [
            {"step": step.verb, "from_state": step.from_state, "to_state": step.to_state, "decided_on": step.decided_on,
             "body": step.body.code if step.body else step.body_name, "hectares": step.hectares if reads["hectares"] else None}
            for step in shown.steps
        ] if reads["terms"] else None,
        "villages": [
            {"village": village.area.code, **{name: getattr(village, name) for name in VillageOut.model_fields if name != "village"}}
            for village in shown.villages
        ] if reads["villages"] else None,
        "jobs": [{name: getattr(count, name) for name in JobsOut.model_fields} for count in shown.jobs] if reads["jobs"] else None,
    }  # fmt: skip


def _grants(shown: Profile) -> list[dict[str, Any]]:
    reads, current = shown.reads, shown.current
    return [
        {
            "holder": row.holder.number if reads["holder"] else None, "share": row.share if reads["holder"] else None,
            "granted_ha": row.granted_ha if reads["hectares"] else None,
            **{name: getattr(row, name) if reads["terms"] else None
               for name in ("decided_on", "starts_on", "ends_on", "term_months", "level", "number")},
            "body": (row.body.code if row.body else row.body_name) if reads["terms"] else None,
            "legal_basis": shown.documents[row.legal_basis_id].slug
            if reads["terms"] and row.legal_basis_id in shown.documents else None,
            "holds_today": row in current,
        }
        for row in shown.grants
    ]  # fmt: skip


@router.get("/concessions/{reference}/history", response=HistoryPage)
def concession_history(request: Request, reference: str, query: Query[HistoryQuery]) -> Any:
    """Each change of each field that is open to the caller, the newest first."""
    rows = history(request.actor, find(request, reference))
    sees_posts = request.actor.is_government or request.actor.is_everything
    return {
        "count": rows.count(),
        "items": [
            {"at": row.recorded_at, "subject": row.subject, "field": row.field, "field_class": row.field_class,
             "old": row.old, "new": row.new, "post": row.position.code if row.position and sees_posts else None,
             "reason": row.reason if sees_posts else "", "effective_on": row.effective_on}
            for row in rows[query.slice()]
        ],
    }  # fmt: skip
