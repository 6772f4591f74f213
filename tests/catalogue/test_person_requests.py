"""A person without a post asks an office for what is closed to them: verified address, the owner's desk, an answer by mail."""

from datetime import timedelta

import pytest

from sala.catalogue.models import PersonRequest
from sala.catalogue.operations.person_access import answer_person, ask_as_person
from sala.catalogue.queries.desk import desk_rows
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.documents.working_days import add_working_days
from sala.journal.models import Event
from sala.people.models import Message, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def citizen(world):
    Person.objects.filter(pk=world.person("citizen").pk).update(verified_at=clock.now())
    return lambda: world.actor("citizen")


@pytest.fixture
def asked(world, citizen):
    return lambda: ask_as_person(
        citizen(), owner=world.organisation("HEALTH-P01"), wanted="List of clinics", purpose="A study of distances"
    )


def test_a_verified_person_asks_on_a_page_and_the_office_answers_by_mail(world, visit, citizen):
    browser = visit("citizen")
    assert browser.get("/datasets/access/ask/").url == "/datasets/access/person/"
    assert "/datasets/access/ask/" in browser.get("/datasets/").content.decode()
    sent = {"owner": "HEALTH-P01", "wanted": "List of clinics", "purpose": "A study of distances"}
    page = browser.post("/datasets/access/person/", sent).url
    row = PersonRequest.objects.get()
    assert row.due_on == add_working_days(clock.today(), 15) and row.position.code == "HEALTH-P01-data"
    [desk] = [line for line in desk_rows(world.actor("owner")) if line.url == page]
    assert desk.title == "List of clinics" and desk.due == row.due_on
    assert Message.objects.filter(person=world.person("owner"), subject_type="person-request").count() == 1
    assert "A study of distances" in visit("owner").get(page).content.decode()
    visit("owner").post(page, {"decision": "give", "answer": "It is published on Monday"})
    mail = Message.objects.get(person=world.person("citizen"), wave="answered")
    assert "It is published on Monday" in mail.body
    assert "It is published on Monday" in browser.get(page).content.decode()
    assert desk_rows(world.actor("owner")) is not None and not [
        line for line in desk_rows(world.actor("owner")) if line.url == page
    ]
    told = " ".join(Event.objects.filter(subject_type="person-request").values_list("text", flat=True))
    assert "clinics" not in told and "example.org" not in told


def test_an_address_that_was_not_verified_and_the_public_ask_nothing(world, visit):
    owner = world.organisation("HEALTH-P01")
    Person.objects.filter(pk=world.person("citizen").pk).update(verified_at=None)
    with pytest.raises(NotPermitted, match="link"):
        ask_as_person(world.actor("citizen"), owner=owner, wanted="x", purpose="y")
    with pytest.raises(SignInNeeded):
        ask_as_person(world.actor("public"), owner=owner, wanted="x", purpose="y")
    assert visit().get("/datasets/access/person/").status_code == 401
    assert not PersonRequest.objects.exists()


def test_nobody_but_the_person_and_the_office_reads_it_and_only_its_post_answers(world, visit, asked):
    page = asked().get_absolute_url()
    seen = {who: visit(who).get(page).status_code for who in ("citizen", "owner", "colleague", "stranger", "public")}
    assert seen == {"citizen": 200, "owner": 200, "colleague": 200, "stranger": 404, "public": 404}
    row = PersonRequest.objects.get()
    for who in ("colleague", "stranger", "citizen"):
        with pytest.raises(NotPermitted):
            answer_person(world.actor(who), row, given=True, answer="yes")
    with pytest.raises(Invalid):
        answer_person(world.actor("owner"), row, given=False, answer=" ")
    answer_person(world.actor("owner"), row, given=False, answer="Closed by article 5")
    with pytest.raises(Conflict):
        answer_person(world.actor("owner"), row, given=True, answer="yes")


def test_one_request_at_a_time_stands_open_at_an_office_and_goes_with_the_person(world, asked):
    row = asked()
    with pytest.raises(Conflict, match="not answered"):
        asked()
    answer_person(world.actor("owner"), row, given=True, answer="Attached")
    with clock.fixed(clock.now() + timedelta(days=1)):
        assert asked().pk != row.pk
    world.person("citizen").delete()
    assert not PersonRequest.objects.exists()
