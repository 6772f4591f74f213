"""Names that mean the same place, and which shape becomes which area."""

import pytest
import shapely

from sala.places.matching import Drawn, Known, Matcher
from sala.places.names import fold, similarity

WORDS = ("District", "Muang", "ເມືອງ", "ມ.")


def box(west, south, east, north):
    return shapely.MultiPolygon([shapely.box(west, south, east, north)])


def known(pk, *names, at=None, code=None, parent=1):
    return Known(
        pk, tuple(map(fold, names)), frozenset({code} if code else ()), shapely.Point(at) if at else None, parent
    )


def drawn(row, geometry, name="", code="", parent=None):
    return Drawn(row, geometry, code, fold(name), parent)


WEST, EAST = box(0, 0, 1, 1), box(1, 0, 2, 1)
WHOLE = {1: shapely.box(0, 0, 2, 1)}


def run(shapes, areas, containers=WHOLE):
    return Matcher(shapes, areas, containers).run()


# ---- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("one", "other"), [
    ("Muang Nong Sai", "nongsai"), ("Nong-Sai District", "Nongsai"), ("Nôngsài", "Nongsai"),
    ("ເມືອງໜອງໃສ", "ຫນອງໃສ"), ("ມ. ໜອງໃສ", "ໜອງໃສ"),
])  # fmt: skip
def test_spellings_of_one_name_fold_to_one_key(one, other):
    assert fold(one, WORDS) == fold(other, WORDS)


@pytest.mark.parametrize(("one", "other"), [
    ("ຫົວເມືອງ", "ຫົວ"), ("Muang", ""), ("Nongsai", "Nongxai"), ("Ban Nongsai", "Nongsai"),
])  # fmt: skip
def test_different_names_keep_different_keys(one, other):
    assert fold(one, WORDS) != fold(other, WORDS)


@pytest.mark.parametrize(("one", "other"), [
    ("Xaysetha", "Saisettha"), ("Phoukhoune", "Phou Khun"), ("Viengxay", "Wiengsai"), ("Kenethao", "Kenthao"),
])  # fmt: skip
def test_romanisations_of_one_name_sound_the_same_but_are_not_equal(one, other):
    assert 0.8 <= similarity(fold(one), fold(other)) < 1


def test_names_of_two_scripts_are_not_compared():
    assert similarity(fold("Nongsai"), fold("ໜອງໃສ")) == 0


# ---- applied -----------------------------------------------------------------------------------------------------


def test_a_code_is_enough():
    found = run([drawn(1, WEST, code="01")], [known(10, "Nongsai", code="01")], containers={}).pairings[1]
    assert (found.state, found.area) == ("applied", 10)


def test_an_exact_name_alone_in_the_containing_parent_is_applied():
    found = run([drawn(1, WEST, "Nong Sai")], [known(10, "Nongsai"), known(11, "Huaykhao")]).pairings[1]
    assert (found.state, found.area) == ("applied", 10)


@pytest.mark.parametrize(("areas", "containers", "why"), [
    ([known(10, "Nongsai")], {}, "no-parent"),
    ([known(10, "Nongsai")], {1: shapely.box(0, 0, 0.8, 1)}, "no-parent"),  # holds 80 % only
    ([known(10, "Nongsai"), known(11, "Nongsai")], WHOLE, "name-ambiguous"),
    ([known(10, "Nongxai")], WHOLE, "name-not-exact"),
    ([known(10, "Nongsai", parent=2)], WHOLE, "name-not-exact"),
])  # fmt: skip
def test_a_name_in_doubt_is_a_proposal_and_says_why(areas, containers, why):
    found = run([drawn(1, WEST, "Nongsai")], areas, containers).pairings[1]
    assert found.state == "proposed" and found.area is None
    assert found.reasons[0]["code"] == why and found.candidates[0].area == 10


def test_two_shapes_of_one_name_are_proposals():
    found = run([drawn(1, WEST, "Nongsai"), drawn(2, EAST, "Nong Sai")], [known(10, "Nongsai", at=(1.5, 0.5))]).pairings
    assert [found[row].state for row in (1, 2)] == ["proposed", "proposed"]
    assert found[1].reasons[0]["code"] == "name-twice"


def test_the_parent_that_the_file_names_must_agree():
    found = run([drawn(1, WEST, "Nongsai", parent=2)], [known(10, "Nongsai")]).pairings[1]
    assert found.state == "proposed"


def test_codes_of_two_rows_swapped_by_mistake_are_not_applied():
    areas = [known(10, "Nongsai", at=(0.5, 0.5), code="01"), known(11, "Huaykhao", at=(1.5, 0.5), code="02")]
    found = run([drawn(1, WEST, "Nongsai", code="02"), drawn(2, EAST, "Huaykhao", code="01")], areas).pairings
    assert [found[row].state for row in (1, 2)] == ["proposed", "proposed"]
    assert [found[row].candidates[0].area for row in (1, 2)] == [10, 11]


# ---- refused -----------------------------------------------------------------------------------------------------


def test_a_code_that_stands_twice_is_refused_in_both_rows():
    found = run([drawn(1, WEST, code="01"), drawn(2, EAST, code="01")], [known(10, "Nongsai", code="01")]).pairings
    assert {pairing.state for pairing in found.values()} == {"refused"}
    assert found[1].reasons == [{"code": "code-twice", "value": "01", "rows": [1, 2]}]


def test_two_codes_of_one_area_do_not_give_it_two_shapes():
    area = Known(10, ("nongsai",), frozenset({"01", "x01"}))
    found = run([drawn(1, WEST, code="01"), drawn(2, EAST, code="x01")], [area]).pairings
    assert (found[1].state, found[2].state) == ("applied", "refused")


def test_shapes_that_cross_each_other_are_refused_and_touching_ones_are_not():
    areas = [known(10, "Nongsai", code="01"), known(11, "Huaykhao", code="02")]
    crossing = run([drawn(1, box(0, 0, 1.2, 1), code="01"), drawn(2, EAST, code="02")], areas).pairings
    assert crossing[1].state == crossing[2].state == "refused" and crossing[1].reasons[0]["percent"] == 20
    touching = run([drawn(1, WEST, code="01"), drawn(2, EAST, code="02")], areas).pairings
    assert touching[1].state == touching[2].state == "applied"


# ---- proposed ----------------------------------------------------------------------------------------------------


def test_candidates_are_ranked_by_name_then_place_and_each_area_is_first_choice_once():
    areas = [known(10, "Xaysetha", at=(0.5, 0.5)), known(11, "Et", at=(1.5, 0.5))]
    found = run([drawn(1, WEST, "Saisettha"), drawn(2, EAST, "Add")], areas).pairings
    assert [found[row].candidates[0].area for row in (1, 2)] == [10, 11]
    assert {"code": "point-inside"} in found[2].candidates[0].reasons


def test_a_shape_like_nothing_known_has_no_area():
    found = run([drawn(1, box(5, 5, 6, 6), "Qwrt")], [known(10, "Nongsai", at=(0.5, 0.5))]).pairings[1]
    assert found.state == "unmatched" and found.candidates == []


# ---- another time ------------------------------------------------------------------------------------------------


def test_a_shape_over_an_area_without_its_own_is_a_sign_of_another_time():
    areas = [known(10, "Nongsai", at=(0.5, 0.5), code="01"), known(11, "Huaykhao", at=(1.5, 0.5), code="02")]
    assert run([drawn(1, box(0, 0, 2, 1), code="01")], areas).elsewhen == [(1, 11)]
    assert run([drawn(1, WEST, code="01"), drawn(2, EAST, code="02")], areas).elsewhen == []


def test_a_part_of_the_country_alone_is_no_sign():
    areas = [known(10, "Nongsai", at=(0.5, 0.5), code="01"), known(11, "Huaykhao", at=(1.5, 0.5), code="02")]
    assert run([drawn(1, WEST, code="01")], areas).elsewhen == []


def test_a_label_point_over_the_border_is_no_sign_while_each_area_has_its_shape():
    areas = [known(10, "Nongsai", at=(0.5, 0.5), code="01"), known(11, "Huaykhao", at=(0.9, 0.5), code="02")]
    matched = run([drawn(1, WEST, code="01"), drawn(2, EAST, code="02")], areas)
    assert matched.elsewhen == [] and {pairing.state for pairing in matched.pairings.values()} == {"applied"}


def test_an_area_whose_own_row_was_refused_is_no_sign():
    areas = [known(10, "Nongsai", at=(0.5, 0.5), code="01"), known(11, "Huaykhao", at=(1.5, 0.5), code="02")]
    matched = run([drawn(1, box(0, 0, 2, 1), code="01"), drawn(2, EAST, code="02")], areas)
    assert matched.elsewhen == [] and {pairing.state for pairing in matched.pairings.values()} == {"refused"}
