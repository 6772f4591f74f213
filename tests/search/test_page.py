"""The search page: narrowing, paging, languages, the table, the feed, and what to do when nothing is found."""

import csv
import io
from datetime import date
from xml.etree import ElementTree

import pytest
from django.contrib.gis.geos import Polygon
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from sala.access.actor import public
from sala.search.filters import Filters
from sala.search.queries import find
from sala.site.models import Portal
from tests.search.conftest import NOUN, audience_of

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def html(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_filters_are_links_that_can_be_set_and_removed(world, put, visit):
    one, two = world.area("01"), world.area("02")
    inside = put("Wombat inside", areas=one.within(), place=dict(one.name), topics=["water"], year=2020)
    outside = put("Wombat outside", areas=two.within(), place=dict(two.name), topics=["forest"], year=2021)
    page = html(visit().get("/search/", {"q": "wombat"}))
    assert inside in page and outside in page
    assert (
        "?q=wombat&amp;place=01" in page and "?q=wombat&amp;topic=water" in page and "?q=wombat&amp;year=2020" in page
    )
    narrowed = html(visit().get("/search/", {"q": "wombat", "place": "01"}))
    assert inside in narrowed and outside not in narrowed
    assert 'class="chip" href="/search/?q=wombat"' in narrowed
    assert "Phuthong" in narrowed


def test_a_place_holds_everything_below_it_and_an_unknown_code_nothing(world, put, urls):
    district, province = world.area("0101"), world.area("01")
    address = put("Wombat", areas=district.within())
    for code in (district.code, province.code, world.area("DM").code):
        assert urls(find(world.actor("public"), "wombat", Filters(place=code))) == [address]
    for code in ("02", "no such code"):
        assert find(world.actor("public"), "wombat", Filters(place=code)).count == 0


def test_owner_year_kind_and_box_narrow(world, put, urls):
    office = world.organisation("HEALTH-P01")
    address = put("Wombat", owner_id=office.pk, owner=dict(office.name), kind="law", year=2020,
                  extent=Polygon.from_bbox((100, 18, 101, 19)))  # fmt: skip
    put("Wombat elsewhere", kind="plan", year=2021)
    for narrowing in ({"owner": "HEALTH-P01"}, {"kind": "law"}, {"year": 2020}, {"bbox": (100.5, 18.5, 102, 20)}):
        assert urls(find(world.actor("public"), "wombat", Filters(**narrowing))) == [address], narrowing
    assert find(world.actor("public"), "wombat", Filters(bbox=(103, 18, 104, 19))).count == 0


def test_paging_shows_each_result_once(put, world):
    made = {put(f"Wombat {number}", dated=date(2020, 1, 1 + number % 7)) for number in range(45)}
    seen: list[str] = []
    for number in (1, 2, 3):
        results = find(world.actor("public"), "wombat", page=number, size=20)
        assert (results.count, results.last_page) == (45, 3)
        seen += [item.url for item in results.items]
    assert len(seen) == 45 and set(seen) == made
    assert find(world.actor("public"), "wombat", page=4).items == []


def test_paging_links_keep_the_question(put, visit):
    for number in range(25):
        put(f"Wombat {number}")
    first = html(visit().get("/search/", {"q": "wombat", "noun": NOUN}))
    assert 'rel="next" href="/search/?q=wombat&amp;noun=thing&amp;page=2"' in first and 'rel="prev"' not in first
    second = html(visit().get("/search/", {"q": "wombat", "noun": NOUN, "page": "2"}))
    assert 'rel="prev"' in second and 'rel="next"' not in second and '<ol class="results" start="21">' in second
    assert html(visit().get("/search/", {"q": "wombat", "page": "rubbish", "year": "x"}))


def test_a_text_in_the_other_language_is_marked_as_such(put, visit):
    put({"lo": "ເອກະສານ wombat"})
    page = html(visit(language="en").get("/search/", {"q": "wombat"}))
    assert 'lang="lo" hreflang="lo"' in page
    assert (
        'lang="lo" hreflang="lo"' not in html(visit(language="lo").get("/search/", {"q": "wombat"})).split("<main")[1]
    )


def test_staff_see_whom_a_result_is_open_to_and_the_public_does_not(world, put, visit):
    put("Wombat", audiences=["gov"], tier="government")
    put("Wombat open", audiences=["public"], tier="public")
    assert "Open to" in html(visit("stranger").get("/search/", {"q": "wombat"}))
    assert "Open to" not in html(visit().get("/search/", {"q": "wombat"}))


def test_nothing_found_says_what_to_do_next(world, put, visit):
    put("Wombat")
    page = html(visit().get("/search/", {"q": "Phuthon wambat zzz"}))
    assert "0 results" in page and "What you can do" in page and "/places/" in page and "/directory/" in page
    suggested = html(visit().get("/search/", {"q": "Phutong"}))
    assert "Did you mean" in suggested and ">Phuthong<" in suggested


def test_the_list_as_a_table_is_harmless_in_a_spreadsheet(put, visit):
    titles = ["=HYPERLINK(1) wombat", "+1 wombat", "-1 wombat", "@SUM wombat", " =1 wombat", "Wombat, plain"]
    for title in titles:
        put(title)
    response = visit().get("/search/", {"q": "wombat", "noun": NOUN, "format": "csv"})
    assert response["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    cells = [row[1] for row in rows[1:]]
    assert len(cells) == len(titles)
    assert all(cell[0] not in "=+-@ " for cell in cells)
    assert "'=HYPERLINK(1) wombat" in cells and "Wombat, plain" in cells


def test_the_table_and_the_feed_hold_what_the_asker_may_see(world, put, visit):
    own = audience_of(world.actor("owner"))
    put("Wombat hidden", audiences=[own], tier="own")
    put("Wombat open")
    for query in ({"q": "wombat", "format": "csv"}, {"q": "wombat"}):
        path = "/search/" if "format" in query else "/feeds/search.atom"
        assert "Wombat hidden" in visit("owner").get(path, query).content.decode()
        for who in ("stranger", "public"):
            told = visit(who).get(path, query).content.decode()
            assert "Wombat open" in told and "Wombat hidden" not in told


def test_the_feed_holds_the_newest_first(put, visit):
    put("Wombat old", dated=date(2001, 1, 1))
    put("Wombat new", dated=date(2022, 2, 2))
    response = visit().get("/feeds/search.atom", {"q": "wombat"})
    assert response["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(response.content)
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == ["Wombat new", "Wombat old"]
    assert feed.find(f"{ATOM}entry/{ATOM}updated").text.startswith("2022-02-02")


def test_a_provincial_front_door_starts_with_its_own_place(world, put, visit):
    one, two = world.area("01"), world.area("02")
    inside = put("Wombat inside", areas=one.within())
    outside = put("Wombat outside", areas=two.within())
    Portal.objects.create(code="p01", host="p01.example.org", name={"lo": "ແຂວງ", "en": "Door"}, place=one)
    visitor = visit()

    def page(**query) -> str:
        return html(visitor.get("/search/", {"q": "wombat", **query}, headers={"host": "p01.example.org"}))

    with override_settings(ALLOWED_HOSTS=["*"]):
        assert inside in page() and outside not in page()
        assert "Search everywhere" in page() and "everywhere=1" in page()
        assert outside in page(everywhere="1") and outside in page(place="02")
    assert outside in html(visitor.get("/search/", {"q": "wombat"}))


@pytest.mark.parametrize("query", [{}, {"q": "wombat"}, {"q": "ນ້ຳປະປາ wombat"}])
def test_the_number_of_queries_does_not_grow_with_the_list(put, visit, query):
    def asked() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            html(visit().get("/search/", query))
        return len(captured)

    put({"lo": "ນ້ຳປະປາ", "en": "Wombat"}, topics=["water"], kind="law")
    html(visit().get("/search/", query))  # learns the stems
    few = asked()
    for number in range(60):
        put({"lo": "ນ້ຳປະປາ", "en": f"Wombat {number}"}, topics=["water", "land"], kind=f"kind{number % 5}",
            year=2000 + number % 9)  # fmt: skip
    assert asked() <= few + 1


def test_the_newest_list_needs_few_queries(put):
    for number in range(40):
        put(f"Wombat {number}", topics=["water"], kind="law", year=2020)
    with CaptureQueriesContext(connection) as captured:
        results = find(public())
    assert results.count >= 40
    assert len(captured) <= 12, [query["sql"][:80] for query in captured]
