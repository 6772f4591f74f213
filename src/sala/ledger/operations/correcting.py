"""Taking back and giving back: always a new transaction, always by a second person."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import operation
from sala.documents.models import Document
from sala.documents.operations import withdraw_issued
from sala.journal.operations import record
from sala.ledger import policy
from sala.ledger.models import Account, Allocation, Payment, Refund, Transaction, TransactionKind
from sala.ledger.operations.locking import held
from sala.ledger.operations.posting import Draft, Side, need_second_person, once, other_use, post
from sala.ledger.operations.settling import release, settle
from sala.ledger.operations.suspense import put_back
from sala.ledger.queries.open_items import free_of

WITH_CHARGE = (TransactionKind.CHARGE, TransactionKind.TRANSFER)  # that something is owed by


@operation
def reverse(actor: Actor, row: Transaction, *, reason: str, document: Document | None = None) -> Transaction:
    """Take a transaction back: its reverse is entered today, and what hung on it follows.

    A charge frees the payments that settled it; a payment opens the charges it settled, and its receipt is declared
    invalid; a waiver opens its charge; money that came from a statement waits to be placed again. What was freed
    settles other open charges. Raises NotPermitted for whoever entered it, Conflict where something must go first.
    """
    require(actor, policy.APPROVE, row)
    if not reason.strip():
        raise Invalid(_("Say why it is taken back."), {"reason": [_("Say why it is taken back.")]})
    _check_free(Transaction.objects.get(pk=row.pk))
    need_second_person(actor, row)
    entries = list(row.entries.select_related("account"))
    payers = sorted({entry.account_id for entry in entries if entry.account.is_receivable})
    accounts = [held(Account(pk=pk)) for pk in payers]
    row = Transaction.objects.select_related("owner__area").get(pk=row.pk)
    _check_free(row)
    sides = [Side(entry.account, -entry.amount) for entry in entries]
    day = max(clock.today(), row.day)
    draft = Draft(TransactionKind.VOID, day, sides, reason=reason.strip(), document=document, reverses=row)
    void = post(actor, row.owner, draft)
    follow = _FOLLOWS.get(row.kind)
    if follow:
        follow(actor, row, void)
    for account in accounts:
        settle(account, void, earliest=void.day)
    record(actor, policy.APPROVE, void, change="voided", document=document, of=row.pk, reason=reason.strip())
    return void


def _check_free(row: Transaction) -> None:
    if row.kind == TransactionKind.VOID:
        raise Conflict(_("This took something back itself. Enter what is right as something new."))
    if hasattr(row, "reversed_by"):
        raise Conflict(_("This was taken back already, by %(number)s.") % {"number": row.reversed_by.number})
    if row.kind == TransactionKind.RECEIVED:
        raise Conflict(_("This came from a statement of the bank. Say on the statement whose it is."))
    if row.kind in WITH_CHARGE and hasattr(row, "charge"):
        moved = row.charge.allocations.filter(
            transaction__kind=TransactionKind.TRANSFER, transaction__reversed_by__isnull=True, payment__isnull=True
        ).first()  # fmt: skip
        if moved:
            raise Conflict(_("What was open of this charge was moved to another account by %(number)s. Take that back first.")
                           % {"number": moved.transaction.number})  # fmt: skip
        waiver = row.charge.waivers.filter(transaction__reversed_by__isnull=True).first()
        if waiver:
            raise Conflict(_("A part of this charge was waived by %(number)s. Take that back first.")
                           % {"number": waiver.transaction.number})  # fmt: skip
    if row.kind in (TransactionKind.PAYMENT, TransactionKind.WAIVER) and (rest := _moved_rest(row)):
        raise Conflict(_("The rest of a charge that this settled was moved to the account of another record by %(number)s. Take that back first, then move it whole.")
                       % {"number": rest.number})  # fmt: skip
    if row.kind == TransactionKind.PAYMENT:
        refund = row.payment.refunds.filter(transaction__reversed_by__isnull=True).first()
        if refund:
            raise Conflict(_("A part of this payment was given back by %(number)s. Take that back first.")
                           % {"number": refund.transaction.number})  # fmt: skip


def _moved_rest(row: Transaction) -> Transaction | None:
    """The posting by which a register moved the rest of a charge that this settled in part: what was settled before is told
    with the rest, and would look settled still."""
    settled = (
        Allocation.objects.filter(payment__transaction=row) if row.kind == TransactionKind.PAYMENT else row.allocations
    )
    charges = settled.filter(charge__account__subject_id__isnull=False).order_by().values("charge")
    moves = Allocation.objects.filter(
        charge__in=charges, amount__gt=0, payment__isnull=True, transaction__kind=TransactionKind.TRANSFER,
        transaction__reversed_by__isnull=True,
    )  # fmt: skip
    found = moves.select_related("transaction").first()
    return found.transaction if found else None


def _charge_follows(actor: Actor, row: Transaction, void: Transaction) -> None:
    release(void, charge=row.charge)


def _transfer_follows(actor: Actor, row: Transaction, void: Transaction) -> None:
    """What was moved is open again where it came from; what settled it on the other account is free."""
    if not hasattr(row, "charge"):
        return
    release(void, charge=row.charge)
    for moved in row.allocations.filter(payment__isnull=True).exclude(charge=row.charge):
        moved.charge.allocations.create(transaction=void, day=void.day, amount=-moved.amount)


def _payment_follows(actor: Actor, row: Transaction, void: Transaction) -> None:
    payment = row.payment
    release(void, payment=payment)
    payment.is_void = True
    payment.save(update_fields=["is_void"])
    put_back(actor, payment)
    if payment.receipt and payment.receipt.is_valid:
        withdraw_issued(actor, payment.receipt, reason=void.reason, acting=actor.position_id)


def _waiver_follows(actor: Actor, row: Transaction, void: Transaction) -> None:
    waived = row.waiver
    waived.charge.allocations.create(transaction=void, day=void.day, amount=-waived.amount)


_FOLLOWS: dict[str, Callable[[Actor, Transaction, Transaction], None]] = {
    TransactionKind.CHARGE: _charge_follows,
    TransactionKind.PAYMENT: _payment_follows,
    TransactionKind.WAIVER: _waiver_follows,
    TransactionKind.TRANSFER: _transfer_follows,
}


@operation
def refund(actor: Actor, payment: Payment, *, amount: int, paid_on: date, reason: str, document: Document | None = None,
           key: str = "") -> Refund:  # fmt: skip
    """Give back to the payer what no charge has used of a payment, from the account it was paid into.

    A second person does it. Only a payment in the currency of the payer's account is given back this way.
    """
    require(actor, policy.APPROVE, payment)
    need_second_person(actor, payment.transaction)
    if not reason.strip():
        raise Invalid(_("Say why it is given back."), {"reason": [_("Say why it is given back.")]})
    if payment.account.currency != payment.into.currency:
        raise Conflict(_("This payment was made in another currency. Void it, and enter what was kept."))
    if paid_on < payment.paid_on:
        raise Invalid(
            _("It would be given back before it was paid. Correct the date."), {"paid_on": [_("Correct it.")]}
        )

    def work() -> Refund:
        locked = held(payment.account)
        free = min(free_of(payment), free_of(payment, paid_on))
        if not 0 < amount <= free:
            raise Conflict(_("Of this payment %(free)s is not used. Give back that or less.")
                           % {"free": locked.shown(free)})  # fmt: skip
        sides = [Side(locked, amount), Side(payment.into, -amount)]
        draft = Draft(TransactionKind.REFUND, paid_on, sides, reason=reason.strip(), document=document, key=key)
        row = post(actor, locked.owner, draft)
        made = Refund.objects.create(payment=payment, amount=amount, transaction=row)
        record(actor, policy.APPROVE, payment, change="refunded", document=document, amount=amount, number=row.number,
               reason=reason.strip())  # fmt: skip
        return made

    def found(earlier: Transaction) -> Refund:
        if (earlier.refund.payment_id, earlier.refund.amount) != (payment.pk, amount):
            raise other_use()
        return earlier.refund

    return once(payment.account.owner, key, kind=TransactionKind.REFUND, found=found, work=work)
