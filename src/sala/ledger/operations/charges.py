"""Saying what is owed, and what is not asked for any more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock, money
from sala.core.errors import Conflict, Invalid
from sala.core.language import Translated
from sala.core.models import Term
from sala.core.operation import operation
from sala.documents.models import Document
from sala.journal.operations import record, record_many
from sala.ledger import policy
from sala.ledger.models import Account, AccountKind, Allocation, Charge, Transaction, TransactionKind, Waiver
from sala.ledger.operations.accounts import standard
from sala.ledger.operations.locking import held
from sala.ledger.operations.posting import Draft, Side, need_second_person, once, other_use, post, post_many
from sala.ledger.operations.settling import settle
from sala.people.models import Organisation

CHARGE_KINDS = "charge-kind"
DECISION = "decision"


@operation
def charge(actor: Actor, account: Account, *, kind: Term | str, amount: int, due_on: date,
           period: tuple[date, date] | None = None, note: Mapping[str, str] | None = None,
           basis: Mapping[str, Any] | None = None, day: date | None = None, key: str = "",
           is_invented: bool = False, acting: int | None = None) -> Charge:  # fmt: skip
    """Enter what a payer owes. What the payer has to its credit settles it at once.

    kind    a term of the scheme charge-kind, or its code        amount   in the smallest unit of the account's currency
    period  first and last day it is for                        day      it counts from; today when none is given
    basis   how it came about, as on models.Charge
    """
    require(actor, policy.ENTER, account, acting=acting)
    if not account.is_receivable:
        raise Invalid(_("A charge is entered on the account of a payer. Choose such an account."))
    if amount <= 0:
        raise Invalid(_("An amount lies above nought. Correct it."), {"amount": [_("Correct the amount.")]})
    if period and period[1] < period[0]:
        raise Invalid(_("The period ends before it begins. Correct the dates."), {"period_until": [_("Correct it.")]})
    term = kind if isinstance(kind, Term) else _term(kind)
    begins, ends = period or (None, None)

    def work() -> Charge:
        locked = held(account)
        revenue = standard(actor, locked.owner, AccountKind.REVENUE, locked.currency, term)
        sides = [Side(locked, amount), Side(revenue, -amount)]
        row = post(actor, locked.owner, Draft(TransactionKind.CHARGE, day or clock.today(), sides, key=key))
        made = Charge.objects.create(
            account=locked, kind=term, period_from=begins, period_until=ends, due_on=due_on, amount=amount,
            note=Translated(note), basis=dict(basis or {}), transaction=row, is_invented=is_invented,
        )  # fmt: skip
        settle(locked, row)
        record(actor, policy.ENTER, made, change="charged", account=locked.pk, number=row.number, amount=amount)
        return made

    def found(earlier: Transaction) -> Charge:
        made = earlier.charge
        if (made.account_id, made.amount, made.due_on) != (account.pk, amount, due_on):
            raise other_use()
        return made

    return once(account.owner, key, kind=TransactionKind.CHARGE, found=found, work=work)


@dataclass(frozen=True)
class Asked:
    """One of many charges that are entered together; the words are those of `charge`, the key is always given."""

    account: Account
    kind: Term
    amount: int
    due_on: date
    key: str
    period: tuple[date, date] | None = None
    note: Mapping[str, str] = field(default_factory=dict)
    basis: Mapping[str, Any] = field(default_factory=dict)
    day: date | None = None


@operation
def charge_many(actor: Actor, owner: Organisation, asked: Sequence[Asked], *, is_invented: bool = False,
                acting: int | None = None) -> list[Charge]:  # fmt: skip
    """Enter many charges in the books of one office in few statements; one whose key is there already is given back.

    Raises Conflict where a key stands for another charge.
    """
    accounts = {one.account.pk: one.account for one in asked}
    for account in accounts.values():
        require(actor, policy.ENTER, account, acting=acting)
    for pk in sorted(accounts):
        accounts[pk] = held(accounts[pk])
    if any(one.amount <= 0 for one in asked):
        raise Invalid(_("An amount lies above nought. Correct it."), {"amount": [_("Correct the amount.")]})
    known = {
        row.key: row for row in Transaction.objects.filter(owner=owner, key__in=[one.key for one in asked])
        .select_related("charge__account")
    }  # fmt: skip
    fresh = [one for one in asked if one.key not in known]
    made = dict(zip([one.key for one in fresh], _entered(actor, owner, fresh, accounts, is_invented), strict=True))
    for one in asked:
        if one.key in known:
            made[one.key] = _same(known[one.key], one)
    return [made[one.key] for one in asked]


def _same(row: Transaction, one: Asked) -> Charge:
    if row.kind != TransactionKind.CHARGE or (row.charge.account_id, row.charge.amount) != (one.account.pk, one.amount):
        raise other_use()
    return row.charge


def _entered(actor: Actor, owner: Organisation, asked: Sequence[Asked], accounts: Mapping[int, Account],
             is_invented: bool) -> list[Charge]:  # fmt: skip
    if not asked:
        return []
    revenue = {
        (one.kind.pk, one.account.currency): standard(actor, owner, AccountKind.REVENUE, one.account.currency, one.kind)
        for one in {(one.kind.pk, one.account.currency): one for one in asked}.values()
    }
    today = clock.today()
    rows = post_many(actor, owner, [
        Draft(TransactionKind.CHARGE, one.day or today, [
            Side(accounts[one.account.pk], one.amount), Side(revenue[one.kind.pk, one.account.currency], -one.amount),
        ], key=one.key)
        for one in asked
    ])  # fmt: skip
    charges = Charge.objects.bulk_create(
        [
            Charge(
                account=accounts[one.account.pk], kind=one.kind, due_on=one.due_on, amount=one.amount,
                period_from=one.period[0] if one.period else None, period_until=one.period[1] if one.period else None,
                note=Translated(one.note), basis=dict(one.basis), transaction=row, is_invented=is_invented,
            )
            for one, row in zip(asked, rows, strict=True)
        ],
        batch_size=1000,
    )  # fmt: skip
    last = {charge.account_id: row for charge, row in zip(charges, rows, strict=True)}
    for pk, row in last.items():
        settle(accounts[pk], row)
    record_many(actor, policy.ENTER, [
        (charge, {"change": "charged", "account": charge.account_id, "number": charge.transaction.number, "amount": charge.amount})
        for charge in charges
    ])  # fmt: skip
    return charges


def _term(code: str) -> Term:
    term = Term.objects.filter(scheme=CHARGE_KINDS, code=code, retired=False).first()
    if term is None:
        raise Invalid(_("“%(code)s” is no kind of charge here. Choose one of the list.") % {"code": code})
    return term


@operation
def waive(actor: Actor, row: Charge, *, decision: Document, amount: int | None = None, reason: str = "",
          key: str = "") -> Waiver:  # fmt: skip
    """Ask no more for a part of a charge, or for all that is open, on the strength of a numbered decision.

    A second person does it: not the one who entered the charge. Raises Conflict when less is open than is waived.
    """
    require(actor, policy.APPROVE, row)
    need_second_person(actor, row.transaction)
    if decision.kind.code != DECISION or not decision.number:
        raise Invalid(
            _(
                "A waiver needs the numbered decision. Enter it among the documents first, as a decision with its number."
            ),
            {"decision": [_("Choose a decision with a number.")]},
        )
    owner = row.account.owner

    def work() -> Waiver:
        locked = held(row.account)
        open_now = row.amount - _settled(row)
        if hasattr(row.transaction, "reversed_by") or open_now <= 0:
            raise Conflict(_("Nothing is open of this charge. Look at its history."))
        wanted = open_now if amount is None else amount
        if not 0 < wanted <= open_now:
            raise Conflict(_("Of this charge %(open)s is open. Waive that or less.")
                           % {"open": money.shown(open_now, locked.currency)})  # fmt: skip
        revenue = standard(actor, owner, AccountKind.REVENUE, locked.currency, row.kind)
        sides = [Side(locked, -wanted), Side(revenue, wanted)]
        draft = Draft(TransactionKind.WAIVER, clock.today(), sides, reason=reason.strip(), document=decision, key=key)
        booked = post(actor, owner, draft)
        waiver = Waiver.objects.create(charge=row, amount=wanted, decision=decision, transaction=booked)
        Allocation.objects.create(charge=row, transaction=booked, day=booked.day, amount=wanted)
        record(actor, policy.APPROVE, row, change="waived", document=decision, amount=wanted, number=booked.number,
               reason=reason.strip())  # fmt: skip
        return waiver

    def found(earlier: Transaction) -> Waiver:
        if earlier.waiver.charge_id != row.pk or amount not in (None, earlier.waiver.amount):
            raise other_use()
        return earlier.waiver

    return once(owner, key, kind=TransactionKind.WAIVER, found=found, work=work)


def _settled(row: Charge) -> int:
    return row.allocations.aggregate(sum=Sum("amount"))["sum"] or 0
