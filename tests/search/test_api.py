"""The search for programs."""

import pytest
from django.contrib.gis.geos import Polygon

from tests.search.conftest import NOUN, audience_of

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/search"


def test_the_answer_has_the_promised_shape(world, put, visit):
    area = world.area("01")
    address = put({"lo": "ວອມແບັດ", "en": "Wombat report"}, body="About <b>wombats</b> & others", areas=area.within(),
                  place=dict(area.name), owner={"en": "Office"}, topics=["water"], year=2020)  # fmt: skip
    answer = visit().get(ADDRESS, {"q": "wombat", "noun": NOUN}).json()
    assert (answer["count"], answer["count_is_capped"], answer["how"]) == (1, False, "all")
    assert answer["items"] == [{
        "type": NOUN, "title": "Wombat report", "language": "en", "url": address, "place": "Phuthong",
        "owner": "Office", "date": "2024-01-01", "tier": "public", "snippet": "About <b>wombats</b> & others",
        "pages": [],
    }]  # fmt: skip
    assert answer["facets"]["topic"] == [{"value": "water", "label": "Water", "count": 1}]
    assert answer["facets"]["place"] == [{"value": "01", "label": "Phuthong", "count": 1}]


def test_an_asker_gets_their_own_share(world, put, visit):
    put("Wombat hidden", audiences=[audience_of(world.actor("owner"))], tier="own")
    put("Wombat open")
    assert visit("owner").get(ADDRESS, {"q": "wombat"}).json()["count"] == 2
    for who in ("stranger", "citizen", "public"):
        answer = visit(who).get(ADDRESS, {"q": "wombat"}).json()
        assert (answer["count"], [item["title"] for item in answer["items"]]) == (1, ["Wombat open"])


def test_paging_and_size(put, visit):
    for number in range(7):
        put(f"Wombat {number}")
    pages = [visit().get(ADDRESS, {"q": "wombat", "page": page, "size": 3}).json() for page in (1, 2, 3)]
    assert [len(page["items"]) for page in pages] == [3, 3, 1]
    assert len({item["url"] for page in pages for item in page["items"]}) == 7


@pytest.mark.parametrize("query", [{"page": 0}, {"size": 101}, {"size": "many"}, {"year": "long ago"}, {"bbox": "1,2,3"},
                                   {"bbox": "5,5,1,1"}, {"bbox": "nan,0,1,1"}])  # fmt: skip
def test_what_cannot_be_read_is_refused_with_advice(visit, query):
    response = visit().get(ADDRESS, query)
    assert response.status_code == 422
    assert response["Content-Type"].startswith("application/problem+json")


def test_a_box_narrows(world, put, visit):
    put("Wombat", extent=Polygon.from_bbox((100, 18, 101, 19)))
    assert visit().get(ADDRESS, {"q": "wombat", "bbox": "100,18,100.5,18.5"}).json()["count"] == 1
    assert visit().get(ADDRESS, {"q": "wombat", "bbox": "104,18,105,18.5"}).json()["count"] == 0
