"""Pages of people, as owner, colleague, stranger, administrator and public."""

from datetime import UTC, date, datetime

import pytest

from sala.core import clock
from sala.people.models import Message, Person
from sala.people.queries import holder, people_reached

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


def test_a_head_names_a_known_colleague_deputy_for_a_period_that_ends_by_itself(visit, world):
    address = "/posts/HEALTH-P01-data/appoint/"
    data = {"name": "Test records", "email": "records@example.org", "kind": "deputy", "start": "2026-03-02"}
    wrong = visit("head").post(address, {**data, "until": "2026-03-01"})
    assert wrong.status_code == 200 and "lies before the first one" in wrong.content.decode()
    assert visit("head").post(address, {**data, "until": "2026-03-31"}).status_code == 302
    post, deputy = world.position("HEALTH-P01-data"), world.person("records")
    last, after = date(2026, 3, 31), date(2026, 4, 1)
    assert deputy in people_reached(post, last) and deputy not in people_reached(post, after)
    with clock.fixed(datetime(2026, 3, 31, 3, tzinfo=UTC)):
        assert post.pk in world.actor("records").position_ids
    with clock.fixed(datetime(2026, 4, 1, 3, tzinfo=UTC)):
        assert post.pk not in world.actor("records").position_ids


def test_a_head_invites_nobody_who_is_not_known(visit, world):
    data = {"name": "New", "email": "new@example.org", "kind": "deputy", "start": "2026-03-02"}
    assert visit("head").post("/posts/HEALTH-P01-data/appoint/", data).status_code == 403
    assert not Person.objects.filter(email="new@example.org").exists()


def test_a_head_hands_a_post_over_to_an_official_who_is_known(visit, world):
    address = "/posts/HEALTH-P01-data/hand-over/"
    data = {
        "name": "Test records",
        "email": "records@example.org",
        "on": "2026-03-02",
        "note": "The keys are in the drawer",
    }
    answer = visit("head").post(address, data)
    assert answer.status_code == 302 and answer["Location"].startswith("/hand-overs/")
    assert "The keys are in the drawer" in visit("head").get(answer["Location"]).content.decode()
    assert holder(world.position("HEALTH-P01-data"), date(2026, 3, 2)) == world.person("records")
    assert not Message.objects.filter(person=world.person("records")).exists()  # nobody was invited


def test_a_head_hands_a_post_over_to_nobody_who_is_not_known(visit, world):
    data = {"name": "New", "email": "new@example.org", "on": "2026-03-02"}
    answer = visit("head").post("/posts/HEALTH-P01-data/hand-over/", data)
    assert answer.status_code == 403 and "No official is known by this e-mail address" in answer.content.decode()
    assert not Person.objects.filter(email="new@example.org").exists()
    assert holder(world.position("HEALTH-P01-data"), date(2026, 3, 2)) == world.person("owner")
    assert visit("admin").post("/posts/HEALTH-P01-data/hand-over/", data).status_code == 302
    assert visit("stranger").post("/posts/HEALTH-P01-data/hand-over/", data).status_code == 403


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
