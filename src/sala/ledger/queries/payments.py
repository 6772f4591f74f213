"""Payments that are, or may be, the same as another one."""

from datetime import date, timedelta

from django.db.models import QuerySet

from sala.ledger.models import Account, Payment

NEAR = timedelta(days=7)


def same_reference(into: Account, reference: str, amount: int, paid_on: date) -> Payment | None:
    """The payment that stands by this reference, amount and day."""
    if not reference:
        return None
    rows = Payment.objects.filter(into=into, bank_reference=reference, amount=amount, paid_on=paid_on, is_void=False)
    return rows.select_related("transaction", "account").first()


def alike(account: Account, amount: int, paid_on: date) -> QuerySet[Payment]:
    """Payments on the same account of the same amount within a week: perhaps the same money entered before."""
    rows = Payment.objects.filter(account=account, amount=amount, is_void=False)
    rows = rows.filter(paid_on__gte=paid_on - NEAR, paid_on__lte=paid_on + NEAR)
    return rows.select_related("transaction", "into")
