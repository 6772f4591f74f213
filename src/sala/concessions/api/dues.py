"""What is owed for concessions, for programs. Amounts are whole numbers of the smallest unit of the currency beside them."""

from datetime import date
from decimal import Decimal
from typing import Any

from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.concessions.api.register import find
from sala.concessions.forms.dues import ArrearsForm
from sala.concessions.models import FieldClass
from sala.concessions.queries.arrears import Late, Together, arrears, summed, with_lines
from sala.concessions.queries.due_periods import Told, by_year, told
from sala.concessions.queries.register import Line, Narrowing
from sala.concessions.redaction import classes_of
from sala.core import clock
from sala.core.api import PageQuery
from sala.core.errors import Invalid, Missing
from sala.places.queries import country

router = Router(tags=["concessions"])


class PeriodOut(Schema):
    """owed: by the register as it is now; null while a value has to be reported first. settled: paid or waived."""

    start: date
    end: date
    due_on: date
    owed: int | None
    charged: int
    settled: int
    open: int
    charges: list[str]


class DueOut(Schema):
    """basis: rule, rate, yearly, once or percent; area: granted, surveyed, developed, written or empty.

    rate: whole units per hectare and year, or per cent      fault: why its periods cannot be reckoned
    """

    id: int
    kind: str
    basis: str
    area: str
    hectares: Decimal | None
    rate: Decimal | None
    amount: int | None
    currency: str
    months: int
    starts_on: date
    ends_on: date | None
    books: str
    fault: str
    periods: list[PeriodOut]


class YearOut(Schema):
    year: int
    currency: str
    owed: int
    charged: int
    settled: int
    open: int


class DuesOut(Schema):
    reference: str
    on: date
    dues: list[DueOut]
    years: list[YearOut]


class ArrearsQuery(PageQuery):
    """Codes of place, sector and currency; least: 1-30, 31-90, 91-365, over-365; by: place or sector; on: a day."""

    place: str = ""
    sector: str = ""
    currency: str = ""
    least: str = ""
    by: str = "place"
    on: str = ""


class LateOut(Schema):
    """ages: band → what is open in it. holders: numbers of parties, null where they are closed to the caller."""

    reference: str
    place: str | None
    sector: str
    holders: list[str] | None
    currency: str
    late: int
    ages: dict[str, int]
    is_invented: bool
    url: str


class SumOut(Schema):
    """code: of the place or sector, null for all together or for none of them. Fewer than 3 are not told to everybody."""

    code: str | None
    currency: str
    concessions: int | None
    late: int | None
    ages: dict[str, int] | None


class ArrearsOut(Schema):
    on: date
    count: int
    in_all: list[SumOut]
    groups: list[SumOut]
    items: list[LateOut]


@router.get("/concessions/{reference}/dues", response=DuesOut)
def dues(request: Request, reference: str, on: date | None = None) -> Any:
    """Terms of payment of one concession with what is owed, charged, paid and open of each period that has begun."""
    found = find(request, reference)
    classes = classes_of(request.actor, found)
    if FieldClass.MONEY not in classes:
        raise Missing
    day = on or clock.today()
    rows = told(request.actor, found, day, day)
    return {
        "reference": found.reference, "on": day, "dues": [_due(row) for row in rows],
        "years": [
            {"year": row.year, "currency": row.currency, "owed": row.owed, "charged": row.charged,
             "settled": row.settled, "open": row.open}
            for row in by_year(rows)
        ],
    }  # fmt: skip


def _due(row: Told) -> dict[str, Any]:
    due = row.due
    return {
        "id": due.pk, "kind": due.kind.code, "basis": due.basis, "area": due.area_basis, "books": due.books.code,
        **{name: getattr(due, name) for name in ("hectares", "rate", "amount", "currency", "months", "starts_on", "ends_on")},
        "fault": row.fault,
        "periods": [
            {"start": line.owed.start, "end": line.owed.end, "due_on": line.due_on,
             "owed": None if line.owed.waits else line.amount, "charged": line.charged, "settled": line.settled,
             "open": line.open, "charges": [charge.transaction.number for charge in line.charges]}
            for line in row.periods
        ],
    }  # fmt: skip


@router.get("/arrears", response=ArrearsOut)
def late(request: Request, query: Query[ArrearsQuery]) -> Any:
    """Concessions with something past its due date, narrowed and added up like the page."""
    form = ArrearsForm({name: str(value) for name, value in query.dict().items()}, actor=request.actor)
    if not form.is_valid():
        raise Invalid(fields={name: [str(text) for text in texts] for name, texts in form.errors.items()})
    data = form.cleaned_data
    on = data.get("on") or clock.today()
    wanted = Narrowing(place=data.get("place"), sector=data.get("sector"))
    rows = arrears(request.actor, wanted, on, currency=data["currency"], least=data["least"])
    inside = data.get("place") or country()
    return {
        "on": on, "count": len(rows), "in_all": [_sum(one) for one in summed(request.actor, rows, "", inside)],
        "groups": [_sum(one) for one in summed(request.actor, rows, data.get("by") or "place", inside)],
        "items": [_late(row, line) for row, line in with_lines(request.actor, rows[query.slice()])],
    }  # fmt: skip


def _sum(one: Together) -> dict[str, Any]:
    return {
        "code": getattr(one.name, "code", None), "currency": one.currency,
        "concessions": None if one.is_few else one.concessions, "late": None if one.is_few else one.late,
        "ages": None if one.is_few else {band.value: amount for band, amount in one.ages.items()},
    }  # fmt: skip


def _late(row: Late, line: Line) -> dict[str, Any]:
    found = row.concession
    return {
        "reference": found.reference, "place": row.place.code if row.place else None, "sector": found.sector.code,
        "holders": [party.number for party in line.holders] if line.reads(FieldClass.HOLDER) else None,
        "currency": row.currency, "late": row.late, "ages": {band.value: amount for band, amount in row.ages.items()},
        "is_invented": found.is_invented, "url": found.get_absolute_url(),
    }  # fmt: skip
