"""What receipts and statement letters say."""

from datetime import date
from typing import Any

from sala.core import subjects
from sala.ledger.calculations import BANDS
from sala.ledger.models import Account, AccountKind, Charge, Payment
from sala.ledger.queries.accounts import balance
from sala.ledger.queries.listing import ages
from sala.ledger.queries.open_items import credit, free_of, with_open
from sala.ledger.wording import BAND_NAMES

LATEST = 12  # payments told in a letter


def receipt_content(payment: Payment) -> dict[str, Any]:
    rows = payment.allocations.select_related("charge__kind", "charge__transaction").order_by("charge__due_on", "id")
    return {"payment": payment, "account": payment.account, "settled": list(rows), "free": free_of(payment)}


def subject_of(account: Account) -> Any:
    """The row that a claim is about; None where there is none. On the payer's own paper it is named to the payer."""
    if not account.subject_id or not subjects.knows(account.subject_type):
        return None
    return subjects.by_noun(account.subject_type).find(account.subject_id)


def statement_content(account: Account, on: date) -> dict[str, Any]:
    open_ones = with_open(Charge.objects.filter(account=account), on).filter(open__gt=0)
    found = ages([account.pk], on).get(account.pk, {})
    charges = list(open_ones.select_related("kind", "transaction").order_by("due_on", "id"))
    payments = Payment.objects.filter(account=account, is_void=False, paid_on__lte=on).select_related(
        "transaction", "into"
    )
    banks = Account.objects.filter(
        owner=account.owner, kind=AccountKind.BANK, currency=account.currency, closed_on__isnull=True
    )
    return {
        "account": account,
        "about": subject_of(account),
        "addressee": account.payer.name if account.payer else account.name,
        "on": on,
        "balance": balance(account, on),
        "credit": credit(account, on),
        "charges": charges,
        "late": sum(row.open for row in charges if row.due_on < on),
        "ages": [(BAND_NAMES[band], found.get(band, 0)) for band in BANDS],
        "payments": list(payments.order_by("-paid_on", "-id")[:LATEST]),
        "banks": list(banks.order_by("code")),
    }
