"""Inspections for programs, as their pages show them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.concessions.models import Inspection
from sala.concessions.queries.inspections import inspections_for
from sala.concessions.redaction import readable_by_office
from sala.concessions.words.inspections import told
from sala.core.api import PageQuery
from sala.core.errors import Missing
from sala.places.models import Area

router = Router(tags=["concessions"])


class InspectionQuery(PageQuery):
    """place: code of an area; activity: yes, no or unclear; odd: only those in which something does not fit."""

    place: str = ""
    activity: str = ""
    odd: bool = False


class InspectionOut(Schema):
    """walked_km, inside: kilometres walked, and per cent of them within the granted area; misfits: sentences in the
    caller's language; photos: place (inside, elsewhere, unknown) → number; counts: it counts."""

    concession: str
    url: str
    inspected_on: date
    team: str
    activity: str
    developed_ha: Decimal | None
    walked_km: Decimal | None
    inside: Decimal | None
    accuracy_m: Decimal | None
    photos: dict[str, int]
    misfits: list[str]
    note: str
    counts: bool
    entered_at: datetime
    is_invented: bool


class InspectionPage(Schema):
    count: int
    items: list[InspectionOut]


@router.get("/concessions/inspections", response=InspectionPage, summary="Inspections, the newest first")
def all_inspections(request: Request, query: Query[InspectionQuery]) -> Any:
    place = Area.objects.filter(code=query.place).first() if query.place else None
    if query.place and place is None:
        raise Missing
    return _page(inspections_for(request.actor, place=place, activity=query.activity, odd=query.odd), query)


@router.get("/concessions/{reference}/inspections", response=InspectionPage, summary="Inspections of one concession")
def of_concession(request: Request, reference: str, query: Query[PageQuery]) -> Any:
    found = readable_by_office(request.actor).filter(reference=reference.upper()).first()
    if found is None:
        raise Missing
    return _page(inspections_for(request.actor).filter(concession=found), query)


def _page(rows: Any, query: PageQuery) -> dict[str, Any]:
    return {"count": rows.count(), "items": [_row(row) for row in rows.prefetch_related("photos")[query.slice()]]}


def _row(row: Inspection) -> dict[str, Any]:
    places: dict[str, int] = {}
    for photo in row.photos.all():
        places[photo.place] = places.get(photo.place, 0) + 1
    return {
        "concession": row.concession.reference, "url": row.get_absolute_url(), "inspected_on": row.inspected_on,
        "team": row.team, "activity": row.activity, "developed_ha": row.developed_ha, "walked_km": row.track_km,
        "inside": row.share_inside, "accuracy_m": row.accuracy_m, "photos": places, "misfits": [told(flag) for flag in row.flags],
        "note": row.note, "counts": row.is_current, "entered_at": row.entered_at, "is_invented": row.is_invented,
    }  # fmt: skip
