"""The life of an edition through the API, by the same people and with the same refusals as on the pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sala.catalogue import operations
from sala.catalogue.models import Edition
from sala.places.models import Area

from .conftest import CLINICS, ROLES

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}


@pytest.fixture
def address(dataset):
    return f"/api/v1/datasets/{dataset.slug}/table"


def send(visit, address, text=CLINICS, period="2024"):
    file = SimpleUploadedFile("clinics.csv", text.encode())
    return visit("owner").post(f"{address}/editions?period={period}", {"file": file})


def test_an_edition_is_sent_settled_submitted_returned_published_and_withdrawn(visit, dataset, address):
    assert send(visit, address).status_code == 201
    one, owner, colleague = f"{address}/1", visit("owner"), visit("colleague")
    settled = owner.post(f"{one}/settle", {"roles": ROLES}, **JSON)
    assert settled.status_code == 200 and settled.json()["rows"] == 4 and settled.json()["state"] == "draft"
    assert colleague.post(f"{one}/publish", {}, **JSON).status_code == 409, "nobody has submitted it"
    assert owner.post(f"{one}/submit", {}, **JSON).json()["state"] == "review"
    assert owner.post(f"{one}/publish", {}, **JSON).status_code == 403
    assert visit("reviewer").post(f"{one}/return", {"reason": ""}, **JSON).status_code == 422
    assert (
        visit("reviewer").post(f"{one}/return", {"reason": "One row is missing"}, **JSON).json()["state"] == "returned"
    )
    owner.post(f"{one}/submit", {}, **JSON)
    assert visit("stranger").post(f"{one}/publish", {}, **JSON).status_code == 404
    assert colleague.post(f"{one}/publish", {}, **JSON).json()["state"] == "published"
    assert visit().get(f"{address}/1/rows").json()["total"] == 4
    assert visit().post(f"{one}/withdraw", {"reason": "x"}, **JSON).status_code in (401, 403)
    assert colleague.post(f"{one}/withdraw", {"reason": "Counted twice"}, **JSON).json()["state"] == "withdrawn"
    assert owner.post(f"{one}/dance", {}, **JSON).status_code == 404
    assert Edition.objects.get().reason == "Counted twice"


def test_a_part_that_columns_do_not_play_is_refused(visit, address):
    send(visit, address)
    answer = visit("owner").post(f"{address}/1/settle", {"roles": {"code": "king"}}, **JSON)
    assert (
        answer.status_code == 422 and "roles" in answer.json()["fields"] and Edition.objects.get().state == "received"
    )


def test_two_editions_are_compared_as_on_the_page(visit, deliver, release, address):
    release(deliver(period="2023"))
    release(deliver(CLINICS.replace("97", "98") + "0201;Phonsung;2024;3;9\n", period="2024"))
    told = visit().get(f"{address}/2/against/1").json()
    assert (told["added"], told["changed"], told["removed"]) == (1, 1, 0) and told["keys"] == ["code", "year"]
    assert visit().get(f"{address}/2/against/9").status_code == 404


def test_the_record_tells_rules_duties_uses_and_what_is_late(world, visit, dataset, deliver, release):
    part = dataset.distributions.get()
    operations.declare_rule(world.actor("owner"), part, column="clinics", kind="at_least", value="10")
    edition = release(deliver(period="2020"))
    visit().get(f"{edition.get_absolute_url()}download/csv/")
    told = visit().get(f"/api/v1/datasets/{dataset.slug}").json()
    assert told["editions"][0]["rules"][0]["failing"] == 2 and told["uses"] == {"download": 1}
    assert told["duties"] == [] and told["legal_basis"] is None and told["used_to_make"] == []
    late = [item["slug"] for item in visit().get("/api/v1/datasets?late=true").json()["items"]]
    assert late == [dataset.slug]
    operations.retire_dataset(world.actor("head"), dataset, reason="The survey ended.")
    assert visit().get("/api/v1/datasets?late=true").json()["count"] == 0


def test_the_directory_is_there_for_programs_without_names_of_people(world, visit):
    told = visit().get("/api/v1/organisations/HEALTH-P01").json()
    heads = [post for post in told["posts"] if post["is_head"]]
    assert heads and heads[0]["is_held"] and world.person("head").name not in str(told)
    inside = visit().get("/api/v1/organisations?area=01&size=500").json()
    assert {item["area"][:2] for item in inside["items"]} == {"01"} and inside["count"] >= len(inside["items"])
    assert visit().get("/api/v1/organisations/NOBODY").status_code == 404


def test_a_place_tells_its_parents_with_their_days_and_what_became_of_it(visit):
    district = Area.objects.get(code="0101")
    told = visit().get("/api/v1/places/0101").json()
    assert [row["code"] for row in told["parents"]] == [district.parent.code] and told["changes"] == []


def test_assignments_answer_at_the_address_the_manual_names(visit):
    assert visit().get("/api/v1/assignments").status_code in (200, 401)
    assert visit("owner").get("/api/v1/assignments").status_code == 200


@pytest.mark.parametrize("huge", ["9" * 25, "-1", "x", "1e9"])
def test_rows_and_pages_beyond_all_bounds_are_answered(visit, deliver, release, address, huge):
    edition = release(deliver(period="2024"))
    assert visit().get(f"{address}/1/rows?offset={huge}").status_code == 422
    for asked in (f"?row={huge}", f"?page={huge}", f"?row={huge}&place={huge}"):
        assert visit().get(edition.get_absolute_url() + asked).status_code == 200
    assert visit("owner").get(f"{edition.settle_url}?header_row={huge}").status_code in (200, 409, 422)
