"""Accounts of payers."""

from django.utils.translation import gettext as _

from config.search_entries.wording import also, in_each_language
from sala.access.scope import Tier
from sala.ledger.models import Account
from sala.search.entries import Entry

ACCOUNT_READS = ("owner__area", "payer")


def account(instance: Account) -> Entry | None:
    """An account of a payer is found by its number, its name and its payer; never by what stands in it."""
    if not instance.is_receivable or instance.closed_on:
        return None
    payer = instance.payer
    return Entry(
        title=instance.name,
        body=also([instance.code, *(payer.name.values() if payer else ()), payer.code if payer else ""]),
        url=instance.get_absolute_url(),
        kind="account",
        kind_name=in_each_language(lambda: _("account")),
        codes=[instance.code],
        owner_id=instance.owner_id,
        owner=dict(instance.owner.name),
        areas=instance.owner.area.within(),
        place=dict(instance.owner.area.name),
        tier=Tier.OWN,
    )
