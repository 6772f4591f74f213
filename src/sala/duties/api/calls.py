"""Calls and assignments for programs. Mounted under /api/v1; rights and words are those of the pages."""

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
from sala.duties.due import reckon
from sala.duties.forms import subject_by_text
from sala.duties.models import Assignment, Call
from sala.duties.operations.moves import open_steps
from sala.duties.queries import waiting_for, with_everything

router = Router(tags=["duties"])


class AssignmentOut(Schema):
    """One assignment. `steps` are the moves open to the caller; `left` counts working days, negative when late."""

    id: int
    call: str
    title: dict[str, str]
    post: str
    checked_by: str
    state: str
    due_on: date | None
    left: int | None
    submissions: int
    returns: int
    reason: str
    answer: str
    steps: list[str]
    url: str


class AskedOut(Schema):
    post: str
    organisation: str
    state: str
    due_on: date | None


class CallOut(Schema):
    reference: str
    kind: str
    state: str
    title: dict[str, str]
    purpose: dict[str, str]
    instruction: dict[str, str]
    legal_basis: str
    issuer: str
    area: str | None
    period: str
    opens_on: date | None
    due_on: date | None
    is_public: bool
    is_invented: bool
    asked: list[AskedOut]
    url: str


class AnswerIn(Schema):
    """evidence: kind and number of each proof, such as "document:7"."""

    answer: str
    evidence: list[str] = []


class ReasonIn(Schema):
    reason: str


class NoteIn(Schema):
    note: str = ""


def _out(actor: Actor, row: Assignment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "call": row.call.reference,
        "title": Translated(row.call.title),
        "post": row.position.code,
        "checked_by": row.checker.code,
        "state": row.state,
        "due_on": row.due_on,
        "left": reckon(row.due_on).left if row.due_on and row.is_open else None,
        "submissions": row.submissions,
        "returns": row.returns,
        "reason": row.reason,
        "answer": row.answer,
        "steps": [str(move.step) for move in open_steps(actor, row)],
        "url": row.get_absolute_url(),
    }


def _assignment(request: HttpRequest, pk: int) -> tuple[Actor, Assignment]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor, get_object_or_404(with_everything(visible(actor, Assignment)), pk=pk)


@router.get("/assignments", response=list[AssignmentOut])
def assignments(request: HttpRequest) -> list[dict[str, Any]]:
    """What waits for the caller's posts: to answer, and to check. The most urgent first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return [_out(actor, row) for row in with_everything(waiting_for(actor.position_ids))]


@router.get("/calls/{reference}", response=CallOut)
def call(request: HttpRequest, reference: str) -> dict[str, Any]:
    """What was asked and how it stands. Answers are with the assignments."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = visible(actor, Call).select_related("issuer", "area")
    found = get_object_or_404(rows, reference=reference)
    return {
        **{
            name: getattr(found, name)
            for name in (
                "reference", "kind", "state", "title", "purpose", "instruction", "legal_basis", "period", "opens_on",
                "due_on", "is_public", "is_invented",
            )
        },
        "issuer": found.issuer.code,
        "area": found.area.code if found.area else None,
        "asked": [
            {"post": row.position.code, "organisation": row.position.organisation.code, "state": row.state,
             "due_on": row.due_on}
            for row in found.assignments.select_related("position__organisation")
        ],
        "url": found.get_absolute_url(),
    }  # fmt: skip


@router.post("/assignments/{int:pk}/acknowledge", response=AssignmentOut)
def acknowledge(request: HttpRequest, pk: int, body: NoteIn | None = None) -> dict[str, Any]:
    actor, row = _assignment(request, pk)
    return _out(actor, operations.acknowledge(actor, row, note=body.note if body else ""))


@router.post("/assignments/{int:pk}/submit", response=AssignmentOut)
def submit(request: HttpRequest, pk: int, body: AnswerIn) -> dict[str, Any]:
    actor, row = _assignment(request, pk)
    proofs = []
    for line in body.evidence:
        proof = subject_by_text(actor, line)
        if proof is None:
            raise Missing(_("“%(line)s” was not found. Write the kind and the number.") % {"line": line})
        proofs.append(proof)
    return _out(actor, operations.submit(actor, row, answer=body.answer, evidence=proofs))


@router.post("/assignments/{int:pk}/return", response=AssignmentOut)
def return_(request: HttpRequest, pk: int, body: ReasonIn) -> dict[str, Any]:
    actor, row = _assignment(request, pk)
    return _out(actor, operations.return_(actor, row, reason=body.reason))


@router.post("/assignments/{int:pk}/accept", response=AssignmentOut)
def accept(request: HttpRequest, pk: int, body: NoteIn | None = None) -> dict[str, Any]:
    actor, row = _assignment(request, pk)
    return _out(actor, operations.accept(actor, row, note=body.note if body else ""))
