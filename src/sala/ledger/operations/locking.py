"""The payer's account is held while something is entered on it; accounts that everybody uses are not."""

from django.db import connection

from sala.ledger.models import Account
from sala.ledger.queries.open_items import OpenCharge


def held(account: Account) -> Account:
    """The account as it is now, held until the transaction ends. Others may still point to it."""
    rows = Account.objects.select_for_update(of=("self",), no_key=True).select_related("owner__area", "payer")
    return rows.get(pk=account.pk)


def held_with_open(account: Account) -> list[OpenCharge]:
    """The same in one statement with what is open on it, the oldest due date first.

    Of the account that was given only `closed_on` is read again: the database lets nothing else of it be altered that
    entering heeds.
    """
    with connection.cursor() as cursor:
        cursor.execute("select closed_on, charge, open, due_on, charged_on from ledger_hold(%s)", [account.pk])
        rows = cursor.fetchall()
    account.closed_on = rows[0][0]
    return [OpenCharge(*row) for _closed, *row in rows if row[0] is not None]
