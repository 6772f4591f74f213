"""What is open of charges, and what is free of payments: now, or at the end of a day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from sala.ledger.calculations import Band
from sala.ledger.calculations.ageing import LAST_DAY
from sala.ledger.models import Account, Allocation, Charge, Payment, Refund


@dataclass(frozen=True)
class OpenCharge:
    pk: int
    open: int
    due_on: date
    charged_on: date


@dataclass(frozen=True)
class FreePayment:
    """free_since  the day from which that part was free: when it was paid, or what it had settled was taken back"""

    payment_id: int
    free: int
    paid_on: date
    free_since: date


def with_open(charges: QuerySet[Charge], on: date | None = None) -> Any:
    """Charges that stood at the end of a day (or stand now), with `open`: what was not settled of them."""
    settled = Allocation.objects.filter(charge=OuterRef("pk"))
    standing = Q(transaction__reversed_by__isnull=True)
    if on:
        settled = settled.filter(day__lte=on)
        standing |= Q(transaction__reversed_by__day__gt=on)
        charges = charges.filter(transaction__day__lte=on)
    total = settled.order_by().values("charge").annotate(sum=Sum("amount")).values("sum")
    return charges.filter(standing).annotate(open=F("amount") - Coalesce(Subquery(total), 0))


def in_bands(charges: QuerySet[Charge], on: date) -> Any:
    """Charges with `band`: how late each is on a day."""
    bands = [When(due_on__gte=on - timedelta(days=last), then=Value(band.value)) for band, last in LAST_DAY.items()]
    return charges.annotate(band=Case(*bands, default=Value(Band.OLDER.value), output_field=CharField()))


def with_free(payments: QuerySet[Payment], on: date | None = None) -> Any:
    """Payments that stood at the end of a day (or stand now), with `free`: what no charge used and nobody got back."""
    used = Allocation.objects.filter(payment=OuterRef("pk"))
    given = Refund.objects.filter(payment=OuterRef("pk"))
    standing = Q(transaction__reversed_by__isnull=True)
    if on:
        used = used.filter(day__lte=on)
        given = given.filter(transaction__day__lte=on).filter(
            Q(transaction__reversed_by__isnull=True) | Q(transaction__reversed_by__day__gt=on)
        )
        standing |= Q(transaction__reversed_by__day__gt=on)
        payments = payments.filter(transaction__day__lte=on)
    else:
        given = given.filter(transaction__reversed_by__isnull=True)
    in_use = used.order_by().values("payment").annotate(sum=Sum("amount")).values("sum")
    back = given.order_by().values("payment").annotate(sum=Sum("amount")).values("sum")
    free = F("credited") - Coalesce(Subquery(in_use), 0) - Coalesce(Subquery(back), 0)
    return payments.filter(standing).annotate(free=free)


def open_charges(account: Account) -> list[OpenCharge]:
    """What is open now on an account, the oldest due date first."""
    rows = with_open(Charge.objects.filter(account=account)).filter(open__gt=0).order_by("due_on", "id")
    return [OpenCharge(*row) for row in rows.values_list("pk", "open", "due_on", "transaction__day")]


def free_payments(account: Account) -> list[FreePayment]:
    """What is to the payer's credit now, the oldest payment first."""
    released = Allocation.objects.filter(payment=OuterRef("pk"), amount__lt=0).order_by("-day").values("day")[:1]
    rows = with_free(Payment.objects.filter(account=account)).filter(free__gt=0).annotate(
        since=Case(When(paid_on__lt=Subquery(released), then=Subquery(released)), default=F("paid_on"), output_field=DateField())
    )  # fmt: skip
    found = rows.order_by("paid_on", "id").values_list("pk", "free", "paid_on", "since")
    return [FreePayment(*row) for row in found]


def free_of(payment: Payment, on: date | None = None) -> int:
    """What is free of one payment; nought when it was voided."""
    row = with_free(Payment.objects.filter(pk=payment.pk), on).values_list("free", flat=True).first()
    return int(row or 0)


def credit(account: Account, on: date | None = None) -> int:
    """What is to the payer's credit in all."""
    rows = with_free(Payment.objects.filter(account=account), on)
    return int(rows.aggregate(sum=Coalesce(Sum("free"), Value(0), output_field=BigIntegerField()))["sum"])
