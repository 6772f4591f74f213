"""Parties for programs: companies and people who hold land, whom they belong to, and what they hold."""

from datetime import date
from decimal import Decimal
from typing import Any

from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.concessions.models import Party, Shareholding
from sala.concessions.queries.parties import held_by, register_of_parties, ultimate_holders
from sala.core import clock
from sala.core.api import PageQuery
from sala.core.errors import Missing

router = Router(tags=["concessions"])


class PartyQuery(PageQuery):
    q: str = ""
    kind: str = ""
    country: str = ""


class PartyOut(Schema):
    number: str
    url: str
    kind: str
    name: dict[str, str]
    country: str
    registration: str
    kept_by: str
    is_invented: bool


class PartyPage(Schema):
    count: int
    items: list[PartyOut]


class HoldingOut(Schema):
    """share: per cent; null where only the link is known."""

    party: str
    role: str
    share: Decimal | None
    since: date | None
    until: date | None


class EndOut(Schema):
    """share: product along the chain, 0 to 1; null where one is not known."""

    party: str
    share: Decimal | None


class PartyDetail(PartyOut):
    names: list[str]
    holders: list[HoldingOut]
    holdings: list[HoldingOut]
    ultimate: list[EndOut]
    concessions: list[str]


def _party(row: Party) -> dict[str, Any]:
    return {
        "number": row.number, "url": row.get_absolute_url(), "kind": row.kind, "name": row.name, "country": row.country,
        "registration": row.registration, "kept_by": row.keeper.code, "is_invented": row.is_invented,
    }  # fmt: skip


@router.get("/parties", response=PartyPage)
def parties(request: Request, query: Query[PartyQuery]) -> Any:
    """Companies, persons and others who hold land, or shares in who holds it."""
    rows = register_of_parties(request.actor, q=query.q, kind=query.kind, country=query.country)
    return {"count": rows.count(), "items": [_party(row) for row in rows[query.slice()]]}


@router.get("/parties/{number}", response=PartyDetail)
def party(request: Request, number: str) -> Any:
    """One party, who stands behind it, and what it holds, as far as the caller sees them."""
    seen = visible(request.actor, Party)
    row = seen.filter(number=number.upper()).select_related("keeper", "same_as").first()
    if row is not None and row.same_as is not None:  # entered twice: the one that it is
        row = seen.filter(pk=row.same_as.pk).select_related("keeper").first()
    if row is None:
        raise Missing
    owners = Shareholding.objects.filter(owned=row, owner__in=seen.values("pk")).select_related("owner")
    owned = Shareholding.objects.filter(owner=row, owned__in=seen.values("pk")).select_related("owned")
    ends = ultimate_holders([row.pk], clock.today())[row.pk]
    named = seen.in_bulk([pk for pk, _share in ends])
    return _party(row) | {
        "names": [name.text for name in row.names.all()],
        "holders": [_holding(holding, holding.owner) for holding in owners],
        "holdings": [_holding(holding, holding.owned) for holding in owned],
        "ultimate": [{"party": named[pk].number, "share": share} for pk, share in ends if pk in named],
        "concessions": [found.reference for found in held_by(request.actor, row)],
    }  # fmt: skip


def _holding(holding: Shareholding, other: Party) -> dict[str, Any]:
    return {
        "party": other.number, "role": holding.role, "share": holding.share, "since": holding.valid.lower,
        "until": holding.valid.upper,
    }  # fmt: skip
