"""Pages of features as programs read them: what stands on a page, how many fit, and what closes at once."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sala.access.actor import public
from sala.catalogue.models import Column, Dataset, Edition
from sala.core import clock
from sala.maps.ogc import collections
from sala.maps.ogc.asked import read
from sala.maps.ogc.collections import find
from sala.maps.ogc.features import page_of

from .conftest import square

pytestmark = pytest.mark.django_db
ITEMS = "/ogc/collections/cover.layer/items"


@pytest.fixture
def squares(edition, deliver):
    """Sixty of them in six rows, the numbers of neighbours far apart."""
    corners = [(100 + (number * 7 % 10) / 5, 20 + number // 10 / 5) for number in range(60)]
    return deliver([square(west, south, **{"class": f"ປ່າ {n}"}) for n, (west, south) in enumerate(corners)])


@pytest.mark.parametrize("most", [10_000, 20])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(
    west=st.integers(995, 1025), south=st.integers(195, 215), width=st.integers(0, 30), offset=st.integers(0, 70),
    limit=st.integers(1, 70),
)  # fmt: skip
def test_a_page_is_what_the_rows_give_in_their_order(squares, rf, monkeypatch, most, west, south, width, offset, limit):
    """most: of numbers that are kept; where there are more they are asked for each page."""
    monkeypatch.setattr(collections, "MOST_NUMBERS", most)
    cache.clear()
    box = f"bbox={west / 10},{south / 10},{(west + width) / 10},{(south + width) / 10}"
    asked = read(rf.get(f"{ITEMS}?{box}&offset={offset}&limit={limit}"))
    offered = find(public(), "cover.layer")
    rows = list(offered.meeting(asked).order_by("number"))
    for _first_and_again in range(2):
        texts, matched = page_of(offered, asked)
        assert matched == len(rows)
        assert [json.loads(text) for text in texts] == list(map(feature, rows[offset : offset + limit]))


def feature(row):
    """The same from the row itself."""
    corners = [[round(degrees, 7) for degrees in corner] for corner in row.geometry.coords[0]]
    shape = {"type": "Polygon", "coordinates": [corners]}
    return {"type": "Feature", "id": row.number, "geometry": shape, "properties": row.properties}


def test_what_lies_just_outside_a_box_is_not_counted(edition, deliver, visit):
    """Extents are rounded to about a metre where PostGIS compares them; the answer is not."""
    just = 1e-6
    deliver([square(101, 20.5, just), square(101 - 3 * just, 20.5, just), square(100.5, 20 - 3 * just, just),
             square(100.3, 21 + just, just), square(100.3, 20.3, just), square(99, 19, 5)])  # fmt: skip
    page = visit().get(f"{ITEMS}?bbox=100,20,101,21").json()
    assert page["numberMatched"] == 4 and [one["id"] for one in page["features"]] == [1, 2, 5, 6]
    tiny = visit().get(f"{ITEMS}?bbox=100.3,20.3,100.30000001,20.30000001").json()
    assert [one["id"] for one in tiny["features"]] == [5, 6]


def numbers(visit, asked=""):
    answer = visit().get(f"{ITEMS}?{asked}")
    return [one["id"] for one in answer.json()["features"]] if answer.status_code == 200 else answer.status_code


def test_going_through_the_pages_of_a_box_meets_each_feature_once(squares, visit):
    address, met = f"{ITEMS}?bbox=99,19,103,22&limit=7", []
    while address:
        page = visit().get(address).json()
        met += [one["id"] for one in page["features"]]
        assert page["numberMatched"] == 60
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert met == list(range(1, 61))


def test_what_is_closed_later_is_closed_at_the_next_request(squares, visit):
    assert numbers(visit, "limit=2") == [1, 2]
    Column.objects.create(distribution=squares.distribution, name="class", tier="government")
    page = visit().get(ITEMS).json()
    assert len(page["features"]) == 10 and all(one["properties"] == {} for one in page["features"])
    Edition.objects.filter(pk=squares.pk).update(not_before=clock.now() + timedelta(days=1))
    assert len(numbers(visit, "limit=70")) == 9  # of the edition before
    with clock.fixed(clock.now() + timedelta(days=2)):
        assert len(numbers(visit, "limit=70")) == 60
    Dataset.objects.filter(slug="cover").update(tier="government")
    assert numbers(visit) == 404 and visit("member").get(ITEMS).status_code == 200


def test_a_newer_edition_is_read_at_the_next_request(squares, deliver, visit):
    assert visit().get(ITEMS).json()["numberMatched"] == 60
    deliver([square(100.5, 20.5, **{"class": "lake"})])
    assert visit().get(ITEMS).json()["numberMatched"] == 1
