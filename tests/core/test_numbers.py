"""Numbers in both conventions: read when clear, asked when not."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.core import numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.250.000", "1250000"), ("1,250,000", "1250000"), ("1.234.567,89", "1234567.89"), ("1,234,567.89", "1234567.89"),
        ("12,5", "12.5"), ("12.5", "12.5"), ("0,125", "0.125"), ("໑໒໕", "125"), ("-3,5", "-3.5"), ("1 250 000", "1250000"),
        ("1234567", "1234567"), ("1234.567", "1234.567"),
    ],
)  # fmt: skip
def test_a_clear_number_is_read_in_either_convention(text, value):
    assert numbers.parse(text) == Decimal(value)


@pytest.mark.parametrize("text", ["1.250", "12,500", "999.999"])
def test_a_number_with_two_readings_is_asked_and_both_are_shown(text):
    with pytest.raises(numbers.UnclearNumber) as caught:
        numbers.parse(text)
    grouped, decimal = caught.value.readings
    assert grouped == decimal * 1000


def test_whoever_says_the_mark_is_understood():
    assert numbers.parse("1.250", decimal_mark=",") == 1250 and numbers.parse("1.250", decimal_mark=".") == Decimal(
        "1.25"
    )


@pytest.mark.parametrize("text", ["", "kip", "1.2.3,4,5", "12.34.5", "--3", "1,23,456"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError):
        numbers.parse(text)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False), st.sampled_from(["lo", "en"]))
def test_what_is_shown_can_be_read_again(value, code):
    mark = "," if code == "lo" else "."
    assert numbers.parse(numbers.display(value, code), decimal_mark=mark) == value


def test_each_language_has_its_own_marks():
    assert numbers.display(Decimal("1234567.89"), "lo") == "1.234.567,89"
    assert numbers.display(Decimal("1234567.89"), "en") == "1,234,567.89"
