"""From measures to 0 … 1, against published examples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.maps.calculations import standardise as s

NAN = float("nan")


@pytest.mark.parametrize(
    ("function", "arguments", "x", "expected"),
    [
        (s.linear, (10, 20), [5, 10, 15, 20, 30], [0, 0, 0.5, 1, 1]),
        (s.linear, (20, 10), [5, 10, 15, 20, 30], [1, 1, 0.5, 0, 0]),
        (s.sigmoid, (5, 15), [5, 7.5, 10, 12.5, 15, 20, 0], [1, 0.8536, 0.5, 0.1464, 0, 0, 1]),
        (s.sigmoid, (15, 5), [5, 10, 15], [0, 0.5, 1]),
        (s.fuzzy_small, (10, 5), [5, 10, 20], [0.9697, 0.5, 0.0303]),
        (s.trapezoid, (0, 10, 20, 40), [-1, 5, 10, 15, 20, 30, 50], [0, 0.5, 1, 1, 1, 0.5, 0]),
        (s.trapezoid, (10, 10, 20, 20), [9, 10, 20, 21], [0, 1, 1, 0]),
    ],
)
def test_values_are_those_of_the_reference(function, arguments, x, expected):
    assert function(np.array(x, float), *arguments) == pytest.approx(np.array(expected), abs=5e-5)


def test_slope_by_the_three_limits_of_land_evaluation():
    x = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 5])
    found = s.limits(x, 1, 2, 3, lower_is_better=True)
    assert found == pytest.approx(np.array([1, 0.875, 0.75, 0.625, 0.5, 0.25, 0, 0]))
    assert s.limits(x, 1, 2, 3, lower_is_better=False) == pytest.approx(1 - found)


def test_classes_have_the_score_that_was_given_and_others_none():
    found = s.classes(np.array([1.0, 2, 9, NAN]), {1: 0.8, 2: 0})
    assert found[:2].tolist() == [0.8, 0] and np.isnan(found[2:]).all()
    assert s.classes(np.array([9.0, NAN]), {1: 0.8}, other=0)[0] == 0


@pytest.mark.parametrize(
    "said",
    [
        {"method": "linear", "low": 3, "high": 3},
        {"method": "sigmoid", "best": 1, "worst": 1},
        {"method": "trapezoid", "a": 3, "b": 2, "c": 4, "d": 5},
        {"method": "fuzzy-small", "middle": 0, "spread": 5},
        {"method": "limits", "first": 3, "second": 2, "third": 1},
        {"method": "classes", "scores": [[1, 1.5]]},
    ],
)
def test_limits_that_make_no_sense_are_refused(said):
    with pytest.raises(ValueError):
        s.check(said)


SAID = st.sampled_from([
    {"method": "linear", "low": 2, "high": 9}, {"method": "linear", "low": 9, "high": 2},
    {"method": "sigmoid", "best": 3, "worst": 30}, {"method": "trapezoid", "a": 1, "b": 2, "c": 5, "d": 8},
    {"method": "fuzzy-small", "middle": 4, "spread": 3}, {"method": "limits", "first": 1, "second": 3, "third": 9},
    {"method": "classes", "scores": [[1, 0.4], [2, 1]]},
])  # fmt: skip


@given(SAID, st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(NAN)), min_size=1, max_size=20))
def test_a_score_lies_between_nought_and_one_and_no_value_stays_none(said, values):
    x = np.array(values)
    found = s.standardised(x, said)
    assert np.isnan(found[np.isnan(x)]).all()
    known = found[~np.isnan(found)]
    assert ((known >= 0) & (known <= 1)).all()
