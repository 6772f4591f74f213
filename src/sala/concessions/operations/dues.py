"""Terms of payment: entering, correcting and ending them, and what a holder reports of a period."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.concessions import policy
from sala.concessions.field_classes import values_of
from sala.concessions.models import Concession, Declared, Due, DueBasis, Grant
from sala.concessions.operations import changes
from sala.concessions.operations.changes import Why
from sala.concessions.operations.due_checks import check_charged, check_due, check_kept
from sala.concessions.queries.dues import dues_of, loaded
from sala.core import clock
from sala.core.checking import check
from sala.core.errors import Conflict, Invalid
from sala.core.models import Term
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.journal.operations import record
from sala.people.models import Organisation


@operation
def enter_due(actor: Actor, concession: Concession, *, kind: Term, basis: str, currency: str, starts_on: date,
              books: Organisation, grant: Grant | None = None, document: Document | None = None, reason: str = "",
              version: int | None = None, **fields: Any) -> Due:  # fmt: skip
    """Enter what the holder has to pay: by hectares, a sum a year, a sum once, or per cent of what it reports.

    books   the office that charges and takes in          fields  further fields of Due
    Nothing is charged by this; raise_charges does that. A fine stands on a numbered decision.
    """
    concession = lock(concession)
    row = Due(
        concession=concession, kind=kind, basis=basis, currency=currency, starts_on=starts_on, books=books, grant=grant,
        document=document, next_on=starts_on, **fields,
    )  # fmt: skip
    require(actor, policy.DUES, row)
    changes.require_version(concession, version)
    if concession.same_as_id:
        raise Conflict(_("This entry is a double of another one. Enter it there."))
    check_due(row)
    check_charged(row)
    row.save()
    changes.entered(actor, concession, row, Why(reason, document, starts_on))
    changes.touch(concession)
    record(actor, policy.DUES, concession, change="due entered", due=row.pk, kind=kind.code, document=document,
           reason=reason)  # fmt: skip
    return row


@operation
def correct_due(actor: Actor, row: Due, version: int, *, reason: str, document: Document | None = None,
                effective_on: date | None = None, **fields: Any) -> Due:  # fmt: skip
    """Correct what was entered wrongly. What was charged already stays; the page shows where it differs from now on.

    What says which periods there are and who takes in stays once something stands charged: Conflict names those fields.
    """
    concession = lock(row.concession)
    row = lock(row)
    row.concession = concession
    require(actor, policy.DUES, row)
    changes.require_version(concession, version)
    before = values_of(row)
    check_kept(row, fields)
    days = row.basis, row.kind, row.grant, row.starts_on, row.ends_on
    for field, value in fields.items():
        setattr(row, field, value)
    row.next_on = row.starts_on
    check_due(row)
    if (row.basis, row.kind, row.grant, row.starts_on, row.ends_on) != days:
        check_charged(row)
    require(actor, policy.DUES, row)
    row.save()
    return _told(actor, concession, row, before, Why(reason, document, effective_on), "due corrected")


@operation
def end_due(actor: Actor, row: Due, *, ends_on: date, reason: str, document: Document | None = None,
            version: int | None = None) -> Due:  # fmt: skip
    """Let a term of payment end with a day, because another one follows or nothing is owed any more.

    A period that stands charged is not cut: Invalid with the day until which it is charged.
    """
    concession = lock(row.concession)
    row = lock(row)
    row.concession = concession
    require(actor, policy.DUES, row)
    changes.require_version(concession, version)
    before = values_of(row)
    row.ends_on = ends_on
    check_due(row)
    check_charged(row)
    row.save()
    return _told(actor, concession, row, before, Why(reason, document, ends_on), "due ended")


def _told(actor: Actor, concession: Concession, row: Due, before: Any, why: Why, change: str) -> Due:
    different = changes.changed(actor, concession, row, before, why)
    if different:
        changes.touch(concession)
        record(actor, policy.DUES, concession, change=change, due=row.pk, reason=why.reason, document=why.document,
               fields=sorted(different))  # fmt: skip
    return row


@operation
def remove_due(actor: Actor, row: Due, *, reason: str, version: int | None = None) -> None:
    """Take out a term that should never have been entered. Where something was charged by it, it can only end."""
    concession = lock(row.concession)
    row = lock(row)
    row.concession = concession
    require(actor, policy.DUES, row)
    changes.require_version(concession, version)
    if row.raised.exists():
        raise Conflict(_("Something was charged by this term already. Let it end instead."))
    for told in row.declared.all():
        changes.taken_out(actor, concession, told, Why(reason))
        told.delete()
    changes.taken_out(actor, concession, row, Why(reason))
    record(actor, policy.DUES, concession, change="due removed", due=row.pk, reason=reason)
    row.delete()
    changes.touch(concession)


@operation
def declare(actor: Actor, row: Due, *, starts_on: date, value: int, reported_on: date, reported_by: str,
            document: Document | None = None, reason: str = "", version: int | None = None) -> Declared:  # fmt: skip
    """Enter what the holder reported of a period. Reported again, the figure is corrected.

    starts_on  first day of the period          value  in the smallest unit of the currency of the term
    """
    concession = lock(row.concession)
    row = lock(row)
    row.concession = concession
    require(actor, policy.DUES, row)
    changes.require_version(concession, version)
    if row.basis != DueBasis.PERCENT:
        raise Invalid(_("Nothing is reported for this term. Choose one that is reckoned of a reported value."))
    today = clock.today()
    (one,) = loaded([due for due in dues_of([concession.pk]) if due.pk == row.pk])
    period = next((owed for owed in one.plan(today).owed if owed.start == starts_on), None)
    if period is None:
        words = _("No period of this term begins on that day. Choose one of the list.")
        raise Invalid(words, {"starts_on": [words]})
    if reported_on > today:
        raise Invalid(_("The day lies ahead. Correct it."), {"reported_on": [_("Choose a day up to today.")]})
    told = Declared.objects.filter(due=row, starts_on=starts_on).first()
    before = values_of(told) if told else None
    told = told or Declared(concession=concession, due=row, starts_on=starts_on, ends_on=period.end)
    told.value, told.currency, told.document = value, row.currency, document
    told.reported_on, told.reported_by = reported_on, reported_by.strip()
    check(told)
    told.save()
    why = Why(reason, document, reported_on)
    if before is None:
        changes.entered(actor, concession, told, why)
    else:
        changes.changed(actor, concession, told, before, why)
    changes.touch(concession)
    record(actor, policy.DUES, concession, change="value declared", due=row.pk, document=document, reason=reason)
    return told
