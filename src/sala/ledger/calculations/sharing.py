"""Rounding, splitting and allotting amounts so that no unit is lost or made."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


def rounded(exact: Fraction) -> int:
    """The nearest whole number; a half goes to the even one."""
    return round(exact)


def amount_for(rate: Decimal, quantity: Decimal, months: Fraction | int, digits: int) -> int:
    """What is owed for a period: rate × quantity × months / 12, rounded half to even at the smallest unit.

    rate      per unit of quantity and year, in whole units of the currency
    quantity  hectares or whatever the rate is for
    months    of the period, twelve for a year; may be a part of a month
    digits    decimal places of the currency
    """
    return rounded(Fraction(rate) * Fraction(quantity) * Fraction(months) / 12 * 10**digits)


def shares(total: int, weights: Sequence[int | Fraction | Decimal]) -> list[int]:
    """The total split in proportion to the weights; the parts add up to it exactly.

    Each part lies less than one unit from its exact share; units left over go to the largest remainders, the earlier
    one where they are equal. Raises ValueError for a negative weight or when all weights are nought.
    """
    exact = [Fraction(weight) for weight in weights]
    if not exact or any(weight < 0 for weight in exact) or not any(exact):
        raise ValueError("weights are not negative and not all nought")
    size, sign = abs(total), -1 if total < 0 else 1
    wanted = [size * weight / sum(exact) for weight in exact]
    parts = [int(share) for share in wanted]
    left = size - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda place: (parts[place] - wanted[place], place))
    for place in by_remainder[:left]:
        parts[place] += 1
    return [sign * part for part in parts]


@dataclass(frozen=True)
class Claim(Generic[K]):
    """What is still open of one charge."""

    key: K
    open: int
    due_on: date


def allocated(amount: int, claims: Iterable[Claim[K]], chosen: Sequence[K] = ()) -> tuple[dict[K, int], int]:
    """(claim → what it gets, what is left over). Claims chosen come first, in that order; then the oldest due date.

    A claim never gets more than is open of it, and nothing is allotted that was not paid.
    """
    rank = {key: place for place, key in enumerate(chosen)}
    waiting = sorted(enumerate(claims), key=lambda one: (rank.get(one[1].key, len(rank)), one[1].due_on, one[0]))
    given: dict[K, int] = {}
    left = max(0, amount)
    for _place, claim in waiting:
        part = min(left, claim.open)
        if part > 0:
            given[claim.key] = given.get(claim.key, 0) + part
            left -= part
    return given, left
