"""Reckoning how much of a place's time is asked, apart from any table."""

from hypothesis import given
from hypothesis import strategies as st

from sala.collection.burden import Asked, Stay, burden, minutes_at, saved

VILLAGES = {11: [1, 11], 12: [1, 12], 21: [2, 21]}  # two in the first district, one in the second


def test_a_visit_to_a_district_takes_the_time_of_each_of_its_villages():
    found = burden(VILLAGES, [Stay("health", frozenset({1}), 30)], [])
    assert found == {11: {"health": 30}, 12: {"health": 30}}


def test_an_answer_that_a_visit_fetches_is_counted_once():
    asked = [Asked(11, "health", 7, 3, 20, 1), Asked(11, "school", 7, 4, 25, 2), Asked(21, "health", 7, 3, 20, 1)]
    visit = Stay("health", frozenset({1}), 30, asked=(7, 3))
    assert burden(VILLAGES, [visit], asked) == {
        11: {"health": 30, "school": 50},
        12: {"health": 30},
        21: {"health": 20},
    }
    every = Stay("health", frozenset({1}), 30, asked=(7, None))
    assert burden(VILLAGES, [every], asked)[11] == {"health": 30}


def test_a_joint_visit_is_no_longer_where_only_one_of_its_offices_had_to_go():
    parts = (Stay("a", frozenset({11, 12}), 30), Stay("b", frozenset({11}), 45))
    joint = Stay("a", frozenset({11, 12}), 50, parts)
    assert [minutes_at(joint, VILLAGES[pk]) for pk in (11, 12, 21)] == [50, 30, 0]
    assert saved(joint, VILLAGES) == 25


areas = st.frozensets(st.sampled_from([1, 2, 11, 12, 21]), min_size=1)
stays = st.builds(Stay, st.sampled_from("abc"), areas, st.integers(1, 500))


@given(st.lists(stays, min_size=1, max_size=5), st.integers(1, 500))
def test_going_together_never_takes_more_than_going_apart(parts, minutes):
    joint = Stay("a", frozenset().union(*(part.areas for part in parts)), minutes, tuple(parts))
    apart = sum(sum(houses.values()) for houses in burden(VILLAGES, parts, []).values())
    together = sum(sum(houses.values()) for houses in burden(VILLAGES, [joint], []).values())
    assert apart - together == saved(joint, VILLAGES) >= 0
