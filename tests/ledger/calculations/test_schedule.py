"""What is owed over a term: dated rates, changing areas, gaps that are named, and totals that add up."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.ledger.calculations import RateGap, RateOverlap, Step, schedule
from sala.ledger.calculations.schedule import month_start, months_between, periods

TEN_HECTARES = [Step(date(2000, 1, 1), None, Decimal(10))]


def steps(*values):
    return [Step(start, end, Decimal(value)) for start, end, value in values]


def test_whole_years_at_one_rate():
    found = schedule(date(2024, 3, 15), date(2027, 3, 14), every=12, rates=steps((date(2020, 1, 1), None, "30")),
                     quantities=TEN_HECTARES, digits=2)  # fmt: skip
    assert [(one.start, one.end, one.amount) for one in found] == [
        (date(2024, 3, 15), date(2025, 3, 14), 30_000), (date(2025, 3, 15), date(2026, 3, 14), 30_000),
        (date(2026, 3, 15), date(2027, 3, 14), 30_000),
    ]  # fmt: skip


def test_a_rate_that_rises_within_a_period_counts_from_its_day():
    rates = steps((date(2020, 1, 1), date(2024, 6, 30), "30"), (date(2024, 7, 1), None, "60"))
    (one,) = schedule(date(2024, 1, 1), date(2024, 12, 31), every=12, rates=rates, quantities=TEN_HECTARES, digits=2)
    assert one.amount == 15_000 + 30_000
    assert [(part.start, part.months, part.rate.value) for part in one.parts] == [
        (date(2024, 1, 1), 6, 30), (date(2024, 7, 1), 6, 60),
    ]  # fmt: skip


def test_land_given_back_in_the_middle_of_a_month_counts_by_days():
    quantities = steps((date(2024, 1, 1), date(2024, 4, 15), "12"), (date(2024, 4, 16), None, "6"))
    (one,) = schedule(date(2024, 4, 1), date(2024, 4, 30), every=1, rates=steps((date(2020, 1, 1), None, "100")),
                      quantities=quantities, digits=2)  # fmt: skip
    assert one.amount == 50_00 + 25_00


def test_the_last_period_takes_what_rounding_left():
    found = schedule(date(2024, 1, 1), date(2024, 12, 31), every=1, rates=steps((date(2024, 1, 1), None, "1")),
                     quantities=steps((date(2024, 1, 1), None, "1")), digits=2)  # fmt: skip
    assert [one.amount for one in found] == [8] * 11 + [12]


def test_days_without_a_rate_are_named():
    rates = steps((date(2024, 2, 1), date(2024, 5, 31), "30"), (date(2024, 8, 1), date(2024, 10, 31), "31"))
    with pytest.raises(RateGap) as caught:
        schedule(date(2024, 1, 1), date(2024, 12, 31), every=12, rates=rates, quantities=TEN_HECTARES, digits=2)
    assert caught.value.what == "rate"
    assert caught.value.days == [
        (date(2024, 1, 1), date(2024, 1, 31)), (date(2024, 6, 1), date(2024, 7, 31)), (date(2024, 11, 1), date(2024, 12, 31)),
    ]  # fmt: skip


def test_no_quantity_at_all_is_a_gap_of_the_whole_term():
    with pytest.raises(RateGap) as caught:
        schedule(date(2024, 1, 1), date(2024, 12, 31), every=12, rates=TEN_HECTARES, quantities=[], digits=2)
    assert (caught.value.what, caught.value.days) == ("quantity", [(date(2024, 1, 1), date(2024, 12, 31))])


def test_two_rates_on_one_day_are_refused():
    rates = steps((date(2020, 1, 1), date(2024, 6, 30), "30"), (date(2024, 6, 30), None, "60"))
    with pytest.raises(RateOverlap) as caught:
        schedule(date(2024, 1, 1), date(2024, 12, 31), every=12, rates=rates, quantities=TEN_HECTARES, digits=2)
    assert caught.value.day == date(2024, 6, 30)


def test_a_term_from_the_end_of_a_month_keeps_twelve_months():
    assert [month_start(date(2024, 1, 31), number) for number in (1, 2, 3, 13)] == [
        date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30), date(2025, 2, 28),
    ]  # fmt: skip
    assert months_between(date(2024, 1, 31), date(2024, 1, 31), date(2025, 1, 30)) == 12


DAYS = st.dates(date(2000, 1, 1), date(2060, 1, 1))


@given(DAYS, st.integers(0, 5_000), st.integers(1, 24))
def test_periods_cover_the_term_without_gap_or_overlap(start, length, every):
    end = start + timedelta(days=length)
    found = periods(start, end, every)
    assert (found[0][0], found[-1][1]) == (start, end)
    for (_first, last), (following, _until) in pairwise(found):
        assert following == last + timedelta(days=1)


@given(DAYS, st.integers(1, 3_000), st.data())
def test_months_add_up_wherever_the_stretch_is_cut(anchor, length, data):
    first = anchor + timedelta(days=data.draw(st.integers(0, 500)))
    last = first + timedelta(days=length)
    cut = first + timedelta(days=data.draw(st.integers(0, length - 1)))
    whole = months_between(anchor, first, last)
    assert whole == months_between(anchor, first, cut) + months_between(anchor, cut + timedelta(days=1), last)


@given(
    DAYS, st.integers(30, 4_000), st.integers(1, 12), st.lists(st.integers(1, 500), max_size=6),
    st.lists(st.decimals("0.01", "5000", places=2), min_size=7, max_size=7), st.sampled_from([0, 2]),
)  # fmt: skip
def test_all_periods_add_up_to_the_rounded_sum_of_the_term(start, length, every, lengths, values, digits):
    end = start + timedelta(days=length)
    begins = [start]
    for days in lengths:
        begins.append(begins[-1] + timedelta(days=days))
    ends = [day - timedelta(days=1) for day in begins[1:]] + [None]
    rates = [Step(day, until, value) for day, until, value in zip(begins, ends, values, strict=False)]
    found = schedule(start, end, every=every, rates=rates, quantities=TEN_HECTARES, digits=digits)
    exact = sum((one.exact for one in found), Fraction(0))
    assert sum(one.amount for one in found) == round(exact)
    assert all(abs(one.amount - one.exact) <= Fraction(1, 2) for one in found[:-1])
    assert abs(found[-1].amount - found[-1].exact) <= Fraction(len(found) + 1, 2)
    assert exact == sum(
        Fraction(part.rate.value) * 10 * part.months / 12 * 10**digits for one in found for part in one.parts
    )
