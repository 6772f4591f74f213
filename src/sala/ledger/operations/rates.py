"""Laying down rates of exchange."""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import money
from sala.core.errors import Conflict, Invalid
from sala.core.operation import operation
from sala.documents.models import Document
from sala.journal.operations import record
from sala.ledger import policy
from sala.ledger.models import ExchangeRate
from sala.people.models import Organisation


@operation
def add_rate(actor: Actor, owner: Organisation, *, from_currency: str, to_currency: str, rate: Decimal, start: date,
             end: date | None = None, source: str, document: Document | None = None,
             is_invented: bool = False) -> ExchangeRate:  # fmt: skip
    """Lay down what one unit of a currency is worth in another, from a day on. end: the first day it holds no longer.

    An earlier rate without an end ends on the day this one begins. Raises Conflict where two would hold on one day.
    """
    row = ExchangeRate(owner=owner, from_currency=from_currency, to_currency=to_currency, rate=rate,
                       valid=DateRange(start, end), source=source.strip(), document=document, is_invented=is_invented)  # fmt: skip
    require(actor, policy.ENTER, row)
    _check(row, start, end)
    same = ExchangeRate.objects.select_for_update(of=("self",)).filter(
        from_currency=from_currency, to_currency=to_currency
    )
    for earlier in same.filter(valid__endswith__isnull=True, valid__startswith__lt=start):
        earlier.valid = DateRange(earlier.valid.lower, start)
        earlier.save(update_fields=["valid"])
        record(actor, policy.ENTER, earlier, change="rate of exchange ended", on=start)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "one_rate_a_day" not in str(error):
            raise
        raise Conflict(_("Another rate holds on some of these days. Choose days for which none is entered.")) from error
    record(actor, policy.ENTER, row, change="rate of exchange laid down", rate=f"{rate:f}", start=start, end=end)
    return row


def _check(row: ExchangeRate, start: date, end: date | None) -> None:
    if not {row.from_currency, row.to_currency} <= set(money.known()) or row.from_currency == row.to_currency:
        raise Invalid(_("Choose two different currencies that offices take here: %(known)s.")
                      % {"known": ", ".join(money.known())})  # fmt: skip
    if row.rate <= 0:
        raise Invalid(
            _("A rate lies above nought. Correct it."), {"rate": [_("A rate lies above nought. Correct it.")]}
        )
    if end and end <= start:
        raise Invalid(_("The rate ends before it begins. Correct the dates."), {"end": [_("Correct the dates.")]})
    if not row.source:
        raise Invalid(_("Say where the rate was published."), {"source": [_("Say where the rate was published.")]})
