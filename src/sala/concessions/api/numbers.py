"""The register in numbers, for programs: the overview of a place, and published figures against our own."""

from datetime import date
from decimal import Decimal
from typing import Any

from ninja import Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.concessions.queries.overview import Number, overview
from sala.concessions.queries.published import Published, held, terms
from sala.core import clock
from sala.core.errors import Missing
from sala.places.models import Area
from sala.places.queries import country

router = Router(tags=["concessions"])


class NumberOut(Schema):
    """few: fewer than may be told, and then nothing else; counted, measured: how many have granted, developed hectares."""

    key: str
    few: bool
    number: int | None
    granted_ha: Decimal | None
    developed_ha: Decimal | None
    counted: int
    measured: int


class OverviewOut(Schema):
    """by: place, sector, state, situation, grade, kind, level, year → lines; those nothing is told of are left out."""

    place: str
    on: date
    whole: NumberOut
    by: dict[str, list[NumberOut]]


class MadeOf(Schema):
    """total: of ours; left: ours without these and those above; reasons: outside, ended, closed, unconfirmed, unlocated, rest."""

    reason: str
    total: Decimal
    left: Decimal
    difference: Decimal


class FigureOut(Schema):
    """ours, difference: by the same definition, null where too few entries are open to the caller.

    gap  what the publisher's own parts lack of the publisher's whole; null where they add up or are not all
    """

    code: str
    name: dict[str, str]
    of: str
    as_of: str
    source: str
    certainty: str
    published: Decimal
    gap: Decimal | None
    ours: Decimal | None
    difference: Decimal | None
    made_of: list[MadeOf]


@router.get("/concessions/overview", response=OverviewOut)
def overview_of(request: Request, place: str = "") -> Any:
    """Numbers and hectares of a place, of the country without one, as far as they are open to the caller."""
    areas = visible(request.actor, Area)
    found = areas.filter(code=place).first() if place else areas.get(pk=country().pk)
    if found is None:
        raise Missing
    told = overview(request.actor, found)
    return {
        "place": found.code, "on": clock.today(), "whole": _number(told.whole),
        "by": {group.what: [_number(line) for line in group.lines] for group in told.groups},
    }  # fmt: skip


def _number(line: Number) -> dict[str, Any]:
    return {
        "key": line.key, "few": line.is_few, "number": None if line.is_few else line.number, "granted_ha": line.granted,
        "developed_ha": line.developed, "counted": line.counted, "measured": line.measured,
    }  # fmt: skip


@router.get("/concessions/figures", response=list[FigureOut])
def figures(request: Request) -> Any:
    """Figures that others published, each held against the register by its own definition."""
    return [_figure(each) for each in held(request.actor, list(terms()))]


def _figure(each: Published) -> dict[str, Any]:
    found = each.held
    return {
        "code": each.term.code, "name": each.term.name, "of": each.figure.of, "as_of": each.as_of, "source": each.source,
        "certainty": each.term.data.get("certainty", ""), "published": each.figure.figure, "gap": each.gap,
        "ours": found.ours if found else None, "difference": found.difference if found else None,
        "made_of": [vars(part) for part in found.parts] if found else [],
    }  # fmt: skip
