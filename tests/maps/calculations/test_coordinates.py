"""Points as people write them."""

import pytest

from sala.maps.calculations.coordinates import as_utm, parsed


@pytest.mark.parametrize(
    "text",
    ["17.97, 102.63", "17.97 102.63", "17.97N 102.63E", "E102.63 N17.97", "17°58'12\"N 102°37'48\"E", "໑໗.໙໗, ໑໐໒.໖໓",
     "17° 58.2' N, 102° 37.8' E", "48Q 249005 1988469", "48 N 249005 1988469"],
)  # fmt: skip
def test_the_same_point_in_many_ways(text):
    assert parsed(text) == pytest.approx((102.63, 17.97), abs=2e-5)


def test_the_south_and_the_west_are_below_nought():
    assert parsed("12.5S 70.25W") == (-70.25, -12.5)


@pytest.mark.parametrize(
    "text", ["", "here", "17.97", "17.97, 102.63, 5", "97, 102", "17 99'E", "61N 300000 2000000", "17E 102E"]
)
def test_what_is_no_point_is_refused(text):
    with pytest.raises(ValueError):
        parsed(text)


def test_a_point_is_told_in_metres_too():
    assert as_utm(102.63, 17.97).startswith("48N 2490")
    assert parsed(as_utm(102.63, 17.97)) == pytest.approx((102.63, 17.97), abs=1e-5)
