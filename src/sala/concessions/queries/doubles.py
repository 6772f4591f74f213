"""What is owed on an entry that is another one entered twice: terms of payment, and what is open or to credit on accounts."""

from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.concessions.models import Concession, Due, Raised
from sala.concessions.queries.dues import dues_of
from sala.core import clock
from sala.ledger.models import Account, AccountKind, Charge
from sala.ledger.queries.open_items import credit, with_open

NOUN = "concession"


class Fate(StrEnum):
    """What becomes of what is owed on the double."""

    MOVE = "move"
    END = "end"


FATES = {
    Fate.MOVE: gettext_lazy("Move it to the entry that counts, by a posting"),
    Fate.END: gettext_lazy("End it: the terms stop, and charges that nobody paid are taken back"),
}


@dataclass(frozen=True)
class Standing:
    """An account of the double. open, credit: in the smallest unit of its currency."""

    account: Account
    open: int
    credit: int


@dataclass
class OwedOn:
    """terms: those that still run, were never charged, or by which something stands charged, be it paid: those days have to
    follow        accounts: those on which something is open or to credit"""

    terms: list[Due] = field(default_factory=list)
    accounts: list[Standing] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.terms or self.accounts)

    @property
    def in_words(self) -> str:
        """ "rent, royalty; 3,000.00 XTS open" """
        parts = [", ".join(dict.fromkeys(str(due.kind) for due in self.terms))]
        for row in self.accounts:
            if row.open:
                parts.append(_("%(amount)s open (%(account)s)") % {"amount": row.account.shown(row.open), "account": row.account.code})  # fmt: skip
            if row.credit:
                parts.append(_("%(amount)s to the holder's credit (%(account)s)") % {"amount": row.account.shown(row.credit), "account": row.account.code})  # fmt: skip
        return "; ".join(part for part in parts if part)


def owed_on(concession: Concession) -> OwedOn:
    """Read for the office that marks a double; who may know of money is asked before."""
    raised_by = set(
        Raised.objects.filter(due__concession=concession, charge__transaction__reversed_by__isnull=True)
        .order_by()
        .values_list("due", flat=True)
    )
    found = OwedOn([due for due in dues_of([concession.pk]) if due.pk in raised_by or _goes_on(due)])
    accounts = Account.objects.filter(kind=AccountKind.RECEIVABLE, subject_type=NOUN, subject_id=concession.pk)
    for account in accounts.select_related("owner", "payer").order_by("code"):
        left = sum(int(row.open) for row in with_open(Charge.objects.filter(account=account)).filter(open__gt=0))
        standing = Standing(account, left, credit(account))
        if standing.open or standing.credit:
            found.accounts.append(standing)
    return found


def _goes_on(due: Due) -> bool:
    """Whether something may be charged by a term by which nothing stands charged."""
    if not due.is_periodic:
        return not due.raised.exists()
    return due.ends_on is None or due.ends_on >= clock.today()
