"""Classes, colours and coordinates; setting a style, and what is refused."""

import itertools

import pytest

from sala.access.actor import command
from sala.core.errors import Invalid, NotPermitted
from sala.maps import operations
from sala.maps.calculations.classes import equal, jenks, quantile
from sala.maps.calculations.colours import KINDS, LEAST_CONTRAST, SEQUENCES, contrast
from sala.maps.calculations.metres import in_metres, zone_of
from sala.maps.models import Layer
from sala.maps.queries import collection_of, legend_of
from sala.maps.queries.colours import colour_of, expression_of, is_outline

from .conftest import square

# ---- reckoning -------------------------------------------------------------------------------------------------------


def test_classes_of_the_same_width_and_of_the_same_number():
    assert equal([0, 1, 2, 3, 10], 5) == [0, 2, 4, 6, 8, 10]
    assert quantile([1, 2, 3, 4, 5, 6, 7, 8, 9], 4) == [1, 3, 5, 7, 9]
    assert quantile([1, 1, 1, 1, 9], 4) == [1, 9]


def test_natural_breaks_fall_into_the_gaps():
    assert jenks([1, 2, 1.5, 10, 11, 10.5, 100, 101], 3) == [1, 10, 100, 101]
    assert jenks([5, 5, 7], 4) == [5, 7, 7]


def test_kinds_can_be_read_on_white_and_the_steps_of_classes_told_apart_in_grey():
    assert all(contrast(colour) >= LEAST_CONTRAST for colour in KINDS) and len(set(KINDS)) == len(KINDS)
    for colours in SEQUENCES.values():
        assert all(contrast(light, dark) >= 1.25 for light, dark in itertools.pairwise(colours))
    assert contrast("#000000") == 21 and contrast("#ffffff") == 1


@pytest.mark.parametrize(
    ("longitude", "latitude", "zone", "east", "north"),
    # on the middle of a zone only the length of the meridian counts: 4 984 944.378 m to 45° on this ellipsoid, times 0.9996
    [(105, 0, 48, 500000, 0), (3, 45, 31, 500000, 4982950.40), (99, -45, 47, 500000, 5017049.60)],
)
def test_degrees_become_metres_of_their_zone(longitude, latitude, zone, east, north):
    found = in_metres(longitude, latitude)
    assert (zone_of(longitude), found.zone) == (zone, zone) and found.hemisphere == ("S" if latitude < 0 else "N")
    assert abs(found.east - east) < 0.1 and abs(found.north - north) < 0.1


# ---- styles ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_kinds_get_colours_and_labels_and_what_is_over_is_told(cover):
    style = operations.set_style(
        command(), cover, drawing="categories", column="class", colours={"forest": "#0b4f4a"},
        labels={"forest": {"lo": "ປ່າໄມ້", "en": "Forest"}},
    )  # fmt: skip
    legend = legend_of(Layer.objects.select_related("style").get(pk=cover.pk))
    assert [str(entry.label) for entry in legend] == ["Forest", "plantation", "rice", "settlement", "water"]
    assert len({entry.colour for entry in legend}) == 5 and style.entries[0]["colour"] == "#0b4f4a"


@pytest.mark.django_db
def test_every_feature_falls_into_a_class_and_the_picture_has_the_colour_of_the_moving_map(cover, deliver):
    deliver([square(100.1 + step / 10, 20.1, people=step * 7) for step in range(12)])
    layer = Layer.objects.select_related("distribution__dataset", "style").get(pk=cover.pk)
    operations.set_style(command(), layer, drawing="classes", column="people", method="quantile", classes=4)
    layer = Layer.objects.select_related("distribution__dataset", "style").get(pk=cover.pk)
    expression = expression_of(layer)
    assert expression[0] == "case" and expression[-1][0] == "step"
    colours = [colour_of(layer, row.shown) for row in collection_of(command(), layer).rows.order_by("number")]
    assert list(dict.fromkeys(colours)) == SEQUENCES[4]
    assert colour_of(layer, {"people": None}) == expression[2] != colours[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"colour": "#ffffcc"}, "colour"),
        ({"colour": "red"}, "colour"),
        ({"drawing": "categories", "column": "nothing"}, "column"),
        ({"drawing": "classes", "column": "class"}, "column"),
        ({"drawing": "classes", "column": "surveyed", "method": "hand", "breaks": [3, 2, 1]}, "breaks"),
        ({"drawing": "classes", "column": "surveyed", "classes": 40}, "classes"),
    ],
)
def test_what_cannot_be_seen_or_counted_is_refused_with_advice(cover, asked, field):
    with pytest.raises(Invalid) as refusal:
        operations.set_style(command(), cover, **asked)
    assert field in refusal.value.fields


@pytest.mark.django_db
def test_the_style_is_set_by_the_house_of_the_data_and_by_nobody_else(cover, world):
    with pytest.raises(NotPermitted):
        operations.set_style(world.actor("owner"), cover, colour="#0a5c9e")
    operations.set_style(command(), cover, colour="#0a5c9e")
    assert Layer.objects.get(pk=cover.pk).style.entries[0]["colour"] == "#0a5c9e"


@pytest.mark.django_db
def test_a_layer_in_one_colour_may_be_an_outline_only(cover):
    """The legend and both maps leave it open, so that what lies beneath is seen; drawn anew it is filled again."""
    operations.set_style(command(), cover, colour="#0a5c9e", outline=True)
    drawn = Layer.objects.select_related("style").get(pk=cover.pk)
    assert is_outline(drawn) and legend_of(drawn)[0].outline and expression_of(drawn) == "#0a5c9e"
    operations.set_style(command(), cover, drawing="categories", column="class", outline=True)
    drawn = Layer.objects.select_related("style").get(pk=cover.pk)
    assert not is_outline(drawn) and not any(entry.outline for entry in legend_of(drawn))
