"""Registers of facilities in the API."""

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.places.models import Facility, FacilityKind
from sala.places.queries import find_facilities, stays

router = Router(tags=["facilities"])


class KindOut(Schema):
    code: str
    name: dict[str, str]
    plural: dict[str, str]


class FacilityOut(Schema):
    """place: code of the area; point: longitude, latitude; codes: those in force and those of before, with their days."""

    code: str
    kind: str
    name: dict[str, str]
    place: str
    point: list[float] | None
    opened_on: date | None
    closed_on: date | None
    successor: str | None
    codes: list[dict[str, Any]]
    url: str
    is_invented: bool


class FacilityDetail(FacilityOut):
    """duplicate_of: code of the one that it turned out to be; the rest then tells of that one."""

    names: list[dict[str, str]]
    places: list[dict[str, Any]]
    accuracy_m: int | None
    source: str
    duplicate_of: str | None


class FacilityPage(Schema):
    count: int
    items: list[FacilityOut]


def summary(facility: Facility) -> dict[str, Any]:
    return {
        "code": facility.code, "kind": facility.kind.code, "name": facility.name, "place": facility.area.code,
        "point": list(facility.point.coords) if facility.point else None, "opened_on": facility.opened_on,
        "closed_on": facility.closed_on, "successor": facility.successor.code if facility.successor else None,
        "codes": [
            {"system": row.system, "value": row.value, "from": row.valid.lower, "before": row.valid.upper}
            for row in facility.codes.all()
        ],
        "url": facility.get_absolute_url(), "is_invented": facility.is_invented,
    }  # fmt: skip


@router.get("/facility-kinds", response=list[KindOut], summary="Kinds of facilities")
def kinds(request: Request):
    return list(FacilityKind.objects.filter(retired=False))


@router.get("/facilities", response=FacilityPage, summary="The registers of facilities")
def facilities(
    request: Request,
    kind: str = "",
    place: str = "",
    state: str = Query("", pattern="^(open|closed|)$"),
    day: date | None = None,
    q: str = "",
    page: int = Query(1, ge=1),
    size: int = Query(200, ge=1, le=1000),
):
    """kind and place (with all in it) by code; state on the day (today when left out); q: words of a name, or a code."""
    rows = find_facilities(request.actor, kind=kind, place=place, state=state, day=day, q=q)
    rows = rows.select_related("kind", "area", "successor").prefetch_related("codes").order_by("code")
    return {"count": rows.count(), "items": [summary(row) for row in rows[(page - 1) * size : page * size]]}


@router.get("/facilities/{code}", response=FacilityDetail, summary="One facility with its codes, names and places")
def facility(request: Request, code: str):
    rows = visible(request.actor, Facility).select_related("kind", "area", "successor__kind", "successor__area")
    asked = get_object_or_404(rows, code__iexact=code)
    found = stays(asked)
    return summary(found) | {
        "names": [{"text": row.text, "kind": row.kind, "language": row.language} for row in found.names.all()],
        "places": [
            {"code": row.area.code, "from": row.valid.lower, "before": row.valid.upper}
            for row in found.places.select_related("area").order_by("valid")
        ],
        "accuracy_m": found.accuracy_m,
        "source": found.source,
        "duplicate_of": found.code if found.pk != asked.pk else None,
    }
