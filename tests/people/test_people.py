"""People are listed, corrected, closed and erased by who administers every post of theirs; addresses are proved."""

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from sala.access.actor import command
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.journal.models import Event
from sala.people import operations
from sala.people.gateways import Memory
from sala.people.models import Appointment, Message, Person, Role, SignInLink
from sala.people.queries.people import people_within
from sala.people.sign_in import make_link, use_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def personnel(world):
    """The head of the health office of one province is its personnel officer."""
    operations.grant_role(command(), world.position("HEALTH-P01-head"), Role.objects.get(code="people_administrator"))
    return "head"


def end_post_of(world, who):
    Appointment.objects.filter(person=world.person(who)).update(valid=DateRange(date(2020, 1, 1), clock.today()))


def test_the_list_holds_who_is_within_reach_and_nobody_else(world, visit, personnel):
    page = visit("admin").get("/people/").content.decode()
    assert "Test owner" in page and "Test stranger" in page and "Test citizen" in page
    page = visit(personnel).get("/people/").content.decode()
    assert "Test owner" in page and "Test stranger" not in page and "Test citizen" not in page
    answer = visit(personnel).get("/api/v1/people?q=test+own").json()
    assert [(row["name"], row["posts"]) for row in answer["items"]] == [("Test owner", ["HEALTH-P01-data"])]
    found = visit("admin").get("/people/?q=stranger@example").content.decode()
    assert "Test stranger" in found and "Test owner" not in found


def test_who_left_the_last_post_is_still_reached_from_there(world, personnel):
    end_post_of(world, "owner")
    assert world.person("owner") in people_within(world.actor(personnel), "people.read")
    Appointment.objects.create(
        person=world.person("owner"), position=world.position("LAND-P03-data"), valid=DateRange(clock.today(), None)
    )
    assert world.person("owner") not in people_within(world.actor(personnel), "people.read")


def test_a_former_office_reaches_nobody_who_went_on_to_another_and_left_that(world, personnel):
    person, today = world.person("owner"), clock.today()
    went_on = today - timedelta(days=90)
    Appointment.objects.filter(person=person).update(valid=DateRange(date(2020, 1, 1), went_on))
    Appointment.objects.create(person=person, position=world.position("LAND-P03-data"), valid=DateRange(went_on, today))
    assert person not in people_within(world.actor(personnel), "people.read")
    for act in (operations.close_account, operations.erase_person):
        with pytest.raises(NotPermitted):
            act(world.actor(personnel), person, reason="x")
    assert person in people_within(world.actor("admin"), "people.close", wholly=True)


def test_of_two_posts_left_on_one_day_both_must_be_within_reach(world, personnel):
    end_post_of(world, "owner")
    ended = Appointment.objects.get(person=world.person("owner")).valid
    Appointment.objects.create(person=world.person("owner"), position=world.position("LAND-P03-data"), valid=ended)
    actor = world.actor(personnel)
    assert world.person("owner") in people_within(actor, "people.read")
    assert world.person("owner") not in people_within(actor, "people.read", wholly=True)


@pytest.mark.parametrize(("who", "status"), [("public", 401), ("stranger", 403), ("colleague", 403), ("citizen", 403)])
def test_others_see_no_list_and_nobody_on_it(world, visit, who, status):
    owner, browser = world.person("owner"), visit(who)
    pages = ["/people/", f"/people/{owner.pk}/", "/api/v1/people", f"/api/v1/people/{owner.pk}"]
    assert [browser.get(address).status_code for address in pages] == [status] * 4
    for step in ("correct", "close", "open", "erase"):
        assert browser.post(f"/people/{owner.pk}/{step}/", {"reason": "x", "name": "Y"}).status_code == status
    for step in ("close", "open", "erase"):
        sent = browser.post(f"/api/v1/people/{owner.pk}/{step}", {"reason": "x"}, content_type="application/json")
        assert sent.status_code == status
    sent = browser.patch(f"/api/v1/people/{owner.pk}", {"name": "Y"}, content_type="application/json")
    assert sent.status_code == status
    owner.refresh_from_db()
    assert owner.name == "Test owner" and owner.is_active


def test_an_administrator_of_one_office_touches_nobody_of_another(world, visit, personnel):
    stranger = world.person("stranger")
    assert visit(personnel).get(f"/people/{stranger.pk}/").status_code == 404
    for operation, more in ((operations.close_account, {"reason": "x"}), (operations.erase_person, {"reason": "x"})):
        with pytest.raises(NotPermitted):
            operation(world.actor(personnel), stranger, **more)
    with pytest.raises(NotPermitted):
        operations.correct_person(world.actor(personnel), stranger, name="Y")


def test_who_holds_a_post_out_of_reach_besides_is_seen_and_not_touched(world, visit, personnel):
    owner = world.person("owner")
    Appointment.objects.create(
        person=owner, position=world.position("LAND-P03-data"), valid=DateRange(clock.today(), None)
    )
    page = visit(personnel).get(f"/people/{owner.pk}/").content.decode()
    assert "Test owner" in page and "Close this account" not in page
    assert visit(personnel).post(f"/people/{owner.pk}/close/", {"reason": "x"}).status_code == 403


def test_what_befell_somebody_is_told_to_who_administers_their_posts(world, visit, personnel):
    for who, pages in (("owner", 200), ("stranger", 404)):
        pk = world.person(who).pk
        for address in (f"/journal/person/{pk}/", f"/api/v1/journal/person/{pk}"):
            assert visit(personnel).get(address).status_code == pages
            assert visit("admin").get(address).status_code == 200
            assert visit("colleague").get(address).status_code == visit().get(address).status_code == 404


def test_name_telephone_and_language_are_corrected(world, visit, personnel):
    owner = world.person("owner")
    sent = {"name": "Test Owner Right", "phone": "020 555", "language": "lo"}
    assert visit(personnel).post(f"/people/{owner.pk}/correct/", sent).status_code == 302
    owner.refresh_from_db()
    assert (owner.name, owner.phone, owner.language) == ("Test Owner Right", "020 555", "lo")
    event = Event.objects.filter(subject_type="person", subject_id=owner.pk).latest("pk")
    assert "Right" not in event.text and "name" in event.text  # the journal names no people
    answer = visit(personnel).patch(f"/api/v1/people/{owner.pk}", {"language": "xx"}, content_type="application/json")
    assert answer.status_code == 422 and answer.json()["fields"]["language"]
    with pytest.raises(Invalid):
        operations.correct_person(world.actor(personnel), owner, name="")


def test_a_closed_account_opens_nothing_any_more_until_it_is_opened_again(world, visit, sign_in, personnel):
    owner, browser = world.person("owner"), sign_in("owner")
    _key, secret = operations.make_token(
        world.actor("owner"), world.position("HEALTH-P01-data"), name="x", verbs=[], days=9
    )
    link = make_link(owner, SignInLink.SIGN_IN).rstrip("/").rsplit("/", 1)[1]
    assert visit(personnel).post(f"/people/{owner.pk}/close/", {"reason": "Left the service"}).status_code == 302
    assert browser.get("/me/").status_code == 401
    assert visit().get("/api/v1/places", headers={"authorization": f"Bearer {secret}"}).status_code == 401
    with pytest.raises(Invalid):
        use_link(link)
    visit().post("/sign-in/", {"email": "owner@example.org"})
    assert not Message.objects.filter(person=owner, title="Your link to Sala").exists()
    with pytest.raises(Conflict):
        operations.invite(
            world.actor("admin"), world.position("HEALTH-P02-data"), name="x", email="owner@example.org", language="en"
        )
    assert "Test owner" not in visit(personnel).get("/people/").content.decode()
    assert "Test owner" in visit(personnel).get("/people/?state=closed").content.decode()
    assert visit(personnel).post(f"/people/{owner.pk}/open/").status_code == 302
    assert sign_in("owner").get("/me/").status_code == 200


def test_nobody_closes_their_own_account(world, personnel):
    with pytest.raises(NotPermitted):
        operations.close_account(world.actor(personnel), world.person(personnel), reason="x")


def test_erasing_takes_out_who_it_was_and_leaves_the_number(world, visit, personnel):
    owner = world.person("owner")
    Person.objects.filter(pk=owner.pk).update(phone="020 777")
    operations.queue_message(owner, owner, wave="w", title="To you", body="Dear Test owner")
    with pytest.raises(Conflict):
        operations.erase_person(world.actor(personnel), owner, reason="Asked for it")
    end_post_of(world, "owner")
    assert visit(personnel).post(f"/people/{owner.pk}/erase/", {"reason": "Asked for it"}).status_code == 302
    owner.refresh_from_db()
    told = (owner.name, owner.email, owner.phone, owner.sex, owner.language, owner.is_active)
    assert told == (f"#{owner.pk}", None, "", "", "", False) and owner.erased_at
    assert not Message.objects.filter(person=owner).exists() and owner.appointments.exists()
    page = visit("admin").get("/posts/HEALTH-P01-data/people/").content.decode()
    assert "Test owner" not in page and f"#{owner.pk}" in page
    for operation in (operations.open_account, operations.erase_person):
        with pytest.raises(Conflict):
            operation(world.actor("admin"), owner, **({} if operation is operations.open_account else {"reason": "x"}))


def test_programs_do_the_same(world, visit, personnel):
    owner = world.person("owner")

    def send(step):
        sent = visit(personnel).post(
            f"/api/v1/people/{owner.pk}/{step}", {"reason": "x"}, content_type="application/json"
        )
        return sent.status_code, sent.json().get("is_active")

    assert send("close") == (200, False) and send("close")[0] == 409 and send("open") == (200, True)
    assert send("erase")[0] == 409
    end_post_of(world, "owner")
    assert send("erase") == (200, False)


def test_the_own_language_is_chosen_and_messages_come_in_it(world, visit):
    browser = visit("citizen")
    assert browser.post("/me/", {"name": "Test citizen", "phone": "", "sex": "", "language": "lo"}).status_code == 302
    assert world.person("citizen").language == "lo"
    assert browser.post("/me/", {"name": "Test citizen", "language": "xx"}).status_code == 200


def new_address(browser, email="new@example.org"):
    assert browser.post("/me/e-mail/", {"email": email}).status_code == 302
    operations.deliver()
    sent = [message for message in Memory.sent if message.address == email]
    return "/me/e-mail/" + sent[0].body.split("/me/e-mail/")[1].split()[0] if sent else ""


def test_a_new_address_counts_once_its_link_was_opened_and_the_old_one_is_told(world, sign_in):
    browser, citizen = sign_in("citizen"), world.person("citizen")
    address = new_address(browser)
    assert (
        browser.get(address).status_code == 200 and world.person("citizen") == citizen
    )  # opening alone changes nothing
    assert browser.post(address).status_code == 302
    assert Person.objects.get(pk=citizen.pk).email == "new@example.org"
    assert Message.objects.filter(person=citizen, address="citizen@example.org").exists()
    assert browser.post(address).status_code == 422


def test_the_link_to_a_new_address_signs_nobody_in_and_serves_nobody_else(world, sign_in, visit):
    address = new_address(sign_in("citizen"))
    secret = address.rstrip("/").rsplit("/", 1)[1]
    assert visit().post(f"/link/{secret}/").status_code == 422
    assert visit().post(address).status_code == 401
    assert sign_in("owner").post(address).status_code == 403
    assert world.person("citizen")
    with clock.fixed(clock.now() + timedelta(hours=3)):
        assert sign_in("citizen").post(address).status_code == 422


def test_an_address_that_somebody_has_is_not_told_apart(world, sign_in):
    browser = sign_in("citizen")
    assert new_address(browser, "owner@example.org") == "" and world.person("citizen")
