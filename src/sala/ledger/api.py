"""The ledger for programs: reading accounts, charges and payments; sending a payment once. Rights are those of the pages.

Amounts are whole numbers in the smallest unit of the currency that stands beside them.
"""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Header, Query, Router, Schema

from sala.access.actor import Actor
from sala.access.scope import require, sees, visible
from sala.core import clock
from sala.core.errors import Invalid
from sala.ledger import operations, policy
from sala.ledger.models import Account, Charge, ExchangeRate, Payment
from sala.ledger.queries.accounts import balance
from sala.ledger.queries.listing import accounts_for, ages, entries
from sala.ledger.queries.open_items import credit, with_free, with_open

router = Router(tags=["ledger"])
MOST = 200


class Request(HttpRequest):
    actor: Actor


class PageIn(Schema):
    """first: rows left out; size: rows given, 200 at most. on: the day at whose end the books are looked at."""

    first: int = 0
    size: int = 50
    on: date | None = None


class AccountOut(Schema):
    """balance: what is owed less what was paid. subject: noun and id of what it is owed for."""

    code: str
    name: dict[str, str]
    kind: str
    currency: str
    owner: str
    payer: str | None
    subject: str | None
    balance: int
    closed_on: date | None
    is_invented: bool
    url: str


class AccountDetail(AccountOut):
    """ages: band (current, 1-30, 31-90, 91-365, over-365) → what is open in it. credit: paid and not used."""

    on: date
    ages: dict[str, int]
    credit: int


class EntryOut(Schema):
    number: str
    kind: str
    day: date
    amount: int
    reason: str
    taken_back_by: str | None


class ChargeOut(Schema):
    """open: what is not settled; nought when it was taken back."""

    number: str
    account: str
    kind: str
    amount: int
    open: int
    currency: str
    due_on: date
    period_from: date | None
    period_until: date | None
    basis: dict[str, Any]
    is_invented: bool
    url: str


class PaymentIn(Schema):
    """into: code of a bank account or cash box, amount in its currency; charges: numbers of those settled first."""

    into: str
    amount: int
    paid_on: date
    method: str = "transfer"
    bank_reference: str = ""
    payer_name: str = ""
    charges: list[str] = []
    credited: int | None = None


class PaymentOut(Schema):
    """credited: what it counts for in the account's currency; free: of that, what no charge has used."""

    number: str
    account: str
    into: str | None
    paid_on: date
    amount: int
    currency: str
    credited: int
    free: int
    method: str
    bank_reference: str
    payer_name: str
    receipt: str | None
    is_void: bool
    is_invented: bool
    url: str


class RateOut(Schema):
    """rate: whole units of to_currency for one of from_currency. until: first day it holds no longer."""

    from_currency: str
    to_currency: str
    rate: str
    start: date
    until: date | None
    source: str


def _paged(rows: QuerySet, page: PageIn, out: Any) -> dict[str, Any]:
    first, size = max(0, page.first), min(max(1, page.size), MOST)
    return {"count": rows.count(), "items": [out(row) for row in rows[first : first + size]]}


@router.get(
    "/ledger/accounts", response=dict[str, int | list[AccountOut]], summary="Accounts of payers the caller may read"
)
def accounts(request: Request, page: Query[PageIn], q: str = "", state: str = "", currency: str = "", owner: str = ""):
    on = page.on or clock.today()
    rows = accounts_for(request.actor, on, q=q, state=state, currency=currency, owner=owner)
    return _paged(rows, page, lambda row: _account(row, int(row.total)))


@router.get("/ledger/accounts/{code}", response=AccountDetail, summary="One account with the age of what is open")
def account(request: Request, code: str, on: date | None = None):
    found, day = _find(request, code), on or clock.today()
    banded = ages([found.pk], day).get(found.pk, {}) if found.is_receivable else {}
    return {
        **_account(found, balance(found, day)), "on": day, "ages": {band.value: amount for band, amount in banded.items()},
        "credit": credit(found, day) if found.is_receivable else 0,
    }  # fmt: skip


@router.get(
    "/ledger/accounts/{code}/entries", response=dict[str, int | list[EntryOut]], summary="Its entries, the newest first"
)
def account_entries(request: Request, code: str, page: Query[PageIn]):
    return _paged(entries(_find(request, code), page.on or clock.today()), page, _entry)


@router.get(
    "/ledger/charges", response=dict[str, int | list[ChargeOut]], summary="Open charges, the oldest due date first"
)
def charges(request: Request, page: Query[PageIn], account: str = "", kind: str = ""):
    rows = with_open(visible(request.actor, Charge), page.on).filter(open__gt=0)
    if account:
        rows = rows.filter(account__code=account)
    if kind:
        rows = rows.filter(kind__code=kind)
    rows = rows.select_related("account", "kind", "transaction").order_by("due_on", "id")
    return _paged(rows, page, lambda row: _charge(row, int(row.open)))


@router.get("/ledger/charges/{number}", response=ChargeOut, summary="One charge")
def charge(request: Request, number: str):
    rows = visible(request.actor, Charge).select_related("account", "kind", "transaction")
    found = get_object_or_404(rows, transaction__number=number)
    left = with_open(Charge.objects.filter(pk=found.pk)).values_list("open", flat=True).first()
    return _charge(found, int(left or 0))


@router.get("/ledger/payments/{number}", response=PaymentOut, summary="One payment")
def payment(request: Request, number: str):
    rows = visible(request.actor, Payment).select_related("account", "into", "transaction", "receipt")
    return _payment(request.actor, get_object_or_404(rows, transaction__number=number))


@router.post("/ledger/accounts/{code}/payments", response={201: PaymentOut}, summary="Enter a payment, once")
def enter_payment(
    request: Request, code: str, sent: PaymentIn, idempotency_key: str = Header("", alias="Idempotency-Key")
):
    """With the same Idempotency-Key the same payment is given back, whatever happened to the first answer."""
    found = _find(request, code)
    require(request.actor, policy.ENTER, found)
    if not idempotency_key.strip() or len(idempotency_key) > 100:
        raise Invalid(_("Send an Idempotency-Key of your own with each payment, so that it is entered once."))
    into = visible(request.actor, Account).filter(code=sent.into).first()
    if into is None:
        raise Invalid(_("There is no such account to pay into."), {"into": [_("Choose one of the office's accounts.")]})
    chosen = list(visible(request.actor, Charge).filter(account=found, transaction__number__in=sent.charges))
    if len(chosen) != len(set(sent.charges)):
        raise Invalid(_("Some of these charges are not on this account."), {"charges": [_("Check their numbers.")]})
    chosen.sort(key=lambda row: sent.charges.index(row.transaction.number))
    made = operations.pay(
        request.actor, found, into=into, amount=sent.amount, paid_on=sent.paid_on, method=sent.method,
        bank_reference=sent.bank_reference, payer_name=sent.payer_name, chosen=chosen, credited=sent.credited,
        key=f"api-{idempotency_key.strip()}", is_invented=found.is_invented,
    )  # fmt: skip
    return 201, _payment(request.actor, made)


@router.get("/ledger/rates", response=list[RateOut], summary="Rates of exchange that hold on a day")
def rates(request: Request, on: date | None = None):
    rows = visible(request.actor, ExchangeRate).filter(valid__contains=on or clock.today())
    return [
        {"from_currency": row.from_currency, "to_currency": row.to_currency, "rate": f"{row.rate.normalize():f}",
         "start": row.valid.lower, "until": row.valid.upper, "source": row.source}
        for row in rows
    ]  # fmt: skip


def _find(request: Request, code: str) -> Account:
    return get_object_or_404(visible(request.actor, Account).select_related("owner__area", "payer"), code=code)


def _account(row: Account, total: int) -> dict[str, Any]:
    return {
        "code": row.code, "name": row.name, "kind": row.kind, "currency": row.currency, "owner": row.owner.code,
        "payer": row.payer.code if row.payer else None, "balance": total, "closed_on": row.closed_on,
        "subject": f"{row.subject_type}:{row.subject_id}" if row.subject_id else None, "is_invented": row.is_invented,
        "url": row.get_absolute_url(),
    }  # fmt: skip


def _entry(row: Any) -> dict[str, Any]:
    booked = row.transaction
    void = getattr(booked, "reversed_by", None)
    return {
        "number": booked.number, "kind": booked.kind, "day": row.day, "amount": row.amount, "reason": booked.reason,
        "taken_back_by": void.number if void else None,
    }  # fmt: skip


def _charge(row: Charge, left: int) -> dict[str, Any]:
    return {
        "number": row.transaction.number, "account": row.account.code, "kind": row.kind.code, "amount": row.amount,
        "open": left, "currency": row.account.currency, "due_on": row.due_on, "period_from": row.period_from,
        "period_until": row.period_until, "basis": row.basis, "is_invented": row.is_invented, "url": row.get_absolute_url(),
    }  # fmt: skip


def _payment(actor: Actor, row: Payment) -> dict[str, Any]:
    """A payer does not see into which account of the office the money went."""
    free = with_free(Payment.objects.filter(pk=row.pk)).values_list("free", flat=True).first()
    return {
        "number": row.transaction.number, "account": row.account.code, "into": row.into.code if sees(actor, row.into) else None,
        "paid_on": row.paid_on, "amount": row.amount, "currency": row.into.currency, "credited": row.credited,
        "free": int(free or 0), "method": row.method, "bank_reference": row.bank_reference, "payer_name": row.payer_name,
        "receipt": row.receipt.number if row.receipt else None, "is_void": row.is_void, "is_invented": row.is_invented,
        "url": row.get_absolute_url(),
    }  # fmt: skip
