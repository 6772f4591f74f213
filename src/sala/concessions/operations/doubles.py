"""Entries made twice: telling which one counts, and what becomes of what is owed on the other."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, require
from sala.concessions import policy
from sala.concessions.field_classes import values_of
from sala.concessions.models import Concession, Due, DueBasis, Grant, Raised
from sala.concessions.operations import changes
from sala.concessions.operations.changes import Why
from sala.concessions.operations.concessions import keep_in_step
from sala.concessions.operations.due_checks import check_charged, check_due
from sala.concessions.operations.dues import end_due, remove_due
from sala.concessions.queries.doubles import Fate, OwedOn, Standing, owed_on
from sala.concessions.queries.dues import charged, is_void
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

    Raises Conflict where it cannot be so: credit that has to be given back, the same kind owed or charged for the same days
    on both, a holder who holds nothing by the entry that counts.
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
    if concession.same_as_id is None and not _holders(concession) & _holders(other):
        raise Conflict(
            _(
                "No holder of this entry holds the other one. Correct the holder, or have the entry marked as a double first."
            )
        )
    _settle(actor, concession, other, found, Fate(owed), reason)


def _settle(actor: Actor, concession: Concession, other: Concession, found: OwedOn, fate: Fate, reason: str) -> None:
    _need_rights(actor, other, found, fate)
    if credits := [row for row in found.accounts if row.credit]:
        raise Conflict(
            _(
                "The holder has credit on it: %(accounts)s. Have it given back and entered on the account that counts first."
            )
            % {"accounts": "; ".join(f"{row.account.code} {row.account.shown(row.credit)}" for row in credits[:NAMED])}
        )
    rows = Due.objects.select_related("concession__area", "kind", "books__area", "grant__holder", "document")
    terms = list(rows.filter(pk__in=[due.pk for due in found.terms]).order_by("starts_on", "pk"))
    if fate == Fate.MOVE:
        for due in terms:
            _hand_over(actor, due, other, reason)
        _move_charges(actor, other, found.accounts, reason)
    else:
        _take_back(actor, found.accounts, reason)
        _check_nothing_paid(terms)
        for due in terms:
            _end(actor, due, reason)
    record(
        actor, policy.DUES, concession, change="owed on the double settled", to=other.pk, how=fate.value, reason=reason
    )


def _need_rights(actor: Actor, other: Concession, found: OwedOn, fate: Fate) -> None:
    """Whoever settles says what is owed on both entries and enters it in the books. Raises NotPermitted with the office to ask."""
    accounts = {row.account.owner_id: row.account for row in found.accounts}
    lacking = [row.owner for row in accounts.values() if fate == Fate.MOVE and not can(actor, ledger_policy.ENTER, row)]
    lacking += [due.books for due in found.terms if not can(actor, policy.DUES, due)]
    books = {row.owner_id: row.owner for row in accounts.values()} | {due.books_id: due.books for due in found.terms}
    lacking += [row for row in books.values() if not can(actor, policy.DUES, Due(concession=other, books=row))]
    if lacking:
        raise NotPermitted(
            _(
                "What is owed on it (%(owed)s) stands in the books of %(office)s. Ask that office to move or end it on the page of what is owed, then mark it."
            )
            % {"owed": found.in_words, "office": ", ".join(dict.fromkeys(str(office) for office in lacking))}
        )


# ---- the terms -----------------------------------------------------------------------------------------------------


def _hand_over(actor: Actor, due: Due, other: Concession, reason: str) -> None:
    """A term becomes one of the entry that counts, with the values reported for it and all that was charged by it, paid or
    not: no day of it is charged again."""
    concession, why = due.concession, Why(reason)
    _check_owed_once(due, other)
    raised = list(due.raised.select_related("grant__holder", "charge__transaction__reversed_by"))
    grants = {row.pk: _grant_there(row, due, other) for row in (due.grant, *(one.grant for one in raised)) if row}
    if len({row.pk for row in grants.values()}) < len(grants):
        raise Conflict(
            _(
                "%(term)s: what is one grant on the entry that counts are several on this one. Enter the grants alike first."
            )
            % {"term": _named(due)}
        )
    changes.taken_out(actor, concession, due, why)
    due.concession, due.grant = other, grants[due.grant_id] if due.grant_id else None
    check_due(due)
    check_charged(due)
    due.save()
    due.declared.update(concession=other)
    for one in raised:
        Raised.objects.filter(pk=one.pk).update(grant=grants[one.grant_id])
    changes.entered(actor, other, due, why)
    for row in (concession, other):
        changes.touch(row)
    record(actor, policy.DUES, other, change="due taken over", due=due.pk, of=concession.pk, reason=reason)


def _check_owed_once(due: Due, other: Concession) -> None:
    """Raises Conflict where the entry that counts owes the same kind, or was charged for it, on some of the same days."""
    same = other.dues.filter(kind=due.kind).exclude(pk=due.pk)
    if due.is_periodic:
        same = same.exclude(basis=DueBasis.ONCE)
        twice = [
            row for row in same
            if (row.ends_on is None or row.ends_on >= due.starts_on) and (due.ends_on is None or due.ends_on >= row.starts_on)
        ]  # fmt: skip
    else:
        twice = list(same.filter(basis=DueBasis.ONCE, amount=due.amount, currency=due.currency))
    if twice:
        raise Conflict(
            _(
                "%(term)s: the entry that counts owes the same already (%(there)s). Let one of the two end before the other begins, or take out the wrong one; what is charged twice a second person takes back first."
            )
            % {"term": _named(due), "there": _named(twice[0])}
        )
    known = [row for row in charged([other.pk]) if due.is_periodic and row.due.kind_id == due.kind_id]
    numbers = [
        row.charge.transaction.number
        for row in due.raised.select_related("charge__transaction__reversed_by").order_by("starts_on", "pk")
        if not is_void(row) and any(one.starts_on <= row.ends_on and row.starts_on <= one.ends_on for one in known)
    ]
    if numbers:
        raise Conflict(
            _(
                "The entry that counts was charged for the same days: %(numbers)s on this one are charged twice. Have them taken back by a second person, then move the rest."
            )
            % {"numbers": ", ".join(numbers[:NAMED])}
        )


def _named(due: Due) -> str:
    """ "rent 30 XTS, from 01/02/2020" """
    until = _("from %(first)s to %(last)s") if due.ends_on else _("from %(first)s")
    days = until % {"first": f"{due.starts_on:%d/%m/%Y}", "last": f"{due.ends_on:%d/%m/%Y}" if due.ends_on else ""}
    return f"{due.kind} {due.shown}".strip() + f", {days}"


def _grant_there(grant: Grant, due: Due, other: Concession) -> Grant:
    """The grant of the same holder for the same days on the other entry. Raises Conflict where there is not just one."""
    holder = grant.holder.same_as_id or grant.holder_id
    rows = Grant.objects.filter(concession=other, valid__overlap=grant.valid).select_related("holder")
    found = [row for row in rows if (row.holder.same_as_id or row.holder_id) == holder]
    if len(found) != 1:
        raise Conflict(
            _(
                "%(term)s: it is owed by %(holder)s, of whom the entry that counts does not have one grant for the same days. Correct the grant there first, or have the charges taken back and end what is owed."
            )
            % {"term": _named(due), "holder": grant.holder}
        )
    return found[0]


def _holders(concession: Concession) -> set[int]:
    return {same or pk for pk, same in concession.grants.values_list("holder", "holder__same_as")}


def _check_nothing_paid(terms: Sequence[Due]) -> None:
    """Ending leaves the days to the entry that counts, which charges for them: what was paid for them would be lost."""
    rows = Raised.objects.filter(due__in=terms, charge__transaction__reversed_by__isnull=True)
    paid = list(rows.order_by("starts_on", "pk").values_list("charge__transaction__number", flat=True))
    if paid:
        raise Conflict(
            _(
                "Paid or settled on this entry: %(numbers)s. Move what is owed to the entry that counts instead, so that the same days are not charged again."
            )
            % {"numbers": ", ".join(paid[:NAMED])}
        )


def _end(actor: Actor, due: Due, reason: str) -> None:
    if not due.raised.exists():
        remove_due(actor, due, reason=reason)
        return
    day = max(due.starts_on, clock.today() - ONE_DAY)
    if due.is_periodic and (due.ends_on is None or due.ends_on > day):
        end_due(actor, due, ends_on=day, reason=reason)


# ---- the books -----------------------------------------------------------------------------------------------------


def _move_charges(actor: Actor, other: Concession, accounts: Sequence[Standing], reason: str) -> None:
    for row in accounts:
        source = row.account
        who: dict[str, Any] = {"payer": source.payer} if source.payer else {}
        if source.debtor_id:
            who = {"debtor": (source.debtor_type, source.debtor_id)}
        target = ledger.open_account(
            actor, source.owner, currency=source.currency, subject=other, name=source.name, is_invented=source.is_invented, **who
        )  # fmt: skip
        for moved in ledger.move_open(actor, source, target, reason=reason, by_register=True):
            _follow_charge(moved)


def _follow_charge(moved: ledger.Moved) -> None:
    """What the register says was charged for a period is, from now on, the charge on the account of the entry that counts.

    Raises Conflict where a part of it was moved before and still stands there.
    """
    number = moved.old.transaction.number
    again = Raised.objects.filter(
        charge__basis__moved=number, charge__account__owner=moved.new.account.owner_id
    ).select_related("charge__transaction__reversed_by")
    before = list(again)
    if any(not is_void(row) for row in before):
        raise Conflict(
            _(
                "A part of %(number)s was moved before. Have that posting taken back by a second person, then move it whole."
            )
            % {"number": number}
        )
    kept = before or list(Raised.objects.filter(charge=moved.old))
    Raised.objects.filter(pk__in=[row.pk for row in kept[-1:]]).update(charge=moved.new)


def _open(accounts: Sequence[Standing]) -> list[Charge]:
    rows = with_open(Charge.objects.filter(account__in=[row.account.pk for row in accounts])).filter(open__gt=0)
    return list(rows.select_related("transaction").order_by("due_on", "pk"))


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
