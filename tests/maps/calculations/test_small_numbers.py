"""What a value of a raster of small whole numbers adds, looked up or reckoned: the same to the last bit."""

import numpy as np
import pytest

from sala.maps.calculations.small_numbers import fits, scored
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
    worth = standardised(values.astype(float), said).astype(np.float32) * np.float32(share)
    found = scored(np.dtype(kind), said, None, share)
    for first, last in ((0, 255), (0, 20), (60, 200), (found.first, found.last), (100, 100)):
        total = np.full(max(0, last - first + 1), 0.5, np.float32)
        if len(total):
            found.add_to(total, values[first : last + 1])
            assert (total == np.float32(0.5) + worth[first : last + 1]).all()


def test_lines_are_reckoned_and_curves_looked_up():
    line, curve = (scored(np.dtype("uint8"), SAID[place], 255, 0.2) for place in (0, 4))
    assert (line.first, line.last) == (0, 200) and curve.last - curve.first < 5  # a curve is straight where it turns


def test_no_data_is_no_number_even_on_the_line():
    found = scored(np.dtype("uint8"), SAID[0], 100, 1.0)
    total = np.zeros(3, np.float32)
    found.add_to(total, np.array([99, 100, 101], "uint8"))
    assert np.isnan(total).tolist() == [False, True, False]
    assert not np.isnan(scored(np.dtype("uint8"), SAID[0], -9999.0, 1.0).table).any()


def test_which_numbers_are_small():
    assert [fits(np.dtype(kind)) for kind in ("uint8", "uint16", "uint32", "int16", "float32")] == [True, True, False, False, False]  # fmt: skip
