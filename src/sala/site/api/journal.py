"""The history of any subject in the API: what happened, when, by which post; the same words and limits as the page."""

from datetime import datetime
from typing import Any

from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.journal.queries import of_subject
from sala.site.views.history import steps, subject_of

router = Router(tags=["journal"])


class StepOut(Schema):
    """post: code of the post that acted, for officials; details: for those who may read the journal."""

    event: int
    at: datetime
    verb: str
    change: str
    post: str | None
    details: dict[str, Any]


class HistoryPage(Schema):
    count: int
    items: list[StepOut]


@router.get(
    "/journal/{noun}/{int:pk}", response=HistoryPage, summary="What happened to a dataset, a document, a place …"
)
def history(request: Request, noun: str, pk: int, page: int = Query(1, ge=1), size: int = Query(100, ge=1, le=500)):
    _subject, found = subject_of(request.actor, noun, pk)
    events = of_subject(noun, pk)
    rows = steps(request.actor, found, list(events[(page - 1) * size : page * size]))
    items = [
        {
            "event": row["event"].pk, "at": row["event"].at, "verb": row["event"].verb, "change": str(row["change"]),
            "post": row["post"].code if row["post"] else None, "details": row["details"],
        }
        for row in rows
    ]  # fmt: skip
    return {"count": events.count(), "items": items}
