"""Score, grade, caps and what would lift them: whatever the points, the promises hold."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sala.concessions.calculations.assessment import (
    MOST,
    NONE,
    Cap,
    Scheme,
    Weighed,
    counted,
    differ,
    graded,
    lifts,
    missing_share,
    reasons,
    unsettled,
)
from sala.concessions.calculations.facts_of_grades import faults, percent, points_of

GRADES = {"A": 80, "B": 65, "C": 50, "D": 30, "E": 0}
THREE = Scheme((Weighed("law", 2, 1), Weighed("fees", 1, 2), Weighed("land", 1, 5)), GRADES, 40)
POINTS = st.one_of(st.none(), st.integers(0, MOST))


@st.composite
def cases(draw):
    """A scheme of up to six criteria with caps, and points for it."""
    codes = [f"c{number}" for number in range(draw(st.integers(1, 6)))]
    criteria = tuple(Weighed(code, draw(st.integers(1, 9)), draw(st.integers(1, 5))) for code in codes)
    caps = tuple(
        Cap(f"cap{number}", draw(st.sampled_from(codes)), draw(st.integers(1, MOST)), draw(st.sampled_from("BCDE")))
        for number in range(draw(st.integers(0, 3)))
    )
    scheme = Scheme(criteria, GRADES, draw(st.integers(0, 99)), draw(st.integers(1, 4)), caps)
    return scheme, {code: draw(POINTS) for code in codes}


def test_the_score_is_the_weighted_share_of_what_is_known():
    found = graded(THREE, {"law": 4, "fees": 2, "land": None})
    assert (found.score, found.missing, found.grade) == (Decimal("83.33"), Decimal("25.00"), "A")
    assert graded(THREE, {"law": 4, "fees": 0, "land": 0}).grade == "C"  # 50 exactly
    assert graded(THREE, {"law": 2, "fees": 3, "land": 4}).score == Decimal("68.75")


def test_too_much_unknown_is_no_grade_and_says_what_to_ask():
    points = {"law": None, "fees": 4, "land": 4}
    found = graded(THREE, points)
    assert (found.grade, found.score, found.missing) == (NONE, None, Decimal("50.00"))
    assert reasons(THREE, points, [])[0] == ["missing", "50.00", 40]
    assert [lift.needs for lift in lifts(THREE, points)] == [(("law", None),)]


def test_without_a_contract_it_is_the_last_grade_whatever_else_is_well():
    scheme = Scheme(THREE.criteria, GRADES, 40, caps=(Cap("no_contract", "law", 1, "E"), Cap("weak", "fees", 4, "B")))
    points = {"law": 0, "fees": 4, "land": 4}
    found = graded(scheme, points)
    assert (found.grade, found.caps, found.score) == ("E", ("no_contract",), Decimal("50.00"))
    assert reasons(scheme, points, ["fees"])[:2] == [["cap", "no_contract"], ["differs", "fees"]]
    assert lifts(scheme, points)[0].needs == (("law", 1),) and lifts(scheme, points)[0].grade == "C"


def test_a_contradiction_counts_the_lowest_until_it_is_settled():
    said = {"fees": {"company": 4, "village": 0}, "law": {"register": 4, "government": 3}, "land": {}}
    assert counted(said["fees"]) == 0 and counted(said["fees"], 3) == 3 and counted({}) is None
    assert unsettled(THREE, said, []) == ["fees"] and unsettled(THREE, said, ["fees"]) == []
    assert differ({"a": 1}, 1) is False and differ({"a": 1, "b": 2}, 1) is True


@given(cases())
def test_never_a_grade_above_the_limit_of_what_is_unknown(case):
    scheme, points = case
    found = graded(scheme, points)
    if missing_share(scheme, points) > scheme.missing_limit:
        assert (found.grade, found.score) == (NONE, None)
    elif any(value is not None for value in points.values()):
        assert found.grade in GRADES and 0 <= found.score <= 100


@given(cases())
def test_a_cap_never_raises(case):
    scheme, points = case
    bare = graded(Scheme(scheme.criteria, scheme.grades, scheme.missing_limit), points)
    found = graded(scheme, points)
    assert scheme.rank(found.grade) >= scheme.rank(bare.grade) and found.score == bare.score
    assert bool(found.caps) == (found.grade != bare.grade)


@given(cases(), st.data())
def test_more_points_never_lower_the_grade(case, data):
    scheme, points = case
    known = [code for code, value in points.items() if value is not None]
    assume(known)
    code = data.draw(st.sampled_from(known))
    better = {**points, code: data.draw(st.integers(points[code], MOST))}
    assert scheme.rank(graded(scheme, better).grade) <= scheme.rank(graded(scheme, points).grade)


@given(cases())
def test_what_is_said_to_lift_really_lifts(case):
    scheme, points = case
    now, found = graded(scheme, points), lifts(scheme, points)
    assert bool(found) == (now.grade != "A")
    assert [lift.effort for lift in found] == sorted(lift.effort for lift in found)
    for lift in found:
        if now.grade == NONE:
            for value in (0, MOST):  # whatever is answered
                assert graded(scheme, {**points, **dict.fromkeys(dict(lift.needs), value)}).grade != NONE
            continue
        after = graded(scheme, {**points, **dict(lift.needs)})
        assert after.grade == lift.grade and scheme.rank(after.grade) < scheme.rank(now.grade)
        if len(lift.needs) > 1:  # nothing of it is in vain
            for code, _wanted in lift.needs:
                part = {other: wanted for other, wanted in lift.needs if other != code}
                assert scheme.rank(graded(scheme, {**points, **part}).grade) >= scheme.rank(now.grade)


@pytest.mark.parametrize(
    ("steps", "value", "points"),
    [
        ({"agreement": 4, "decision": 3, "none": 0}, "decision", 3),
        ([[80, 4], [60, 3], [0, 0]], "79.9", 3),
        ([[80, 4], [60, 3], [0, 0]], "80.0", 4),
        ([[80, 4], [60, 3], [0, 0]], None, None),
    ],
)
def test_a_fact_gives_the_points_of_its_step(steps, value, points):
    assert points_of(steps, value) == points


def test_shares_are_told_with_one_decimal_and_never_above_the_whole():
    assert (percent(1, 3), percent(5, 4), percent(0, 4), percent(1, 0)) == ("33.3", "100.0", "0.0", None)


@pytest.mark.parametrize(
    ("name", "steps", "said"),
    [
        ("weather", {}, "there is no fact weather"),
        ("agreement", {"agreement": 4}, "give points for each"),
        ("agreement", {"agreement": 5, "decision": 3, "none": 0}, "from 0 to 4"),
        ("developed", {"yes": 4}, "is a number"),
        ("developed", [[10, 1], [80, 4]], "begin with the most"),
        ("developed", [[80, 4], [10, 1]], "end with 0"),
    ],
)
def test_the_maker_of_a_pack_is_told_what_is_wrong(name, steps, said):
    assert said in faults(name, steps)
