"""Other catalogues: taken over whole, never doubled, never edited here; what vanishes is taken off with care."""

import json
import re
from datetime import timedelta

import pytest

from sala.access.scope import visible
from sala.catalogue.jobs import harvest_all, harvest_source
from sala.catalogue.models import HarvestRun, HarvestSource, RemoteDataset
from sala.catalogue.operations import harvest as operations
from sala.core import clock
from sala.core.errors import Conflict, NotPermitted
from sala.journal.models import Event
from tests.far_side import FarSide

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running():
    side = FarSide()
    yield side
    side.close()


@pytest.fixture
def far(running, settings):
    running.reset()
    settings.FETCH_INTERNAL = ["127.0.0.1"]
    return running


def package(number: int, **more) -> dict:
    return {
        "id": f"id-{number}", "name": f"set-{number}", "title": f"Rivers {number}", "notes": "Water levels.",
        "license_title": "CC-BY", "organization": {"title": "Water office"}, "metadata_modified": "2026-01-02",
        "resources": [{"name": "table", "format": "CSV", "url": f"https://data.example.org/{number}.csv"}],
    } | more  # fmt: skip


def ckan(far: FarSide, packages: list[dict], told: int | None = None) -> None:
    def page(query: dict[str, str]):
        start, rows = int(query["start"]), int(query["rows"])
        count = len(packages) if told is None else told
        return {"success": True, "result": {"count": count, "results": packages[start : start + rows]}}

    far.answers["/api/3/action/package_search"] = page


@pytest.fixture
def make_source(world, far):
    def make(kind: str = "ckan", path: str = "", **more) -> HarvestSource:
        values = {
            "slug": "waters", "name": "Catalogue of waters", "kind": kind, "address": far.url + path, "language": "en",
            "owner": world.organisation("HEALTH-P01"), "tier": "public",
        } | more  # fmt: skip
        return operations.add_source(world.actor("records"), HarvestSource(**values))

    return make


def found(visit) -> set[str]:
    return {item["title"] for item in visit().get("/api/v1/search?q=Rivers&size=100").json()["items"]}


@pytest.fixture
def read(world):
    return lambda source: operations.harvest(world.actor("records"), HarvestSource.objects.get(pk=source.pk))


def current(source) -> set[str]:
    return set(source.datasets.filter(is_current=True).values_list("remote_id", flat=True))


def test_a_ckan_is_taken_over_page_by_page_and_a_second_reading_doubles_nothing(far, make_source, read):
    source = make_source()
    ckan(far, [package(number) for number in range(450)])
    run = read(source)
    assert (run.state, run.found, run.new, len(far.asked)) == ("done", 450, 450, 3)
    again = read(source)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 450) and source.datasets.count() == 450


def test_it_is_found_and_shown_with_its_source_and_nothing_here_edits_it(far, make_source, read, visit):
    source = make_source()
    ckan(far, [package(1)])
    read(source)
    found = visit().get("/api/v1/search?q=Rivers").json()["items"]
    assert [item["title"] for item in found] == ["Rivers 1"]
    page = visit().get(re.sub(r"^https?://[^/]+", "", found[0]["url"])).content.decode()
    assert (
        "Catalogue of waters" in page and "https://data.example.org/1.csv" in page and "changed there, not here" in page
    )
    assert '<form method="post"' not in page.split("<main")[1]


def test_a_changed_description_is_changed_here(far, make_source, read):
    source = make_source()
    ckan(far, [package(1), package(2)])
    read(source)
    ckan(far, [package(1), package(2, title="Lakes")])
    run = read(source)
    assert (run.changed, run.unchanged) == (1, 1)
    assert str(source.datasets.get(remote_id="id-2")) == "Lakes"


def test_what_vanishes_is_a_tombstone_only_after_several_whole_runs(far, make_source, read, visit):
    source = make_source(grace_runs=2)
    ckan(far, [package(number) for number in range(10)])
    read(source)
    address = source.datasets.get(remote_id="id-9").get_absolute_url()
    ckan(far, [package(number) for number in range(9)])
    assert read(source).gone == 0 and len(current(source)) == 10
    assert read(source).gone == 1 and "id-9" not in current(source)
    assert visit().get(address).status_code == 410
    assert "Rivers 9" not in found(visit)
    ckan(far, [package(number) for number in range(10)])
    read(source)
    assert len(current(source)) == 10 and source.datasets.count() == 10
    assert visit().get(address).status_code == 200 and "Rivers 9" in found(visit)


def test_a_run_that_misses_too_much_stops_and_asks(far, make_source, read, world, visit):
    source = make_source(grace_runs=1, stop_share=20)
    ckan(far, [package(number) for number in range(10)])
    read(source)
    ckan(far, [package(number) for number in range(5)])
    run = read(source)
    assert run.state == "stopped" and len(run.missing) == 5 and len(current(source)) == 10
    desk = visit("records").get("/desk/").content.decode()
    assert "5 of 10 descriptions are missing" in desk
    with pytest.raises(NotPermitted):
        operations.decide_missing(world.actor("stranger"), run, take_off=True, reason="x")
    answer = visit("records").post(run.get_absolute_url(), {"take_off": "yes", "reason": "Their office was merged."})
    assert answer.status_code == 302 and len(current(source)) == 5
    with pytest.raises(Conflict):
        operations.decide_missing(world.actor("records"), run, take_off=True, reason="again")


def test_kept_after_a_stop_nothing_is_taken_off(far, make_source, read, world):
    source = make_source(grace_runs=1)
    ckan(far, [package(number) for number in range(4)])
    read(source)
    ckan(far, [package(0)])
    run = read(source)
    operations.decide_missing(world.actor("records"), run, take_off=False, reason="Their server lost its index.")
    assert len(current(source)) == 4
    assert Event.objects.filter(text__contains="missing kept").exists()


def test_half_an_answer_takes_new_things_over_and_counts_nothing_as_missing(far, make_source, read):
    source = make_source(grace_runs=1, stop_share=100)
    ckan(far, [package(number) for number in range(6)])
    read(source)
    ckan(far, [package(0), package(7)], told=6)
    run = read(source)
    assert run.state == "partial" and run.new == 1 and run.words and len(current(source)) == 7


def test_a_second_page_that_fails_leaves_the_run_incomplete(far, make_source, read):
    source = make_source()
    rows = [package(number) for number in range(250)]
    ckan(far, rows)
    read(source)
    whole = far.answers["/api/3/action/package_search"]
    far.answers["/api/3/action/package_search"] = lambda query: (
        whole(query) if query["start"] == "0" else (500, {}, b"")
    )
    run = read(source)
    assert run.state == "partial" and "500" in run.words and len(current(source)) == 250


def test_a_ckan_that_gives_the_same_page_for_ever_is_left(far, make_source, read):
    source = make_source()
    same = {"success": True, "result": {"count": 1000, "results": [package(1), package(2)]}}
    far.answers["/api/3/action/package_search"] = same
    run = read(source)
    assert run.state == "partial" and "nothing new" in run.words and len(far.asked) == 2


@pytest.mark.parametrize(
    "answer",
    ["<html>sign in</html>", '{"success": true}', '{"success": false, "result": {}}', "[" * 100_000, b"\xff\xfe\x00"],
)
def test_what_is_no_catalogue_fails_with_the_reason_and_changes_nothing(far, make_source, read, answer):
    source = make_source()
    ckan(far, [package(1)])
    read(source)
    far.answers["/api/3/action/package_search"] = answer
    run = read(source)
    assert run.state == "failed" and "no catalogue" in run.words and current(source) == {"id-1"}


def test_a_source_that_leads_into_our_own_network_fails(far, make_source, read):
    source = make_source()
    far.answers["/api/3/action/package_search"] = (302, {"Location": "http://169.254.169.254/"}, b"")
    run = read(source)
    assert run.state == "failed" and "not open to this service" in run.words


def test_hostile_texts_and_addresses_are_taken_over_as_texts_or_left(far, make_source, read, visit):
    source = make_source()
    resources = [{"name": "x", "url": "javascript:alert(1)"}, {"name": "y", "url": "https://ok.example.org/y"}]
    ckan(
        far,
        [
            package(1, title="<script>alert(1)</script>", url="file:///etc/passwd", resources=resources),
            {"title": "no id"},
        ],
    )
    run = read(source)
    row = source.datasets.get()
    assert [part["url"] for part in row.parts] == ["https://ok.example.org/y"] and row.page == ""
    assert "<script>alert" not in visit().get(row.get_absolute_url()).content.decode()
    assert run.refused


PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix hydra: <http://www.w3.org/ns/hydra/core#> .
<https://far.example.org/> a dcat:Catalog ."""


def turtle(number: int) -> str:
    return f"""<https://far.example.org/set/{number}> a dcat:Dataset ; dct:title "Forests {number}"@en, "ປ່າໄມ້ {number}"@lo ;
      dct:publisher [ foaf:name "Forest office" ] ; dct:license <https://creativecommons.org/licenses/by/4.0/> ;
      dcat:distribution [ dct:title "table" ; dcat:downloadURL <https://far.example.org/{number}.csv> ] ."""


def test_a_dcat_catalogue_in_turtle_is_followed_over_its_pages(far, make_source, read):
    source = make_source("dcat", "/catalog.ttl")
    types = {"Content-Type": "text/turtle; charset=utf-8"}
    onward = f'<{far.url}/catalog.ttl> hydra:next "{far.url}/catalog2.ttl" .'
    far.answers["/catalog.ttl"] = (200, types, f"{PREFIXES}\n{turtle(1)}\n{onward}")
    far.answers["/catalog2.ttl"] = (200, types, f"{PREFIXES}\n{turtle(2)}")
    run = read(source)
    assert run.state == "done" and run.new == 2
    row = source.datasets.get(remote_id="https://far.example.org/set/1")
    assert row.title == {"en": "Forests 1", "lo": "ປ່າໄມ້ 1"} and row.publisher == "Forest office"
    assert row.parts == [{"name": "table", "format": "", "url": "https://far.example.org/1.csv"}]
    far.answers["/catalog2.ttl"] = (200, types, f'{PREFIXES}\n{turtle(3)}\n<x:a> hydra:next "{far.url}/catalog.ttl" .')
    assert read(source).state == "partial"


def test_a_dcat_catalogue_in_json_ld_is_read_and_one_that_leans_on_another_address_is_not(far, make_source, read):
    source = make_source("dcat", "/catalog.jsonld")
    context = {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"}
    described = {
        "@id": "https://far.example.org/set/1",
        "@type": "dcat:Dataset",
        "dct:title": {"@value": "Roads", "@language": "en"},
    }
    far.answers["/catalog.jsonld"] = (
        200,
        {"Content-Type": "application/ld+json"},
        json.dumps({"@context": context, "@graph": [described]}),
    )
    assert read(source).state == "done" and str(source.datasets.get()) == "Roads"
    far.answers["/catalog.jsonld"] = (
        200, {"Content-Type": "application/ld+json"}, json.dumps({"@context": f"{far.url}/context", "@graph": [described]}),
    )  # fmt: skip
    run = read(source)
    assert run.state == "failed" and "not fetched" in run.words and "/context" not in far.asked


def test_two_readings_at_once_are_refused_and_a_killed_one_does_not_block_for_ever(far, make_source, read, world):
    source = make_source()
    ckan(far, [package(1)])
    HarvestRun.objects.create(source=source)
    with pytest.raises(Conflict):
        read(source)
    HarvestRun.objects.update(began_at=clock.now() - timedelta(hours=4))
    assert read(source).state == "done"
    assert HarvestRun.objects.filter(state="failed").count() == 1


@pytest.mark.parametrize("who", ["owner", "stranger", "citizen", "public"])
def test_who_keeps_no_records_neither_sees_nor_enters_nor_reads_a_source(make_source, visit, world, who):
    source = make_source()
    for address in ("/datasets/elsewhere/", "/datasets/elsewhere/new/", source.get_absolute_url()):
        assert visit(who).get(address).status_code in (401, 403, 404), address
    assert visit(who).post(f"{source.get_absolute_url()}read/").status_code in (401, 403, 404)
    with pytest.raises(Exception, match=r"position"):
        operations.begin_run(world.actor(who), source)


def test_a_source_of_the_government_is_not_shown_to_the_public(far, make_source, read, world):
    source = make_source(tier="government")
    ckan(far, [package(1)])
    read(source)
    seen = {who: visible(world.actor(who), RemoteDataset).count() for who in ("public", "citizen", "stranger", "owner")}
    assert seen == {"public": 0, "citizen": 0, "stranger": 1, "owner": 1}


def test_a_records_officer_enters_reads_and_sees_the_report(far, visit, world):
    ckan(far, [package(1)])
    browser = visit("records")
    data = {
        "name": "Waters", "slug": "waters", "kind": "ckan", "address": far.url, "language": "en",
        "owner": world.organisation("HEALTH-P01").pk, "tier": "public", "grace_runs": 3, "stop_share": 20, "is_active": "on",
    }  # fmt: skip
    assert browser.post("/datasets/elsewhere/new/", data).status_code == 302
    source = HarvestSource.objects.get()
    assert browser.post("/datasets/elsewhere/waters/read/").status_code == 302
    harvest_source(source_id=source.pk, asker=world.actor("records").as_asker())
    for lang in ("en", "lo"):
        page = browser.get(f"/datasets/elsewhere/waters/?lang={lang}").content.decode()
        assert "Rivers 1" in page
    assert "Waters" in browser.get("/datasets/elsewhere/").content.decode()
    assert browser.post("/datasets/elsewhere/waters/edit/", data | {"name": "All waters"}).status_code == 302
    assert HarvestSource.objects.get().name == "All waters"


def test_every_night_each_active_source_gets_a_job(make_source):
    source = make_source()
    night = clock.now().replace(hour=19, minute=30)  # UTC; two in the morning where the pack is
    assert harvest_all(timestamp=int(night.timestamp())) == 1
    assert harvest_all(timestamp=int((night + timedelta(hours=5)).timestamp())) == 0
    HarvestSource.objects.filter(pk=source.pk).update(is_active=False)
    assert harvest_all(timestamp=int(night.timestamp())) == 0
