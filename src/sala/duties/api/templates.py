"""Templates of calls for programs. Mounted under /api/v1; rights and words are those of the pages."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core.errors import Missing
from sala.core.language import Translated
from sala.duties import operations
from sala.duties.models import CallTemplate
from sala.duties.operations.templates import base_of
from sala.people.models import Position

router = Router(tags=["duties"])


class TemplateOut(Schema):
    """next_on: the day on which the calendar drafts the next round."""

    id: int
    name: dict[str, str]
    note: dict[str, str]
    owner: str
    tier: str
    kind: str
    title: dict[str, str]
    rhythm: str
    next_on: date | None
    opens_itself: bool
    url: str


class StartIn(Schema):
    """issuer: code of the post in whose name the call is drafted."""

    issuer: str
    period: str = ""
    opens_on: date | None = None
    due_on: date | None = None


class StartedOut(Schema):
    reference: str
    url: str


def _out(row: CallTemplate) -> dict[str, Any]:
    base = base_of(row)
    return {
        "id": row.pk, "name": Translated(row.name), "note": Translated(row.note), "owner": row.owner.code,
        "tier": row.tier, "kind": base.kind, "title": Translated(base.title), "rhythm": row.rhythm,
        "next_on": row.next_on, "opens_itself": row.opens_itself, "url": row.get_absolute_url(),
    }  # fmt: skip


@router.get("/call-templates", response=list[TemplateOut])
def call_templates(request: HttpRequest) -> list[dict[str, Any]]:
    """Templates that the caller may use."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = visible(actor, CallTemplate).filter(retired=False).select_related("owner", "source", "last")
    return [_out(row) for row in rows]


@router.post("/call-templates/{int:pk}/start", response=StartedOut)
def start_call_template(request: HttpRequest, pk: int, body: StartIn) -> dict[str, Any]:
    """Draft a call from a template."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = get_object_or_404(visible(actor, CallTemplate), pk=pk)
    issuer = Position.objects.filter(code__iexact=body.issuer, closed_on__isnull=True).first()
    if issuer is None:
        raise Missing(_("No post has this code. Look it up in the directory."))
    made = operations.start_from_template(
        actor, found, issuer=issuer, period=body.period, opens_on=body.opens_on, due_on=body.due_on
    )
    return {"reference": made.reference, "url": made.get_absolute_url()}
