"""What waits of the ledger for a post: money to place, debts that became late, what a payer owes soon."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core import clock
from sala.core.desk import DeskRow, Group
from sala.ledger import policy
from sala.ledger.models import Account, AccountKind, Charge, LineState, StatementLine
from sala.ledger.queries.open_items import with_open

SOON = timedelta(days=30)


def desk_rows(actor: Actor) -> list[DeskRow]:
    if not actor.holdings:
        return []
    rows: list[DeskRow] = []
    if actor.has_anywhere(policy.IMPORT):
        rows += _to_place(actor)
    if actor.has_anywhere(policy.ENTER):
        rows += _late(actor)
    return [*rows, *_owed_by(actor)]


def _to_place(actor: Actor) -> list[DeskRow]:
    """One row for each bank account with lines that wait."""
    lines = visible(actor, StatementLine).filter(state=LineState.WAITING, bank__owner__in=_own(actor))
    found = lines.order_by().values("bank").annotate(count=Count("pk"), first=Min("day"))
    banks = {bank.pk: bank for bank in Account.objects.filter(pk__in=[one["bank"] for one in found])}
    return [
        DeskRow(
            group=Group.WORK,
            title=banks[one["bank"]].name,
            url=reverse("ledger:suspense"),
            note=_("Lines of the bank to place: %(count)d") % {"count": one["count"]},
        )
        for one in found
    ]


def _late(actor: Actor) -> list[DeskRow]:
    """One row for all accounts on which something became late within a month, so that somebody looks at them."""
    today = clock.today()
    charges = Charge.objects.filter(account__owner__in=_own(actor), due_on__lt=today, due_on__gte=today - SOON)
    count = with_open(charges).filter(open__gt=0).values("account").distinct().count()
    if not count:
        return []
    return [
        DeskRow(
            group=Group.HINT,
            title=_("Debts that became late"),
            url=reverse("ledger:accounts") + "?state=overdue",
            note=_("Accounts late since less than a month: %(count)d") % {"count": count},
        )
    ]


def _owed_by(actor: Actor) -> list[DeskRow]:
    """What the reader's own organisations owe, each account by its oldest due date."""
    charges = Charge.objects.filter(account__payer__in=_own(actor), due_on__lte=clock.today() + SOON)
    found = with_open(charges).filter(open__gt=0).order_by().values_list("account", "due_on")
    oldest: dict[int, Any] = {}
    for pk, due_on in found:
        oldest[pk] = min(oldest.get(pk, due_on), due_on)
    accounts = Account.objects.filter(pk__in=oldest, kind=AccountKind.RECEIVABLE).select_related("owner")
    return [
        DeskRow(
            group=Group.WORK,
            title=account.name,
            url=account.get_absolute_url(),
            who=account.owner.name,
            due=oldest[account.pk],
            note=_("To pay"),
        )
        for account in accounts
    ]


def _own(actor: Actor) -> list[int]:
    return [holding.organisation_id for holding in actor.holdings]
