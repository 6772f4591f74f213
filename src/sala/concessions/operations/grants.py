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
    """Correct what a grant says, where it was entered wrongly or a paper was found. What changed by decision is a new grant."""
    concession = lock(row.concession)
    row = lock(row)
    require(actor, policy.ENTER, concession)
    changes.require_version(concession, version)
    before = values_of(row)
    for field, value in fields.items():
        setattr(row, field, value)
    keep_dates(row)
    check_grant(row)
    _check_share(row)
    _save(row)
    different = changes.changed(actor, concession, row, before, Why(reason, document, effective_on))
    if different:
        changes.touch(concession)
        record(actor, policy.ENTER, concession, change="grant corrected", grant=row.pk, reason=reason, document=document,
               fields=sorted(different))  # fmt: skip
    return row


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
