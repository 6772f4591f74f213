"""Calls and assignments for programs. Mounted under /api/v1; rights and words are those of the pages."""

from datetime import date, datetime
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema

from sala.access.actor import Actor
from sala.access.choosing import referred
from sala.access.scope import visible
from sala.core.errors import Invalid, Missing
from sala.core.language import Translated
from sala.duties import operations
from sala.duties.due import reckon
from sala.duties.models import Assignment, Call, Extension, Thread
from sala.duties.operations import Asked
from sala.duties.operations.moves import open_steps
from sala.duties.queries import (
    BY_OFFICE,
    BY_PLACE,
    asked_by,
    board,
    states_of,
    threads_on,
    waiting_for,
    with_everything,
)
from sala.people.models import Position

router = Router(tags=["duties"])
MOST_LISTED = 500  # posts asked that an answer lists; the board counts them all


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
    asker: str
    counts: dict[str, int]
    statistics: dict[str, Any] | None
    asked: list[AskedOut]
    url: str


class BoardOut(Schema):
    """One office or place: its code and name, how many of its assignments are in each state, and how many are late."""

    code: str
    name: dict[str, str]
    counts: dict[str, int]
    late: int


class EntryOut(Schema):
    post: str | None
    at: datetime
    is_answer: bool
    text: str
    hidden_reason: str


class ThreadOut(Schema):
    id: int
    answered_at: datetime | None
    entries: list[EntryOut]


class ExtensionOut(Schema):
    """granted: null while nothing is decided."""

    id: int
    until: date
    reason: str
    granted: bool | None
    granted_until: date | None
    answer: str


class AnswerIn(Schema):
    """evidence: kind and number of each proof, such as "document:7"."""

    answer: str = ""
    evidence: list[str] = []


class ProgressIn(Schema):
    note: str
    evidence: list[str] = []


class DeclareIn(Schema):
    reason: str
    next_on: date | None = None


class RemarkIn(Schema):
    """A reason to one item of what is asked; the key is that of the item."""

    item: str
    label: str = ""
    reason: str


class ReturnIn(Schema):
    reason: str = ""
    remarks: list[RemarkIn] = []


class CheckIn(Schema):
    """gaps: number of a missing assignment below → why the answer is approved without it."""

    note: str = ""
    gaps: dict[int, str] = {}


class ReasonIn(Schema):
    reason: str


class NoteIn(Schema):
    note: str = ""


class TextIn(Schema):
    text: str


class ExtensionIn(Schema):
    until: date
    reason: str


class DecisionIn(Schema):
    granted: bool
    until: date | None = None
    answer: str = ""


class AskedIn(Schema):
    """Codes of posts: who is asked, who accepts (default: the issuer), and whose answer sums this one up."""

    post: str
    checker: str | None = None
    above: str | None = None


class DraftIn(Schema):
    """A call's draft. Texts per language, such as {"lo": …, "en": …}."""

    kind: str
    issuer: str
    title: dict[str, str]
    purpose: dict[str, str] = {}
    instruction: dict[str, str] = {}
    legal_basis: str = ""
    period: str = ""
    due_on: date | None = None
    due_days: int | None = None
    opens_on: date | None = None
    minutes: int | None = None
    asker: str = ""
    review_plan: list[dict[str, Any]] = []
    is_public: bool = False
    asked: list[AskedIn] = []


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
    return _call_out(_call(request, reference))


@router.get("/calls/{reference}/board", response=list[BoardOut])
def board_of_call(request: HttpRequest, reference: str, by: str = BY_OFFICE) -> list[dict[str, Any]]:
    """How a call stands, office by office (by=office) or place by place (by=place): number in each state, and late ones."""
    lines = board(_call(request, reference), BY_PLACE if by == BY_PLACE else BY_OFFICE)
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
    rows = asked_by(found).select_related("position__organisation").order_by("position__code", "pk")
    return {
        **{name: getattr(found, name) for name in names},
        "issuer": found.issuer.code,
        "area": found.area.code if found.area else None,
        "counts": states_of(asked_by(found)),
        "asked": [
            {"post": row.position.code, "organisation": row.position.organisation.code, "state": row.state,
             "due_on": row.due_on}
            for row in rows[:MOST_LISTED]
        ],
        "url": found.get_absolute_url(),
    }  # fmt: skip


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


# ---- questions -------------------------------------------------------------------------------------------------


@router.get("/calls/{reference}/questions", response=list[ThreadOut])
def questions(request: HttpRequest, reference: str) -> list[dict[str, Any]]:
    """What was asked about a call and answered, for all who see it."""
    return [_thread(row) for row in threads_on(_call(request, reference))]


@router.post("/calls/{reference}/questions", response=ThreadOut)
def ask(request: HttpRequest, reference: str, body: TextIn) -> dict[str, Any]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return _thread(operations.ask(actor, _call(request, reference), text=body.text))


@router.post("/questions/{int:pk}", response=ThreadOut)
def reply(request: HttpRequest, pk: int, body: TextIn) -> dict[str, Any]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    thread = get_object_or_404(Thread.objects.select_related("answers__organisation__area"), pk=pk)
    operations.reply(actor, thread, text=body.text)
    return _thread(Thread.objects.prefetch_related("entries__position").get(pk=pk))


def _thread(row: Thread) -> dict[str, Any]:
    return {
        "id": row.pk,
        "answered_at": row.answered_at,
        "entries": [
            {"post": entry.position.code if entry.position else None, "at": entry.at, "is_answer": entry.is_answer,
             "text": "" if entry.hidden_reason else entry.text, "hidden_reason": entry.hidden_reason}
            for entry in row.entries.all()
        ],
    }  # fmt: skip


# ---- drafting and issuing ----------------------------------------------------------------------------------------


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
