"""The API as a whole: described, with errors in one form."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_description_names_every_address(visit):
    description = visit().get("/api/openapi.json").json()
    assert {"/api/v1/search", "/api/v1/places/{code}", "/api/v1/datasets/{slug}", "/api/v1/documents"} <= set(
        description["paths"]
    )


@pytest.mark.parametrize(
    ("path", "status"), [("/api/v1/datasets/nothing", 404), ("/api/v1/datasets?page=x", 422), ("/api/v1/nowhere", 404)]
)
def test_an_error_is_a_problem_document_with_advice(visit, path, status):
    answer = visit().get(path)
    assert answer.status_code == status and answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status and answer.json()["detail"]


def test_a_place_tells_codes_names_and_children(visit):
    place = visit().get("/api/v1/places/01").json()
    assert place["name"]["en"] == "Phuthong" and {"system": "iso3166-2", "value": "DM-PT"} in place["codes"]
    assert place["children"] == ["0101", "0102"]


def test_errors_speak_the_readers_language(visit):
    english = visit(language="en").get("/api/v1/datasets/nothing").json()["title"]
    lao = visit(language="lo").get("/api/v1/datasets/nothing").json()["title"]
    assert english != lao


def test_the_page_to_try_the_api_is_there(visit):
    assert visit().get("/api/docs").status_code == 200


def test_a_change_with_a_session_must_come_from_our_own_pages(world):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.person("owner"), backend="sala.people.sign_in.LinkBackend")
    answer = browser.patch("/api/v1/datasets/any", {"tier": "own"}, content_type="application/json")
    assert answer.status_code == 403
