"""What authorities think of concessions, for programs: screenings, findings, situations. Seen as on their pages."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.concessions.models import Finding, Screening, Situation
from sala.concessions.queries.findings import changes_between, findings_for, names, situations_on, tally
from sala.concessions.queries.screening import screenings_for, shown_references
from sala.concessions.words.findings import called, told
from sala.core import clock
from sala.core.api import LARGEST_PAGE, PageQuery
from sala.core.errors import Missing
from sala.places.models import Area

router = Router(tags=["concessions"])
WEEK = timedelta(days=7)


class FindingQuery(PageQuery):
    """place: code of an area; code, state: as on the page; grave: those only."""

    place: str = ""
    code: str = ""
    state: str = ""
    grave: bool = False


class FindingOut(Schema):
    """figures: hectares as text with two decimals; text: the same in the caller's language."""

    concession: str
    code: str
    key: str
    grave: bool
    state: str
    figures: dict[str, Any]
    text: str
    reason: str
    found_at: datetime
    url: str


class FindingPage(Schema):
    count: int
    items: list[FindingOut]


class SituationQuery(PageQuery):
    """on: day to look at, today without; since: earlier day to compare with, a week before without."""

    place: str = ""
    code: str = ""
    on: date | None = None
    since: date | None = None


class SituationOut(Schema):
    concession: str
    code: str
    since: date
    reasons: list[list[Any]]
    text: str
    next_step: str


class ChangedSituation(Schema):
    concession: str
    before: str | None
    after: str


class SituationPage(Schema):
    """counts: class → number on the day; changed: those called otherwise than on the earlier day."""

    on: date
    since: date
    counts: dict[str, int]
    changed: list[ChangedSituation]
    count: int
    items: list[SituationOut]


class ScreeningOut(Schema):
    reference: str
    title: str
    office: str
    place: str
    hectares: Decimal
    verdict: str
    made_at: datetime
    digest: str
    issued: str | None
    url: str


class ScreeningPage(Schema):
    count: int
    items: list[ScreeningOut]


class ScreeningDetail(ScreeningOut):
    """result: what was found, check by check; the reference of a concession that the caller may not see is null."""

    asked: dict[str, Any]
    inputs: dict[str, Any]
    result: list[dict[str, Any]]
    repeats: str | None


def _place(code: str) -> Area | None:
    if not code:
        return None
    found = Area.objects.filter(code=code).first()
    if found is None:
        raise Missing
    return found


@router.get("/concessions/findings", response=FindingPage)
def findings(request: Request, query: Query[FindingQuery]) -> Any:
    """What does not fit in the register, grave ones first."""
    rows = findings_for(request.actor, place=_place(query.place), code=query.code, state=query.state, grave=query.grave)
    called_so = names()
    return {"count": rows.count(), "items": [_finding(request, row, called_so) for row in rows[query.slice()]]}


def _finding(request: Request, row: Finding, called_so: dict[str, Any]) -> dict[str, Any]:
    return {
        "concession": row.concession.reference, "code": row.code, "key": row.key, "grave": row.is_grave,
        "state": row.state, "figures": row.figures, "text": told(row, called_so), "reason": row.reason, "found_at": row.found_at,
        "url": request.build_absolute_uri(row.get_absolute_url()),
    }  # fmt: skip


@router.get("/concessions/situations", response=SituationPage)
def situations(request: Request, query: Query[SituationQuery]) -> Any:
    """The classes of the authorities on a day, and what changed since an earlier one."""
    on, place = query.on or clock.today(), _place(query.place)
    since = query.since or on - WEEK
    rows = situations_on(request.actor, on, place)
    rows = rows.filter(code=query.code) if query.code else rows
    changed = changes_between(request.actor, since, on, place)
    return {
        "on": on, "since": since, "counts": dict(tally(request.actor, on, place)), "count": rows.count(),
        "changed": [
            {"concession": row["concession"].reference, "before": row["before"] and row["before"].code, "after": row["after"].code}
            for row in changed[:LARGEST_PAGE]
        ],
        "items": [_situation(row) for row in rows[query.slice()]],
    }  # fmt: skip


def _situation(row: Situation) -> dict[str, Any]:
    said = called(row)
    return {
        "concession": row.concession.reference, "code": row.code, "since": row.since, "reasons": row.reasons,
        "text": said.reasons, "next_step": said.next_step,
    }  # fmt: skip


@router.get("/concessions/screenings", response=ScreeningPage)
def screenings(request: Request, query: Query[PageQuery]) -> Any:
    """Areas that were looked at, of the offices whose work the caller sees."""
    rows = screenings_for(request.actor).select_related("owner", "area", "issued")
    return {"count": rows.count(), "items": [_screening(request, row) for row in rows[query.slice()]]}


@router.get("/concessions/screenings/{reference}", response=ScreeningDetail)
def screening(request: Request, reference: str) -> Any:
    """One of them, with what was found."""
    rows = visible(request.actor, Screening).select_related("owner", "area", "issued", "repeats")
    row = rows.filter(reference=reference).first()
    if row is None:
        raise Missing
    shown = shown_references(request.actor, [found["figures"].get("key", "") for found in row.result])
    return _screening(request, row) | {
        "asked": row.asked, "inputs": row.inputs, "repeats": row.repeats and row.repeats.reference,
        "result": [_open(found, shown) for found in row.result],
    }  # fmt: skip


def _open(found: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    """A result without the references that the caller may not see."""
    figures = dict(found["figures"])
    if found["check"] in ("overlap", "duplicate") and figures.get("key") not in shown and "key" in figures:
        figures["key"] = None
    if "with" in figures:
        figures["with"] = len(figures["with"])
    return found | {"figures": figures}


def _screening(request: Request, row: Screening) -> dict[str, Any]:
    return {
        "reference": row.reference, "title": row.title, "office": row.owner.code, "place": row.area.code,
        "hectares": row.hectares, "verdict": row.verdict, "made_at": row.made_at, "digest": row.digest,
        "issued": row.issued and row.issued.number, "url": request.build_absolute_uri(row.get_absolute_url()),
    }  # fmt: skip
