"""Periods: codes, first and last day, what follows."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.core import periods


@pytest.mark.parametrize(
    ("code", "start", "end"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)), ("2024-Q3", date(2024, 7, 1), date(2024, 9, 30)),
        ("2024-S2", date(2024, 7, 1), date(2024, 12, 31)), ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29)), ("2015/2019", date(2015, 1, 1), date(2019, 12, 31)),
        ("໒໐໒໔", date(2024, 1, 1), date(2024, 12, 31)),
    ],
)  # fmt: skip
def test_a_code_gives_its_first_and_last_day(code, start, end):
    period = periods.parse(code)
    assert (period.start, period.end) == (start, end)


@pytest.mark.parametrize("code", ["", "24", "2024-13", "2024-Q5", "2024-02-30", "2019/2015", "soon"])
def test_what_is_no_period_is_refused(code):
    with pytest.raises(ValueError):
        periods.parse(code)


@given(st.integers(1950, 2100), st.sampled_from(["", "-Q1", "-Q4", "-S2", "-01", "-12"]))
def test_what_follows_begins_the_day_after(year, part):
    period = periods.parse(f"{year}{part}")
    following = period.following()
    assert (following.start - period.end).days == 1 and len(following.code) == len(period.code)
