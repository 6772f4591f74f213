"""When a series meets again, and which undertakings are alike."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.bodies.calculations import Undertaking, common_days, next_day, similar

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def undertaking(key, areas=("/1/2/",), start=date(2026, 1, 1), end=date(2026, 12, 31), topics=("health",)):
    return Undertaking(key, frozenset(areas), start, end, frozenset(topics))


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        ("weekly", date(2026, 2, 7)), ("monthly", date(2026, 2, 28)), ("quarterly", date(2026, 4, 30)),
        ("half_yearly", date(2026, 7, 31)), ("yearly", date(2027, 1, 31)), ("as_needed", None),
    ],
)  # fmt: skip
def test_a_series_meets_again_after_its_rhythm(rhythm, expected):
    assert next_day(date(2026, 1, 31), rhythm) == expected


def test_the_day_of_a_leap_year_is_kept():
    assert next_day(date(2028, 2, 29), "yearly") == date(2029, 2, 28)
    assert next_day(date(2027, 11, 30), "quarterly") == date(2028, 2, 29)


def test_a_place_within_the_other_counts_and_the_smaller_one_is_named():
    wide, narrow = undertaking("wide", areas=["/1/"]), undertaking("narrow", areas=["/1/2/7/"])
    assert [like.areas for like in similar(wide, [narrow])] == [frozenset({"/1/2/7/"})]
    assert similar(undertaking("a", areas=["/1/2/"]), [undertaking("b", areas=["/1/21/"])]) == []


@pytest.mark.parametrize(
    "other", [{"topics": ["land"]}, {"topics": []}, {"areas": ["/1/3/"]}, {"start": date(2027, 1, 1), "end": None}]
)
def test_without_a_common_topic_place_or_day_nothing_is_alike(other):
    assert similar(undertaking("a"), [undertaking("b", **other)]) == []


def test_most_common_topics_stand_first_and_nothing_is_like_itself():
    wanted = undertaking("a", topics=["health", "water"])
    found = similar(wanted, [wanted, undertaking("b"), undertaking("c", topics=["water", "health"])])
    assert [like.key for like in found] == ["c", "b"]


def test_the_days_of_both_are_counted_with_first_and_last():
    assert common_days(date(2026, 1, 1), date(2026, 1, 10), date(2026, 1, 10), None) == 1
    assert common_days(date(2026, 1, 1), None, date(2026, 5, 1), None) is None


@given(DAYS, st.integers(0, 900), DAYS, st.integers(0, 900))
def test_common_days_agree_with_counting_them(start, length, other_start, other_length):
    end, other_end = start + timedelta(length), other_start + timedelta(other_length)
    mine = {start + timedelta(step) for step in range(length + 1)}
    theirs = {other_start + timedelta(step) for step in range(other_length + 1)}
    assert common_days(start, end, other_start, other_end) == len(mine & theirs)


@given(
    st.sets(st.sampled_from(["/1/", "/1/2/", "/1/2/7/", "/1/3/"])),
    st.sets(st.sampled_from(["/1/", "/1/2/", "/1/3/9/"])),
)
def test_likeness_is_mutual(areas, others):
    one, other = undertaking("a", areas=areas), undertaking("b", areas=others)
    assert bool(similar(one, [other])) == bool(similar(other, [one]))
