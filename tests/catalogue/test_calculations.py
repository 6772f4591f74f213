"""Promises and gaps, reckoned without a database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.catalogue.calculations import add_months, missing_periods, promise

YEARLY = {"months": 12, "days": None, "frequency": "ANNUAL", "grace_days": 90, "since": date(2020, 1, 1)}


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2024, 12, 31), "current"),
        (date(2025, 1, 1), "due"),
        (date(2025, 3, 31), "due"),
        (date(2025, 4, 1), "overdue"),
    ],
)
def test_a_yearly_promise_passes_from_current_to_due_to_overdue(today, state):
    found = promise(covered_until=date(2023, 12, 31), today=today, **YEARLY)
    assert (found.state, found.due) == (state, date(2025, 3, 31))


def test_what_was_never_delivered_is_reckoned_from_its_entry():
    assert promise(covered_until=None, today=date(2021, 6, 1), **YEARLY).state == "overdue"


def test_no_promise_and_an_irregular_one_are_said_and_never_count_as_current():
    common = {"grace_days": 0, "covered_until": None, "since": date(2020, 1, 1), "today": date(2024, 1, 1)}
    assert promise(months=None, days=None, frequency=None, **common).state == "none"
    assert promise(months=None, days=None, frequency="IRREG", **common).state == "irregular"
    assert promise(months=12, days=None, frequency="ANNUAL", retired=True, **common).state == "retired"


def test_gaps_between_the_first_and_the_last_edition_are_named():
    assert missing_periods(["2018", "2019", "2022"], date(2024, 1, 1)) == ["2020", "2021"]
    assert missing_periods(["2023-Q1", "2023-Q4"], date(2024, 1, 1)) == ["2023-Q2", "2023-Q3"]
    assert missing_periods(["2018"], date(2024, 1, 1)) == []


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(0, 600))
def test_adding_months_keeps_the_day_or_takes_the_last_of_the_month(day, months):
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and later.month != (later.replace(day=28)).month + 1)
