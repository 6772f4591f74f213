"""A layer edition: drawn on its page, its features in the database, taken along as GeoPackage and GeoJSON."""

import json

import pytest

from sala.access.actor import command
from sala.catalogue import imports, operations
from sala.catalogue.models import Edition, Feature
from tests.world import PACK

pytestmark = pytest.mark.django_db


@pytest.fixture
def layer(world) -> Edition:
    record = {
        "slug": "cover", "title": {"lo": "ສິ່ງປົກຫຸ້ມດິນ", "en": "Cover"}, "owner": "LAND", "place": "DM", "licence": "CC-BY-4.0",
        "parts": [{"code": "layer", "file": "files/land-cover.geojson", "period": "2024"}],
    }  # fmt: skip
    assert imports.load(command(), PACK, [record]).refused == []
    return Edition.objects.get()


def test_its_features_are_in_the_database_with_geodesic_areas(layer):
    assert Feature.objects.filter(edition_id=layer.pk).count() == layer.rows == 9
    assert all(feature.area_ha > 1000 for feature in Feature.objects.filter(edition_id=layer.pk))


def test_it_is_drawn_on_its_page_beside_its_table(layer, visit):
    html = visit().get(layer.get_absolute_url()).content.decode()
    assert html.count('class="here"') == 9 and "<table>" in html and "forest" in html


def test_it_is_taken_along_as_geojson_and_geopackage(layer, visit):
    address = layer.get_absolute_url() + "download/"
    answer = visit().get(address + "geojson/")
    collection = json.loads(b"".join(answer.streaming_content))
    assert len(collection["features"]) == 9 and collection["features"][0]["properties"]["class"] == "forest"
    package = b"".join(visit().get(address + "gpkg/").streaming_content)
    assert package.startswith(b"SQLite format 3")


def test_a_withdrawn_layer_leaves_no_features(layer):
    operations.withdraw_edition(command(), layer, reason="drawn twice")
    assert not Feature.objects.filter(edition_id=layer.pk).exists()
