"""Checks of figures, and numbers as they are typed, over whatever numbers there may be."""

from decimal import Decimal

from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from sala.catalogue.checks import Cell, findings
from sala.catalogue.forms.asked import FigureField, as_typed

EXAMPLES = settings(max_examples=60, derandomize=True, deadline=None)
NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=3, allow_nan=False)
COUNTS = st.integers(min_value=0, max_value=10**6).map(Decimal)


def look(cells, **sums):
    return findings(cells, row_sums={}, column_sums=sums, unlike_percent=None)


@EXAMPLES
@given(COUNTS, COUNTS, st.integers(-3, 3))
def test_a_total_is_refused_exactly_when_it_is_not_the_sum(female, male, off):
    cells = [Cell("a", "f", "f", female), Cell("a", "m", "m", male), Cell("a", "t", "t", female + male + off)]
    found = look(cells, t=["f", "m"])
    assert [(one.key, one.code) for one in found] == ([("a.t", "sum")] if off else [])


@EXAMPLES
@given(COUNTS, COUNTS)
def test_a_total_with_a_part_that_is_not_available_is_not_compared(female, total):
    cells = [Cell("a", "f", "f", female), Cell("a", "m", "m", reason="lost"), Cell("a", "t", "t", total)]
    assert look(cells, t=["f", "m"]) == []


@EXAMPLES
@given(COUNTS, COUNTS, st.integers(0, 300))
def test_unlike_last_time_is_told_by_percent_and_silent_once_explained(value, before, percent):
    def codes(note):
        cell = Cell("a", "", "a", value, previous=before, note=note)
        return [(one.code, one.blocks) for one in findings([cell], row_sums={}, column_sums={}, unlike_percent=percent)]

    unlike = abs(value - before) > before * percent / 100
    assert codes("") == ([("unlike", True)] if unlike else [])
    assert codes("a new school") == ([("unlike", False)] if unlike else [])


@EXAMPLES
@given(NUMBERS, st.sampled_from(["lo", "en"]))
def test_what_is_shown_in_the_box_comes_back_as_the_same_number(value, code):
    with translation.override(code):
        assert FigureField(kept=value).clean(as_typed(value)) == value


def test_every_empty_cell_is_named_but_not_one_answered_elsewhere():
    cells = [Cell("a", "", "a"), Cell("b", "", "b", elsewhere=True), Cell("c", "", "c", Decimal(1))]
    assert [(one.key, one.code) for one in look(cells)] == [("a", "missing")]
