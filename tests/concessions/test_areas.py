"""Areas: geodesic size, what is refused and why, one current area of a purpose, pieces."""

from datetime import timedelta
from decimal import Decimal

import pytest
import shapely
from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from pyproj import Geod

from sala.concessions import operations
from sala.concessions.models import AreaPiece, ConcessionArea
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.maps import drawing

from .conftest import square

pytestmark = pytest.mark.django_db


def geodesic_ha(shape) -> float:
    return abs(Geod(ellps="WGS84").geometry_area_perimeter(shapely.segmentize(shape, 0.0005))[0]) / 10_000


def test_hectares_are_geodesic(concession, drawn):
    row = drawn(concession(), square(degrees=0.1))
    assert float(row.mapped_ha) == pytest.approx(geodesic_ha(square(degrees=0.1)), rel=1e-4)


def test_a_hole_is_not_counted_and_a_second_part_is(concession, drawn):
    hole = shapely.difference(square(degrees=0.02), square(100.205, 20.405, 0.01))
    two = shapely.MultiPolygon([square(), square(100.3)])
    assert float(drawn(concession(), hole).mapped_ha) == pytest.approx(geodesic_ha(hole), rel=1e-4)
    assert float(drawn(concession("Two"), two).mapped_ha) == pytest.approx(2 * geodesic_ha(square()), rel=1e-3)


@pytest.mark.parametrize(
    "shape, words",
    [
        (shapely.Polygon([(100, 20), (100.1, 20.1), (100.1, 20), (100, 20.1)]), "crosses itself"),
        (shapely.Polygon(), "no area in the drawing"),
        (shapely.Point(100, 20), "no area in the drawing"),
        (shapely.box(20.4, 100.2, 20.5, 100.3), "order of its coordinates"),
        (shapely.box(100, -10, 140, 20), "great part of the world"),
    ],
    ids=["crossing", "empty", "point", "swapped", "huge"],
)
def test_what_is_no_area_is_refused_in_words_and_leaves_nothing(concession, drawn, shape, words):
    with pytest.raises(Invalid, match=words):
        drawn(concession(), shape)
    assert not ConcessionArea.objects.exists() and not AreaPiece.objects.exists()


def test_an_area_abroad_is_refused_once_the_country_has_a_boundary(concession, drawn, monkeypatch):
    monkeypatch.setattr("sala.concessions.operations.areas.country_box", lambda: (84.0, 13.0, 92.0, 23.0))
    with pytest.raises(Invalid, match="outside the country"):
        drawn(concession(), shapely.box(10, 50, 10.1, 50.1))
    with pytest.raises(Invalid, match="swapped"):
        drawn(concession("Two"), shapely.box(15.0, 80.0, 16.0, 88.0))


def test_a_drawing_read_by_the_map_is_taken(concession, drawn):
    read = drawing.from_text(shapely.to_geojson(square()))
    assert drawn(concession(), read.shape).mapped_ha > 100


def test_of_a_purpose_one_is_current_and_the_older_stays(cast, concession, drawn):
    made = concession()
    first = drawn(made, stated_ha=Decimal(120))
    second = drawn(made, square(degrees=0.02))
    first.refresh_from_db()
    assert not first.is_current and second.is_current
    assert made.changes.filter(subject=f"area:{first.pk}", field="is_current", old=True, new=False).exists()
    drawn(made, square(100.25), purpose="disputed")
    drawn(made, square(100.27), purpose="disputed")
    assert made.areas.filter(purpose="disputed", is_current=True).count() == 2


def test_two_current_areas_of_a_purpose_cannot_be_kept_by_any_door(concession, drawn):
    made = concession()
    drawn(made)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConcessionArea.objects.create(concession=made, purpose="granted", accuracy="survey", stated_ha=1)


def test_pieces_are_small_and_make_up_the_whole(concession, drawn):
    shape = shapely.Point(100.25, 20.5).buffer(0.05, quad_segs=200)
    row = drawn(concession(), shape)
    pieces = [shapely.from_wkb(bytes(piece.geometry.wkb)) for piece in row.pieces.all()]
    assert len(pieces) > 3 and max(shapely.get_num_coordinates(pieces)) <= 129
    assert shapely.union_all(pieces).area == pytest.approx(shape.area, rel=1e-9)
    assert shapely.contains(shape, shapely.from_wkb(bytes(row.shape.point.wkb)))


def test_a_figure_without_a_shape_and_a_point_alone_are_entered(cast, concession):
    made, actor = concession(), cast.actor("district")
    figure = operations.set_area(actor, made, purpose="requested", accuracy="unit", stated_ha=Decimal(55))
    spot = operations.set_area(actor, made, purpose="granted", accuracy="point", point=Point(100.2, 20.4, srid=4326))
    assert not hasattr(figure, "shape") and figure.hectares == 55
    assert spot.shape.geometry is None and spot.mapped_ha is None


def test_nothing_at_all_a_point_never_filled_in_and_a_day_ahead_are_refused(cast, concession, drawn):
    made, actor = concession(), cast.actor("district")
    with pytest.raises(Invalid, match="nothing to enter"):
        operations.set_area(actor, made, purpose="granted", accuracy="unit")
    with pytest.raises(Invalid, match="0, 0"):
        operations.set_area(actor, made, purpose="granted", accuracy="point", point=Point(0, 0, srid=4326))
    with pytest.raises(Invalid, match="lies ahead"):
        drawn(made, measured_on=clock.today() + timedelta(days=1))
    with pytest.raises(Invalid, match="how it was drawn"):
        drawn(made, accuracy="point")


def test_an_area_that_was_wrong_is_set_aside_once(cast, concession, drawn):
    row = drawn(concession())
    operations.set_aside_area(cast.actor("district"), row, reason="Another project's survey")
    row.refresh_from_db()
    assert not row.is_current
    with pytest.raises(Conflict):
        operations.set_aside_area(cast.actor("district"), row, reason="Again")
