"""People within the caller's reach: listed, corrected, closed, opened again, erased."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from sala.access.form_page import need_anywhere
from sala.access.request import Request
from sala.people import operations, policy
from sala.people.api.organisations import ReasonIn
from sala.people.models import Person
from sala.people.queries.people import found_people, people_within

router = Router(tags=["people"])


class PersonOut(Schema):
    """posts: codes of those held today."""

    id: int
    name: str
    kind: str
    email: str
    phone: str
    language: str
    is_active: bool
    erased_at: datetime | None
    posts: list[str]


class PersonPage(Schema):
    count: int
    items: list[PersonOut]


class PersonIn(Schema):
    """Only what is sent is changed."""

    name: str | None = None
    phone: str | None = None
    language: str | None = None


def _out(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk, "name": row.name, "kind": row.kind, "email": row.email or "", "phone": row.phone,
        "language": row.language, "is_active": row.is_active, "erased_at": row.erased_at,
        "posts": [held.position.code for held in row.held_today],
    }  # fmt: skip


def _person(request: Request, pk: int) -> Person:
    need_anywhere(request.actor, policy.READ)
    return get_object_or_404(people_within(request.actor, policy.READ), pk=pk)


def _again(request: Request, pk: int) -> dict[str, Any]:
    return _out(found_people(request.actor, policy.READ, state="all").get(pk=pk))


@router.get("/people", response=PersonPage, summary="People within the caller's reach")
def people(
    request: Request, q: str = "", state: str = "", page: int = Query(1, ge=1), size: int = Query(100, ge=1, le=500)
):
    """q: name, e-mail or telephone; state: nothing for open accounts, closed, all"""
    need_anywhere(request.actor, policy.READ)
    rows = found_people(request.actor, policy.READ, q[:200], state)
    return {"count": rows.count(), "items": [_out(row) for row in rows[(page - 1) * size : page * size]]}


@router.get("/people/{int:pk}", response=PersonOut, summary="One person")
def person(request: Request, pk: int):
    _person(request, pk)
    return _again(request, pk)


@router.patch("/people/{int:pk}", response=PersonOut, summary="Correct name, telephone or language")
def correct(request: Request, pk: int, sent: PersonIn):
    fields = {name: value for name, value in sent.dict(exclude_unset=True).items() if value is not None}
    operations.correct_person(request.actor, _person(request, pk), **fields)
    return _again(request, pk)


@router.post("/people/{int:pk}/close", response=PersonOut, summary="Close an account")
def close(request: Request, pk: int, sent: ReasonIn):
    operations.close_account(request.actor, _person(request, pk), reason=sent.reason[:300])
    return _again(request, pk)


@router.post("/people/{int:pk}/open", response=PersonOut, summary="Open an account again")
def reopen(request: Request, pk: int):
    operations.open_account(request.actor, _person(request, pk))
    return _again(request, pk)


@router.post("/people/{int:pk}/erase", response=PersonOut, summary="Erase who it was")
def erase(request: Request, pk: int, sent: ReasonIn):
    operations.erase_person(request.actor, _person(request, pk), reason=sent.reason[:300])
    return _again(request, pk)
