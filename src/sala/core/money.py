"""Money: whole numbers of a currency's smallest unit, and how people read and write them.

The country's own currency and the others that its offices take are said by the pack (settings.CURRENCIES).
"""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from sala.core import numbers
from sala.core.errors import Invalid
from sala.core.language import Translated

USUAL = 2  # decimal places of a currency that the pack does not name


def own() -> str:
    """Code of the country's currency."""
    return str(settings.CURRENCY["code"])


def known() -> list[str]:
    """Codes of the currencies that offices take, the country's own first."""
    return list(settings.CURRENCIES)


def choices() -> list[tuple[str, Any]]:
    """(code, code with its name) for a box in which one is chosen."""
    return [(code, f"{code} – {Translated(said['name'])}") for code, said in settings.CURRENCIES.items()]


def minor_digits(currency: str) -> int:
    """Decimal places of a currency."""
    return int(settings.CURRENCIES.get(currency, {}).get("minor_units", USUAL))


def whole(amount: int, currency: str) -> Decimal:
    """The amount in whole units: 12345 → 123.45 where the currency has hundredths."""
    return Decimal(amount).scaleb(-minor_digits(currency))


def smallest(amount: Decimal, currency: str) -> int:
    """The amount in the smallest unit. Raises Invalid when it has more decimal places than the currency."""
    units = amount.scaleb(minor_digits(currency))
    if units != units.to_integral_value():
        raise Invalid(_("The currency has no smaller unit. Write fewer decimal places."))
    return int(units)


def shown(amount: int, currency: str, code: str | None = None) -> str:
    """The amount as a reader expects it, with its currency: 1.234,50 in Lao, 1,234.50 in English."""
    return f"{figure(amount, currency, code)} {currency}"


def figure(amount: int, currency: str, code: str | None = None) -> str:
    """The amount without the name of its currency, for columns whose head says it."""
    return numbers.display(whole(amount, currency), code, places=minor_digits(currency))
