"""Balances: always the sum of the entries."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Sum

from sala.ledger.models import Account, Entry


def balance(account: Account, on: date | None = None) -> int:
    """What an account holds at the end of a day; of all its entries when none is given."""
    return balances([account.pk], on).get(account.pk, 0)


def balances(accounts: Iterable[int], on: date | None = None) -> dict[int, int]:
    """Account → balance at the end of a day, in one statement; accounts without entries are not in it."""
    rows = Entry.objects.filter(account__in=list(accounts))
    if on:
        rows = rows.filter(day__lte=on)
    return {pk: int(sum_) for pk, sum_ in rows.order_by().values_list("account").annotate(sum=Sum("amount"))}
