"""A person without a post asks an office for what is closed to them: verified address, the owner's desk, an answer by mail."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from sala.catalogue.models import PersonRequest
from sala.catalogue.operations.person_access import answer_person, ask_as_person, requests_owed, withdraw_request
from sala.catalogue.queries.desk import desk_rows
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.core.models import Term
from sala.documents.models import Document, LegalReference
from sala.documents.operations.rules import add_rule
from sala.documents.working_days import add_working_days
from sala.duties.operations import remind_of
from sala.journal.models import Event
from sala.people.models import Message, Person
from sala.people.operations import abolish_position

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


def test_who_asked_takes_it_back_and_nobody_else_does(world, visit, asked):
    row = asked()
    page = row.get_absolute_url()
    assert 'value="withdraw"' in visit("citizen").get(page).content.decode()
    assert 'value="withdraw"' not in visit("owner").get(page).content.decode()
    for who in ("owner", "colleague"):
        assert visit(who).post(page, {"do": "withdraw"}).status_code == 403
    assert visit("stranger").post(page, {"do": "withdraw"}).status_code == 404
    assert visit("citizen").post(page, {"do": "withdraw"}).status_code == 302
    row.refresh_from_db()
    assert row.decision == "withdrawn" and row.answered_at is None
    assert not [line for line in desk_rows(world.actor("owner")) if line.url == page]
    assert Message.objects.filter(person=world.person("owner"), wave="withdrawn").count() == 1
    assert "Taken back" in visit("citizen").get(page).content.decode()
    with pytest.raises(Conflict):
        answer_person(world.actor("owner"), row, given=True, answer="yes")
    with pytest.raises(Conflict):
        withdraw_request(world.actor("citizen"), row)
    assert asked().pk != row.pk, "one may ask again"


def test_the_office_is_reminded_before_the_day_and_its_heads_are_told_when_it_is_late(world, asked):
    row = asked()
    late = add_working_days(row.due_on, 40)
    for day in (row.due_on - timedelta(days=1), row.due_on + timedelta(days=3), late):
        for _run in range(2):
            remind_of(requests_owed(), day)
    rows = Message.objects.filter(subject_type="person-request", subject_id=row.pk).exclude(wave="asked").order_by("id")
    told = [(message.wave.partition("/")[0], message.person.email.partition("@")[0]) for message in rows]
    assert told[:2] == [("before-1", "owner"), ("overdue-1", "owner")] and ("escalation-1", "head") in told
    assert len(told) == len(set(told))
    escalated = rows.filter(wave__startswith="escalation").first()
    assert "A study of distances" in escalated.body and row.get_absolute_url() in escalated.body
    answer_person(world.actor("owner"), row, given=True, answer="Attached")
    assert remind_of(requests_owed(), late + timedelta(days=30)) == 0


def test_programs_ask_take_back_and_answer_with_the_rights_of_the_pages(world, visit, citizen):
    body = {"owner": "HEALTH-P01", "wanted": "List of clinics", "purpose": "A study"}
    address = "/api/v1/access-requests"
    assert visit().post(address, body, content_type="application/json").status_code == 401
    assert visit().get(address).json() == {"count": 0, "items": []}
    unknown = visit("citizen").post(address, body | {"owner": "NONE"}, content_type="application/json")
    assert unknown.status_code == 422 and "owner" in unknown.json()["fields"]
    made = visit("citizen").post(address, body, content_type="application/json")
    assert made.status_code == 201 and made.json()["is_mine"] and made.json()["decision"] == ""
    assert visit("citizen").post(address, body, content_type="application/json").status_code == 409
    one = f"{address}/{made.json()['id']}"
    seen = {who: visit(who).get(one).status_code for who in ("citizen", "owner", "stranger", "public")}
    assert seen == {"citizen": 200, "owner": 200, "stranger": 404, "public": 404}
    assert visit("owner").get(address).json()["items"][0]["is_mine"] is False
    assert visit("stranger").get(address).json()["count"] == 0
    assert visit("owner").post(f"{one}/withdraw").status_code == 403
    assert visit("citizen").post(f"{one}/withdraw").json()["decision"] == "withdrawn"
    again = visit("citizen").post(address, body, content_type="application/json").json()
    sent = {"given": False, "answer": "Closed by article 5"}
    reply = f"{address}/{again['id']}/answer"
    assert visit("colleague").post(reply, sent, content_type="application/json").status_code == 403
    answered = visit("owner").post(reply, sent, content_type="application/json").json()
    assert (answered["decision"], answered["answer"]) == ("refused", "Closed by article 5")
    assert [row["decision"] for row in visit("citizen").get(address).json()["items"]] == ["refused", "withdrawn"]


def test_ask_for_access_stands_where_a_document_or_the_paper_of_a_rule_is_closed(world, visit, citizen):
    kind = Term.objects.filter(scheme="document-kind").first()
    closed, shown = (
        Document.objects.create(
            slug=slug, kind=kind, owner=world.organisation("HEALTH-P01"), title={"lo": "ກົດໝາຍ", "en": slug}, tier=tier,
            state="published", is_published=True, published_at=clock.now(),
        )
        for slug, tier in (("closed-law", "own"), ("shown-plan", "public"))
    )  # fmt: skip
    LegalReference.objects.create(document=shown, law=closed, relation="cites", clause="article 5")
    rule = add_rule(
        world.actor("command"), world.organisation("STAT"), kind="deadline", key="trial", source=closed, clause="article 5",
        value={"number": "5", "unit": "days"}, start=clock.today(),
    )  # fmt: skip
    for address, words in (
        (shown.get_absolute_url(), "shown-plan"), (reverse("documents:rules", args=[rule.kind]), "trial"), ("/documents/", ""),
    ):  # fmt: skip
        page = visit("citizen").get(address).content.decode()
        assert "/datasets/access/ask/" in page and "closed-law" not in page
        if words:
            link = re.search(r'href="(/datasets/access/ask/\?wanted=[^"]+)"', page).group(1)
            form = visit("citizen").get(link, follow=True).content.decode()
            assert words in re.search(
                r'name="wanted"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="wanted"', form
            ).group(0)
        assert "/datasets/access/ask/" not in visit().get(address).content.decode()
    assert "/datasets/access/ask/" not in visit("owner").get(shown.get_absolute_url()).content.decode()


def test_a_post_with_a_request_that_waits_is_not_abolished(world, asked):
    one = asked()
    one.position.appointments.all().delete()
    with pytest.raises(Conflict, match="requests of people: 1"):
        abolish_position(world.actor("admin"), one.position, reason="Decree 7")
    withdraw_request(world.actor("citizen"), one)
    abolish_position(world.actor("admin"), world.position(one.position.code), reason="Decree 7")
