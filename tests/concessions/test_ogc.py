"""The areas of concessions as collections of the OGC API: ids, links and versions, page by page, and who finds them."""

from datetime import date

import pyogrio
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sala.concessions import operations

from .conftest import square

pytestmark = pytest.mark.django_db
ITEMS = "/ogc/collections/concessions.granted/items"


def names(client):
    return [each["id"] for each in client.get("/ogc/collections?f=json").json()["collections"]]


def test_nobody_finds_the_collection_before_a_decision_opens_fields(cast, visit, granted, drawn, paper, stand_for):
    area = drawn(granted())
    for who in ("public", "other_district"):
        assert "concessions.granted" not in names(visit(who))
        assert visit(who).get(ITEMS).json()["features"] == []
        assert visit(who).get(f"{ITEMS}/{area.pk}").status_code == 404
    for who in ("district", "ministry", "inspector", "company"):
        assert "concessions.granted" in names(visit(who)), who
        assert len(visit(who).get(ITEMS).json()["features"]) == 1, who
    stand_for("basics", "place", "hectares", "shape")
    for field_class in ("basics", "place", "hectares"):
        operations.open_class(cast.actor("ministry"), field_class=field_class, decision=paper(owner="LAND"), start=date(2020, 1, 1))  # fmt: skip
    (feature,) = visit().get(ITEMS).json()["features"]
    assert feature["geometry"]["type"] == "Point" and feature["properties"]["mapped_ha"] > 100
    operations.open_class(cast.actor("ministry"), field_class="shape", decision=paper(owner="LAND"), start=date(2020, 1, 1))  # fmt: skip
    assert visit().get(ITEMS).json()["features"][0]["geometry"]["type"] == "MultiPolygon"


def test_a_feature_has_a_lasting_id_a_reference_a_link_and_a_version(cast, visit, granted, drawn):
    made = granted()
    area = drawn(made)
    made.refresh_from_db()
    one = visit("ministry").get(f"{ITEMS}/{area.pk}").json()
    told = one["properties"]
    assert one["id"] == area.pk and told["reference"] == made.reference and told["version"] == made.version
    assert (
        told["link"].endswith(made.get_absolute_url())
        and visit("ministry").get(made.get_absolute_url()).status_code == 200
    )
    assert told["purpose"] == "granted" and told["state"] == "signed" and told["place"] == "0101"


def test_pages_boxes_and_extent(visit, concession, drawn):
    areas = [drawn(concession(f"C {number}"), square(100.2 + number / 10)) for number in range(3)]
    client, seen, address = visit("ministry"), [], f"{ITEMS}?limit=2"
    while address:
        page = client.get(address).json()
        assert page["numberMatched"] == 3
        seen += [feature["id"] for feature in page["features"]]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    assert seen == [area.pk for area in areas]
    inside = client.get(f"{ITEMS}?bbox=100.29,20.39,100.32,20.42").json()
    assert [feature["id"] for feature in inside["features"]] == [areas[1].pk]
    west, south, east, north = client.get("/ogc/collections/concessions.granted?f=json").json()["extent"]["spatial"][
        "bbox"
    ][0]
    assert 100.19 < west < 100.21 and 100.40 < east < 100.42 and 20.39 < south < north < 20.42
    assert client.get("/ogc/collections/concessions.golf/items").status_code == 404


def test_statements_do_not_grow_with_features(visit, concession, drawn):
    client = visit("ministry")
    drawn(concession("First"))
    client.get(ITEMS)

    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(ITEMS).status_code == 200
        return len(captured)

    before = statements()
    for number in range(4):
        drawn(concession(f"More {number}"), square(100.3 + number / 20))
    assert statements() == before


def test_gdal_reads_what_the_address_answers(visit, concession, drawn, tmp_path):
    areas = [drawn(concession(f"C {number}"), square(100.2 + number / 10)) for number in range(2)]
    path = tmp_path / "items.geojson"
    path.write_bytes(visit("ministry").get(ITEMS).content)
    meta, _fids, shapes, values = pyogrio.raw.read(path)
    told = dict(zip(meta["fields"], values, strict=True))
    assert len(shapes) == 2 and meta["geometry_type"] == "MultiPolygon"
    assert list(told["area_id"]) == [area.pk for area in areas] and all(told["link"]) and all(told["version"])
