"""Entering what was paid, and using what is to a payer's credit."""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import operation
from sala.journal.operations import record
from sala.ledger import policy
from sala.ledger.models import Account, AccountKind, Charge, Method, Payment, Transaction, TransactionKind
from sala.ledger.operations.accounts import standard
from sala.ledger.operations.locking import held, held_with_open
from sala.ledger.operations.posting import Draft, Side, once, other_use, post
from sala.ledger.operations.settling import settle, settling
from sala.ledger.queries.open_items import FreePayment
from sala.ledger.queries.payments import same_reference
from sala.ledger.queries.rates import in_currency


@operation
def pay(actor: Actor, account: Account, *, into: Account, amount: int, paid_on: date, method: str = Method.TRANSFER,
        bank_reference: str = "", payer_name: str = "", chosen: Sequence[Charge] = (), credited: int | None = None,
        key: str = "", is_invented: bool = False, acting: int | None = None) -> Payment:  # fmt: skip
    """Enter money that came in. It settles the charges chosen, then the oldest; the rest stays to the payer's credit.

    into      the bank account or cash box; amount is in its currency
    credited  what it counts for in the currency of the payer's account, when the two differ and the office has agreed
              on an amount; otherwise the rate of the day says it. What lies between goes to exchange differences
    Raises Conflict when a payment of this reference, amount and day is there; Invalid where no rate holds on the day.
    """
    require(actor, policy.ENTER, account, acting=acting)
    check_payment(account, into, amount)
    if method not in Method.values:
        raise Invalid(_("There is no such way to pay. Use one of: %(known)s.") % {"known": ", ".join(Method.values)})
    return once(
        account.owner, key, kind=TransactionKind.PAYMENT,
        found=lambda earlier: _same(earlier, account, into, amount, paid_on),
        work=lambda: enter(actor, account, into=into, from_account=into, amount=amount, paid_on=paid_on, method=method,
                           bank_reference=bank_reference, payer_name=payer_name, chosen=chosen, credited=credited,
                           key=key, is_invented=is_invented),
    )  # fmt: skip


def check_payment(account: Account, into: Account, amount: int) -> None:
    if not account.is_receivable or not into.holds_money:
        raise Invalid(_("A payment goes from the account of a payer to a bank account or a cash box. Choose them."))
    if account.owner_id != into.owner_id:
        raise Invalid(_("The two accounts are in the books of different organisations. Choose accounts of one."))
    if amount <= 0:
        raise Invalid(_("An amount lies above nought. Correct it."), {"amount": [_("Correct the amount.")]})


def _same(earlier: Transaction, account: Account, into: Account, amount: int, paid_on: date) -> Payment:
    made = earlier.payment
    if (made.account_id, made.into_id, made.amount, made.paid_on) != (account.pk, into.pk, amount, paid_on):
        raise other_use()
    return made


def enter(actor: Actor, account: Account, *, into: Account, from_account: Account, amount: int, paid_on: date,
          method: str, bank_reference: str, payer_name: str, chosen: Sequence[Charge], credited: int | None, key: str,
          is_invented: bool) -> Payment:  # fmt: skip
    """The payment itself, within an operation that was allowed.

    from_account  where the money stood in the books until now: `into`, when it comes in with this, or the account of
                  what is not placed yet
    """
    charges = held_with_open(account)
    worth, sides = _sides(actor, account, from_account, amount, paid_on, credited)
    reference = bank_reference.strip()
    made = Payment(
        account=account, into=into, paid_on=paid_on, amount=amount, credited=worth, payer_name=payer_name.strip(),
        method=method, bank_reference=reference, is_invented=is_invented,
    )  # fmt: skip
    # what was paid before found nothing open, or it would have been used then
    parts = settling([FreePayment(0, worth, paid_on, paid_on)], charges, chosen=chosen)
    draft = Draft(TransactionKind.PAYMENT, paid_on, sides, key=key, payment=made, settles=parts)
    try:
        with transaction.atomic() if reference else nullcontext():  # only a reference can be there already
            row = post(actor, account.owner, draft)
    except IntegrityError as error:
        if "payment_once_by_reference" not in str(error):
            raise
        raise paid_already(into, reference, amount, paid_on) from error
    record(actor, policy.ENTER, made, change="paid", account=account.pk, number=row.number, amount=amount)
    return made


def paid_already(into: Account, reference: str, amount: int, paid_on: date) -> Conflict:
    there = same_reference(into, reference, amount, paid_on)
    number = there.transaction.number if there else ""
    text = _(
        "This payment is entered already as %(number)s: same reference, amount and day. Nothing was entered again."
    )
    return Conflict(text % {"number": number})


def _sides(actor: Actor, account: Account, source: Account, amount: int, day: date,
           credited: int | None) -> tuple[int, list[Side]]:  # fmt: skip
    """(what it counts for on the payer's account, the entries). Each currency balances by itself."""
    if account.currency == source.currency:
        return amount, [Side(source, amount), Side(account, -amount)]
    at_rate = in_currency(amount, source.currency, account.currency, day)
    worth = at_rate if credited is None else credited
    if worth <= 0 or at_rate <= 0:
        raise Invalid(_("At the rate of that day this amount comes to nothing. Check the amount and the currency."))
    owner = account.owner
    sides = [
        Side(source, amount),
        Side(standard(actor, owner, AccountKind.CLEARING, source.currency), -amount),
        Side(standard(actor, owner, AccountKind.CLEARING, account.currency), at_rate),
        Side(account, -worth),
    ]
    if worth != at_rate:
        sides.append(Side(standard(actor, owner, AccountKind.DIFFERENCE, account.currency), worth - at_rate))
    return worth, sides


@operation
def use_credit(actor: Actor, account: Account) -> int:
    """Let what is to the payer's credit settle what is open. Returns how much; it happens by itself with each charge."""
    require(actor, policy.ENTER, account)
    locked = held(account)
    latest = Transaction.objects.filter(entries__account=locked).order_by("-id").first()
    settled = settle(locked, latest, earliest=clock.today()) if latest else 0
    if settled:
        record(actor, policy.ENTER, locked, change="credit used", amount=settled)
    return settled
