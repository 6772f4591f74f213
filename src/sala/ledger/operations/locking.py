"""The payer's account is held while something is entered on it; accounts that everybody uses are not."""

from sala.ledger.models import Account


def held(account: Account) -> Account:
    """The account as it is now, held until the transaction ends. Others may still point to it."""
    rows = Account.objects.select_for_update(of=("self",), no_key=True).select_related("owner__area", "payer")
    return rows.get(pk=account.pk)
