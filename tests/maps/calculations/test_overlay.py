"""Weighing criteria, constraints, and both ways of treating what is missing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.maps.calculations import overlay

NAN = float("nan")
WEIGHTS = [0.6370, 0.2583, 0.1047]


def layers(*rows):
    return [np.array(row, float) for row in rows]


def test_three_criteria_weigh_as_in_the_reference():
    assert overlay.weighed(layers([0.75], [0.5], [0.9]), WEIGHTS)[0] == pytest.approx(0.7011, abs=5e-5)


def test_ranks_in_which_one_is_first_weigh_the_other_way_round():
    assert overlay.rank_weights([1, 2, 3]) == pytest.approx([0.4167, 0.3333, 0.25], abs=5e-5)
    assert overlay.by_rank(layers([0.2], [0.8], [0.6]), [1, 2, 3])[0] == pytest.approx(0.5)
    assert overlay.limiting(layers([0.2], [0.8], [0.6]))[0] == 0.2


def test_a_cell_without_a_value_has_no_result_or_the_others_share_its_weight():
    found = layers([0.8, NAN], [0.4, 0.4])
    plain = overlay.weighed(found, [3, 1])
    assert plain[0] == pytest.approx(0.7) and np.isnan(plain[1])
    assert overlay.weighed(found, [3, 1], missing="renormalise") == pytest.approx(np.array([0.7, 0.4]))
    assert np.isnan(overlay.weighed(layers([NAN], [NAN]), [1, 1], missing="renormalise")[0])


def test_a_constraint_forbids_a_cell_whatever_else_is_known_of_it():
    found = overlay.weighed(layers([1, 1, NAN]), [1], [np.array([1, 0, 0])])
    assert found.tolist() == [1, 0, 0]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [NAN, 1], [float("inf"), 1]])
def test_weights_that_sum_to_nothing_are_refused(weights):
    with pytest.raises(overlay.WeighsNothing):
        overlay.normalised(weights)


def test_a_limit_belongs_to_the_class_above_it():
    found = overlay.classified(np.array([0, 0.2499, 0.25, 0.5, 0.75, 1, NAN]))
    assert [overlay.CLASSES[place] for place in found[:6]] == ["N", "N", "S3", "S2", "S1", "S1"]
    assert found[6] == 255


UNIT = st.floats(0, 1)


@given(st.lists(st.tuples(UNIT, st.floats(0.01, 10)), min_size=1, max_size=6), st.floats(-0.2, 0.2))
def test_the_result_lies_among_its_criteria_and_sways_as_if_it_were_weighed_anew(pairs, change):
    found = layers(*([value] for value, _weight in pairs))
    weights = [weight for _value, weight in pairs]
    total = overlay.weighed(found, weights)
    values = [value for value, _weight in pairs]
    assert min(values) - 1e-9 <= total[0] <= max(values) + 1e-9
    changed = [weights[0] * (1 + change), *weights[1:]]
    anew = overlay.weighed(found, changed)
    share = overlay.normalised(weights)[0]
    assert overlay.swayed(total, found[0], share, change) == pytest.approx(anew)
