"""The rate of exchange of a day."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sala.core import money
from sala.core.errors import Invalid
from sala.ledger.calculations import converted
from sala.ledger.models import ExchangeRate


def rate_on(from_currency: str, to_currency: str, day: date) -> tuple[ExchangeRate, bool]:
    """(the rate that holds on a day, whether it is said the other way round). Raises Invalid when none holds."""
    rows = ExchangeRate.objects.filter(valid__contains=day)
    if found := rows.filter(from_currency=from_currency, to_currency=to_currency).first():
        return found, False
    if found := rows.filter(from_currency=to_currency, to_currency=from_currency).first():
        return found, True
    raise Invalid(
        _("No rate from %(one)s to %(other)s is entered for %(day)s. Enter the rate of that day first.")
        % {"one": from_currency, "other": to_currency, "day": date_format(day, "DATE_FORMAT")}
    )


def in_currency(amount: int, from_currency: str, to_currency: str, day: date) -> int:
    """An amount in another currency at the rate of a day. Raises Invalid when none holds on it."""
    found, inverse = rate_on(from_currency, to_currency, day)
    return converted(
        amount, found.rate, inverse=inverse, digits_from=money.minor_digits(from_currency),
        digits_to=money.minor_digits(to_currency),
    )  # fmt: skip
