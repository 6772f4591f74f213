"""One currency in another at a dated rate."""

from decimal import Decimal
from fractions import Fraction

from sala.ledger.calculations.sharing import rounded


def converted(amount: int, rate: Decimal, *, digits_from: int, digits_to: int, inverse: bool = False) -> int:
    """An amount in another currency, in its smallest unit, rounded half to even.

    rate     whole units of the other currency for one whole unit of this one; with `inverse` the other way round
    digits_from, digits_to   decimal places of the two currencies
    Raises ValueError for a rate that is not above nought.
    """
    if rate <= 0:
        raise ValueError("a rate of exchange lies above nought")
    factor = 1 / Fraction(rate) if inverse else Fraction(rate)
    return rounded(Fraction(amount) * factor * Fraction(10) ** (digits_to - digits_from))
