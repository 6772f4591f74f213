"""Letting payments settle charges. Called with the payer's account locked, so that two never use the same money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sala.ledger.calculations import Claim, allocated
from sala.ledger.models import Account, Allocation, Charge, Payment, Transaction
from sala.ledger.queries.open_items import FreePayment, OpenCharge, free_payments, open_charges


@dataclass(frozen=True)
class Part:
    """What a charge gets of a payment, and the day from which that counts."""

    charge_id: int
    payment_id: int
    day: date
    amount: int


def settle(account: Account, row: Transaction, *, earliest: date | None = None) -> int:
    """Use every free part of the account's payments for what is open on it. Returns how much was settled.

    earliest  no allocation counts from before this day: where something was taken back, the past stays as it was
    """
    payments = free_payments(account)
    parts = settling(payments, open_charges(account), earliest=earliest) if payments else []
    Allocation.objects.bulk_create(
        [
            Allocation(
                charge_id=one.charge_id, payment_id=one.payment_id, transaction=row, day=one.day, amount=one.amount
            )
            for one in parts
        ]
    )
    return sum(one.amount for one in parts)


def settling(payments: Sequence[FreePayment], charges: Sequence[OpenCharge], *, chosen: Sequence[Charge] = (),
             earliest: date | None = None) -> list[Part]:  # fmt: skip
    """Which part of which payment settles which charge.

    chosen    charges that come first, in that order; then the oldest due date
    The oldest payment is used first. A part counts from the day on which both payment and charge were there.
    """
    known = {found.pk: found for found in charges}
    left = {pk: found.open for pk, found in known.items()}
    first = [charge.pk for charge in chosen]
    parts = []
    for payment in payments:
        claims = [Claim(pk, left[pk], known[pk].due_on) for pk in known if left[pk] > 0]
        given, _rest = allocated(payment.free, claims, first)
        for pk, amount in given.items():
            left[pk] -= amount
            day = max(payment.free_since, known[pk].charged_on, earliest or payment.free_since)
            parts.append(Part(pk, payment.payment_id, day, amount))
    return parts


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
