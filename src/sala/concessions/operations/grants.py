"""Granting: who holds how much from when. A renewal, an amendment or a transfer is a new grant that ends the older."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.concessions import policy
from sala.concessions.calculations.spans import most_at_once
from sala.concessions.calculations.terms import last_day
from sala.concessions.field_classes import values_of
from sala.concessions.models import Concession, Grant, Party
from sala.concessions.operations import changes
from sala.concessions.operations.changes import Why
from sala.concessions.operations.parties import WHOLE
from sala.core.checking import check
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.journal.operations import record
from sala.people.models import Organisation

DAY = timedelta(days=1)


@operation
def grant(actor: Actor, concession: Concession, *, holder: Party, share: Decimal = WHOLE, granted_ha: Decimal | None = None,
          decided_on: date | None = None, starts_on: date | None = None, term_months: int | None = None, level: str = "",
          body: Organisation | None = None, document: Document | None = None, replaces: Grant | None = None,
          reason: str = "", version: int | None = None, **fields: Any) -> Grant:  # fmt: skip
    """Enter what a party was granted.

    share     per cent of the concession          granted_ha  hectares as the agreement says
    replaces  the older grant, which ends the day before this one begins
    Without a grant that it replaces, a grant to the same holder for the same days is refused.
    """
    concession = lock(concession)
    require(actor, policy.ENTER, concession)
    changes.require_version(concession, version)
    row = Grant(
        concession=concession, holder=holder, share=share, granted_ha=granted_ha, decided_on=decided_on,
        starts_on=starts_on, term_months=term_months, level=level, body=body, document=document, replaces=replaces,
        **fields,
    )  # fmt: skip
    keep_dates(row)
    check_grant(row)
    why = Why(reason, document, starts_on)
    if replaces is not None:
        _end_replaced(actor, concession, row, why)
    _check_share(row)
    _save(row)
    changes.entered(actor, concession, row, why)
    changes.touch(concession)
    record(actor, policy.ENTER, concession, change="grant entered", grant=row.pk, holder=holder.pk, document=document)
    return row


@operation
def correct_grant(actor: Actor, row: Grant, version: int, *, reason: str, document: Document | None = None,
                  effective_on: date | None = None, **fields: Any) -> Grant:  # fmt: skip
    """Correct what a grant says, where it was entered wrongly or a paper was found. What changed by decision is a new grant.

    A grant that was ended before its term stays ended. Its holder stays as long as something stands charged by it.
    """
    concession = lock(row.concession)
    row = lock(row)
    require(actor, policy.ENTER, concession)
    changes.require_version(concession, version)
    before = values_of(row)
    cut, former = _cut_of(row), row.replaces
    holder = row.holder_id
    for field, value in fields.items():
        setattr(row, field, value)
    if row.holder_id != holder and _stands_charged(row):
        words = _("Something was charged to this holder by this grant. Have the charges taken back first; where another holder follows, enter a new grant that replaces this one.")  # fmt: skip
        raise Conflict(words, {"holder": [words]})
    keep_dates(row)
    _cut(row, cut)
    check_grant(row)
    why = Why(reason, document, effective_on)
    if row.replaces != former:
        _check_line(row)
        if row.replaces is not None:
            _end_replaced(actor, concession, row, why)
    _check_share(row)
    _save(row)
    if former is not None and row.replaces != former:
        _hold_again(actor, concession, former, cut, why)
    different = changes.changed(actor, concession, row, before, why)
    if different:
        changes.touch(concession)
        record(actor, policy.ENTER, concession, change="grant corrected", grant=row.pk, reason=reason, document=document,
               fields=sorted(different))  # fmt: skip
    return row


@operation
def remove_grant(actor: Actor, row: Grant, *, reason: str, version: int | None = None) -> None:
    """Take out a grant that was entered by mistake; one that it replaced holds again. Raises Conflict with what to do
    where something was charged or is owed by it, or another grant replaces it.
    """
    concession = lock(row.concession)
    row = lock(row)
    require(actor, policy.ENTER, concession)
    changes.require_version(concession, version)
    if _stands_charged(row):
        raise Conflict(_("Something was charged by this grant. Have the charges taken back, then correct the grant; where another holder follows, enter a new grant that replaces this one."))  # fmt: skip
    if row.raised.exists():
        raise Conflict(_("Charges by this grant stand in the books, and were taken back. Correct the grant instead: its holder, days and share."))  # fmt: skip
    if row.dues.exists():
        raise Conflict(_("A term of payment is for this grant alone. Take that out first, under “What is owed”."))
    if row.replaced_by.exists():
        raise Conflict(_("Another grant replaces this one. Correct that one first: it replaces none, or another one."))
    why, former, cut = Why(reason), row.replaces, _cut_of(row)
    changes.taken_out(actor, concession, row, why)
    holder = row.holder_id
    removed = row.pk
    row.delete()
    if former is not None:
        _hold_again(actor, concession, former, cut, why)
    changes.touch(concession)
    record(actor, policy.ENTER, concession, change="grant removed", grant=removed, holder=holder, reason=reason)


def _stands_charged(row: Grant) -> bool:
    return row.raised.filter(charge__transaction__reversed_by__isnull=True).exists()


def _cut_of(row: Grant) -> date | None:
    """The day from which it does not hold any more, where that is before the end of its term."""
    whole = row.ends_on + DAY if row.ends_on else None
    return row.valid.upper if row.valid.upper != whole else None


def _cut(row: Grant, day: date | None) -> None:
    if day is None or (row.valid.upper is not None and row.valid.upper <= day):
        return
    if row.valid.lower and row.valid.lower >= day:
        words = _("The grant was ended before that day. Choose an earlier one.")
        raise Invalid(words, {"starts_on": [words]})
    row.valid = DateRange(row.valid.lower, day)


def _hold_again(actor: Actor, concession: Concession, row: Grant, cut: date | None, why: Why) -> None:
    """A grant that no other one replaces any more holds to the end of its term, or to the day on which all ended."""
    row = lock(row)
    before = values_of(row)
    keep_dates(row)
    _cut(row, cut)
    _check_share(row)
    _save(row)
    changes.changed(actor, concession, row, before, why)


def _check_line(row: Grant) -> None:
    """Raises Invalid where a grant would replace itself by way of others."""
    above, seen = row.replaces, {row.pk}
    while above is not None:
        if above.pk in seen:
            words = _("That grant replaces this one. Choose an older grant.")
            raise Invalid(words, {"replaces": [words]})
        seen.add(above.pk)
        above = above.replaces


def keep_dates(row: Grant) -> None:
    """End and days of validity follow from the beginning and the term. An end without a term stays as the paper says."""
    if row.starts_on and row.term_months:
        row.ends_on = last_day(row.starts_on, row.term_months)
    row.valid = DateRange(row.starts_on, row.ends_on + DAY if row.ends_on else None)


def check_grant(row: Grant) -> None:
    """Raises Invalid with words for each field that cannot be; the dates are compared before the database does it."""
    if row.starts_on and row.decided_on and row.starts_on < row.decided_on:
        words = _("The grant begins before it was approved. Correct one of the dates.")
        raise Invalid(words, {"starts_on": [words]})
    if row.starts_on and row.ends_on and row.ends_on <= row.starts_on:
        words = _("The grant ends before it begins. Correct the dates or the term.")
        raise Invalid(words, {"ends_on": [words]})
    if row.replaces_id and row.replaces and row.replaces.concession_id != row.concession_id:
        raise Invalid(
            _("The grant that this one replaces belongs to another concession. Choose one of this concession.")
        )
    row.clean_fields()


def _end_replaced(actor: Actor, concession: Concession, row: Grant, why: Why) -> None:
    """The older grant holds until the day before the new one begins. Its own end by the agreement stays as it was."""
    older = lock(row.replaces) if row.replaces else None
    if older is None:
        return
    if row.starts_on is None:
        words = _("Say from when the new grant holds: the older one ends the day before.")
        raise Invalid(words, {"starts_on": [words]})
    if older.valid.lower and row.starts_on <= older.valid.lower:
        words = _("The new grant begins before the older one did. Correct the date, or correct the older grant.")
        raise Invalid(words, {"starts_on": [words]})
    if older.valid.upper is None or older.valid.upper > row.starts_on:
        before = values_of(older)
        older.valid = DateRange(older.valid.lower, row.starts_on)
        older.save(update_fields=["valid"])
        changes.changed(actor, concession, older, before, why)


def _check_share(row: Grant) -> None:
    """Raises Invalid when on some day more than the whole concession would be held."""
    others = Grant.objects.filter(concession=row.concession_id, valid__overlap=row.valid).exclude(pk=row.pk)
    others = others.exclude(holder=row.holder_id)  # the same holder twice is told by its own rule
    most = most_at_once([*others.values_list("valid", "share"), (row.valid, row.share)])
    if most > WHOLE:
        raise Invalid(
            _(
                "The holders of a day together would have %(sum)s %%. Correct the share, or say which grant this one replaces."
            )
            % {"sum": format(most.normalize(), "f")},
            {"share": [_("More than what is left.")]},
        )


def _save(row: Grant) -> None:
    try:
        with transaction.atomic():
            check(row)
            row.save()
    except IntegrityError as error:
        raise Conflict(_("This holder has a grant for these days already. End or replace that first.")) from error


def end_grants(actor: Actor, concession: Concession, on: date, why: Why) -> None:
    """Let all grants end with a day; called by the steps that end a concession."""
    for row in Grant.objects.select_for_update().filter(concession=concession):
        if row.valid.upper is None or row.valid.upper > on + DAY:
            if row.valid.lower and row.valid.lower > on:
                continue  # was to begin later; it never did, and stays as it was agreed
            before = values_of(row)
            row.valid = DateRange(row.valid.lower, on + DAY)
            row.save(update_fields=["valid"])
            changes.changed(actor, concession, row, before, why)
