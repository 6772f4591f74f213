"""Rounding, splitting and allotting: no unit lost, none made."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.ledger.calculations import Claim, allocated, amount_for, converted, shares

AMOUNTS = st.integers(min_value=0, max_value=10**15)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize(
    ("rate", "quantity", "months", "digits", "expected"),
    [
        ("30", "120.5", 12, 2, 361_500),  # 30 a hectare and year, 120.5 ha, a year
        ("30", "120.5", 6, 2, 180_750),
        ("1", "1", 1, 2, 8),  # 8.33… hundredths
        ("6", "1", 1, 0, 0),  # half a unit: to the even one, down
        ("18", "1", 1, 0, 2),  # one and a half: to the even one, up
        ("0.06", "1", 12, 1, 1),  # 0.6 tenths
    ],
)
def test_what_a_period_costs(rate, quantity, months, digits, expected):
    assert amount_for(Decimal(rate), Decimal(quantity), months, digits) == expected


def test_part_of_a_month_counts_as_said():
    assert amount_for(Decimal(12), Decimal(31), Fraction(15, 31), 2) == 1_500


@given(AMOUNTS, WEIGHTS)
def test_parts_add_up_and_each_lies_within_a_unit_of_its_share(total, weights):
    parts = shares(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(Fraction(total * weight, sum(weights)) - part) < 1


@given(AMOUNTS, WEIGHTS)
def test_a_negative_total_is_split_as_its_opposite(total, weights):
    assert shares(-total, weights) == [-part for part in shares(total, weights)]


def test_units_left_over_go_to_the_largest_remainders_first():
    assert shares(100, [1, 1, 1]) == [34, 33, 33]
    assert shares(10, [1, 2, 4]) == [1, 3, 6]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_that_split_nothing_are_refused(weights):
    with pytest.raises(ValueError):
        shares(10, weights)


def claims(*items):
    return [Claim(key, amount, date(2026, month, 1)) for key, amount, month in items]


def test_the_oldest_is_settled_first_and_the_rest_stays():
    found = allocated(250, claims(("b", 100, 5), ("a", 100, 2), ("c", 100, 9)))
    assert found == ({"a": 100, "b": 100, "c": 50}, 0)
    assert allocated(350, claims(("a", 100, 2), ("b", 100, 5))) == ({"a": 100, "b": 100}, 150)


def test_what_is_chosen_goes_before_what_is_older():
    items = claims(("a", 100, 2), ("b", 100, 5), ("c", 100, 9))
    assert allocated(150, items, ["c"]) == ({"c": 100, "a": 50}, 0)
    assert allocated(150, items, ["c", "b"]) == ({"c": 100, "b": 50}, 0)


@given(AMOUNTS, st.lists(st.tuples(AMOUNTS, st.integers(1, 12)), max_size=15), st.data())
def test_nothing_is_allotted_that_was_not_paid_or_is_not_open(amount, open_items, data):
    items = claims(*[(place, size, month) for place, (size, month) in enumerate(open_items)])
    chosen = data.draw(st.lists(st.sampled_from(range(len(items))), unique=True) if items else st.just([]))
    given_, left = allocated(amount, items, chosen)
    assert sum(given_.values()) + left == amount and left >= 0
    assert all(0 < part <= items[key].open for key, part in given_.items())
    assert left == 0 or all(given_.get(item.key, 0) == item.open for item in items)


def test_conversion_rounds_half_to_even_in_the_smallest_unit():
    assert converted(100_00, Decimal("21500"), digits_from=2, digits_to=0) == 2_150_000
    assert converted(2_150_000, Decimal("21500"), digits_from=0, digits_to=2, inverse=True) == 100_00
    assert converted(5, Decimal("0.1"), digits_from=0, digits_to=0) == 0
    assert converted(15, Decimal("0.1"), digits_from=0, digits_to=0) == 2


@given(st.integers(1, 10**12), st.decimals("0.0001", "100000", places=4))
def test_there_and_back_differs_by_no_more_than_rounding(amount, rate):
    there = converted(amount, rate, digits_from=2, digits_to=2)
    back = converted(there, rate, digits_from=2, digits_to=2, inverse=True)
    assert abs(back - amount) <= Fraction(1, 2) / Fraction(rate) + Fraction(1, 2)


def test_a_rate_of_nought_is_refused():
    with pytest.raises(ValueError):
        converted(1, Decimal(0), digits_from=0, digits_to=0)
