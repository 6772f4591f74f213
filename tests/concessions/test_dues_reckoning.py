"""What is owed, reckoned by hand: rate × hectares × months / 12, changes on their day, several holders, nothing after the end."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.concessions.calculations.due_steps import FeeRate, hectares_by_day, rates_for
from sala.concessions.calculations.dues import Held, Known, Terms, formula, plan
from sala.ledger.calculations import RateGap, Step

DAY = timedelta(days=1)
WHOLE = Decimal(100)


def held(grant=1, start=date(2020, 2, 1), end=date(2030, 1, 31), share=WHOLE, hectares=Decimal(120)):
    return Held(grant, start, end, share, hectares)


def terms(basis="rate", start=date(2020, 2, 1), end=None, months=12, rate=Decimal(30), amount=None, digits=2):
    return Terms(basis, start, end, months, 30, digits, rate, amount)


def amounts(found):
    return [one.amount for one in found.owed]


def test_a_year_is_rate_times_hectares():
    found = plan(terms(), Known([held()]), date(2021, 6, 1))
    assert [(one.start, one.end, one.amount) for one in found.owed] == [
        (date(2020, 2, 1), date(2021, 1, 31), 360_000), (date(2021, 2, 1), date(2022, 1, 31), 360_000),
    ]  # fmt: skip
    assert found.following == date(2022, 2, 1)
    assert formula(found.owed[0]) == "30 × 120 × 12 / 12"


def test_half_a_year_is_six_twelfths():
    assert amounts(plan(terms(months=6), Known([held()]), date(2020, 2, 1))) == [180_000]


def test_a_rule_that_changes_in_the_middle_counts_from_its_day():
    rules = [
        FeeRate(1, "concession.fee.rent", "", date(2000, 1, 1), date(2020, 7, 31), Decimal(10), "XTS"),
        FeeRate(2, "concession.fee.rent", "", date(2020, 8, 1), None, Decimal(20), "XTS"),
    ]
    rates = rates_for(rules, ["concession.fee.rent"], "/1/2/", "XTS")
    found = plan(terms("rule", rate=None), Known([held()], rates), date(2020, 3, 1))
    assert amounts(found) == [(10 * 120 * 6 + 20 * 120 * 6) // 12 * 100]
    assert [part.rate.source for part in found.owed[0].parts] == [1, 2]


def test_the_special_rule_goes_before_the_general_and_the_zone_before_the_country():
    rules = [
        FeeRate(1, "fee", "", date(2000, 1, 1), None, Decimal(10), "XTS"),
        FeeRate(2, "fee", "/1/2/", date(2000, 1, 1), None, Decimal(8), "XTS"),
        FeeRate(3, "fee.rubber", "", date(2021, 1, 1), date(2021, 12, 31), Decimal(30), "XTS"),
        FeeRate(4, "fee", "", date(2000, 1, 1), None, Decimal(7), "XDL"),
    ]
    keys = ["fee.rubber", "fee"]
    assert [(step.source, step.start, step.end) for step in rates_for(rules, keys, "/1/2/7/", "XTS")] == [
        (2, date(2000, 1, 1), date(2020, 12, 31)), (3, date(2021, 1, 1), date(2021, 12, 31)), (2, date(2022, 1, 1), None),
    ]  # fmt: skip
    assert {step.source for step in rates_for(rules, keys, "/1/3/", "XTS")} == {1, 3}


def test_land_measured_anew_counts_from_its_day_and_the_first_figure_from_the_beginning():
    sizes = hectares_by_day([(date(2020, 8, 1), Decimal(60)), (date(2019, 1, 1), Decimal(120))], date(2020, 2, 1))
    assert [(step.start, step.value) for step in sizes] == [(date(2020, 2, 1), 120), (date(2020, 8, 1), 60)]
    assert amounts(plan(terms(), Known([held()], hectares=sizes), date(2020, 3, 1))) == [270_000]


def test_nothing_is_owed_after_the_grant_has_ended():
    short = held(end=date(2021, 7, 31))
    found = plan(terms(), Known([short]), date(2029, 1, 1))
    assert [(one.start, one.end, one.amount) for one in found.owed] == [
        (date(2020, 2, 1), date(2021, 1, 31), 360_000), (date(2021, 2, 1), date(2021, 7, 31), 180_000),
    ]  # fmt: skip
    assert found.following is None
    assert plan(terms(start=date(2022, 1, 1)), Known([short]), date(2029, 1, 1)).owed == ()


def test_a_transfer_in_the_middle_of_a_year_splits_it_by_days():
    two = [held(1, end=date(2020, 7, 31)), held(2, start=date(2020, 8, 1))]
    (first,) = plan(terms(), Known(two), date(2020, 3, 1)).owed
    assert [(one.grant, one.amount, one.start, one.end) for one in first.slices] == [
        (1, 180_000, date(2020, 2, 1), date(2020, 7, 31)), (2, 180_000, date(2020, 8, 1), date(2021, 1, 31)),
    ]  # fmt: skip


def test_holders_of_one_day_owe_by_their_shares_and_no_unit_is_lost():
    third = Decimal("33.333")
    three = [held(number, share=third, hectares=Decimal(40)) for number in (1, 2, 3)]
    (first,) = plan(terms(rate=Decimal("0.01"), digits=2), Known(three), date(2020, 3, 1)).owed
    assert first.amount == 120 and sorted(one.amount for one in first.slices) == [40, 40, 40]


def test_days_without_a_rate_are_named():
    rates = [Step(date(2020, 2, 1), date(2020, 4, 30), Decimal(10))]
    with pytest.raises(RateGap) as caught:
        plan(terms("rule", rate=None), Known([held()], rates), date(2020, 3, 1))
    assert caught.value.what == "rate" and caught.value.days == [(date(2020, 5, 1), date(2021, 1, 31))]


def test_hectares_that_nobody_knows_are_a_gap():
    with pytest.raises(RateGap) as caught:
        plan(terms(), Known([held(hectares=None)]), date(2020, 3, 1))
    assert caught.value.what == "quantity"


def test_a_sum_once_is_owed_by_who_holds_it_that_day():
    two = [held(1, end=date(2020, 7, 31)), held(2, start=date(2020, 8, 1))]
    found = plan(terms("once", start=date(2020, 9, 1), rate=None, amount=5_000), Known(two), date(2020, 9, 1))
    assert [(one.grant, one.amount) for one in found.owed[0].slices] == [(2, 5_000)] and found.following is None


def test_a_share_of_a_value_waits_until_it_is_reported():
    due = terms("percent", rate=Decimal("2.5"))
    waiting, _second = plan(due, Known([held()]), date(2021, 3, 1)).owed
    assert waiting.waits and not waiting.slices
    told, _second = plan(due, Known([held()], reported={date(2020, 2, 1): 1_000_000}), date(2021, 3, 1)).owed
    assert told.amount == 25_000 and told.base == 1_000_000


days = st.dates(date(2005, 1, 1), date(2025, 12, 31))


@st.composite
def cases(draw):
    """A term with its grants: one after the other, with or without a gap, with shares and hectares."""
    start = draw(days)
    known, begin = [], start
    for number in range(draw(st.integers(1, 4))):
        end = begin + timedelta(days=draw(st.integers(20, 1500)))
        sharing = draw(st.integers(1, 2))
        for each in range(sharing):
            known.append(
                Held(number * 10 + each, begin, end, Decimal(100) / sharing, draw(st.decimals(1, 900, places=2)))
            )
        begin = end + timedelta(days=draw(st.sampled_from([1, 1, 40])))
    cut = start + timedelta(days=draw(st.integers(5, 900)))
    rates = [
        Step(date(2000, 1, 1), cut - DAY, draw(st.decimals(1, 99, places=4))),
        Step(cut, None, draw(st.decimals(1, 99, places=4))),
    ]
    return terms("rule", start=start, months=draw(st.sampled_from([1, 3, 6, 12, 24])), rate=None), Known(known, rates)


@given(cases())
def test_periods_add_up_to_the_whole_and_holders_to_the_period(case):
    due, known = case
    last = max(one.end for one in known.held)
    whole = plan(due, known, last)
    exact = sum(
        (part.rate.value * part.quantity.value * part.months.numerator / part.months.denominator / 12
         for one in whole.owed for part in one.parts), Decimal(0),
    )  # fmt: skip
    assert abs(sum(amounts(whole)) - exact * 100) <= Decimal("0.51")
    assert whole.following is None and whole.owed[-1].end == last
    for one in whole.owed:
        assert sum(part.amount for part in one.slices) == one.amount
        assert all(part.start >= one.start and part.end <= one.end for part in one.slices)


@given(cases(), st.integers(0, 6000))
def test_looking_earlier_gives_the_same_periods_and_none_begins_after_the_day(case, ahead):
    due, known = case
    last = max(one.end for one in known.held)
    until = due.start + timedelta(days=ahead)
    early, whole = plan(due, known, until), plan(due, known, last + timedelta(days=ahead))
    assert all(one.start <= until and one.end <= last for one in early.owed)
    assert [one.amount for one in early.owed[:-1]] == [one.amount for one in whole.owed[: max(0, len(early.owed) - 1)]]
    assert early.following is None or early.following > until or early.following == due.start
