"""Steps of assignments, and more time. Rights and words are those of the pages."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema

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
    HandOnIn,
    NoteIn,
    ProgressIn,
    ReasonIn,
    ReturnIn,
)
from sala.duties.due import reckon
from sala.duties.models import Assignment, Extension
from sala.duties.operations.moves import open_steps
from sala.duties.queries import waiting_for, with_everything
from sala.duties.states import Step
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


# ---- the steps: each is an address, a shape of what is sent, and the operation it calls ----------------------------

Take = Callable[[Actor, Assignment, Any], Assignment]
STEPS: dict[Step, tuple[type[Schema], Take]] = {
    Step.ACKNOWLEDGE: (NoteIn, lambda actor, row, sent: operations.acknowledge(actor, row, note=sent.note)),
    Step.START: (NoteIn, lambda actor, row, sent: operations.start(actor, row, note=sent.note)),
    Step.PROGRESS: (
        ProgressIn,
        lambda actor, row, sent: operations.progress(
            actor, row, note=sent.note, evidence=_proofs(actor, sent.evidence)
        ),
    ),
    Step.SUBMIT: (
        AnswerIn,
        lambda actor, row, sent: operations.submit(
            actor, row, answer=sent.answer, evidence=_proofs(actor, sent.evidence)
        ),
    ),
    Step.DECLARE: (
        DeclareIn,
        lambda actor, row, sent: operations.declare_not_available(
            actor, row, reason=sent.reason, next_on=sent.next_on
        ),
    ),
    Step.HAND_ON: (
        HandOnIn,
        lambda actor, row, sent: operations.hand_on(actor, row, position=_post(sent.post), reason=sent.reason),
    ),
    Step.REMARK: (NoteIn, lambda actor, row, sent: operations.remark(actor, row, note=sent.note)),
    Step.RETURN: (
        ReturnIn,
        lambda actor, row, sent: operations.return_(
            actor, row, reason=sent.reason, remarks=[remark.dict() for remark in sent.remarks]
        ),
    ),
    Step.APPROVE: (
        CheckIn, lambda actor, row, sent: operations.approve(actor, row, note=sent.note, gaps=sent.gaps)
    ),
    Step.UNAPPROVE: (ReasonIn, lambda actor, row, sent: operations.unapprove(actor, row, reason=sent.reason)),
    Step.ACCEPT: (CheckIn, lambda actor, row, sent: operations.accept(actor, row, note=sent.note, gaps=sent.gaps)),
    Step.WAIVE: (ReasonIn, lambda actor, row, sent: operations.waive(actor, row, reason=sent.reason)),
    Step.REOPEN: (ReasonIn, lambda actor, row, sent: operations.reopen(actor, row, reason=sent.reason)),
}  # fmt: skip


def _offer(step: Step, shape: type[Schema], take: Take) -> None:
    """One address for one step. What may be left out altogether is sent as nothing."""
    nothing: Any = ... if any(field.is_required() for field in shape.model_fields.values()) else shape()

    def view(request: HttpRequest, pk: int, body: shape = nothing) -> dict[str, Any]:  # type: ignore[valid-type]
        actor, row = _assignment(request, pk)
        return _out(actor, take(actor, row, body))

    name = step.replace("_", "-")
    router.post(
        f"/assignments/{{int:pk}}/{name}", response=AssignmentOut, operation_id=f"assignment_{step}",
        summary=f"Step of an assignment: {name}", url_name=f"assignment_{step}",
    )(view)  # fmt: skip


for _step, (_shape, _take) in STEPS.items():
    _offer(_step, _shape, _take)


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
