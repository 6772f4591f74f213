"""Shares of overlap and land classes against published examples.

Squares: overlapArea.test.ts of seasketch/geoprocessing, read and typed again here; its shares are reckoned on a sphere,
ours on the ellipsoid, so that the third digit may differ. Land units: the limits of rubber in ALUES, and the counts that
its published definitions give for the 2,928 land units of one province.
"""

import json

import numpy as np
import pytest

from sala.catalogue.models import Feature
from sala.maps.calculations import overlay, standardise
from tests.maps.conftest import square

pytestmark = pytest.mark.django_db


def drawn(*boxes) -> str:
    features = [{"type": "Feature", "properties": {}, "geometry": square(*box)} for box in boxes]
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture
def squares(boundaries, cover, visit):
    """squares(layer, drawing) → what is said of a layer of these squares within the drawn ones."""

    def look(layer, drawing):
        Feature.objects.filter(edition_id=cover.pk).delete()
        for number, (west, south, east, north) in enumerate(layer, 1):
            ring = f"{west} {south},{east} {south},{east} {north},{west} {north},{west} {south}"
            Feature.objects.create(
                edition_id=cover.pk, number=number, geometry=f"SRID=4326;POLYGON(({ring}))", properties={"class": "x"}
            )
        return visit().post("/here/", {"drawing": drawn(*drawing)}).context["found"]

    return look


OUTER, WIDER = (0, 0, 2, 2), (-1, -1, 3, 3)  # four squares of a degree, and sixteen


def test_a_quadrant_covers_a_quarter_of_its_square(squares):
    found = squares([(0, 0, 1, 1)], [OUTER])
    assert found["layers"][0]["share"] == pytest.approx(0.25, abs=5e-4)
    assert found["layers"][0]["ha"] * 10_000 == pytest.approx(12_391_399_902, rel=0.01)


def test_four_of_sixteen_squares_cover_a_quarter_though_they_overlap(squares):
    four = [(0, 0, 1, 1), (1, 1, 2, 2), (2, 2, 3, 3), (2, 0, 3, 1), (2, 2, 3, 3)]
    assert squares(four, [WIDER])["layers"][0]["share"] == pytest.approx(0.25, abs=5e-4)


def test_of_squares_that_lie_half_inside_half_is_counted(squares):
    four = [(0, 0, 1, 1), (1, 1, 2, 2), (2, 2, 3, 3), (2, 0, 3, 1)]
    found = squares([OUTER], four)
    assert found["layers"][0]["share"] == pytest.approx(0.50, abs=1e-3)


def test_outside_the_inner_square_one_of_twelve_is_told_as_a_twelfth(squares):
    around = [(-1, -1, 3, 0), (-1, 2, 3, 3), (-1, 0, 0, 2), (2, 0, 3, 2)]
    found = squares([(2, 2, 3, 3)], around)
    assert found["layers"][0]["share"] == pytest.approx(0.08326, abs=2e-4)
    touching = squares([(2, 2, 3, 3)], [OUTER])["layers"]  # at one corner
    assert sum(row["ha"] for row in touching) == 0


UNITS = 2928
COARSE = {"method": "limits", "first": 15, "second": 35, "third": 55, "lower_is_better": True}
DEPTH = {"method": "limits", "first": 50, "second": 75, "third": 100, "lower_is_better": False}


@pytest.mark.parametrize(
    ("said", "borders", "counts"),
    [
        (COARSE, [18.75, 37.5, 56.25], {"S1": 2918, "S2": 10}),
        (DEPTH, [93.75, 62.5, 31.25], {"S1": 610, "S2": 1452, "S3": 866}),
    ],
)
def test_land_units_on_either_side_of_each_border_fall_into_the_classes_that_were_counted(said, borders, counts):
    """As many units of each class as were counted, from one border to the next: all of them come out in their class."""
    assert sum(counts.values()) == UNITS
    edges = dict(zip(("S1", "S2", "S3"), borders, strict=True))
    best = {"S1": 0.0, "S2": borders[0], "S3": borders[1]} if said["lower_is_better"] else {"S1": 125.0, "S2": borders[0], "S3": borders[1]}  # fmt: skip
    step = 1e-6 if said["lower_is_better"] else -1e-6  # a border itself belongs to the better class
    values = np.concatenate([
        np.linspace(best[name] + step if name != "S1" else best[name], edges[name], count)
        for name, count in counts.items()
    ])  # fmt: skip
    found = overlay.classified(standardise.standardised(values, said))
    names, sizes = np.unique(found, return_counts=True)
    assert {overlay.CLASSES[name]: int(size) for name, size in zip(names, sizes, strict=True)} == counts
    beyond = standardise.standardised(np.array([borders[2] + step]), said)
    assert overlay.CLASSES[int(overlay.classified(beyond)[0])] == "N"
