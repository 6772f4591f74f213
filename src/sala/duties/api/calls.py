"""Calls: what was asked and how it stands; drafting, issuing and ending one."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core.errors import Invalid
from sala.core.language import Translated
from sala.duties import operations
from sala.duties.api.shapes import BoardOut, CallOut, DraftIn, ReasonIn
from sala.duties.models import Call
from sala.duties.operations import Asked
from sala.duties.queries import (
    BY_OFFICE,
    BY_PLACE,
    asked_by,
    board,
    states_of,
)
from sala.people.models import Position

router = Router(tags=["duties"])
MOST_LISTED = 500  # posts asked that an answer lists; the board counts them all


@router.get("/calls/{reference}", response=CallOut)
def call(request: HttpRequest, reference: str) -> dict[str, Any]:
    """What was asked and how it stands. Answers are with the assignments."""
    return _call_out(_call(request, reference))


@router.get("/calls/{reference}/board", response=list[BoardOut])
def board_of_call(request: HttpRequest, reference: str, by: str = BY_OFFICE) -> list[dict[str, Any]]:
    """How a call stands, office by office (by=office) or place by place (by=place): number in each state, and late ones."""
    lines = board(asked_by(_call(request, reference)), BY_PLACE if by == BY_PLACE else BY_OFFICE)
    return [
        {"code": line.code, "name": dict(line.name or {}), "counts": line.counts, "late": line.late} for line in lines
    ]


def _call(request: HttpRequest, reference: str) -> Call:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return get_object_or_404(
        visible(actor, Call).select_related("issuer__organisation__area", "area"), reference=reference
    )


def _call_out(found: Call) -> dict[str, Any]:
    names = (
        "reference", "kind", "state", "title", "purpose", "instruction", "legal_basis", "period", "opens_on", "due_on",
        "is_public", "is_invented", "asker", "statistics",
    )  # fmt: skip
    asked = asked_by(found)
    rows = asked.select_related("position__organisation").order_by("position__code", "pk")
    return {
        **{name: getattr(found, name) for name in names},
        "issuer": found.issuer.code,
        "area": found.area.code if found.area else None,
        "counts": states_of(asked),
        "asked": [
            {"post": row.position.code, "organisation": row.position.organisation.code, "state": row.state,
             "due_on": row.due_on}
            for row in rows[:MOST_LISTED]
        ],
        "url": found.get_absolute_url(),
    }  # fmt: skip


@router.post("/calls", response={201: CallOut})
def draft(request: HttpRequest, body: DraftIn) -> tuple[int, dict[str, Any]]:
    """A draft in the name of a post of one's own, with the posts it asks by their codes."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    codes = {body.issuer, *(one.post for one in body.asked), *(one.checker for one in body.asked if one.checker),
             *(one.above for one in body.asked if one.above)}  # fmt: skip
    posts = {post.code: post for post in Position.objects.filter(code__in=codes).select_related("organisation__area")}
    if unknown := codes - posts.keys():
        raise Invalid(_("There is no post %(codes)s.") % {"codes": ", ".join(sorted(unknown))})
    asked = [
        Asked(posts[one.post], checker=posts[one.checker] if one.checker else None,
              above=posts[one.above] if one.above else None)
        for one in body.asked
    ]  # fmt: skip
    texts = body.dict(
        include={"kind", "legal_basis", "period", "due_on", "due_days", "opens_on", "minutes", "asker", "review_plan"}
    )
    made = operations.draft_call(
        actor, issuer=posts[body.issuer], asked=asked, is_public=body.is_public, title=Translated(body.title),
        purpose=Translated(body.purpose), instruction=Translated(body.instruction), **texts,
    )  # fmt: skip
    return 201, _call_out(made)


@router.post("/calls/{reference}/issue", response=CallOut)
def issue(request: HttpRequest, reference: str) -> dict[str, Any]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return _call_out(operations.issue_call(actor, _call(request, reference)))


@router.post("/calls/{reference}/close", response=CallOut)
def close(request: HttpRequest, reference: str, body: ReasonIn) -> dict[str, Any]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return _call_out(operations.close_call(actor, _call(request, reference), reason=body.reason))


@router.post("/calls/{reference}/withdraw", response=CallOut)
def withdraw(request: HttpRequest, reference: str, body: ReasonIn) -> dict[str, Any]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    operations.withdraw_call(actor, _call(request, reference), reason=body.reason)
    return _call_out(_call(request, reference))
