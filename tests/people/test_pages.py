"""Pages of people, as owner, colleague, stranger, administrator and public."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/directory/", {"public": 200, "owner": 200}),
        ("/directory/01/print/", {"public": 200}),
        ("/organisations/HEALTH-P01/", {"public": 200, "stranger": 200}),
        ("/posts/HEALTH-P01-data/", {"public": 200}),
        ("/posts/HEALTH-P01-data/people/", {"public": 401, "stranger": 403, "owner": 403, "admin": 200}),
        ("/posts/HEALTH-P01-data/grants/", {"public": 401, "stranger": 403, "admin": 200}),
        ("/posts/HEALTH-P01-data/appoint/", {"public": 401, "owner": 403, "admin": 200}),
        ("/posts/HEALTH-P01-data/tokens/", {"public": 401, "stranger": 403, "owner": 200}),
        ("/posts/HEALTH-P01-data/edit/", {"public": 401, "stranger": 403, "admin": 200}),
        ("/organisations/HEALTH-P01/edit/", {"public": 401, "stranger": 403, "admin": 200}),
        ("/me/", {"public": 401, "citizen": 200, "owner": 200}),
        ("/posts/nowhere/", {"public": 404}),
        ("/desk/", {"public": 401, "owner": 200}),
    ],
)
def test_who_gets_which_page(visit, path, expected):
    assert {who: visit(who).get(path).status_code for who in expected} == expected


def test_the_directory_shows_posts_and_no_names(visit, world):
    html = visit().get("/organisations/HEALTH-P01/").content.decode()
    assert "Data contact point" in html and world.person("owner").name not in html


def test_an_administrator_appoints_by_invitation(visit, world):
    data = {"name": "New Holder", "email": "new@example.org", "start": "2026-01-01", "kind": "holder"}
    answer = visit("admin").post("/posts/HEALTH-P02-data/appoint/", data)
    assert answer.status_code == 302
    assert world.position("HEALTH-P02-data").appointments.get().person.email == "new@example.org"


def test_the_same_address_serves_both_languages(visit):
    assert "Who is in charge" in visit(language="en").get("/directory/").content.decode()
    assert 'lang="lo"' in visit(language="lo").get("/directory/").content.decode()[:200]


def test_an_internal_front_door_is_closed_to_the_public(visit, settings):
    settings.ALLOWED_HOSTS = ["*"]
    assert visit().get("/", headers={"host": "internal.example.org"}).status_code == 401
    assert visit("owner").get("/", headers={"host": "internal.example.org"}).status_code == 200


def test_each_host_has_its_own_front_door(visit, settings):
    settings.ALLOWED_HOSTS = ["*"]
    assert "Information of Phuthong" in visit().get("/", headers={"host": "phuthong.example.org"}).content.decode()
    assert "Sala of Demoland" in visit().get("/").content.decode()
