"""What rasters of small whole numbers add, looked up or on a straight line: the sum of the standardised values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.maps.calculations import overlay
from sala.maps.calculations.small_numbers import fits, scored, summed
from sala.maps.calculations.standardise import standardised

SAID = [
    {"method": "linear", "low": 0, "high": 200},
    {"method": "linear", "low": 39.5, "high": 3},
    {"method": "trapezoid", "a": 10, "b": 50, "c": 60, "d": 200},
    {"method": "limits", "first": 8, "second": 16, "third": 30, "lower_is_better": True},
    {"method": "sigmoid", "best": 10, "worst": 90},
    {"method": "fuzzy-small", "middle": 40, "spread": 3},
    {"method": "classes", "scores": [[1, 1], [2, 0.5], [7, 0]], "other": 0.25},
    {"method": "none"},
]


@pytest.mark.parametrize("said", SAID, ids=lambda said: said["method"])
@pytest.mark.parametrize("kind", ["uint8", "uint16"])
@pytest.mark.parametrize("share", [1.0, 0.3, 1 / 7])
def test_parts_of_the_map_add_what_each_value_is_worth(said, kind, share):
    values = np.arange(256, dtype=kind)
    worth = standardised(values.astype(float), said) * share
    found = scored(np.dtype(kind), said, None, share)
    for first, last in ((0, 255), (0, 20), (60, 200), (found.first, found.last), (100, 100)):
        part = values[first : last + 1]
        if len(part):
            assert summed([found], part[None, None])[0] == pytest.approx(worth[first : last + 1], abs=overlay.NOISE / 2, nan_ok=True)  # fmt: skip


@given(
    st.lists(st.tuples(st.sampled_from(SAID), st.integers(0, 100)), min_size=1, max_size=12),
    st.integers(0, 2**32 - 1), st.sampled_from([20, 200, 255]), st.sampled_from(["uint8", "uint16"]),
)  # fmt: skip
def test_all_layers_together_are_what_weighing_them_one_by_one_gives(criteria, seed, greatest, kind):
    values = np.random.default_rng(seed).integers(0, greatest + 1, (len(criteria), 7, 9)).astype(kind)
    weights = [weight + 1 for _said, weight in criteria]
    shares = overlay.normalised(weights).tolist()
    layers = [scored(np.dtype(kind), said, 255, share) for (said, _weight), share in zip(criteria, shares, strict=True)]
    one_by_one = [np.where(own == 255, np.nan, standardised(own.astype(float), said)) for (said, _weight), own in zip(criteria, values, strict=True)]  # fmt: skip
    expected = overlay.weighed(one_by_one, weights)
    assert summed(layers, values) == pytest.approx(expected, abs=overlay.NOISE / 2, nan_ok=True)


def test_lines_are_reckoned_and_curves_looked_up():
    line, curve = (scored(np.dtype("uint8"), SAID[place], 255, 0.2) for place in (0, 4))
    assert (line.first, line.last) == (0, 200) and curve.last - curve.first < 5  # a curve is straight where it turns


def test_a_line_too_steep_to_keep_its_digits_is_looked_up():
    steep = {"method": "linear", "low": 60_000, "high": 60_010}
    found = scored(np.dtype("uint16"), steep, None, 1.0)
    assert found.last < found.first
    assert summed([found], np.array([[[60_000, 60_001, 60_010]]], "uint16"))[0] == pytest.approx([0, 0.1, 1])


def test_no_data_is_no_number_even_on_the_line():
    found = scored(np.dtype("uint8"), SAID[0], 100, 1.0)
    assert np.isnan(summed([found], np.array([[[99, 100, 101]]], "uint8"))).tolist() == [[False, True, False]]
    assert not np.isnan(scored(np.dtype("uint8"), SAID[0], -9999.0, 1.0).table).any()


def test_which_numbers_are_small():
    assert [fits(np.dtype(kind)) for kind in ("uint8", "uint16", "uint32", "int16", "float32")] == [True, True, False, False, False]  # fmt: skip
