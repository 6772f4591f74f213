"""Letters of calls and the load of offices for programs. Mounted under /api/v1; rights and words are those of the pages."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Router, Schema

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core.api import ErrandOut
from sala.core.errors import NotPermitted
from sala.duties.errands import ask_letter
from sala.duties.models import Assignment, Call
from sala.duties.queries.letters import Standing, standing_letters
from sala.duties.queries.load import asked_of_office, may_see_load, posts_of_office
from sala.people.models import Organisation

router = Router(tags=["duties"])


class LetterOut(Schema):
    """due_on: what the paper says; now: the date that holds today where it is another one. files: language → address."""

    number: str
    assignment: int | None
    due_on: date
    now: date | None
    valid: bool
    files: dict[str, str]


class LetterIn(Schema):
    """assignment: write to this post only, after its date was changed; left out: the circular to all."""

    assignment: int | None = None


class PostLoadOut(Schema):
    post: str
    held: bool
    open: int
    late: int
    due_within_four_weeks: int


class AskedLoadOut(Schema):
    """minutes: of the calls that say how long an answer takes; without_estimate: answers of those that do not."""

    year: int
    asker: str
    calls: int
    answers: int
    minutes: int
    without_estimate: int


class LoadOut(Schema):
    posts: list[PostLoadOut]
    asked: list[AskedLoadOut]


def _out(call: Call, row: Standing) -> dict[str, Any]:
    letter = row.letter
    return {
        "number": letter.paper.number, "assignment": letter.assignment_id, "due_on": letter.due_on, "now": row.now,
        "valid": letter.paper.is_valid,
        "files": {
            file.language: reverse("duties:letter_file", args=[call.reference, letter.pk, file.language])
            for file in letter.paper.files.all()
        },
    }  # fmt: skip


def _call(request: HttpRequest, reference: str) -> tuple[Actor, Call]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = visible(actor, Call).select_related("issuer__organisation__area", "replaces")
    return actor, get_object_or_404(rows, reference=reference)


@router.get("/calls/{reference}/letters", response=list[LetterOut])
def letters(request: HttpRequest, reference: str) -> list[dict[str, Any]]:
    """Letters of a call, newest first, and whether what they say still holds."""
    actor, call = _call(request, reference)
    return [_out(call, row) for row in standing_letters(actor, call)]


@router.post("/calls/{reference}/letters", response={201: LetterOut, 202: ErrandOut})
def write_letter(request: HttpRequest, reference: str, body: LetterIn | None = None) -> tuple[int, Any]:
    """Issue the circular of a call, or the letter to one of its posts. A circular to many posts answers 202 with an
    errand; ask at its address until it says what came of it."""
    actor, call = _call(request, reference)
    number = body.assignment if body else None
    assignment = get_object_or_404(visible(actor, Assignment), pk=number, call=call) if number else None
    errand = ask_letter(actor, call, assignment)
    if errand.is_open:
        return 202, errand
    return 201, next(
        _out(call, row) for row in standing_letters(actor, call) if row.letter.pk == errand.found["letter"]
    )


@router.get("/organisations/{code}/load", response=LoadOut)
def load(request: HttpRequest, code: str) -> dict[str, Any]:
    """What waits for the posts of an office, and how much of its year is asked by whom."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    office = get_object_or_404(visible(actor, Organisation).select_related("area"), code=code)
    if not may_see_load(actor, office):
        raise NotPermitted(_("The load of an office is open to the office itself and to those above it. Ask its head."))
    return {
        "posts": [
            {"post": row.post.code, "held": row.post.is_held, "open": row.open, "late": row.late,  # type: ignore[attr-defined]
             "due_within_four_weeks": row.soon}
            for row in posts_of_office(office)
        ],
        "asked": [
            {"year": row["year"], "asker": row["asker"].code, "calls": row["calls"], "answers": row["answers"],
             "minutes": row["minutes"], "without_estimate": row["untold"]}
            for row in asked_of_office(office)
        ],
    }  # fmt: skip
