"""What a drawing meets, reckoned from pieces and by short ways, against the plain way over whole shapes."""

import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

from sala.concessions.models import ConstraintLayer, ConstraintPiece
from sala.concessions.queries import overlaps
from sala.concessions.queries.screening import PURPOSES
from sala.core.language import Translated
from sala.maps.queries.here import SLIVER, areas_met
from tests.maps.conftest import boundaries, cover, read_once  # noqa: F401

DRAWINGS = 25
LEAST = 5  # hectares of a feature that is more than a sliver
WHOLE_CONCESSIONS = """
    select c.reference, st_area(st_intersection(s.geometry, here)::geography) / 10000,
        st_area(st_intersection(s.geometry, here)) / st_area(st_union(s.geometry, here))
    from (select %s::geometry as here) asked, concessions_areashape s
    join concessions_concessionarea a on a.id = s.area_id join concessions_concession c on c.id = a.concession_id
    where a.is_current and st_area(st_intersection(s.geometry, here)) > 0
"""
WHOLE_AREAS = """
    select area_id, st_area(st_intersection(geometry, here)::geography) / 10000, st_area(here::geography) / 10000
    from (select %s::geometry as here) asked, places_boundary
"""


def somewhere(chance: np.random.Generator, least: float, most: float) -> tuple[float, float]:
    x, y = chance.uniform(least, most, 2)
    return 100 + x, 20.2 + y


def blob(chance: np.random.Generator, size: float, corners: int, x: float, y: float) -> shapely.Polygon:
    """A star around a point, of about so many degrees across."""
    turn = np.sort(chance.uniform(0, 2 * np.pi, corners))
    reach = size / 2 * chance.uniform(0.6, 1.2, corners)
    ring = np.column_stack([x + reach * np.cos(turn), y + reach * np.sin(turn)])
    found = shapely.make_valid(shapely.Polygon(ring))
    return max(getattr(found, "geoms", [found]), key=lambda part: part.area)


def drawings(chance: np.random.Generator, size: float = 0.06) -> list[GEOSGeometry]:
    """Small and large, of few corners and of more than one piece holds, some in two parts, some with a hole."""
    found = []
    for turn in range(DRAWINGS):
        x, y = somewhere(chance, 0.15, 0.35)
        shape = blob(chance, size * chance.uniform(0.1, 2), int(chance.choice([5, 40, 400])), x, y)
        if turn % 5 == 1:
            shape = shapely.union(shape, blob(chance, size, 12, x + 2 * size, y))
        if turn % 5 == 2:
            shape = shape.difference(blob(chance, size / 8, 9, x, y))
        found.append(GEOSGeometry(shape.wkt, srid=4326))
    return found


def plain(statement: str, shape: GEOSGeometry) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [shape.ewkt])
        return cursor.fetchall()


@pytest.fixture
def layers(cast, cover) -> list[int]:  # noqa: F811
    """Layers of features that lie over each other, that only touch, that lie apart, and of more than a few."""
    chance = np.random.default_rng(5)
    grid = [
        shapely.box(100.1 + x / 25, 20.3 + y / 25, 100.14 + x / 25, 20.34 + y / 25) for x in range(6) for y in range(6)
    ]
    kinds = {
        "over": [blob(chance, 0.06, 30, *somewhere(chance, 0.15, 0.35)) for _each in range(20)],
        "touching": grid,
        "apart": [shapely.buffer(each, -0.005) for each in grid],
        "many": [blob(chance, 0.03, 20, *somewhere(chance, 0.1, 0.4)) for _each in range(200)],
    }
    made = []
    for code, features in kinds.items():
        layer = ConstraintLayer.objects.create(
            code=code, name=Translated(lo=code, en=code), distribution=cover.distribution, effect="forbidden",
            owner=cast.organisation("LAND"), edition=cover, is_invented=True,
        )  # fmt: skip
        ConstraintPiece.objects.bulk_create(
            ConstraintPiece(layer=layer, number=number, geometry=half.wkt)
            for number, feature in enumerate(features)
            for half in halves(feature)
        )
        made.append(layer.pk)
    return made


def halves(shape: shapely.Polygon) -> list[shapely.Polygon]:
    west, south, east, north = shape.bounds
    middle = (west + east) / 2
    cut = [
        shape.intersection(shapely.box(*box)) for box in ((west, south, middle, north), (middle, south, east, north))
    ]
    return [part for half in cut for part in getattr(half, "geoms", [half]) if part.geom_type == "Polygon"]


@pytest.mark.django_db
def test_a_layer_of_few_features_counts_the_same_as_if_all_were_united(layers, monkeypatch):
    shapes = drawings(np.random.default_rng(1))
    short = [overlaps.with_layers(shape, layers, LEAST) for shape in shapes]
    monkeypatch.setattr(overlaps, "FEW", 0)
    united = [overlaps.with_layers(shape, layers, LEAST) for shape in shapes]
    assert short == united
    assert {row.layer for rows in short for row in rows} == set(layers)
    assert any(row.sliver_count for rows in short for row in rows)


@pytest.mark.django_db
def test_a_layer_counts_what_its_whole_features_cover_together(layers):
    for shape in drawings(np.random.default_rng(2)):
        drawn = shapely.from_wkt(shape.wkt)
        found = {row.layer: row for row in overlaps.with_layers(shape, layers, 0)}
        for layer in layers:
            pieces = ConstraintPiece.objects.filter(layer=layer).values_list("geometry", flat=True)
            once = shapely.intersection(shapely.union_all([shapely.from_wkt(each.wkt) for each in pieces]), drawn)
            expected = overlaps.hectares_of(GEOSGeometry(once.wkt, srid=4326)) if once.area else 0
            assert float(found[layer].ha if layer in found else 0) == pytest.approx(float(expected), rel=1e-4, abs=0.02)


@pytest.mark.django_db
def test_concessions_are_met_as_by_their_whole_shapes_and_alike_where_they_are(granted, drawn):
    chance = np.random.default_rng(3)
    shapes = drawings(chance)
    for number, shape in enumerate(shapes[:12]):
        moved = shapely.affinity.translate(shapely.from_wkt(shape.wkt), *chance.normal(0, 0.001, 2))
        drawn(granted(100 + number), moved)
    alike = 0
    for shape in shapes:
        met = {row.reference: row for row in overlaps.with_concessions(shape, PURPOSES)}
        expected = {reference: rest for reference, *rest in plain(WHOLE_CONCESSIONS, shape)}
        assert met.keys() == expected.keys()
        for reference, (ha, share) in expected.items():
            assert float(met[reference].ha) == pytest.approx(ha, rel=1e-4, abs=0.02)
            assert met[reference].alike == (round(share, 4) if share > overlaps.ALIKE else 0)
            alike += bool(met[reference].alike)
    assert alike > 5


@pytest.mark.django_db
def test_the_shares_of_areas_are_those_of_cutting_every_outline(boundaries):  # noqa: F811
    for shape in drawings(np.random.default_rng(4), 0.6):
        found = {area.pk: (ha, share) for area, ha, share in areas_met(shape)}
        expected = {pk: (ha, ha / whole) for pk, ha, whole in plain(WHOLE_AREAS, shape) if ha >= SLIVER}
        assert found == {pk: pytest.approx(values, rel=1e-9) for pk, values in expected.items()}
