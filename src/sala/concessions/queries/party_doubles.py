"""Parties that may be one entered twice, for those who may decide about both, and what would move with a merge."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.scope import permitted
from sala.concessions import policy
from sala.concessions.calculations.alike import LETTER, NAME, REGISTRATION, Alike, alike
from sala.concessions.models import Grant, PartiesApart, Party
from sala.ledger.models import Account

WHY = {
    REGISTRATION: _("the same registration number"),
    NAME: _("the same name"),
    LETTER: _("names that differ in a letter or two"),
}


@dataclass
class Likely:
    """Two parties that may be one. grants: how many each holds."""

    one: Party
    other: Party
    why: Any
    grants: tuple[int, int] = (0, 0)

    @property
    def sides(self) -> list[tuple[Party, Party, int]]:
        """(party, the other one, how many grants it holds), for each of the two."""
        return [(self.one, self.other, self.grants[0]), (self.other, self.one, self.grants[1])]


def likely(actor: Actor) -> list[Alike]:
    """Pairs of parties that the actor may merge, the surest first; those told apart are left out. Two statements."""
    rows = permitted(actor, policy.PARTY, Party).filter(same_as__isnull=True).order_by()
    told = list(rows.values_list("pk", "keys", "country", "registration"))
    apart = set(PartiesApart.objects.values_list("one", "other"))
    keys = {pk: names for pk, names, _country, _number in told}
    found = alike(keys, {pk: (country, number) for pk, _names, country, number in told if number})
    return [pair for pair in found if (pair.one, pair.other) not in apart]


def shown(pairs: Sequence[Alike]) -> list[Likely]:
    """The pairs of one page with their parties."""
    ids = {pk for pair in pairs for pk in (pair.one, pair.other)}
    parties = Party.objects.select_related("keeper", "area", "organisation").prefetch_related("names").in_bulk(ids)
    counts: dict[int, int] = dict.fromkeys(ids, 0)
    for pk in Grant.objects.filter(holder__in=ids).order_by().values_list("holder", flat=True):
        counts[pk] += 1
    return [
        Likely(parties[pair.one], parties[pair.other], WHY[pair.why], (counts[pair.one], counts[pair.other]))
        for pair in pairs
    ]


@dataclass(frozen=True)
class Moving:
    """How much goes over when a party is merged into another: grants, shares in others and in it, names, and accounts of
    what it owes, which stay as they are and count for the one that stays."""

    grants: int
    held: int
    holders: int
    names: int
    accounts: int


def moving(lost: Party) -> Moving:
    return Moving(
        lost.grants.count(),
        lost.holdings.count(),
        lost.holders.count(),
        1 + lost.names.count(),
        accounts_of(lost).count(),
    )


def accounts_of(party: Party) -> QuerySet[Account]:
    """Accounts in which it owes as a party, being no organisation here."""
    return Account.objects.filter(debtor_type="party", debtor_id=party.pk)
