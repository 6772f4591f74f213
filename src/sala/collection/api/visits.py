"""Visits to the field for programs, and the minutes that offices ask of places."""

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.collection.models import Visit
from sala.collection.queries.burden import burden_of
from sala.collection.queries.visits import Links, clashes_of, links_of, visits_for
from sala.core import clock
from sala.core.api import PageQuery
from sala.core.errors import Missing
from sala.people.models import Organisation
from sala.places.models import Area

router = Router(tags=["visits"])


class VisitQuery(PageQuery):
    """place, office: codes; state: planned, done, joined or off, empty for planned and done; from_day, to_day: some day
    of the visit lies between them."""

    place: str = ""
    office: str = ""
    topic: str = ""
    state: str = ""
    from_day: date | None = None
    to_day: date | None = None
    q: str = ""


class VisitOut(Schema):
    """minutes: at each place; joined: slug of the joint visit it went into; form, call, joined: null where the caller
    does not see them."""

    slug: str
    url: str
    title: dict[str, str]
    office: str
    post: str
    starts_on: date
    ends_on: date
    areas: list[str]
    topics: list[str]
    minutes: int
    form: str | None
    call: str | None
    state: str
    joined: str | None
    tier: str
    is_invented: bool


class VisitPage(Schema):
    count: int
    items: list[VisitOut]


class ClashOut(Schema):
    """places: smallest places in common; days: both are there; apart: days between them; saved: minutes that one joint
    visit would spare the places together."""

    visit: str
    office: str
    areas: list[str]
    places: int
    topics: list[str]
    days: int
    apart: int
    saved: int


class VisitDetail(VisitOut):
    purpose: dict[str, str]
    clashes: list[ClashOut]


class BurdenQuery(PageQuery):
    year: int | None = None
    size: int = 100


class BurdenLine(Schema):
    """minutes: by code of the ministry."""

    place: str
    name: dict[str, str]
    minutes: dict[str, int]
    total: int


class BurdenPage(Schema):
    year: int
    count: int
    items: list[BurdenLine]


def _out(row: Visit, links: Links) -> dict[str, Any]:
    form, call, joined = links.form(row), links.call(row), links.joined(row)
    return {
        "slug": row.slug, "url": row.get_absolute_url(), "title": row.title, "office": row.organisation.code,
        "post": row.position.code, "starts_on": row.starts_on, "ends_on": row.ends_on,
        "areas": [area.code for area in row.areas.all()], "topics": [term.code for term in row.topics.all()],
        "minutes": row.minutes, "form": form.slug if form else None,
        "call": call.reference if call else None, "state": row.state, "joined": joined.slug if joined else None, "tier": row.tier, "is_invented": row.is_invented,
    }  # fmt: skip


def _coded(request: Request, model: Any, code: str) -> Any:
    if not code:
        return None
    found = visible(request.actor, model).filter(code=code).first()
    if found is None:
        raise Missing(f"There is no {model._meta.model_name} {code}.")
    return found


@router.get("/visits", response=VisitPage, summary="Visits to the field")
def visits(request: Request, query: Query[VisitQuery]) -> dict[str, Any]:
    """The earliest first. `place` finds those to it, to a part of it, or to a larger place around it."""
    rows = visits_for(
        request.actor, place=_coded(request, Area, query.place), office=_coded(request, Organisation, query.office),
        topic=query.topic, state=query.state, first=query.from_day, last=query.to_day, q=query.q,
    )  # fmt: skip
    listed = list(rows[query.slice()])
    links = links_of(request.actor, listed)
    return {"count": rows.count(), "items": [_out(row, links) for row in listed]}


@router.get("/visits/{slug}", response=VisitDetail, summary="One visit, and those that it clashes with")
def visit(request: Request, slug: str) -> dict[str, Any]:
    row = get_object_or_404(visible(request.actor, Visit).select_related("organisation", "position", "form", "call", "joined"), slug=slug)  # fmt: skip
    clashes = [
        {"visit": clash.visit.slug, "office": clash.visit.organisation.code, "areas": [area.code for area in clash.areas],
         "places": clash.count, "topics": [term.code for term in clash.topics], "days": clash.days, "apart": clash.apart,
         "saved": clash.saved}
        for clash in clashes_of(request.actor, row)
    ]  # fmt: skip
    return {**_out(row, links_of(request.actor, [row])), "purpose": row.purpose, "clashes": clashes}


@router.get("/places/{code}/burden", response=BurdenPage, summary="Minutes a year asked of the places in a place")
def burden(request: Request, code: str, query: Query[BurdenQuery]) -> dict[str, Any]:
    """The most burdened first, from the visits and the expected answers that the caller may know of."""
    year = query.year or clock.today().year
    lines, houses = burden_of(request.actor, _coded(request, Area, code), year)
    return {
        "year": year, "count": len(lines),
        "items": [
            {"place": line.area.code, "name": line.area.name, "total": line.total,
             "minutes": {houses[pk].code: minutes for pk, minutes in line.minutes.items()}}
            for line in lines[query.slice()]
        ],
    }  # fmt: skip
