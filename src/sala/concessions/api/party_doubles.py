"""Parties entered twice, for programs: pairs that may be one, merging, undoing, keeping apart."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.concessions import operations
from sala.concessions.models import Party, PartyMerge
from sala.concessions.queries.party_doubles import likely, shown
from sala.core.api import PageQuery
from sala.core.errors import Invalid, Missing

router = Router(tags=["concessions"])


class PairOut(Schema):
    """why: registration, name or letter; grants: how many each of the two holds."""

    one: str
    other: str
    why: str
    grants: tuple[int, int]


class PairPage(Schema):
    count: int
    items: list[PairOut]


class MergeIn(Schema):
    """into: number of the party that stays."""

    into: str
    reason: str


class ApartIn(Schema):
    """other: number of the party that it is not."""

    other: str
    reason: str


class ReasonIn(Schema):
    reason: str


class MergeOut(Schema):
    """lost, kept: numbers of parties."""

    id: int
    lost: str
    kept: str
    reason: str
    merged_at: datetime
    undone_at: datetime | None


class ApartOut(Schema):
    one: str
    other: str
    reason: str


@router.get("/parties/doubles", response=PairPage, summary="Parties that may be one, of those that the caller keeps")
def pairs(request: Request, query: Query[PageQuery]) -> Any:
    found = likely(request.actor)
    page = found[query.slice()]
    return {
        "count": len(found),
        "items": [
            {"one": row.one.number, "other": row.other.number, "why": pair.why, "grants": row.grants}
            for pair, row in zip(page, shown(page), strict=True)
        ],
    }  # fmt: skip


@router.post("/parties/{number}/merge", response={201: MergeOut}, summary="Tell that a party is another one")
def merge(request: Request, number: str, body: MergeIn) -> Any:
    made = operations.merge_parties(
        request.actor, _party(request, number), into=_named(request, body.into, "into"), reason=body.reason
    )
    return 201, _merge(made)


@router.post("/parties/merges/{pk}/undo", response=MergeOut, summary="The two are two after all")
def undo(request: Request, pk: int, body: ReasonIn) -> Any:
    row = visible(request.actor, PartyMerge).select_related("lost", "kept").filter(pk=pk).first()
    if row is None:
        raise Missing
    operations.undo_merge(request.actor, row, reason=body.reason)
    row.refresh_from_db()
    return _merge(row)


@router.post("/parties/{number}/apart", response={201: ApartOut}, summary="Two parties that look alike are two")
def apart(request: Request, number: str, body: ApartIn) -> Any:
    row = operations.keep_parties_apart(
        request.actor, _party(request, number), _named(request, body.other, "other"), reason=body.reason
    )
    return 201, {"one": row.one.number, "other": row.other.number, "reason": row.reason}


def _party(request: Request, number: str) -> Party:
    found = visible(request.actor, Party).filter(number=number.upper()).first()
    if found is None:
        raise Missing
    return found


def _named(request: Request, number: str, field: str) -> Party:
    found = visible(request.actor, Party).filter(number=number.strip().upper()).first()
    if found is None:
        words = _("The register has no such party. Look it up there.")
        raise Invalid(words, {field: [words]})
    return found


def _merge(row: PartyMerge) -> dict[str, Any]:
    return {
        "id": row.pk, "lost": row.lost.number, "kept": row.kept.number, "reason": row.reason, "merged_at": row.merged_at,
        "undone_at": row.undone_at,
    }  # fmt: skip
