"""Weights by pairs against published and reckoned examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.maps.calculations import ahp

SAATY_HOUSE = [
    [5, 3, 7, 6, 6, 1 / 3, 1 / 4], [1 / 3, 5, 3, 3, 1 / 5, 1 / 7], [6, 3, 4, 6, 1 / 5], [1 / 3, 1 / 4, 1 / 7, 1 / 8],
    [1 / 2, 1 / 5, 1 / 6], [1 / 5, 1 / 6], [1 / 2],
]  # fmt: skip


@pytest.mark.parametrize(
    ("upper", "weights", "eigenvalue", "index", "ratio"),
    [
        ([[3, 5], [3]], [0.6370, 0.2583, 0.1047], 3.0385, 0.0193, 0.0332),
        ([[2, 4], [2]], [0.5714, 0.2857, 0.1429], 3, 0, 0),
        ([[3, 5, 7], [3, 5], [3]], [0.5650, 0.2622, 0.1175, 0.0553], 4.1170, 0.0390, 0.0433),
        ([[5, 1 / 5], [5]], [1 / 3, 1 / 3, 1 / 3], 6.2, 1.6, 2.7586),
    ],
)
def test_weights_and_consistency_are_those_of_the_reference(upper, weights, eigenvalue, index, ratio):
    found = ahp.weights(upper)
    assert found.weights == pytest.approx(weights, abs=5e-5)
    assert found.eigenvalue == pytest.approx(eigenvalue, abs=5e-5)
    assert (found.index, found.ratio) == pytest.approx((index, ratio), abs=5e-5)


def test_the_house_of_eight_criteria_has_the_published_weights():
    found = ahp.weights(SAATY_HOUSE)
    assert found.weights == pytest.approx([0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333], abs=6e-4)
    assert (found.eigenvalue, found.index, found.ratio) == pytest.approx((9.669, 0.238, 0.169), abs=6e-4)
    assert not found.is_consistent


def test_means_of_columns_are_what_is_reckoned_by_hand():
    assert ahp.column_means([[3, 5], [3]]) == pytest.approx([0.6333, 0.2605, 0.1062], abs=5e-5)


def test_comparisons_that_run_in_a_circle_give_weights_and_a_warning_and_are_not_refused():
    found = ahp.weights([[5, 1 / 5], [5]])
    assert sum(found.weights) == pytest.approx(1) and not found.is_consistent
    assert ahp.weights([[3, 5], [3]]).is_consistent


def test_two_criteria_never_disagree():
    found = ahp.weights([[4]])
    assert found.weights == pytest.approx([0.8, 0.2]) and found.ratio == 0


@pytest.mark.parametrize("upper", [[[0]], [[-2]], [[3, 5], []], [[1] * n for n in range(10, 0, -1)]])
def test_what_is_no_comparison_is_refused(upper):
    with pytest.raises(ValueError):
        ahp.weights(upper)


@given(st.lists(st.floats(0.1, 10), min_size=2, max_size=8))
def test_comparisons_made_from_weights_give_these_weights_back(values):
    upper = [[one / other for other in values[place + 1 :]] for place, one in enumerate(values[:-1])]
    found = ahp.weights(upper)
    assert found.weights == pytest.approx([value / sum(values) for value in values], abs=1e-6)
    assert found.ratio < 1e-6
