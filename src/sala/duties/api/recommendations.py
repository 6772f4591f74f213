"""Recommendations for programs: the board, one of them, and the steps before it is carried out. Rights are the pages'."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core.errors import Missing
from sala.core.language import Translated
from sala.documents.models import Document
from sala.documents.working_days import Calendar
from sala.duties import operations
from sala.duties.models import Recommendation
from sala.duties.queries import recommendations as queries
from sala.people.models import Organisation

router = Router(tags=["recommendations"])


class OwnerOut(Schema):
    """left: working days until it is due, negative when late; empty once it is done."""

    post: str
    organisation: str
    state: str
    due_on: date | None
    left: int | None


class RecommendationOut(Schema):
    """positions: kind of position → how many offices hold it. amount: in the currency's minor unit."""

    reference: str
    number: str
    title: dict[str, str]
    wording: dict[str, str]
    theme: dict[str, str]
    level: int | None
    budget_line: str
    amount: int | None
    currency: str
    state: str
    outcome: str
    owners: list[OwnerOut]
    positions: dict[str, int]
    late: bool
    is_public: bool
    is_invented: bool
    url: str


class WordingOut(Schema):
    number: int
    text: dict[str, str]
    reason: str
    at: str


class PositionOut(Schema):
    organisation: str
    stance: str
    note: str
    at: str


class RecommendationDetail(RecommendationOut):
    """stances: every position that was stated, the newest first; the first of each organisation counts."""

    purpose: dict[str, str]
    indicator: dict[str, str]
    issuer: str
    higher_office: str | None
    submitted_on: date | None
    answered_on: date | None
    answer: dict[str, str]
    wordings: list[WordingOut]
    stances: list[PositionOut]


class OfficesIn(Schema):
    organisations: list[str]


class StanceIn(Schema):
    organisation: str
    stance: Literal["agree", "reservation", "oppose"]
    note: str = ""


class WordingIn(Schema):
    wording: dict[str, str]
    reason: str


class OfficeIn(Schema):
    office: str


class AnswerIn(Schema):
    """document: last part of the address of the decision. wording: only where the words were changed."""

    outcome: Literal["endorsed", "changed", "refused"]
    document: str
    on: date
    answer: dict[str, str] = {}
    wording: dict[str, str] = {}


@router.get("/recommendations", response=list[RecommendationOut])
def recommendations(request: HttpRequest, theme: str = "", owner: str = "", level: str = "", state: str = "",
                    outcome: str = "") -> list[dict[str, Any]]:  # fmt: skip
    """The board, with the filters of its page; state=late keeps those whose owner is overdue."""
    rows = queries.recommendations(_actor(request), theme=theme, owner=owner, level=level, state=state, outcome=outcome)
    return [_row(row) for row in queries.board(rows, late_only=state == queries.LATE)]


@router.get("/recommendations/{reference}", response=RecommendationDetail)
def recommendation(request: HttpRequest, reference: str) -> dict[str, Any]:
    return _detail(_found(request, reference))


@router.post("/recommendations/{reference}/offices", response=RecommendationDetail)
def put(request: HttpRequest, reference: str, body: OfficesIn) -> dict[str, Any]:
    """Ask offices for their position."""
    found = _found(request, reference)
    operations.put_to_offices(_actor(request), found, [_office(code) for code in body.organisations])
    return _detail(found)


@router.post("/recommendations/{reference}/positions", response=RecommendationDetail)
def state_position(request: HttpRequest, reference: str, body: StanceIn) -> dict[str, Any]:
    found = _found(request, reference)
    operations.state_position(_actor(request), found, _office(body.organisation), stance=body.stance, note=body.note)
    return _detail(found)


@router.post("/recommendations/{reference}/wordings", response=RecommendationDetail)
def reword(request: HttpRequest, reference: str, body: WordingIn) -> dict[str, Any]:
    found = _found(request, reference)
    operations.reword(_actor(request), found, wording=Translated(body.wording), reason=body.reason)
    return _detail(found)


@router.post("/recommendations/{reference}/submit", response=RecommendationDetail)
def submit(request: HttpRequest, reference: str, body: OfficeIn) -> dict[str, Any]:
    found = _found(request, reference)
    operations.submit_to(_actor(request), found, _office(body.office))
    return _detail(found)


@router.post("/recommendations/{reference}/answer", response=RecommendationDetail)
def answer(request: HttpRequest, reference: str, body: AnswerIn) -> dict[str, Any]:
    found = _found(request, reference)
    document = visible(_actor(request), Document).select_related("kind").filter(slug=body.document).first()
    if document is None:
        raise Missing(_("The decision was not found. Check the address of its page."))
    operations.answer_recommendation(
        _actor(request), found, outcome=body.outcome, document=document, on=body.on, answer=Translated(body.answer),
        wording=Translated(body.wording) or None,
    )  # fmt: skip
    return _detail(found)


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


def _found(request: HttpRequest, reference: str) -> Recommendation:
    rows = visible(_actor(request), Recommendation).select_related("call__issuer__organisation", "answered_by")
    return get_object_or_404(rows, call__reference=reference)


def _office(code: str) -> Organisation:
    found = Organisation.objects.filter(code__iexact=code).first()
    if found is None:
        raise Missing(_("No office has the code %(code)s.") % {"code": code})
    return found


def _row(row: queries.BoardRow) -> dict[str, Any]:
    one = row.recommendation
    return {
        "reference": one.call.reference,
        "title": Translated(one.call.title),
        "wording": row.wording,
        "state": one.call.state,
        "owners": [
            {
                "post": owner.assignment.position.code,
                "organisation": owner.assignment.position.organisation.code,
                "state": owner.assignment.state,
                "due_on": owner.assignment.due_on,
                "left": owner.due.left if owner.due else None,
            }
            for owner in row.owners
        ],
        "positions": row.positions,
        "late": row.late,
        "is_public": one.call.is_public,
        "is_invented": one.call.is_invented,
        "url": one.get_absolute_url(),
        **{
            name: getattr(one, name)
            for name in ("number", "theme", "level", "budget_line", "amount", "currency", "outcome")
        },
    }


def _detail(found: Recommendation) -> dict[str, Any]:
    one = Recommendation.objects.select_related("call__issuer__organisation", "answered_by").get(pk=found.pk)
    return {
        **_row(queries.board_row(one, Calendar())),
        "purpose": Translated(one.call.purpose),
        "indicator": one.indicator,
        "issuer": one.call.issuer.code,
        "higher_office": one.answered_by.code if one.answered_by else None,
        "submitted_on": one.submitted_on,
        "answered_on": one.answered_on,
        "answer": one.answer,
        "wordings": [
            {"number": row.number, "text": row.text, "reason": row.reason, "at": row.at.isoformat()}
            for row in one.wordings.all()
        ],
        "stances": [
            {"organisation": row.organisation.code, "stance": row.stance, "note": row.note, "at": row.at.isoformat()}
            for row in one.stances.select_related("organisation")
        ],
    }
