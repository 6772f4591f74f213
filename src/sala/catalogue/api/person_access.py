"""Requests of people for what is closed to them: asked, taken back, answered. Rights and words are those of the pages."""

from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.catalogue.models import PersonRequest
from sala.catalogue.operations.person_access import answer_person, ask_as_person, withdraw_request
from sala.catalogue.queries.person_requests import requests_seen
from sala.core.errors import Invalid
from sala.people.models import Organisation

router = Router(tags=["datasets"])


class AccessAsked(Schema):
    """owner: code of the office that keeps it; wanted: its title, as far as it is known."""

    owner: str
    wanted: str
    purpose: str


class AccessAnswer(Schema):
    """answer: where it is found or how it comes; when it is refused, why."""

    given: bool
    answer: str


class AccessOut(Schema):
    """decision: empty while it waits, granted, refused or withdrawn; is_mine: the caller asked it."""

    id: int
    owner: str
    post: str
    wanted: str
    purpose: str
    asked_at: datetime
    due_on: date
    decision: str
    answer: str
    answered_at: datetime | None
    is_mine: bool
    url: str


class AccessPage(Schema):
    count: int
    items: list[AccessOut]


def _out(request: Request, row: PersonRequest) -> dict[str, Any]:
    return {
        "id": row.pk, "owner": row.owner.code, "post": row.position.code, "wanted": row.wanted, "purpose": row.purpose,
        "asked_at": row.asked_at, "due_on": row.due_on, "decision": row.decision, "answer": row.answer,
        "answered_at": row.answered_at, "is_mine": row.person_id == request.actor.person_id,
        "url": row.get_absolute_url(),
    }  # fmt: skip


def _found(request: Request, pk: int) -> PersonRequest:
    return get_object_or_404(requests_seen(request.actor), pk=pk)


@router.get("/access-requests", response=AccessPage, summary="Requests of people for access")
def access_requests(request: Request, page: int = Query(1, ge=1), size: int = Query(50, ge=1, le=200)):
    """What the caller asked, and what people ask of the caller's offices; the newest first."""
    rows = requests_seen(request.actor)
    items = [_out(request, row) for row in rows[(page - 1) * size : page * size]]
    return {"count": rows.count(), "items": items}


@router.post("/access-requests", response={201: AccessOut}, summary="Ask an office for access")
def ask(request: Request, sent: AccessAsked) -> tuple[int, dict[str, Any]]:
    """For people without a post, with the session of a verified e-mail address; offices ask by a call."""
    owner = visible(request.actor, Organisation).filter(code=sent.owner).first()
    if owner is None:
        words = _("No organisation has this code. Look it up in the directory.")
        raise Invalid(words, {"owner": [words]})
    made = ask_as_person(request.actor, owner=owner, wanted=sent.wanted[:300], purpose=sent.purpose)
    return 201, _out(request, made)


@router.get("/access-requests/{int:pk}", response=AccessOut, summary="One request for access")
def access_request(request: Request, pk: int) -> dict[str, Any]:
    return _out(request, _found(request, pk))


@router.post("/access-requests/{int:pk}/withdraw", response=AccessOut, summary="Take a request for access back")
def withdraw(request: Request, pk: int) -> dict[str, Any]:
    withdraw_request(request.actor, _found(request, pk))
    return _out(request, _found(request, pk))


@router.post("/access-requests/{int:pk}/answer", response=AccessOut, summary="Answer a request for access")
def answer(request: Request, pk: int, sent: AccessAnswer) -> dict[str, Any]:
    answer_person(request.actor, _found(request, pk), given=sent.given, answer=sent.answer)
    return _out(request, _found(request, pk))
