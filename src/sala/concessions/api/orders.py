"""Orders about concessions for programs: how each stands, and its parts one by one."""

from datetime import date
from typing import Any

from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.concessions.models import Concession, ConcessionOrder, FieldClass
from sala.concessions.queries.orders import (
    Standing,
    in_state,
    late_by_office,
    named_for,
    orders_for,
    orders_of,
    seen_of,
    standings,
)
from sala.concessions.redaction import readable
from sala.core.api import PageQuery
from sala.core.errors import Missing
from sala.duties.models import Assignment

router = Router(tags=["concessions"])


class OrderOut(Schema):
    """reference: of the call; kind: act, inspect or improve; addressee: keeper, province, ministry or company; the numbers
    count the concessions whose part the caller sees."""

    reference: str
    url: str
    title: dict[str, str]
    kind: str
    addressee: str
    state: str
    issuer: str
    due_on: date | None
    asked: int
    answered: int
    accepted: int
    late: int
    is_invented: bool


class OrderPage(Schema):
    count: int
    items: list[OrderOut]


class PartQuery(PageQuery):
    """state: open, late, ended, or a state of assignments; empty: all."""

    state: str = ""


class PartOut(Schema):
    """concession: null where the caller may not know which; office, post: codes of who must act."""

    assignment: int
    order: str
    concession: str | None
    office: str
    post: str
    state: str
    due_on: date | None
    submissions: int


class LateOut(Schema):
    office: str
    number: int
    since: date


class OrderDetail(OrderOut):
    """overdue: by addressee."""

    overdue: list[LateOut]
    count: int
    items: list[PartOut]


class PartPage(Schema):
    count: int
    items: list[PartOut]


@router.get("/concessions/orders", response=OrderPage, summary="Orders about concessions, the newest first")
def list_orders(request: Request, query: Query[PageQuery]) -> Any:
    rows = orders_for(request.actor)
    page = list(rows[query.slice()])
    found = standings(request.actor, [row.call_id for row in page])
    return {"count": rows.count(), "items": [_order(row, found.get(row.call_id, Standing())) for row in page]}


@router.get("/concessions/orders/{reference}", response=OrderDetail, summary="An order with its parts and who is late")
def one_order(request: Request, reference: str, query: Query[PartQuery]) -> Any:
    row = orders_for(request.actor).filter(call__reference=reference).first()
    if row is None:
        raise Missing
    parts = in_state(seen_of(request.actor, row.call), query.state).order_by("due_on", "pk")
    return {
        **_order(row, standings(request.actor, [row.call_id]).get(row.call_id, Standing())),
        "overdue": [
            {"office": office.code, "number": number, "since": since}
            for office, number, since in late_by_office(request.actor, row.call_id)
        ],
        "count": parts.count(),
        "items": _parts(request, list(parts.select_related("call", "position__organisation")[query.slice()])),
    }


@router.get("/concessions/{reference}/orders", response=PartPage, summary="What was ordered about one concession")
def of_concession(request: Request, reference: str) -> Any:
    found: Concession | None = readable(request.actor, FieldClass.BASICS).filter(reference=reference.upper()).first()
    if found is None:
        raise Missing
    parts = orders_of(request.actor, found)
    return {"count": len(parts), "items": _parts(request, parts)}


def _order(row: ConcessionOrder, standing: Standing) -> dict[str, Any]:
    call = row.call
    return {
        "reference": call.reference, "url": f"/concessions/orders/{call.reference}/", "title": dict(call.title),
        "kind": row.kind, "addressee": row.addressee, "state": call.state, "issuer": call.issuer.code, "due_on": call.due_on,
        "asked": standing.asked, "answered": standing.answered, "accepted": standing.accepted, "late": standing.late,
        "is_invented": call.is_invented,
    }  # fmt: skip


def _parts(request: Request, rows: list[Assignment]) -> list[dict[str, Any]]:
    return [
        {
            "assignment": row.pk, "order": row.call.reference, "concession": one.reference if one else None,
            "office": row.position.organisation.code, "post": row.position.code, "state": row.state, "due_on": row.due_on,
            "submissions": row.submissions,
        }
        for row, one, _place in named_for(request.actor, rows)
    ]  # fmt: skip
