"""Letting payments settle charges. Called with the payer's account locked, so that two never use the same money."""

from collections.abc import Sequence
from datetime import date

from sala.ledger.calculations import Claim, allocated
from sala.ledger.models import Account, Allocation, Charge, Payment, Transaction
from sala.ledger.queries.open_items import FreePayment, free_payments, open_charges


def settle(account: Account, row: Transaction, *, chosen: Sequence[Charge] = (), earliest: date | None = None,
           fresh: Payment | None = None) -> int:  # fmt: skip
    """Use every free part of the account's payments for what is open on it. Returns how much was settled.

    chosen    charges that come first, in that order; then the oldest due date
    fresh     the payment entered just now: what was paid before found nothing open, or it would have been used then
    earliest  no allocation counts from before this day: where something was taken back, the past stays as it was
    The oldest payment is used first. An allocation counts from the day on which both payment and charge were there.
    """
    payments = (
        [FreePayment(fresh.pk, fresh.credited, fresh.paid_on, fresh.paid_on)] if fresh else free_payments(account)
    )
    if not payments:
        return 0
    charges = {found.pk: found for found in open_charges(account)}
    left = {pk: found.open for pk, found in charges.items()}
    first = [charge.pk for charge in chosen]
    made = []
    for payment in payments:
        claims = [Claim(pk, left[pk], charges[pk].due_on) for pk in charges if left[pk] > 0]
        given, _rest = allocated(payment.free, claims, first)
        for pk, part in given.items():
            left[pk] -= part
            day = max(payment.free_since, charges[pk].charged_on, earliest or payment.free_since)
            made.append(_allocation(pk, payment.payment_id, row, day, part))
    Allocation.objects.bulk_create(made)
    return sum(one.amount for one in made)


def _allocation(charge_id: int, payment_id: int, row: Transaction, day: date, amount: int) -> Allocation:
    return Allocation(charge_id=charge_id, payment_id=payment_id, transaction=row, day=day, amount=amount)


def release(row: Transaction, *, charge: Charge | None = None, payment: Payment | None = None) -> None:
    """Take back what still stands of the allocations of a charge or of a payment, as from the day of `row`."""
    rows = Allocation.objects.filter(charge=charge) if charge else Allocation.objects.filter(payment=payment)
    standing: dict[tuple[int, int | None], int] = {}
    for charge_id, payment_id, amount in rows.values_list("charge_id", "payment_id", "amount"):
        key = (charge_id, payment_id)
        standing[key] = standing.get(key, 0) + amount
    Allocation.objects.bulk_create(
        [
            Allocation(charge_id=charge_id, payment_id=payment_id, transaction=row, day=row.day, amount=-amount)
            for (charge_id, payment_id), amount in standing.items()
            if amount
        ]
    )
