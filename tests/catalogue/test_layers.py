"""A layer edition: drawn on its page, its features in the database, taken along as GeoPackage and GeoJSON."""

import json
import sqlite3
from contextlib import closing

import pytest

from sala.access.actor import command
from sala.catalogue import imports, operations
from sala.catalogue.models import Edition, Feature
from sala.core.models import PackFact
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


def test_every_file_and_collection_carries_the_disclaimer_of_the_country(layer, visit, tmp_path):
    notice = PackFact.notice()
    assert len(notice.splitlines()) == 2
    address = layer.get_absolute_url() + "download/"
    assert json.loads(b"".join(visit().get(address + "geojson/").streaming_content))["description"] == notice
    target = tmp_path / "cover.gpkg"
    target.write_bytes(b"".join(visit().get(address + "gpkg/").streaming_content))
    with closing(sqlite3.connect(target)) as database:
        assert database.execute("select description from gpkg_contents where table_name = 'data'").fetchone() == (
            notice,
        )
    assert visit().get("/ogc/collections/cover.layer").json()["attribution"] == notice


def test_a_withdrawn_layer_leaves_no_features(layer):
    operations.withdraw_edition(command(), layer, reason="drawn twice")
    assert not Feature.objects.filter(edition_id=layer.pk).exists()
