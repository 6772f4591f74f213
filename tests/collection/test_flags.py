"""What a checker is told to look at: limits set by how many answers somebody must look at, and short rows of figures."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sala.collection import flags

NOON = datetime(2026, 10, 1, 5, tzinfo=UTC)


def codes(found):
    return [each["code"] for each in found]


def test_by_chance_alone_fewer_than_one_count_in_a_thousand_is_flagged():
    """The usual limits flag 1.4 % of Poisson counts of 50 in blocks of twelve (modified z above 3.5)."""
    draws = np.random.default_rng(20261001).poisson(50, size=(20_000, 13)).tolist()
    outside = sum(flags.outside(row[12], row[:12]) for row in draws)
    jumped = sum(flags.deviates(row[12], row[11]) for row in draws)
    assert outside / len(draws) < 0.001
    assert jumped / len(draws) < 0.001
    blocks = np.array(draws)[:, :12]
    middle = np.median(blocks, axis=1, keepdims=True)
    spread = np.median(np.abs(blocks - middle), axis=1, keepdims=True)
    usual = np.where(spread > 0, 0.6745 * np.abs(blocks - middle) / np.where(spread > 0, spread, 1), 0) > 3.5
    assert 0.010 < usual.mean() < 0.018


@pytest.mark.parametrize("count", [4, 9])
def test_a_wild_figure_is_seen_although_the_row_is_short(count):
    """With the deviation of the whole row no figure of n can lie further than sqrt(n - 1) from the mean: never 3 here."""
    history = [100.0] * (count - 1)
    row = np.array([*history, 100_000.0])
    assert abs(row[-1] - row.mean()) / row.std() == pytest.approx(math.sqrt(count - 1))
    assert math.sqrt(count - 1) < 3
    assert flags.deviates(100_000, history[-1]) and flags.unusual_change(100_000, history[-1], [])


def test_the_same_value_every_month_and_then_a_jump_is_seen():
    """Its median deviation is 0, for which the usual modified z is set to 0."""
    assert flags.outside(40, [20.0] * 12)
    assert not flags.outside(20, [20.0] * 12)
    assert not flags.outside(40, [20.0] * 11)


def test_a_figure_that_all_of_the_district_share_is_no_outlier():
    doubled = [(2 * before, before) for before in range(100, 112)]
    assert not flags.unusual_change(420, 200, doubled)
    assert flags.unusual_change(420, 200, [(before + 1, before) for before in range(100, 112)])


def test_one_wild_neighbour_does_not_hide_another():
    steady = [(before * 1.02, before) for before in range(100, 115)]
    assert flags.unusual_change(9000, 100, [*steady, (8764, 100), (7000, 90)])


def test_fewer_than_ten_neighbours_say_nothing_then_a_plain_factor_does():
    few = [(2 * before, before) for before in range(100, 109)]
    assert not flags.unusual_change(220, 110, few)
    assert flags.unusual_change(400, 110, few)


@pytest.mark.parametrize(("now", "before"), [(3, 1), (12, 5), (0, 9), (60, 45)])
def test_small_counts_that_chance_explains_are_left_alone(now, before):
    assert not flags.deviates(now, before)


def test_a_figure_that_fell_to_nothing_is_seen():
    assert flags.deviates(0, 60) and flags.unusual_change(0, 60, [])


def test_figures_copied_from_the_last_period_are_told_with_how_many():
    last = {f"/q{number}": number * 10 for number in range(1, 22)} | {"/zero": 0, "/wells": [{"/wells/depth": 3.0}]}
    paths = [*last]
    assert flags.same_as_last(last, last, paths, "2025")[0]["values"] == {"same": 22, "count": 22, "period": "2025"}
    assert codes(flags.same_as_last(last | {"/q1": 11}, last, paths, "2025")) == ["same-as-last"]
    assert flags.same_as_last(last | {"/q1": 11, "/q2": 12}, last, paths, "2025") == []
    assert flags.same_as_last({"/q1": 10}, {"/q1": 10}, paths, "2025") == []


def test_haste_is_reckoned_from_the_minutes_of_the_form_and_the_questions_answered():
    def seconds(count):
        return NOON, NOON + timedelta(seconds=count)

    assert codes(flags.too_fast(*seconds(100), 20, 10)) == ["too-fast"]
    assert flags.too_fast(*seconds(240), 20, 10) == []
    assert codes(flags.too_fast(*seconds(240), 20, 250)) == ["too-fast"]
    assert flags.too_fast(*seconds(5), 20, 0) == []
    assert flags.too_fast(None, NOON, 20, 10) == []


def test_a_clock_years_off_is_told_and_weeks_without_a_line_are_not():
    assert flags.clock_off(NOON, NOON, NOON + timedelta(days=40)) == []
    assert codes(flags.clock_off(NOON, NOON, NOON + timedelta(days=500))) == ["clock-off"]
    assert codes(flags.clock_off(NOON, NOON + timedelta(hours=1), NOON)) == ["clock-off"]
    assert codes(flags.clock_off(NOON, NOON - timedelta(hours=1), NOON)) == ["ends-before-it-begins"]


def test_a_bad_fix_of_the_point_is_no_distance():
    assert flags.far_away("/where", 2400, 1000, 1500) == []
    assert flags.far_away("/where", 2600, 1000, 1500)[0]["values"] == {"km": 2.6}
    assert flags.far_away("/where", None, 1000, 0) == []


def test_an_old_photo_and_one_from_elsewhere_are_told():
    old = flags.photo("/photo", taken=NOON - timedelta(days=30), metres=5000, ended=NOON)
    assert codes(old) == ["photo-earlier", "photo-far"]
    assert flags.photo("/photo", taken=NOON - timedelta(hours=5), metres=300, ended=NOON) == []


def test_every_flag_has_words_and_no_other_is_made():
    told = {"now": 1.0, "last": 2, "period": "2025", "count": 12, "least": 1, "most": 2, "same": 5, "seconds": 3, "km": 2.5,
            "device": "", "received": "", "version": "2", "taken": "", "ended": "", "names": ["a"], "value": "x", "path": "/q",
            "why": "entities", "code": "9"}  # fmt: skip
    for code in flags.WORDS:
        assert "%(" not in flags.sentence({"code": code, "path": "", "values": told})
    with pytest.raises(KeyError):
        flags.flag("strange")
