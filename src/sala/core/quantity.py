"""A value with its unit, so that hectares are never added to square kilometres."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from sala.core import numbers

# unit → (dimension, factor to the dimension's base, label)
UNITS = {
    "m2": ("area", Decimal("0.0001"), _("m²")),
    "ha": ("area", Decimal(1), _("ha")),
    "km2": ("area", Decimal(100), _("km²")),
    "rai": ("area", Decimal("0.16"), _("rai")),
    "m": ("length", Decimal("0.001"), _("m")),
    "km": ("length", Decimal(1), _("km")),
    "percent": ("share", Decimal("0.01"), "%"),
    "ratio": ("share", Decimal(1), ""),
    "persons": ("persons", Decimal(1), _("persons")),
    "households": ("households", Decimal(1), _("households")),
    "number": ("count", Decimal(1), ""),
}


def label_of(unit: str) -> str:
    """The unit in the reader's language; one that is not in UNITS stands as it was written."""
    return str(UNITS[unit][2]) if unit in UNITS else unit


@dataclass(frozen=True)
class Quantity:
    """A decimal value in a unit named in UNITS, or in a currency code."""

    value: Decimal
    unit: str

    def to(self, unit: str) -> "Quantity":
        """The same quantity in another unit of its dimension. Raises ValueError across dimensions."""
        dimension, factor, _label = UNITS[self.unit]
        wanted, target, _label = UNITS[unit]
        if dimension != wanted:
            raise ValueError(f"{self.unit} cannot be given in {unit}")
        return Quantity(self.value * factor / target, unit)

    def __add__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.value + other.to(self.unit).value, self.unit)

    def __str__(self) -> str:
        return f"{numbers.display(self.value)} {label_of(self.unit)}".strip()
