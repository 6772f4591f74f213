"""Writing transactions: inside an operation that was allowed, balanced, with the next number of the books."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.documents import numbering
from sala.documents.models import Document
from sala.documents.models.issued import BOOKED
from sala.ledger.models import Account, Payment, Transaction, TransactionKind
from sala.ledger.operations.settling import Part
from sala.people.models import Organisation

T = TypeVar("T")
MOST = 2**62  # what the sum of an account may come near to without leaving the numbers of the database


@dataclass(frozen=True)
class Side:
    """What an account gains, in the smallest unit of its currency; what it loses with a minus."""

    account: Account
    amount: int


@dataclass(frozen=True)
class Draft:
    """A transaction before it has its number.

    payment  what was paid, where it is that: written with it, and what it settles
    """

    kind: str
    day: date
    sides: Sequence[Side]
    reason: str = ""
    document: Document | None = None
    key: str = ""
    reverses: Transaction | None = None
    payment: Payment | None = None
    settles: Sequence[Part] = ()


def post(actor: Actor, owner: Organisation, draft: Draft) -> Transaction:
    """Write one transaction with its entries. Raises Invalid for a day to come, Conflict for a closed account."""
    return post_many(actor, owner, [draft])[0]


def post_many(actor: Actor, owner: Organisation, drafts: Sequence[Draft]) -> list[Transaction]:
    """Write several in one statement. The numbers are taken last: until commit, others of these books wait for them."""
    for draft in drafts:
        _check(owner, draft)
    if not drafts:
        return []
    now, year = clock.now(), clock.today().year
    values: list[Any] = [owner.pk, year, numbering.beginning(owner, BOOKED, year), now, actor.person_id, actor.position_id,
              json.dumps([_told(draft) for draft in drafts])]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "select made, in_series, nth, numbered, paid from ledger_post(%s, %s, %s, %s, %s, %s, %s::jsonb)", values
        )
        written = sorted(cursor.fetchall(), key=lambda row: row[2])
    rows = []
    for draft, (pk, series, sequence, number, paid) in zip(drafts, written, strict=True):
        row = Transaction(
            pk=pk, owner=owner, series_id=series, sequence=sequence, number=number,
            kind=draft.kind, day=draft.day, recorded_at=now, reason=draft.reason, document=draft.document,
            key=draft.key, reverses=draft.reverses, lines=len(draft.sides), person_id=actor.person_id,
            position_id=actor.position_id,
        )  # fmt: skip
        row._state.adding = False
        if draft.payment is not None:
            draft.payment.pk, draft.payment.transaction = paid, row
            draft.payment._state.adding = False
        rows.append(row)
    return rows


def _told(draft: Draft) -> dict[str, Any]:
    """A draft as `ledger_post` reads it."""
    told: dict[str, Any] = {
        "kind": draft.kind, "day": draft.day.isoformat(), "reason": draft.reason, "key": draft.key,
        "document": draft.document and draft.document.pk, "reverses": draft.reverses and draft.reverses.pk,
        "sides": [[side.account.pk, side.amount] for side in draft.sides],
    }  # fmt: skip
    if paid := draft.payment:
        told["payment"] = {
            "account": paid.account_id, "bank": paid.into_id, "paid_on": paid.paid_on.isoformat(), "amount": paid.amount,
            "credited": paid.credited, "payer_name": paid.payer_name, "method": paid.method,
            "bank_reference": paid.bank_reference, "is_invented": paid.is_invented,
            "settles": [[part.charge_id, part.day.isoformat(), part.amount] for part in draft.settles],
        }  # fmt: skip
    return told


def _check(owner: Organisation, draft: Draft) -> None:
    sums: dict[str, int] = {}
    for side in draft.sides:
        if side.account.owner_id != owner.pk or side.amount == 0:
            raise ValueError("entries are of one organisation's books and are not nought")
        if side.account.closed_on:
            raise Conflict(_("The account %(code)s is closed. Choose another one.") % {"code": side.account.code})
        if abs(side.amount) >= MOST:
            raise Invalid(_("This amount is too large. Check it."))
        sums[side.account.currency] = sums.get(side.account.currency, 0) + side.amount
    if any(sums.values()) or len(draft.sides) < 2:
        raise ValueError(f"entries do not balance: {sums}")
    if draft.day > clock.today():
        raise Invalid(_("The date lies in the future. Enter the day on which it happened."))


def once(owner: Organisation, key: str, *, kind: str, found: Callable[[Transaction], T], work: Callable[[], T]) -> T:
    """What `work` makes, or what an earlier call with the same key made. Two at the same time make one.

    found  from the earlier transaction to what is given back; raises Conflict when the key meant something else
    """
    if not key:
        return work()
    if earlier := _earlier(owner, key, kind):
        return found(earlier)
    try:
        with transaction.atomic():
            return work()
    except IntegrityError as error:
        if "transaction_key_once" not in str(error):
            raise
        earlier = _earlier(owner, key, kind)
        if earlier is None:
            raise
        return found(earlier)


def _earlier(owner: Organisation, key: str, kind: str) -> Transaction | None:
    earlier = Transaction.objects.filter(owner=owner, key=key).first()
    if earlier and earlier.kind != kind:
        raise other_use()
    return earlier


def other_use() -> Conflict:
    return Conflict(_("This key was used for something else already. Send each new entry with a key of its own."))


def need_second_person(actor: Actor, *entered: Transaction) -> None:
    """Whoever entered an amount does not take it back: somebody else looks at it."""
    for row in entered:
        same = row.person_id == actor.person_id if row.person_id and actor.person_id else (
            row.position_id is not None and row.position_id == actor.position_id
        )  # fmt: skip
        if same:
            raise NotPermitted(
                _("You entered this yourself. Ask a second person with the right to approve to look at it and do this.")
            )


def is_void(row: Transaction) -> bool:
    return row.kind == TransactionKind.VOID or hasattr(row, "reversed_by")
