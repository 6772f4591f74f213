"""Checks of a screening, without a database: powers, stops of approvals, terms, splitting, and what changed between runs."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.concessions.calculations.checks import (
    Neighbour,
    Shared,
    difference,
    moratorium,
    overlap,
    overlap_with,
    power,
    splitting,
    term,
    worst,
)
from sala.concessions.calculations.facts import Dated, Fact, Facts, RuleBook

LEVELS = ["country", "province", "district"]


def limit(pk, level, size, reach="", sector=""):
    return Fact(pk, "power_limit", f"concession.{level}" + (f".{sector}" if sector else ""), D(size), "ha", reach)


POWERS = Facts([limit(1, "district", 3), limit(2, "province", 100), limit(3, "country", 10000)])


@pytest.mark.parametrize(
    ("size", "level", "verdict", "lowest"),
    [
        ("3.00", "district", "clear", "district"),
        ("3.01", "district", "blocked", "province"),
        ("100", "province", "clear", "province"),
        ("150", "", "clear", "country"),
        ("10000.01", "", "attention", ""),
        ("10000.01", "country", "blocked", ""),
    ],
)
def test_power_counts_to_the_last_hundredth_of_a_hectare(size, level, verdict, lowest):
    found = power(POWERS, D(size), "mining", level, LEVELS)
    assert (found.verdict, found.figures["lowest"]) == (verdict, lowest)


def test_the_rule_of_the_sector_goes_before_the_general_one_and_the_smaller_area_before_the_larger():
    facts = Facts(
        [limit(1, "province", 100), limit(2, "province", 50, "/1/4/"), limit(3, "province", 20, sector="mining")]
    )
    assert power(facts, D(40), "agriculture", "province", LEVELS).rule == 2
    assert power(facts, D(40), "mining", "province", LEVELS).verdict == "blocked"


def test_without_a_rule_nobody_can_tell():
    empty = Facts([])
    assert power(empty, D(1), "mining", "district", LEVELS).verdict == "cannot_tell"
    assert term(empty, 12, "mining").verdict == "cannot_tell"
    assert splitting(empty, D(1), "mining", "district", date(2026, 1, 1), []).verdict == "cannot_tell"


def test_a_stop_for_one_commodity_cannot_be_told_before_the_commodity_is_known():
    facts = Facts([Fact(7, "moratorium", "concession.rubber", None)])
    assert moratorium(facts, "tree_plantation", ["teak"], ["rubber", "teak"]).verdict == "clear"
    assert moratorium(facts, "tree_plantation", ["rubber"], ["rubber", "teak"]).verdict == "blocked"
    assert moratorium(facts, "tree_plantation", [], ["rubber", "teak"]).verdict == "cannot_tell"
    assert moratorium(facts, "mining", [], ["gold"]).verdict == "clear"


def test_terms_in_years_and_in_months_are_compared_alike():
    facts = Facts([Fact(1, "term", "concession.longest", D(50), "years")])
    assert term(facts, 600, "mining").verdict == "clear"
    assert term(facts, 601, "mining").verdict == "blocked"
    assert term(facts, None, "mining").figures == {"months": None, "longest": 600}


NEAR = Facts(
    [
        limit(1, "province", 100),
        Fact(2, "tolerance", "concession.splitting.metres", D(500), "m"),
        Fact(3, "tolerance", "concession.splitting.months", D(24), "months"),
    ]
)


@pytest.mark.parametrize(
    ("metres", "decided", "level", "verdict"),
    [
        (500.0, date(2024, 1, 15), "province", "attention"),
        (500.1, date(2024, 1, 15), "province", "clear"),
        (0.0, date(2024, 1, 14), "province", "clear"),  # one day more than 24 months before
        (0.0, date(2024, 1, 15), "district", "clear"),
        (None, date(2024, 1, 15), "province", "clear"),
        (0.0, None, "province", "clear"),
    ],
)
def test_splitting_needs_nearness_time_and_level(metres, decided, level, verdict):
    parts = [Neighbour("LC-1", D(60), metres, decided, level)]
    found = splitting(NEAR, D(60), "mining", "province", date(2026, 1, 15), parts)
    assert found.verdict == verdict
    assert found.figures["together"] == ("120.00" if verdict == "attention" else "60.00")


def test_what_is_beyond_the_power_alone_is_not_called_splitting():
    parts = [Neighbour("LC-1", D(60), 0.0, date(2026, 1, 1), "province")]
    assert splitting(NEAR, D(101), "mining", "province", date(2026, 1, 15), parts).verdict == "clear"


def test_a_border_drawn_twice_is_no_overlap():
    facts = Facts(
        [
            Fact(1, "tolerance", "concession.overlap.hectares", D(1), "ha"),
            Fact(2, "tolerance", "concession.overlap.percent", D(1), "percent"),
        ]
    )
    assert not overlap_with(facts, D(1000), D(1000), D("1.00"))
    assert not overlap_with(facts, D(1000), D(1000), D("9.99"))
    assert overlap_with(facts, D(1000), D(1000), D("10.01"))
    assert overlap_with(facts, D(1000), D(100), D("1.01"))  # the share is that of the smaller
    assert overlap_with(Facts([]), D(1000), D(1000), D("0.01"))
    assert not overlap_with(Facts([]), D(1000), D(1000), D(0))


def test_the_worst_verdict_is_that_of_the_whole():
    assert worst([]) == "clear"
    assert worst(["clear", "cannot_tell"]) == "cannot_tell"
    assert worst(["blocked", "attention", "clear"]) == "blocked"


def row(check, verdict, **figures):
    return {"check": check, "verdict": verdict, "figures": figures, "rule": None}


def test_two_runs_are_compared_check_by_check():
    before = [
        row("term", "clear", months=12),
        row("overlap", "blocked", key="LC-1", hectares="2.00"),
        row("layer", "clear", key="a"),
    ]
    after = [
        row("term", "clear", months=12),
        row("overlap", "blocked", key="LC-1", hectares="3.00"),
        row("layer", "attention", key="b"),
    ]
    found = difference(before, after)
    assert [(each["check"], each["of"]) for each in found] == [("overlap", "LC-1"), ("layer", "a"), ("layer", "b")]
    assert found[1]["after"] is None and found[2]["before"] is None
    assert difference(after, after) == []


def test_a_rule_holds_from_its_first_day_until_the_day_before_its_end():
    book = RuleBook(
        [
            Dated(limit(1, "province", 100), date(2020, 1, 1), date(2025, 1, 1)),
            Dated(limit(2, "province", 50), date(2025, 1, 1), None),
        ]
    )
    size = D(70)
    on = {day: power(book.on(day, "/1/4/"), size, "mining", "province", LEVELS) for day in (
        date(2019, 12, 31), date(2024, 12, 31), date(2025, 1, 1))}  # fmt: skip
    assert [found.verdict for found in on.values()] == ["cannot_tell", "clear", "blocked"]


@given(st.decimals(0, 20000, places=2), st.sampled_from(LEVELS))
def test_a_level_that_is_said_to_be_able_is_not_blocked(size, level):
    found = power(POWERS, size, "mining", level, LEVELS)
    lowest = found.figures["lowest"]
    if lowest:
        assert power(POWERS, size, "mining", lowest, LEVELS).verdict == "clear"
    else:
        assert found.verdict == "blocked"


def lies(*shared, ended=False, given_back=False):
    found = overlap(D(100), "LC-1", "signed", [Shared(*each) for each in shared], ended=ended, given_back=given_back)
    return found.verdict, found.figures["purpose"], found.figures["hectares"]


def test_one_concession_is_told_by_its_gravest_purpose():
    granted, requested = ("granted", D(8), True), ("requested", D(40), True)
    assert lies(requested, granted) == lies(granted, requested) == ("blocked", "granted", "8.00")
    assert lies(("granted", D(40), True), requested) == ("blocked", "granted", "40.00")  # one as large as the other
    assert lies(requested, ("disputed", D(1), True)) == ("attention", "disputed", "1.00")
    assert lies(("implementation", D(3), True)) == ("attention", "implementation", "3.00")
    assert lies(("study", D(3), True)) == ("attention", "study", "3.00")


def test_what_is_a_border_drawn_twice_goes_before_nothing_that_counts():
    assert lies(("granted", D("0.2"), False), ("requested", D(40), True)) == ("attention", "requested", "40.00")
    assert lies(("granted", D("0.2"), False)) == ("clear", "granted", "0.20")


def test_of_what_has_ended_only_what_is_on_the_ground_counts():
    granted, worked, disputed = ("granted", D(40), True), ("implementation", D(3), True), ("disputed", D(2), True)
    assert lies(granted, ended=True)[0] == "clear"
    assert lies(granted, worked, ended=True) == ("attention", "implementation", "3.00")
    assert lies(granted, worked, ended=True, given_back=True)[0] == "clear"
    assert lies(granted, worked, disputed, ended=True, given_back=True) == ("attention", "disputed", "2.00")


def test_disputes_are_added_up_and_every_purpose_is_told():
    found = overlap(
        D(100), "LC-1", "signed", [Shared("disputed", D(2), True), Shared("disputed", D(3), True), Shared("requested", D(50), True)],
        ended=False, given_back=False,
    )  # fmt: skip
    assert found.figures["hectares"] == "5.00" and found.figures["percent"] == "5.0"
    assert found.figures["purposes"] == {"disputed": "5.00", "requested": "50.00"}
