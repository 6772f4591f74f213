"""Page, API, search, counts, lists and feeds agree with the one rule of who sees what, for every actor and state."""

import re

import pytest

from sala.access.scope import visible
from sala.bodies.models import Body, Course, Meeting, Minutes, Project
from sala.catalogue.models import Agreement, DataService, Dataset, Showcase
from sala.collection.models import Submission, Visit
from sala.concessions.models import Concession, Party
from sala.documents.models import Document
from sala.maps.models import Layer, ThemeMap
from sala.search.operations import reindex
from tests.conftest import fuller_world
from tests.world import World

from .samples import (
    ACTORS,
    PLACED,
    SECRET,
    TIERS,
    make_bodies,
    make_concessions,
    make_exchange,
    make_forms,
    make_maps,
    make_visits,
    make_world,
    subject_pages,
)

pytestmark = pytest.mark.django_db
NOUNS = [
    "dataset", "data-service", "document", "body", "meeting", "project", "course", "visit", "concession", "party",
]  # fmt: skip


@pytest.fixture(scope="module")
def samples(world_template, django_db_setup, django_db_blocker):
    """The objects that are asked for are entered once; no test changes them."""

    def build() -> None:
        world = World()
        for make in (make_world, make_bodies, make_exchange, make_maps, make_forms, make_visits, make_concessions):
            make(world)
        reindex(NOUNS)

    with fuller_world("crawled", world_template, build, django_db_blocker):
        yield


@pytest.fixture
def crawled(samples, world):
    return world


def slugs_seen(world, who, model):
    return set(visible(world.actor(who), model).filter(slug__startswith=SECRET).values_list("slug", flat=True))


def whatever_its_tier(address, subject):
    """What pages of subjects that differ in nothing but their tier have in common."""
    stands = [getattr(subject, name, None) for name in ("state", "is_called", "is_published")]
    return type(subject), re.sub(rf"{'|'.join(TIERS)}|\d+", "*", address), *stands


def test_a_page_is_there_exactly_for_those_who_see_its_subject(crawled, visit):
    """Who sees the very rows that somebody before saw asks, of the pages that differ in tier only, one seen and one not."""
    wrong, pages, before = [], list(subject_pages(crawled)), []
    for who in ACTORS:
        actor, browser = crawled.actor(who), visit(who)
        models = {type(subject) for _address, subject in pages}
        seen_by = {model: set(visible(actor, model).values_list("pk", flat=True)) for model in models}
        asked = pages
        if seen_by in before:
            kinds = {(*whatever_its_tier(*page), page[1].pk in seen_by[type(page[1])]): page for page in pages}
            asked = list(kinds.values())
        before.append(seen_by)
        for address, subject in asked:
            seen = subject.pk in seen_by[type(subject)]
            status = browser.get(address).status_code
            states = {getattr(subject, "state", ""), getattr(getattr(subject, "dataset", None), "state", "")}
            told_it_is_gone = status == 410 and "withdrawn" in states
            if (status == 200) != seen or (status not in (200, 404) and not told_it_is_gone):
                wrong.append((who, address, status, seen))
    assert wrong == []


@pytest.mark.parametrize(
    ("address", "model"), [("/api/v1/datasets?size=500", Dataset), ("/api/v1/documents?size=500", Document)]
)
def test_a_list_of_the_api_holds_what_the_actor_sees_and_counts_no_more(crawled, visit, address, model):
    for who in ACTORS:
        answer = visit(who).get(address).json()
        listed = {item["slug"] for item in answer["items"] if item["slug"].startswith(SECRET)}
        assert listed == slugs_seen(crawled, who, model), who
        assert answer["count"] == visible(crawled.actor(who), model).count()


def test_lists_of_answers_hold_those_that_the_actor_sees_and_no_other(crawled, visit):
    for who in ACTORS:
        seen = set(visible(crawled.actor(who), Submission).values_list("pk", flat=True))
        answer = visit(who).get("/api/v1/answers?size=500").json()
        assert {item["id"] for item in answer["items"]} == seen and answer["count"] == len(seen), who
        page = visit(who).get("/answers/?state=received")
        assert set(map(int, re.findall(r"/answers/(\d+)/", page.content.decode()))) == seen, who


@pytest.mark.parametrize(
    ("plural", "model", "key"),
    [
        ("bodies", Body, "slug"),
        ("meetings", Meeting, "reference"),
        ("projects", Project, "slug"),
        ("courses", Course, "slug"),
    ],
)
def test_lists_and_search_hold_the_bodies_meetings_projects_and_courses_that_the_actor_sees(
    crawled, visit, plural, model, key
):
    for who in ACTORS:
        rows = visible(crawled.actor(who), model)
        expected = set(rows.values_list(key, flat=True))
        answer = visit(who).get(f"/api/v1/{plural}?size=500").json()
        assert {item[key] for item in answer["items"]} == expected and answer["count"] == len(expected), who
        named = set(re.findall(rf"/{plural}/({SECRET}[a-z0-9-]+)/", visit(who).get(f"/{plural}/").content.decode()))
        assert named == expected, who
        answer = visit(who).get(f"/api/v1/search?q={SECRET}&noun={model._meta.model_name}&size=100").json()
        found = {item["url"].rstrip("/").rsplit("/", 1)[1] for item in answer["items"]}
        if model is Meeting:
            expected = set(rows.exclude(state="cancelled").values_list(key, flat=True))
        assert found == expected, who


def test_visits_are_listed_found_and_dated_exactly_for_those_who_see_them(crawled, visit):
    for who in ACTORS:
        rows, browser = visible(crawled.actor(who), Visit), visit(who)
        expected = set(rows.filter(state__in=("planned", "done")).values_list("slug", flat=True))
        answer = browser.get("/api/v1/visits?size=500").json()
        assert {item["slug"] for item in answer["items"]} == expected and answer["count"] == len(expected), who
        found = browser.get(f"/api/v1/search?q={SECRET}&noun=visit&size=100").json()
        assert {item["url"].rstrip("/").rsplit("/", 1)[1] for item in found["items"]} == expected, who
        everything = set(rows.values_list("slug", flat=True))
        for address in ("/visits/", "/visits/?by=month", "/visits/?by=places"):
            named = set(re.findall(rf"/visits/({SECRET}[a-z-]+)/", browser.get(address).content.decode()))
            assert named == expected, (who, address)
        for address in ("/calendar/", "/visits/?by=clashes", "/places/0101/", "/places/0101/feedback/"):
            named = set(re.findall(rf"/visits/({SECRET}[a-z-]+)/", browser.get(address).content.decode()))
            assert named <= everything, (who, address)


@pytest.mark.parametrize(
    ("plural", "model", "key"), [("concessions", Concession, "reference"), ("parties", Party, "number")]
)
def test_lists_and_search_hold_the_concessions_and_parties_that_the_actor_sees(crawled, visit, plural, model, key):
    for who in ACTORS:
        expected = set(visible(crawled.actor(who), model).values_list(key, flat=True))
        browser = visit(who)
        answer = browser.get(f"/api/v1/{plural}?size=500").json()
        assert {item[key] for item in answer["items"]} == expected and answer["count"] == len(expected), who
        named = set(
            re.findall(rf"/{plural}/(L[A-Z]-{SECRET.upper()}-[0-9]+)/", browser.get(f"/{plural}/").content.decode())
        )
        assert named == expected, who
        answer = browser.get(f"/api/v1/search?q={SECRET}&noun={model._meta.model_name}&size=100").json()
        assert {item["url"].rstrip("/").rsplit("/", 1)[1] for item in answer["items"]} == expected, who


def test_the_map_its_lists_and_its_theme_maps_name_the_layers_that_the_actor_sees_and_no_other(crawled, visit):
    for who in ACTORS:
        browser, actor = visit(who), crawled.actor(who)
        layers = set(visible(actor, Layer).values_list("code", flat=True))
        maps = set(visible(actor, ThemeMap).values_list("code", flat=True))
        answer = browser.get("/api/v1/layers?size=500").json()
        assert {item["code"] for item in answer["items"]} == layers and answer["count"] == len(layers), who
        answer = browser.get("/api/v1/maps?size=500").json()
        assert {item["code"] for item in answer["items"]} == maps, who
        placed = [{row["layer"] for row in item["layers"]} for item in answer["items"]]
        assert all(each == layers & set(PLACED) for each in placed), who
        for address in ("/map/", "/map/layers/", f"/map/?layers={','.join(sorted(layers))},{SECRET}-own-draft"):
            html = browser.get(address).content.decode()
            named = set(re.findall(rf"{SECRET}-[a-z]+-(?:draft|published|withdrawn)", html))
            assert named <= layers | {f"{SECRET}-own-draft"}, (who, address)
        assert (
            set(re.findall(rf"/map/({SECRET}-[a-z]+-(?:open|made))/", browser.get("/map/maps/").content.decode()))
            == maps
        )


def test_the_words_of_minutes_are_on_the_page_exactly_for_those_who_see_the_minutes(crawled, visit):
    for who in ACTORS:
        seen = set(visible(crawled.actor(who), Minutes).exclude(state="draft").values_list("meeting", flat=True))
        for meeting in visible(crawled.actor(who), Meeting):
            html = visit(who).get(meeting.get_absolute_url()).content.decode()
            assert (f"{SECRET} words" in html) == (meeting.pk in seen), (who, meeting)


@pytest.mark.parametrize(("noun", "model"), [("dataset", Dataset), ("document", Document)])
def test_search_finds_and_counts_what_the_actor_sees(crawled, visit, noun, model):
    for who in ACTORS:
        answer = visit(who).get(f"/api/v1/search?q={SECRET}&noun={noun}&size=100").json()
        expected = visible(crawled.actor(who), model).filter(slug__startswith=SECRET).exclude(state="withdrawn")
        found = {item["url"].rstrip("/").rsplit("/", 1)[1] for item in answer["items"]}
        assert found == set(expected.values_list("slug", flat=True)), who
        assert answer["count"] == expected.count(), who


def test_the_release_calendar_names_exactly_the_datasets_that_the_actor_sees(crawled, visit):
    for who in ACTORS:
        expected = slugs_seen(crawled, who, Dataset)
        answer = visit(who).get("/api/v1/releases").json()
        assert {row["dataset"] for row in answer if row["dataset"].startswith(SECRET)} == expected, who
        page = visit(who).get("/calendar/?year=2031").content.decode()
        assert set(re.findall(rf"/datasets/({SECRET}[a-z-]+)/", page)) == expected, who


def test_services_and_agreements_are_listed_and_found_exactly_by_those_who_see_them_and_name_no_hidden_dataset(
    crawled, visit
):
    for who in ACTORS:
        actor, browser = crawled.actor(who), visit(who)
        expected = set(visible(actor, DataService).filter(slug__startswith=SECRET).values_list("slug", flat=True))
        answer = browser.get("/api/v1/data-services?size=500").json()
        assert {item["slug"] for item in answer["items"]} == expected and answer["count"] == len(expected), who
        found = browser.get(f"/api/v1/search?q={SECRET}&noun=data-service&size=100").json()
        shown = {slug for slug in expected if not slug.endswith("withdrawn")}
        assert {item["url"].rstrip("/").rsplit("/", 1)[1] for item in found["items"]} == shown, who
        for item in answer["items"]:
            assert set(item["datasets"]) <= slugs_seen(crawled, who, Dataset), who
        expected = set(visible(actor, Agreement).values_list("reference", flat=True))
        answer = browser.get("/api/v1/agreements").json()
        assert {item["reference"] for item in answer} == expected, who
        if who in ("admin", "citizen", "public"):  # no party
            named = {slug for item in answer for slug in item["datasets"] if slug}
            assert named <= slugs_seen(crawled, who, Dataset), who


def test_showcases_are_there_exactly_for_those_who_see_them_and_their_dataset(crawled, visit):
    for who in ACTORS:
        rows = visible(crawled.actor(who), Showcase)
        expected = set(rows.filter(dataset__slug__in=slugs_seen(crawled, who, Dataset)).values_list("pk", flat=True))
        answer = visit(who).get("/api/v1/showcases").json()
        assert {item["id"] for item in answer} == expected, who
        if who in ("owner", "stranger", "public"):
            ids = Showcase.objects.values_list("pk", flat=True)
            pages = {pk for pk in ids if visit(who).get(f"/showcases/{pk}/").status_code == 200}
            assert pages == expected, who


def test_pages_of_lists_name_nothing_that_is_hidden(crawled, visit):
    for who in ACTORS:
        for address in (
            "/datasets/",
            "/releases/",
            "/data-services/",
            "/showcases/",
            "/agreements/",
            "/datasets/usage/",
            f"/search/?q={SECRET}",
            "/documents/",
            "/places/01/",
            "/organisations/HEALTH-P01/",
        ):
            html = visit(who).get(address).content.decode()
            named = set(re.findall(rf"/(?:datasets|documents)/({SECRET}[a-z-]+)/", html))
            assert named <= slugs_seen(crawled, who, Dataset) | slugs_seen(crawled, who, Document), (who, address)
