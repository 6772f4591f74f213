"""Organisations and their posts in the API: the directory."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.people.models import Organisation
from sala.people.queries import with_vacancy
from sala.places.models import Area

router = Router(tags=["people"])


class OrganisationOut(Schema):
    code: str
    name: dict[str, str]
    kind: str
    parent: str | None
    area: str
    url: str
    is_invented: bool


class PostOut(Schema):
    code: str
    title: dict[str, str]
    is_head: bool
    is_held: bool
    email: str
    phone: str
    topics: list[str]


class OrganisationDetail(OrganisationOut):
    email: str
    phone: str
    website: str
    posts: list[PostOut]
    units: list[str]


class OrganisationPage(Schema):
    count: int
    items: list[OrganisationOut]


def organisation_summary(row: Organisation) -> dict[str, Any]:
    return {
        "code": row.code, "name": row.name, "kind": row.kind, "parent": row.parent.code if row.parent else None,
        "area": row.area.code, "url": row.get_absolute_url(), "is_invented": row.is_invented,
    }  # fmt: skip


@router.get("/organisations", response=OrganisationPage, summary="Organisations: the directory")
def organisations(
    request: Request, area: str = "", kind: str = "", page: int = Query(1, ge=1), size: int = Query(200, ge=1, le=1000)
):
    """area: code of a place; organisations of it and of the places within."""
    rows = visible(request.actor, Organisation).filter(closed_on__isnull=True).select_related("area", "parent")
    if area:
        place = get_object_or_404(Area, code=area)
        rows = rows.filter(area__path__startswith=place.path)
    if kind:
        rows = rows.filter(kind=kind)
    rows = rows.order_by("code")
    return {
        "count": rows.count(),
        "items": [organisation_summary(row) for row in rows[(page - 1) * size : page * size]],
    }


@router.get(
    "/organisations/{code}", response=OrganisationDetail, summary="One organisation with its posts; no names of people"
)
def organisation(request: Request, code: str):
    found = get_object_or_404(visible(request.actor, Organisation).select_related("area", "parent"), code=code)
    posts: Any = with_vacancy(found.positions.filter(closed_on__isnull=True)).prefetch_related("topics")
    return organisation_summary(found) | {
        "email": found.email, "phone": found.phone, "website": found.website,
        "units": list(found.units.filter(closed_on__isnull=True).order_by("code").values_list("code", flat=True)),
        "posts": [
            {"code": post.code, "title": post.title, "is_head": post.is_head, "is_held": post.is_held,
             "email": post.email, "phone": post.phone, "topics": [term.code for term in post.topics.all()]}
            for post in posts.order_by("-is_head", "code")
        ],
    }  # fmt: skip
