"""OGC API asked by OWSLib and by GDAL's own driver, which runs in a process of its own."""

import json
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from owslib.ogcapi.features import Features
from owslib.ogcapi.records import Records

READ = """
import json, sys, pyogrio
layers = [name for name, _kind in pyogrio.list_layers("OAPIF:" + sys.argv[1])]
frame = pyogrio.raw.read("OAPIF:" + sys.argv[1], layer=sys.argv[2])
print(json.dumps([layers, len(frame[2]), list(map(str, frame[0]["fields"]))]))
"""


@pytest.fixture(scope="module")
def ogc(served):
    return Features(f"{served.url}/ogc/")


def test_owslib_finds_the_collections_that_the_public_sees(ogc):
    assert "land-cover.layer" in ogc.feature_collections() and "areas.province" in ogc.feature_collections()
    assert any(name.endswith("/conf/core") for name in ogc.conformance()["conformsTo"])
    told = ogc.collection("land-cover.layer")
    assert told["extent"]["spatial"]["bbox"][0][0] < told["extent"]["spatial"]["bbox"][0][2]
    assert ogc.api()["openapi"].startswith("3.0")


def test_pages_follow_one_another_and_hold_each_feature_once(ogc):
    first = ogc.collection_items("areas.district", limit=5)
    assert first["numberReturned"] == 5 and first["numberMatched"] > 5
    ids, address = [], next(link["href"] for link in first["links"] if link["rel"] == "self")
    while address:
        page = json.loads(urllib.request.urlopen(address).read())
        ids += [feature["id"] for feature in page["features"]]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    assert len(ids) == len(set(ids)) == first["numberMatched"]
    one = ogc.collection_item("areas.district", str(ids[0]))
    assert one["id"] == ids[0] and one["properties"]["name_en"]


def test_a_box_gives_what_meets_it(ogc):
    every = ogc.collection_items("areas.district", limit=1000)
    shape = every["features"][0]["geometry"]["coordinates"][0][0]
    west, south = shape[0]
    box = [west - 0.001, south - 0.001, west + 0.001, south + 0.001]
    inside = ogc.collection_items("areas.district", bbox=box, limit=1000)
    assert 0 < inside["numberMatched"] < every["numberMatched"]
    nowhere = ogc.collection_items("areas.district", bbox=[-60, -10, -59, -9])
    assert nowhere["numberMatched"] == 0 and nowhere["features"] == []


@pytest.mark.parametrize("asked", ["salary=1", "bbox=1,2,3", "limit=0", "limit=x", "datetime=never", "f=xml"])
def test_what_is_not_known_or_malformed_is_refused(served, asked):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{served.url}/ogc/collections/areas.district/items?{asked}")
    assert refused.value.code == 400 and json.loads(refused.value.read())["detail"]


@pytest.mark.parametrize(("asked", "some"), [
    ("2024-06-01T00:00:00Z", True), ("2024-01-01/2024-12-31", True), ("../2024-01-01", True), ("2024-12-31/..", True),
    ("2023-12-31T23:59:59Z", False), ("2025-01-01/..", False), ("../2023-01-01", False), ("2030-01-01", False),
])  # fmt: skip
def test_a_time_gives_the_layer_of_that_time(served, asked, some):
    address = f"{served.url}/ogc/collections/land-cover.layer/items?datetime={asked}"
    found = json.loads(urllib.request.urlopen(address).read())
    assert (found["numberMatched"] > 0) == some and bool(found["features"]) == some
    areas = json.loads(
        urllib.request.urlopen(f"{served.url}/ogc/collections/areas.district/items?datetime={asked}").read()
    )
    assert areas["numberMatched"] > 0  # boundaries carry no time


def test_a_time_narrows_the_records(served):
    def found(asked):
        address = f"{served.url}/ogc/collections/datasets/items?limit=100&datetime={asked}"
        return {one["id"] for one in json.loads(urllib.request.urlopen(address).read())["features"]}

    assert "land-cover" in found("2024-06-01") and "land-cover" not in found("2025-06-01/..")
    assert found("1950-01-01") == set()


@pytest.mark.parametrize("asked", ["2024-02-01/2024-01-01", "..", "2024-01-01/2024-02-01/2024-03-01", "2024-13-01"])
def test_a_time_that_is_none_is_refused(served, asked):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{served.url}/ogc/collections/datasets/items?datetime={asked}")
    assert refused.value.code == 400


@pytest.mark.parametrize("name", ["staff-lists.table", "nothing.layer", "areas.galaxy", "population.table"])
def test_what_is_closed_or_no_layer_is_no_collection(served, name):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{served.url}/ogc/collections/{name}/items")


def test_the_driver_of_gdal_reads_the_layer(served, ogc):
    done = subprocess.run(
        [sys.executable, "-c", READ, f"{served.url}/ogc/", "land-cover.layer"],
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr[-1500:]
    layers, number, _fields = json.loads(done.stdout)
    assert "land-cover.layer" in layers
    assert number == ogc.collection_items("land-cover.layer", limit=1)["numberMatched"] > 0


def test_records_are_found_by_words_and_by_place(served):
    records = Records(f"{served.url}/ogc/")
    assert {"datasets", "documents"} <= set(records.records())
    found = records.collection_items("datasets", q="rice", limit=50)
    assert "rice" in [record["id"] for record in found["features"]]
    assert "staff-lists" not in [record["id"] for record in records.collection_items("datasets", limit=100)["features"]]
    one = records.collection_item("datasets", "rice")
    assert one["properties"]["type"] == "dataset" and any(link["rel"] == "item" for link in one["links"])
    assert records.collection_items("datasets", bbox=[-60, -10, -59, -9])["numberMatched"] == 0


CONCESSIONS = "concessions.granted"
CLOSED = (
    "holder",
    "holders",
    "number",
    "decided_on",
    "starts_on",
    "ends_on",
    "term_months",
    "grade",
    "situation",
    "late",
)


def test_owslib_reads_what_is_open_of_a_concession_and_nothing_of_what_is_closed(ogc):
    assert CONCESSIONS in ogc.feature_collections()
    found = ogc.collection_items(CONCESSIONS, limit=10)
    (feature,) = found["features"]
    told = feature["properties"]
    assert found["numberMatched"] == 1 and told["reference"].startswith("LC-") and told["place"] == "0201"
    assert "Invented dam" in told.values() and 110 < float(told["mapped_ha"]) < 120
    assert feature["geometry"]["type"] == "MultiPolygon"
    assert not any(told.get(name) for name in CLOSED), told
    assert "Hidden Falls" not in json.dumps(found, ensure_ascii=False)
    one = ogc.collection_item(CONCESSIONS, str(feature["id"]))
    assert one["properties"] == told


def test_the_driver_of_gdal_reads_the_concession_without_its_closed_fields(served):
    done = subprocess.run(
        [sys.executable, "-c", READ, f"{served.url}/ogc/", CONCESSIONS], capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr[-1500:]
    layers, number, fields = json.loads(done.stdout)
    assert CONCESSIONS in layers and number == 1
    assert "reference" in fields and not set(CLOSED) & set(fields)
