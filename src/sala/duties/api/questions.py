"""Questions on a call, answered once for all."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router

from sala.access.actor import Actor
from sala.access.request import Request
from sala.duties import operations
from sala.duties.api.shapes import (
    TextIn,
    ThreadOut,
)
from sala.duties.models import Thread
from sala.duties.queries import (
    threads_on,
)
from sala.duties.views.finding import call_or_404

router = Router(tags=["duties"])


@router.get("/calls/{reference}/questions", response=list[ThreadOut])
def questions(request: Request, reference: str) -> list[dict[str, Any]]:
    """What was asked about a call and answered, for all who see it."""
    return [thread_as_sent(row) for row in threads_on(call_or_404(request.actor, reference))]


@router.post("/calls/{reference}/questions", response=ThreadOut)
def ask(request: Request, reference: str, body: TextIn) -> dict[str, Any]:
    actor: Actor = request.actor
    return thread_as_sent(operations.ask(actor, call_or_404(request.actor, reference), text=body.text))


@router.post("/questions/{int:pk}", response=ThreadOut)
def reply(request: Request, pk: int, body: TextIn) -> dict[str, Any]:
    actor: Actor = request.actor
    thread = get_object_or_404(Thread.objects.select_related("answers__organisation__area"), pk=pk)
    operations.reply(actor, thread, text=body.text)
    return thread_as_sent(Thread.objects.prefetch_related("entries__position").get(pk=pk))


def thread_as_sent(row: Thread) -> dict[str, Any]:
    return {
        "id": row.pk,
        "due_on": row.due_on,
        "answered_at": row.answered_at,
        "entries": [
            {"post": entry.position.code if entry.position else None, "at": entry.at, "is_answer": entry.is_answer,
             "text": "" if entry.hidden_reason else entry.text, "hidden_reason": entry.hidden_reason}
            for entry in row.entries.all()
        ],
    }  # fmt: skip
