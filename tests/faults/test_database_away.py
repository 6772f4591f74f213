"""Pages while the database is away: an honest answer in plain words, no trace of the program, and back as soon as it is."""

import pytest
from django.test import Client

from tests.conftest import connected_to


@pytest.mark.parametrize("address", ["/healthz", "/", "/places/01/", "/search/?q=health", "/desk/"])
def test_a_page_says_that_the_service_cannot_be_reached(committed, address):
    browser = Client(raise_request_exception=False, headers={"accept-language": "en"})
    with connected_to("sala_that_is_not_there"):
        answer = browser.get(address)
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert "Traceback" not in answer.text and "sala_that_is_not_there" not in answer.text
    assert browser.get("/healthz").status_code == 200


def test_a_program_gets_the_same_words_as_a_problem_document(committed):
    browser = Client(raise_request_exception=False, headers={"accept-language": "en"})
    with connected_to("sala_that_is_not_there"):
        answer = browser.get("/api/v1/places")
    assert answer.status_code == 503 and answer.headers["Content-Type"] == "application/problem+json"
    assert "database does not answer" in answer.json()["detail"]
