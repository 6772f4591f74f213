"""Charging what is owed: each period once, in the books of the office, as soon as it has begun."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, require
from sala.concessions import policy
from sala.concessions.calculations.dues import Owed, Slice, counted_from, figure, formula
from sala.concessions.models import Concession, Due, DueBasis, Grant, Raised
from sala.concessions.queries.due_periods import in_words
from sala.concessions.queries.dues import Loaded, amount_of, charged, dues_of, is_void, loaded, payable_on
from sala.core import clock, money
from sala.core.errors import Conflict, SalaError
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.ledger import operations as ledger
from sala.ledger import policy as ledger_policy
from sala.ledger.calculations import RateGap, RateOverlap
from sala.ledger.models import Account, Charge
from sala.people.models import Organisation


@dataclass
class Outcome:
    """charges: how many were entered; refused: (reference, why) of concessions of which nothing could be charged."""

    concessions: int = 0
    charges: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _New:
    """A charge that is still missing."""

    one: Loaded
    owed: Owed
    slice: Slice
    attempt: int


def may_charge(actor: Actor, due: Due) -> bool:
    """Whether the actor says what is owed in the books that this term belongs to, and enters charges there."""
    return can(actor, policy.DUES, due) and can(actor, ledger_policy.ENTER, Account(owner=due.books))


@operation
def raise_charges(actor: Actor, concession: Concession, *, until: date | None = None, again: bool = False,
                  dated: bool = False) -> list[Raised]:  # fmt: skip
    """Enter what is missing of the charges for periods that have begun by a day (today), in one's own books.

    again  also periods of which a charge was taken back; without it they stay as they are
    dated  each charge counts from the first day of its period, not from today
    A period of which some charge stands is left alone, whatever is owed for it now. One whose days are charged in part,
    by another term or since the days of its own were others, waits until somebody has looked at it. Raises Conflict with the days for
    which a rate or the hectares are not known, or where two hold at once; then nothing is entered.
    """
    concession = lock(concession)
    until = until or clock.today()
    dues = list(dues_of([concession.pk]))
    if not dues:
        raise Conflict(_("No term of payment is entered. Enter what the agreement says first."))
    mine = [due for due in dues if may_charge(actor, due)] or dues[:1]
    for due in {due.books_id: due for due in mine}.values():
        require(actor, ledger_policy.ENTER, Account(owner=due.books))
        require(actor, policy.DUES, due)
    if concession.same_as_id:
        raise Conflict(_("This entry is a double of another one. Charge for that one."))
    if until > clock.today():
        raise Conflict(_("The day lies ahead. A period is charged when it has begun."))
    missing: list[_New] = []
    following: dict[int, date | None] = {}
    standing = charged([concession.pk])
    for one in loaded(mine):
        try:
            new, following[one.due.pk] = _missing(one, standing, until, again)
        except (RateGap, RateOverlap) as error:
            raise Conflict(in_words(error, one.due)) from error
        _check_moved_back(one, new)
        missing += new
    made = _entered(actor, concession, missing, dated)
    for pk, day in following.items():
        Due.objects.filter(pk=pk).update(next_on=day, to_check=False)
    if made:
        record(actor, policy.DUES, concession, change="charges raised", charges=len(made), until=until)
    return made


def _missing(one: Loaded, charged_of_all: Sequence[Raised], until: date, again: bool) -> tuple[list[_New], date | None]:
    """(charges to enter, the day on which something waits or follows next)."""
    plan = one.plan(until)
    found: list[_New] = []
    waits: date | None = None
    for owed in plan.owed:
        rows = [row for row in one.raised if row.starts_on == owed.start]
        standing = [row for row in rows if not is_void(row)]
        if owed.waits and not standing:
            waits = waits or counted_from(one.due.basis, owed)
        if rows and not again:
            continue
        left = owed.amount - sum(amount_of(row) for row in standing)
        charged_of_part = _charged_in(one.due, owed, charged_of_all)
        for part in owed.slices:
            if part.grant in charged_of_part:
                waits = waits or counted_from(one.due.basis, owed)
                continue
            if part.amount > left or any(row.grant_id == part.grant for row in standing):
                continue
            left -= part.amount
            found.append(_New(one, owed, part, sum(1 for row in rows if row.grant_id == part.grant)))
    return found, waits or plan.following


def _check_moved_back(one: Loaded, new: Sequence[_New]) -> None:
    """Raises Conflict for a period whose charge came from the account of a double and was given back to it: it stands there."""
    again = {(each.owed.start, each.slice.grant) for each in new if each.attempt}
    origins = [row.charge.basis["moved"] for row in one.raised
               if (row.starts_on, row.grant_id) in again and "moved" in row.charge.basis]  # fmt: skip
    standing = Charge.objects.filter(
        account__owner=one.due.books_id, transaction__number__in=origins, transaction__reversed_by__isnull=True
    ).values_list("transaction__number", flat=True)  # fmt: skip
    if origins and standing:
        raise Conflict(
            _(
                "Charge %(number)s stands on the account of the entry made twice again, because moving it was taken back. Settle that entry again, or have the charge taken back first."
            )
            % {"number": ", ".join(standing)}
        )


def _charged_in(due: Due, owed: Owed, standing: Sequence[Raised]) -> set[int]:
    """Grants for which the same kind is charged already for some day of a period, as part of another period."""
    if due.basis == DueBasis.ONCE:
        return set()
    return {
        row.grant_id
        for row in standing
        if row.due.kind_id == due.kind_id
        and (row.due_id, row.starts_on) != (due.pk, owed.start)
        and row.starts_on <= owed.end
        and owed.start <= row.ends_on
    }


def _entered(actor: Actor, concession: Concession, missing: Sequence[_New], dated: bool) -> list[Raised]:
    accounts: dict[tuple[int, int, str], Account] = {}
    by_books: dict[int, list[_New]] = {}
    for new in missing:
        by_books.setdefault(new.one.due.books_id, []).append(new)
    made = []
    for news in by_books.values():
        books = news[0].one.due.books
        asked = [
            _asked(new, _account(actor, books, concession, new, accounts), clock.today() if dated else None)
            for new in news
        ]
        charges = ledger.charge_many(actor, books, asked, is_invented=concession.is_invented)
        made += [
            Raised(
                due=new.one.due, grant_id=new.slice.grant, starts_on=new.owed.start, ends_on=new.owed.end,
                attempt=new.attempt, charge=charge,
            )
            for new, charge in zip(news, charges, strict=True)
        ]  # fmt: skip
    return Raised.objects.bulk_create(made)


def _account(actor: Actor, books: Organisation, concession: Concession, new: _New,
             known: dict[tuple[int, int, str], Account]) -> Account:  # fmt: skip
    """The account of the holder for this concession; a holder that is no organisation here owes as a party."""
    grant: Grant = new.one.grants[new.slice.grant]
    holder = grant.holder.same_as or grant.holder
    key = (books.pk, holder.pk, new.one.due.currency)
    if key not in known and not holder.organisation:
        named = [holder.pk, *holder.doubles.values_list("pk", flat=True)]
        there = Account.objects.filter(
            owner=books, currency=key[2], subject_type="concession", subject_id=concession.pk, debtor_type="party",
            debtor_id__in=named, closed_on__isnull=True,
        ).order_by("code")  # fmt: skip
        # its own, or one opened in the name of an entry that turned out to be this holder
        if found := min(there, key=lambda account: account.debtor_id != holder.pk, default=None):
            known[key] = found
    if key not in known:
        payer: dict[str, Any] = {"payer": holder.organisation} if holder.organisation else {"debtor": holder}
        known[key] = ledger.open_account(
            actor, books, currency=new.one.due.currency, subject=concession, is_invented=concession.is_invented, **payer
        )
    return known[key]


def _asked(new: _New, account: Account, today: date | None) -> ledger.Asked:
    due, owed, part = new.one.due, new.owed, new.slice
    key = f"due:{due.pk}:{owed.start.isoformat()}:{part.grant}"
    return ledger.Asked(
        account=account, kind=due.kind, amount=part.amount, due_on=payable_on(due, owed),
        key=f"{key}:{new.attempt}" if new.attempt else key,
        period=None if due.basis == DueBasis.ONCE else (part.start, part.end), basis=basis_of(due, owed, part),
        day=min(counted_from(due.basis, owed), today) if today else None,
    )  # fmt: skip


def basis_of(due: Due, owed: Owed, part: Slice) -> dict[str, Any]:
    """How the amount came about, as it is kept with the charge: figures as text, the rules by id, which hectares counted."""
    share = Fraction(part.amount, owed.amount) if owed.amount else Fraction(1)
    told: dict[str, Any] = {"due": due.pk}
    if due.basis == DueBasis.PERCENT:
        percent, value = figure(due.rate or Decimal(0)), figure(money.whole(owed.base or 0, due.currency))
        told |= {"value": str(owed.base), "formula": f"{percent} % × {value}", "percent": percent}
        if share != 1:
            told["formula"] += f" × {share.numerator} / {share.denominator}"
    elif owed.parts:
        told["formula"] = formula(owed, share)
        if len(owed.parts) == 1:
            only = owed.parts[0]
            told |= {"rate": str(only.rate.value), "quantity": str(only.quantity.value), "months": str(only.months)}
    if rules := sorted({step.rate.source for step in owed.parts if step.rate.source}):
        told["rules"] = rules
    if due.area_basis:
        told |= {"unit": "ha", "area": due.area_basis}
    return told


def to_raise(until: date, books: Sequence[int] | None = None) -> Any:
    """Concessions of which some period has begun that was not charged, or which changed since they were looked at."""
    rows = Due.objects.filter(Q(next_on__lte=until) | Q(to_check=True), concession__same_as__isnull=True)
    if books is not None:
        rows = rows.filter(books__in=books)
    return Concession.objects.filter(pk__in=rows.values("concession")).order_by("pk")


def raise_all(actor: Actor, *, until: date | None = None, books: Sequence[int] | None = None, dated: bool = False) -> Outcome:  # fmt: skip
    """Charge what has begun, concession by concession, each as one change of its own: broken off and begun again, it goes
    on where it stopped. One that cannot be charged is told with its reason and does not hold up the others.
    """
    outcome = Outcome()
    for concession in to_raise(until or clock.today(), books):
        outcome.concessions += 1
        try:
            outcome.charges += len(raise_charges(actor, concession, until=until, dated=dated))
        except SalaError as error:
            outcome.refused.append((concession.reference, str(error)))
    return outcome
