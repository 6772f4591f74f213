"""How old a debt is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.ledger.calculations import BANDS, Band, Open, aged, days_late

ON = date(2026, 7, 1)


@pytest.mark.parametrize(
    ("late", "band"),
    [
        (-400, Band.CURRENT), (0, Band.CURRENT), (1, Band.MONTH), (30, Band.MONTH), (31, Band.QUARTER), (90, Band.QUARTER),
        (91, Band.YEAR), (365, Band.YEAR), (366, Band.OLDER), (9_000, Band.OLDER),
    ],
)  # fmt: skip
def test_each_day_falls_in_its_band(late, band):
    found = aged([Open(7, ON - timedelta(days=late))], ON)
    assert found[band] == 7
    assert sum(found.values()) == 7
    assert days_late(ON - timedelta(days=late), ON) == max(0, late)


@given(st.lists(st.tuples(st.integers(1, 10**12), st.integers(-1_000, 9_000)), max_size=30))
def test_bands_add_up_to_all_that_is_open(items):
    found = aged([Open(amount, ON - timedelta(days=late)) for amount, late in items], ON)
    assert list(found) == BANDS
    assert sum(found.values()) == sum(amount for amount, _late in items)
