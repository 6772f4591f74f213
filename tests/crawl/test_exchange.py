"""What other programs read holds what the actor sees and what is released, and counts no more."""

import re

import pytest

from sala.access.scope import once_visible, visible
from sala.catalogue.models import Dataset
from sala.documents.models import Document
from sala.search.operations import reindex

from .samples import ACTORS, SECRET, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def crawled(world):
    make_world(world)
    reindex(["dataset", "document"])
    return world


def released(world, who):
    rows = visible(world.actor(who), Dataset).filter(slug__startswith=SECRET, is_published=True)
    return set(rows.values_list("slug", flat=True))


def asked(browser, name, **sent):
    return browser.post(f"/api/action/{name}", sent, content_type="application/json").json()["result"]


def test_the_actions_of_ckan_list_find_and_count_what_the_actor_sees(crawled, visit):
    for who in ACTORS:
        expected, browser = released(crawled, who), visit(who)
        assert {name for name in asked(browser, "package_list") if name.startswith(SECRET)} == expected, who
        found = asked(browser, "package_search", q=SECRET, rows=100, **{"facet.field": ["organization", "license_id"]})
        assert {row["name"] for row in found["results"]} == expected and found["count"] == len(expected), who
        assert found["facets"]["organization"] == ({"HEALTH-P01": len(expected)} if expected else {}), who
        without_words = asked(browser, "package_search", fq="organization:HEALTH-P01", rows=100)
        assert {row["name"] for row in without_words["results"] if row["name"].startswith(SECRET)} == expected, who
        owner = asked(browser, "organization_show", id="HEALTH-P01")
        assert owner["package_count"] == without_words["count"], who


def test_the_catalogue_as_rdf_holds_what_the_actor_sees(crawled, visit):
    for who in ACTORS:
        for kind in ("ttl", "jsonld"):
            text = visit(who).get(f"/catalog.{kind}").content.decode()
            assert set(re.findall(rf"/datasets/({SECRET}[a-z-]+)/[>\"]", text)) == released(crawled, who), (who, kind)


def test_a_withdrawn_dataset_says_so_to_programs_too(crawled, visit):
    name = f"{SECRET}-public-withdrawn"
    for address in (f"/datasets/{name}.ttl", f"/api/3/action/package_show?id={name}"):
        assert visit().get(address).status_code == 410
    assert visit().get(f"/api/3/action/package_show?id={SECRET}-own-withdrawn").status_code == 404


@pytest.mark.parametrize(("name", "model"), [("datasets", Dataset), ("documents", Document)])
def test_records_hold_and_count_what_the_actor_sees(crawled, visit, name, model):
    for who in ACTORS:
        rows = visible(crawled.actor(who), model).filter(is_published=True)
        answer = visit(who).get(f"/ogc/collections/{name}/items?limit=1000").json()
        assert {one["id"] for one in answer["features"]} == set(rows.values_list("slug", flat=True)), who
        assert answer["numberMatched"] == rows.count(), who
        found = visit(who).get(f"/ogc/collections/{name}/items?limit=1000&q={SECRET}").json()
        expected = set(rows.filter(slug__startswith=SECRET).values_list("slug", flat=True))
        assert {one["id"] for one in found["features"]} == expected and found["numberMatched"] == len(expected), who
        closed = f"/ogc/collections/{name}/items/{SECRET}-own-published"
        assert (visit(who).get(closed).status_code == 200) == (f"{SECRET}-own-published" in expected), who


def test_pages_of_ogc_api_are_read_by_people_too(crawled, visit):
    for path in ("", "conformance", "collections", "collections/datasets", "collections/datasets/items"):
        answer = visit().get(f"/ogc/{path}", headers={"accept": "text/html"})
        assert answer.status_code == 200 and b"<h1>" in answer.content and b"?f=json" in answer.content


def test_a_harvest_holds_what_the_actor_sees_and_tells_what_was_withdrawn(crawled, visit):
    for who in ACTORS:
        text = visit(who).get("/oai?verb=ListRecords&metadataPrefix=oai_dc").content.decode()
        headers = re.findall(rf'<header(?: status="(deleted)")?><identifier>[^<]*:(\w+)/({SECRET}[a-z-]+)<', text)
        for noun, model in (("dataset", Dataset), ("document", Document)):
            rows = once_visible(crawled.actor(who), model).filter(slug__startswith=SECRET)
            live = visible(crawled.actor(who), model).filter(slug__startswith=SECRET, is_published=True)
            assert {slug for gone, kind, slug in headers if kind == noun and not gone} == set(
                live.values_list("slug", flat=True)
            ), who
            withdrawn = set(rows.filter(state="withdrawn").values_list("slug", flat=True))
            assert {slug for gone, kind, slug in headers if kind == noun and gone} == withdrawn, who
    assert "zirkon set own" not in visit().get("/oai?verb=ListRecords&metadataPrefix=oai_dc").content.decode()


def test_search_engines_are_led_to_what_is_public_whoever_asks(crawled, visit):
    assert "/sitemap.xml" in visit().get("/robots.txt").content.decode()
    for who in ("public", "owner"):
        files = re.findall(r"<loc>[^<]*?(/sitemap-[^<]+)</loc>", visit(who).get("/sitemap.xml").content.decode())
        text = "".join(visit(who).get(path).content.decode() for path in files)
        named = set(re.findall(rf"/datasets/({SECRET}[a-z-]+)/", text))
        assert named == released(crawled, "public") and "/places/01/" in text, who
    assert visit().get("/sitemap-secrets-1.xml").status_code == 404
