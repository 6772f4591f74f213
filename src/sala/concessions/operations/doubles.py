"""Entries made twice: telling which one counts, and what becomes of what is owed on the other."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, require
from sala.concessions import policy
from sala.concessions.field_classes import values_of
from sala.concessions.models import Concession, Due, Grant, Raised
from sala.concessions.operations import changes
from sala.concessions.operations.changes import Why
from sala.concessions.operations.concessions import keep_in_step
from sala.concessions.operations.due_checks import check_charged, check_due
from sala.concessions.operations.dues import end_due, enter_due, remove_due
from sala.concessions.queries.doubles import Fate, OwedOn, Standing, owed_on
from sala.concessions.queries.dues import charged
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.ledger import operations as ledger
from sala.ledger import policy as ledger_policy
from sala.ledger.models import Charge
from sala.ledger.queries.open_items import with_open

ONE_DAY = timedelta(days=1)
NAMED = 5  # examples named in a refusal


@operation
def mark_double(actor: Actor, concession: Concession, *, same_as: Concession, reason: str, owed: str = "") -> None:
    """Tell that an entry is another one entered twice: it leaves every list and total, and its address leads there.

    owed  what becomes of what is owed on it (Fate). Where something is, Invalid says what, until one is chosen; the office
          of the books has to allow it.
    """
    concession, other = lock(concession), lock(same_as)
    require(actor, policy.CONFIRM, concession)
    require(actor, policy.CONFIRM, other)
    if other.same_as_id or concession.same_as_id or concession.pk == other.pk:
        raise Conflict(_("One of these is marked as a double already. Open it to see which entry counts."))
    if found := owed_on(concession):
        if owed not in list(Fate):
            words = _("On this entry is owed: %(owed)s. Say what becomes of it.") % {"owed": found.in_words}
            raise Invalid(words, {"owed": [words]})
        _settle(actor, concession, other, found, Fate(owed), reason)
        concession.refresh_from_db()
    before = values_of(concession)
    concession.same_as = other
    keep_in_step(concession)
    concession.save(update_fields=["same_as", "is_public"])
    changes.changed(actor, concession, concession, before, Why(reason))
    changes.touch(concession)
    record(actor, policy.CONFIRM, concession, change="double marked", reason=reason, same_as=other.pk)


@operation
def settle_double(actor: Actor, concession: Concession, *, same_as: Concession, owed: str, reason: str) -> None:
    """Let the office of the books move or end what is owed on an entry that is another one, before or after it is marked.

    Raises Conflict where it cannot be so: credit that has to be given back, the same days charged on both.
    """
    concession, other = lock(concession), lock(same_as)
    if concession.pk == other.pk or other.same_as_id or concession.same_as_id not in (None, other.pk):
        raise Conflict(_("One of these is marked as a double already. Open it to see which entry counts."))
    if not reason.strip():
        raise Invalid(_("Say why, so that the next reader understands."), {"reason": [_("Say why.")]})
    if owed not in list(Fate):
        words = _("Say what becomes of it.")
        raise Invalid(words, {"owed": [words]})
    found = owed_on(concession)
    if not found:
        raise Conflict(_("Nothing is owed on this entry."))
    _settle(actor, concession, other, found, Fate(owed), reason)


def _settle(actor: Actor, concession: Concession, other: Concession, found: OwedOn, fate: Fate, reason: str) -> None:
    _need_rights(actor, concession, other, found, fate)
    if credits := [row for row in found.accounts if row.credit]:
        raise Conflict(
            _(
                "The holder has credit on it: %(accounts)s. Have it given back and entered on the account that counts first."
            )
            % {"accounts": "; ".join(f"{row.account.code} {row.account.shown(row.credit)}" for row in credits[:NAMED])}
        )
    if fate == Fate.MOVE:
        _move_charges(actor, concession, other, found.accounts, reason)
    else:
        _take_back(actor, found.accounts, reason)
    for due in found.terms:
        _follow_term(
            actor,
            Due.objects.select_related("concession__area", "kind", "books__area").get(pk=due.pk),
            other,
            fate,
            reason,
        )
    record(
        actor, policy.DUES, concession, change="owed on the double settled", to=other.pk, how=fate.value, reason=reason
    )


def _need_rights(actor: Actor, concession: Concession, other: Concession, found: OwedOn, fate: Fate) -> None:
    """Raises NotPermitted with the office to ask."""
    books = {row.account.owner_id: row.account for row in found.accounts} if fate == Fate.MOVE else {}
    lacking = [row.owner for row in books.values() if not can(actor, ledger_policy.ENTER, row)]
    lacking += [due.books for due in found.terms if not can(actor, policy.DUES, due)]
    if lacking:
        raise NotPermitted(
            _(
                "What is owed on it (%(owed)s) stands in the books of %(office)s. Ask that office to move or end it on the page of what is owed, then mark it."
            )
            % {"owed": found.in_words, "office": ", ".join(dict.fromkeys(str(office) for office in lacking))}
        )


def _follow_term(actor: Actor, due: Due, other: Concession, fate: Fate, reason: str) -> None:
    """A term goes on with the entry that counts where that has none of its kind; with the double it ends."""
    standing = [row for row in charged([due.concession_id]) if row.due_id == due.pk]
    last = max((row.ends_on for row in standing), default=None)
    goes_on = fate == Fate.MOVE and not other.dues.filter(kind=due.kind, books=due.books).exists()
    if not due.raised.exists():
        if goes_on:
            _hand_over(actor, due, other, reason)
        else:
            remove_due(actor, due, reason=reason)
        return
    if goes_on:
        fields = {
            name: getattr(due, name)
            for name in ("area_basis", "hectares", "rate", "amount", "months", "days", "ends_on", "note")
        }
        enter_due(
            actor, other, kind=due.kind, basis=due.basis, currency=due.currency, books=due.books, reason=reason,
            starts_on=last + ONE_DAY if last else due.starts_on, **fields,
        )  # fmt: skip
    day = max(day for day in (due.starts_on, last, clock.today() - ONE_DAY) if day is not None)
    if due.is_periodic and (due.ends_on is None or due.ends_on > day):
        end_due(actor, due, ends_on=day, reason=reason)


def _hand_over(actor: Actor, due: Due, other: Concession, reason: str) -> None:
    """A term by which nothing was charged yet becomes one of the other entry, with the values reported for it."""
    concession, why = due.concession, Why(reason)
    changes.taken_out(actor, concession, due, why)
    due.concession, due.grant = other, None
    check_due(due)
    check_charged(due)
    due.save()
    due.declared.update(concession=other)
    changes.entered(actor, other, due, why)
    for row in (concession, other):
        changes.touch(row)
    record(actor, policy.DUES, other, change="due taken over", due=due.pk, of=concession.pk, reason=reason)


# ---- the books -----------------------------------------------------------------------------------------------------


def _move_charges(
    actor: Actor, concession: Concession, other: Concession, accounts: Sequence[Standing], reason: str
) -> None:
    _check_charged_once(other, accounts)
    for row in accounts:
        source = row.account
        who: dict[str, Any] = {"payer": source.payer} if source.payer else {}
        if source.debtor_id:
            who = {"debtor": (source.debtor_type, source.debtor_id)}
        target = ledger.open_account(
            actor, source.owner, currency=source.currency, subject=other, name=source.name, is_invented=source.is_invented, **who
        )  # fmt: skip
        for moved in ledger.move_open(actor, source, target, reason=reason):
            _tell_period(other, moved.old, moved.new)


def _check_charged_once(other: Concession, accounts: Sequence[Standing]) -> None:
    """Raises Conflict where the entry that counts was charged for some of the same days already."""
    known = charged([other.pk])
    twice = []
    for row in _open(accounts):
        old = Raised.objects.filter(charge=row).select_related("due").first()
        if old and any(
            each.due.kind_id == old.due.kind_id and each.starts_on <= old.ends_on and old.starts_on <= each.ends_on
            for each in known
        ):
            twice.append(row.transaction.number)
    if twice:
        raise Conflict(
            _(
                "The entry that counts was charged for the same days: %(numbers)s on this one are charged twice. Have them taken back by a second person, then move the rest."
            )
            % {"numbers": ", ".join(twice[:NAMED])}
        )


def _open(accounts: Sequence[Standing]) -> list[Charge]:
    rows = with_open(Charge.objects.filter(account__in=[row.account.pk for row in accounts])).filter(open__gt=0)
    return list(rows.select_related("transaction").order_by("due_on", "pk"))


def _tell_period(other: Concession, old: Charge, new: Charge) -> None:
    """The period counts as charged on the entry that counts, where that has the same term and holder: it is not charged again."""
    row = Raised.objects.filter(charge=old).select_related("due", "grant__holder").first()
    if row is None:
        return
    due = (
        other.dues.filter(kind=row.due.kind, books=row.due.books, starts_on__lte=row.ends_on)
        .order_by("starts_on")
        .last()
    )
    holder = row.grant.holder.same_as_id or row.grant.holder_id
    grant = Grant.objects.filter(concession=other, holder=holder).order_by("starts_on").last()
    if due is not None and grant is not None:
        Raised.objects.create(due=due, grant=grant, starts_on=row.starts_on, ends_on=row.ends_on, charge=new)


def _take_back(actor: Actor, accounts: Sequence[Standing], reason: str) -> None:
    """Take back each open charge that nobody paid in part. Raises Conflict for one that somebody did, or where the books
    want a second person to do it."""
    rows = _open(accounts)
    if part := [row for row in rows if int(row.open) != row.amount]:  # type: ignore[attr-defined]
        raise Conflict(
            _("Paid in part: %(numbers)s. Move what is open instead, or have the rest waived by a decision.")
            % {"numbers": ", ".join(row.transaction.number for row in part[:NAMED])}
        )
    if mine := [row for row in rows if not can(actor, ledger_policy.APPROVE, row)]:
        raise Conflict(
            _(
                "A second person takes back charges: ask the head of the office to take back %(numbers)s, then end the rest."
            )
            % {"numbers": ", ".join(row.transaction.number for row in mine[:NAMED])}
        )
    for row in rows:
        ledger.reverse(actor, row.transaction, reason=reason)
