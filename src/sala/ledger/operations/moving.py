"""Moving what is open from one account to another, because it is owed there: of an entry made twice, or of a payer who
turned out to be another one."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import operation
from sala.journal.operations import record
from sala.ledger import policy
from sala.ledger.models import Account, Allocation, Charge, TransactionKind
from sala.ledger.operations.locking import held
from sala.ledger.operations.posting import Draft, Side, post_many
from sala.ledger.operations.settling import settle
from sala.ledger.queries.open_items import open_charges


@dataclass(frozen=True)
class Moved:
    """A charge that was open, and the one that takes its place on the other account."""

    old: Charge
    new: Charge


@operation
def move_open(actor: Actor, source: Account, target: Account, *, reason: str, by_register: bool = False) -> list[Moved]:
    """Move what is open of every charge of one account to another one of the same books and currency.

    by_register  the register that the accounts belong to moves it, and lets its own rows follow to the new charges;
                 without it an account about a record is refused: its charges would look settled there

    Each gets a posting of its own: what was open leaves the one account and is owed, until the same day and for the same
    time, on the other, where credit of the payer settles it. A second person can take such a posting back (`reverse`).
    """
    for account in (source, target):
        require(actor, policy.ENTER, account)
    if not (source.is_receivable and target.is_receivable) or source.pk == target.pk:
        raise Invalid(_("Choose another account of a payer."), {"target": [_("Choose another account of a payer.")]})
    if (source.owner_id, source.currency) != (target.owner_id, target.currency):
        words = _("It stands in other books or in another currency. Choose an account of the same.")
        raise Invalid(words, {"target": [words]})
    if about := next((account for account in (source, target) if account.subject_id and not by_register), None):
        raise Conflict(
            _(
                "Account %(account)s is about a record, whose page tells what is paid for it. Nothing is moved from or to it here: settle it on the page of the record, or have the charge taken back by a second person and enter it where it is owed."
            )
            % {"account": about.code}
        )
    if not reason.strip():
        raise Invalid(_("Say why it is owed there."), {"reason": [_("Say why it is owed there.")]})
    locked = {pk: held(Account(pk=pk)) for pk in sorted((source.pk, target.pk))}
    source, target = locked[source.pk], locked[target.pk]
    found = open_charges(source)
    if not found:
        raise Conflict(_("Nothing is open on this account."))
    olds = Charge.objects.select_related("kind", "transaction").in_bulk([one.pk for one in found])
    rows = post_many(actor, source.owner, [
        Draft(TransactionKind.TRANSFER, clock.today(), [Side(source, -one.open), Side(target, one.open)], reason=reason.strip())
        for one in found
    ])  # fmt: skip
    news = Charge.objects.bulk_create(
        Charge(
            account=target, kind=olds[one.pk].kind, amount=one.open, due_on=one.due_on, transaction=row,
            period_from=olds[one.pk].period_from, period_until=olds[one.pk].period_until, note=olds[one.pk].note,
            basis=_basis(olds[one.pk], one.open), is_invented=olds[one.pk].is_invented,
        )
        for one, row in zip(found, rows, strict=True)
    )  # fmt: skip
    Allocation.objects.bulk_create(
        Allocation(charge_id=one.pk, transaction=row, day=row.day, amount=one.open)
        for one, row in zip(found, rows, strict=True)
    )
    settle(target, rows[-1])
    numbers = [row.number for row in rows]
    record(actor, policy.ENTER, source, change="moved away", to=target.pk, numbers=numbers, reason=reason.strip())
    record(actor, policy.ENTER, target, change="moved here", of=source.pk, numbers=numbers, reason=reason.strip())
    return [Moved(olds[one.pk], new) for one, new in zip(found, news, strict=True)]


def _basis(old: Charge, left: int) -> dict[str, Any]:
    """How the moved amount came about: as the old one, with what of that was settled before it was moved."""
    settled = int(old.basis.get("settled", 0)) + old.amount - left
    return old.basis | {"moved": old.transaction.number} | ({"settled": str(settled)} if settled else {})
