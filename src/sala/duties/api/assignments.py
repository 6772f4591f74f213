"""Steps of assignments, and more time. Rights and words are those of the pages."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router

from sala.access.actor import Actor
from sala.access.choosing import referred
from sala.access.scope import visible
from sala.core.errors import Missing
from sala.core.language import Translated
from sala.duties import operations
from sala.duties.api.shapes import (
    AnswerIn,
    AssignmentOut,
    CheckIn,
    DecisionIn,
    DeclareIn,
    ExtensionIn,
    ExtensionOut,
    NoteIn,
    ProgressIn,
    ReasonIn,
    ReturnIn,
)
from sala.duties.due import reckon
from sala.duties.models import Assignment, Extension
from sala.duties.operations.moves import open_steps
from sala.duties.queries import waiting_for, with_everything
from sala.people.models import Position

router = Router(tags=["duties"])


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


def _proofs(actor: Actor, lines: list[str]) -> list[models.Model]:
    """The rows that the lines name, such as "document:7"."""
    proofs = []
    for line in lines:
        proof = referred(actor, line)
        if proof is None:
            raise Missing(_("“%(line)s” was not found. Write the kind and the number.") % {"line": line})
        proofs.append(proof)
    return proofs


def _post(code: str) -> Position:
    found = Position.objects.filter(code=code).select_related("organisation__area").first()
    if found is None:
        raise Missing(_("There is no post %(codes)s.") % {"codes": code})
    return found


def _assignment(request: HttpRequest, pk: int) -> tuple[Actor, Assignment]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor, get_object_or_404(with_everything(visible(actor, Assignment)), pk=pk)


@router.get("/assignments", response=list[AssignmentOut])
def assignments(request: HttpRequest) -> list[dict[str, Any]]:
    """What waits for the caller's posts: to answer, and to check. The most urgent first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return [_out(actor, row) for row in with_everything(waiting_for(actor.position_ids))]


@router.post("/assignments/{int:pk}/acknowledge", response=AssignmentOut)
def acknowledge(request: HttpRequest, pk: int, body: NoteIn | None = None) -> dict[str, Any]:
    actor, row = _assignment(request, pk)
    return _out(actor, operations.acknowledge(actor, row, note=body.note if body else ""))


@router.post("/assignments/{int:pk}/start", response=AssignmentOut)
def start(request: HttpRequest, pk: int, body: NoteIn | None = None) -> dict[str, Any]:
    actor, row = _assignment(request, pk)
    return _out(actor, operations.start(actor, row, note=body.note if body else ""))


@router.post("/assignments/{int:pk}/progress", response=AssignmentOut)
def progress(request: HttpRequest, pk: int, body: ProgressIn) -> dict[str, Any]:
    actor, row = _assignment(request, pk)
    return _out(actor, operations.progress(actor, row, note=body.note, evidence=_proofs(actor, body.evidence)))


@router.post("/assignments/{int:pk}/submit", response=AssignmentOut)
def submit(request: HttpRequest, pk: int, body: AnswerIn) -> dict[str, Any]:
    actor, row = _assignment(request, pk)
    return _out(actor, operations.submit(actor, row, answer=body.answer, evidence=_proofs(actor, body.evidence)))


@router.post("/assignments/{int:pk}/declare", response=AssignmentOut)
def declare(request: HttpRequest, pk: int, body: DeclareIn) -> dict[str, Any]:
    """It is not available: why, and when it can be expected."""
    actor, row = _assignment(request, pk)
    return _out(actor, operations.declare_not_available(actor, row, reason=body.reason, next_on=body.next_on))


@router.post("/assignments/{int:pk}/return", response=AssignmentOut)
def return_(request: HttpRequest, pk: int, body: ReturnIn) -> dict[str, Any]:
    actor, row = _assignment(request, pk)
    remarks = [remark.dict() for remark in body.remarks]
    return _out(actor, operations.return_(actor, row, reason=body.reason, remarks=remarks))


@router.post("/assignments/{int:pk}/approve", response=AssignmentOut)
def approve(request: HttpRequest, pk: int, body: CheckIn | None = None) -> dict[str, Any]:
    """One level of review is content; the answer goes on to the next."""
    actor, row = _assignment(request, pk)
    body = body or CheckIn()
    return _out(actor, operations.approve(actor, row, note=body.note, gaps=body.gaps))


@router.post("/assignments/{int:pk}/unapprove", response=AssignmentOut)
def unapprove(request: HttpRequest, pk: int, body: ReasonIn) -> dict[str, Any]:
    actor, row = _assignment(request, pk)
    return _out(actor, operations.unapprove(actor, row, reason=body.reason))


@router.post("/assignments/{int:pk}/accept", response=AssignmentOut)
def accept(request: HttpRequest, pk: int, body: CheckIn | None = None) -> dict[str, Any]:
    actor, row = _assignment(request, pk)
    body = body or CheckIn()
    return _out(actor, operations.accept(actor, row, note=body.note, gaps=body.gaps))


@router.post("/assignments/{int:pk}/waive", response=AssignmentOut)
def waive(request: HttpRequest, pk: int, body: ReasonIn) -> dict[str, Any]:
    actor, row = _assignment(request, pk)
    return _out(actor, operations.waive(actor, row, reason=body.reason))


@router.post("/assignments/{int:pk}/reopen", response=AssignmentOut)
def reopen(request: HttpRequest, pk: int, body: ReasonIn) -> dict[str, Any]:
    actor, row = _assignment(request, pk)
    return _out(actor, operations.reopen(actor, row, reason=body.reason))


# ---- more time -------------------------------------------------------------------------------------------------


@router.post("/assignments/{int:pk}/more-time", response=ExtensionOut)
def ask_extension(request: HttpRequest, pk: int, body: ExtensionIn) -> Extension:
    actor, row = _assignment(request, pk)
    return operations.ask_extension(actor, row, until=body.until, reason=body.reason)


@router.post("/more-time/{int:pk}", response=ExtensionOut)
def decide_extension(request: HttpRequest, pk: int, body: DecisionIn) -> Extension:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = Extension.objects.filter(assignment__in=visible(actor, Assignment)).select_related("assignment__call")
    found = get_object_or_404(rows, pk=pk)
    return operations.decide_extension(actor, found, granted=body.granted, until=body.until, answer=body.answer)
