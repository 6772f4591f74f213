"""Data services of offices: entered, opened to a tier, found, and shown with what they serve."""

import pytest

from sala.catalogue.models import DataService
from sala.catalogue.operations import services as operations
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.language import Translated
from sala.core.models import Term

pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(world, dataset):
    def make(**more) -> DataService:
        fields = {
            "owner": world.organisation("HEALTH-P01"), "slug": "clinic-api", "datasets": [dataset], "tier": "public",
            "title": Translated(lo="ບໍລິການຂໍ້ມູນສຸກສາລາ", en="Clinic interface"), "endpoint": "https://example.org/api",
            "contract": "https://example.org/openapi.json", "licence": Term.objects.get(scheme="licence", code="CC-BY-4.0"),
            **more,
        }  # fmt: skip
        return operations.enter_service(world.actor("owner"), **fields)

    return make


def test_a_published_service_is_found_shown_and_named_on_its_datasets(world, visit, dataset, deliver, release, enter):
    release(deliver())
    made = enter()
    assert visit().get(made.get_absolute_url()).status_code == 404
    operations.publish_service(world.actor("colleague"), made)
    page = visit().get(made.get_absolute_url()).content.decode()
    assert "https://example.org/openapi.json" in page and "Clinics of Phuthong" in page
    assert "Clinic interface" in visit().get(dataset.get_absolute_url()).content.decode()
    assert "Clinic interface" in visit().get("/data-services/").content.decode()
    hits = visit().get("/api/v1/search?q=interface&noun=data-service").json()
    assert [hit["url"] for hit in hits["items"]] == [made.get_absolute_url()]
    assert visit().get("/api/v1/data-services/clinic-api").json()["datasets"] == [dataset.slug]


def test_a_dataset_that_is_hidden_is_not_named_by_its_service(world, visit, dataset, enter):
    made = operations.publish_service(world.actor("colleague"), enter())
    assert "Clinics of Phuthong" not in visit().get(made.get_absolute_url()).content.decode()
    assert visit().get("/api/v1/data-services/clinic-api").json()["datasets"] == []
    assert "Clinics of Phuthong" in visit("owner").get(made.get_absolute_url()).content.decode()


def test_who_has_no_right_neither_enters_nor_publishes(world, visit, enter):
    made = enter()
    with pytest.raises(NotPermitted):
        operations.publish_service(world.actor("owner"), made)
    with pytest.raises(NotPermitted):
        enter(owner=world.organisation("LAND-P02"), slug="other")
    for who in ("stranger", "citizen"):
        assert visit(who).get(f"{made.get_absolute_url()}edit/").status_code == 404
    assert visit("citizen").get("/data-services/new/").status_code == 403


def test_what_cannot_stand_is_refused(enter, world):
    with pytest.raises(Invalid):
        enter(licence=None)
    with pytest.raises(Invalid):
        enter(tier="government")
    made = enter()
    with pytest.raises(Conflict):
        enter()
    for address in ("javascript:alert(1)", "ftp://example.org/"):
        with pytest.raises(Invalid, match="URL"):
            operations.change_service(world.actor("owner"), made, datasets=[], endpoint=address)


def test_a_withdrawn_service_says_so_at_its_address(world, visit, enter):
    made = operations.publish_service(world.actor("colleague"), enter())
    with pytest.raises(Invalid):
        operations.withdraw_service(world.actor("colleague"), made, reason="")
    operations.withdraw_service(world.actor("colleague"), made, reason="Moved to the ministry")
    answer = visit().get(made.get_absolute_url())
    assert answer.status_code == 410 and "Moved to the ministry" in answer.content.decode()
    assert visit().get("/api/v1/search?q=interface&noun=data-service").json()["count"] == 0


def test_the_pages_enter_change_and_publish(world, visit, dataset):
    sent = {
        "owner": "HEALTH-P01", "title_0": "ບໍລິການ", "title_1": "Map of clinics", "title_lo": "ບໍລິການ",
        "title_en": "Map of clinics", "kind": "map", "endpoint": "https://example.org/wms", "tier": "public",
        "licence": Term.objects.get(scheme="licence", code="CC-BY-4.0").pk, "datasets": dataset.slug,
    }  # fmt: skip
    answer = visit("owner").post("/data-services/new/", sent)
    assert answer.status_code == 302, answer.content.decode()
    made = DataService.objects.get()
    assert made.slug == "map-of-clinics" and list(made.datasets.all()) == [dataset]
    visit("owner").post(f"{made.get_absolute_url()}edit/", {**sent, "kind": "features", "datasets": ""})
    visit("colleague").post(f"{made.get_absolute_url()}publish/", {})
    made.refresh_from_db()
    assert made.is_published and made.kind == "features"
    assert "Features of maps" in visit().get(made.get_absolute_url()).content.decode()


def test_the_api_enters_and_publishes_in_the_name_of_posts(client, token_of, world, dataset):
    def send(post, address, body, verb):
        headers = {"authorization": f"Bearer {token_of(post, [verb])}"}
        return client.post(f"/api/v1{address}", body, content_type="application/json", headers=headers)

    body = {
        "owner": "HEALTH-P01", "slug": "clinic-api", "title": {"lo": "ບໍລິການ", "en": "Interface"}, "tier": "public",
        "endpoint": "https://example.org/api", "licence": "CC-BY-4.0", "datasets": [dataset.slug],
    }  # fmt: skip
    assert send("LAND-P02-data", "/data-services", body, "catalogue.edit").status_code == 403
    made = send("HEALTH-P01-data", "/data-services", body, "catalogue.edit")
    assert made.status_code == 201 and made.json()["state"] == "draft"
    assert client.get("/api/v1/data-services/clinic-api").status_code == 404
    step = "/data-services/clinic-api/publish"
    assert send("HEALTH-P01-data_publish", step, {"reason": ""}, "catalogue.publish").status_code == 204
    assert client.get("/api/v1/data-services").json()["count"] == 1
