"""Questions about a dataset and their answers; answers are given at /questions/{pk}."""

from typing import Any

from ninja import Router

from sala.access.request import Request
from sala.catalogue.operations.questions import ask_producer
from sala.catalogue.queries import find_dataset
from sala.duties.api.questions import thread_as_sent
from sala.duties.api.shapes import TextIn, ThreadOut
from sala.duties.queries import threads_on

router = Router(tags=["datasets"])


@router.get("/datasets/{slug}/questions", response=list[ThreadOut], summary="Questions about a dataset, with answers")
def questions(request: Request, slug: str) -> list[dict[str, Any]]:
    return [thread_as_sent(row) for row in threads_on(find_dataset(request.actor, slug))]


@router.post("/datasets/{slug}/questions", response={201: ThreadOut}, summary="Ask the producer")
def ask(request: Request, slug: str, sent: TextIn) -> tuple[int, dict[str, Any]]:
    dataset = find_dataset(request.actor, slug, "owner__area", "place", "contact")
    return 201, thread_as_sent(ask_producer(request.actor, dataset, text=sent.text))
