"""Whoever has only a telephone is told by short message: which way is chosen, what the gateway gets, what it refuses."""

import json
import time

import pytest
from django.utils import timezone

from sala.core.fetching import Unfetched, post
from sala.journal.models import Event
from sala.people.models import Message
from sala.people.operations import Letter, deliver, queue_messages
from sala.people.telephone import number_of, parts, short_text
from tests.far_side import FarSide

pytestmark = pytest.mark.django_db
LAO = 'ສົ່ງຄືນ "ໃຫ້ແກ້" {secret}\\'


@pytest.fixture(scope="module")
def running():
    side = FarSide()
    yield side
    side.close()


@pytest.fixture
def gateway(running, settings):
    """A gateway of an operator on this machine, which takes everything."""
    running.reset()
    running.answers["/send"] = b"ok"
    settings.FETCH_INTERNAL = ["127.0.0.1"]
    settings.SMS_GATEWAY = "sala.people.gateways.Http"
    settings.SMS_URL = f"{running.url}/send?to={{number}}"
    settings.SMS_HEADERS = {"Content-Type": "application/json", "Authorization": "Bearer {secret}"}
    settings.SMS_GATEWAY_SECRET = "hidden"
    settings.CALLING_CODE, settings.TRUNK_PREFIX = "999", "0"
    return running


@pytest.fixture
def person(world):
    """Somebody with a telephone and no address."""
    found = world.person("owner")
    found.email, found.phone = None, "020 5551 2345"
    found.save()
    return found


def letter(person, wave="w", short=LAO):
    return Letter(person, person, wave, "Title", "Body", short)


def told(person):
    return [event.content() for event in Event.objects.filter(verb="people.tell", subject_id=person.pk).order_by("pk")]


def test_it_goes_to_the_telephone_with_the_secret_and_is_recorded(gateway, person):
    assert queue_messages([letter(person)]) == 1 and deliver() == 1
    ((headers, body),) = gateway.taken
    assert json.loads(body) == {"to": "+9992055512345", "text": LAO}  # what looks like a slot in the text stays
    assert headers["Authorization"] == "Bearer hidden" and gateway.asked == ["/send?to=%2B9992055512345"]
    (event,) = told(person)
    assert event["change"] == "short message sent" and (event["channel"], event["parts"]) == ("sms", 1)
    assert "ສົ່ງຄືນ" not in str(event) and "5551" not in str(event)
    assert deliver() == 0 and len(gateway.taken) == 1


def test_a_form_is_written_as_a_form(gateway, person, settings):
    settings.SMS_HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}
    settings.SMS_BODY = "to={number}&text={text}"
    queue_messages([letter(person, short="a&b=ຄ")])
    assert deliver() == 1 and gateway.taken[0][1] == "to=%2B9992055512345&text=a%26b%3D%E0%BA%84"


def test_nobody_gets_both(gateway, person):
    queue_messages([letter(person)])
    person.email, person.verified_at = "new@example.org", timezone.now()
    person.save()
    assert queue_messages([letter(person)]) == 0
    assert queue_messages([letter(person, "next")]) == 1
    assert dict(Message.objects.values_list("wave", "channel")) == {"w": "sms", "next": "mail"}
    assert Message.objects.get(wave="next").body == "Body"


@pytest.mark.parametrize(
    ("email", "verified", "phone", "short", "set_up", "channel"),
    [
        ("a@example.org", True, "020 5551 2345", LAO, True, "mail"),
        ("a@example.org", False, "020 5551 2345", LAO, True, "sms"),
        ("a@example.org", False, "020 5551 2345", LAO, False, "mail"),
        ("a@example.org", False, "020 5551 2345", "", True, "mail"),
        ("a@example.org", False, "ask", LAO, True, "mail"),
        (None, False, "020 5551 2345", "", True, None),
        (None, False, "", LAO, True, None),
    ],
)
def test_the_way_is_chosen_for_each(gateway, person, settings, email, verified, phone, short, set_up, channel):
    person.email, person.phone, person.verified_at = email, phone, timezone.now() if verified else None
    person.save()
    settings.SMS_GATEWAY = settings.SMS_GATEWAY if set_up else ""
    queue_messages([letter(person, short=short)])
    assert list(Message.objects.values_list("channel", flat=True)) == ([channel] if channel else [])


def test_a_refused_number_is_recorded_and_tried_again_while_others_go_out(gateway, person, world):
    other = world.person("head")
    other.email, other.phone = None, "020 7777 8888"
    other.save()
    gateway.answers["/send"] = lambda asked: (422, {}, b"no such number") if "5551" in asked["to"] else b"ok"
    queue_messages([letter(person), letter(other)])
    assert [deliver(), deliver()] == [1, 0]
    refused = Message.objects.get(person=person)
    assert (refused.state, refused.attempts) == ("waiting", 2) and "422" in refused.error
    assert Message.objects.get(person=other).state == "sent"
    for _time in range(5):
        deliver()
    refused.refresh_from_db()
    assert (refused.state, refused.attempts) == ("failed", 5)
    (event,) = told(person)
    assert (event["change"], event["channel"]) == ("short message given up", "sms")


def test_a_gateway_that_is_down_holds_up_no_mail(gateway, person, world):
    gateway.answers["/send"] = (503, {}, b"")
    queue_messages([letter(person), letter(person, "second"), letter(world.person("head"))])
    assert deliver() == 1 and Message.objects.get(channel="mail").state == "sent"
    assert sorted(Message.objects.filter(channel="sms").values_list("attempts", flat=True)) == [0, 1]
    gateway.answers["/send"] = b"ok"
    assert deliver() == 2


def test_a_gateway_in_our_own_network_must_be_listed_and_leads_nowhere_else(gateway, person, settings):
    gateway.answers["/send"] = (302, {"Location": "/inside"}, b"")
    queue_messages([letter(person)])
    assert deliver() == 0 and gateway.asked == ["/send?to=%2B9992055512345"]
    settings.FETCH_INTERNAL = []
    assert deliver() == 0 and len(gateway.asked) == 1
    assert "SALA_FETCH_INTERNAL" in Message.objects.get().error


def test_a_gateway_that_stalls_is_let_go(gateway):
    gateway.answers["/slow"] = lambda asked: time.sleep(1) or b"ok"
    with pytest.raises(Unfetched, match="404"):
        post(f"{gateway.url}/nothing", b"", {})
    with pytest.raises(Unfetched, match="too long"):
        post(f"{gateway.url}/slow", b"", {}, seconds=0.2)


@pytest.mark.parametrize(
    ("entered", "number"),
    [
        ("020 5551 2345", "+9992055512345"), ("20-5551-2345", "+9992055512345"), ("+999 20 5551 2345", "+9992055512345"),
        ("00999 20 5551 2345", "+9992055512345"), ("9992055512345", "+9992055512345"), ("+44 20 7946 0000", "+442079460000"),
        ("021 212 345 / 020 5551 2345", "+99921212345"), ("", ""), ("ask", ""), ("12", ""),
    ],
)  # fmt: skip
def test_numbers_are_written_as_from_abroad(settings, entered, number):
    settings.CALLING_CODE, settings.TRUNK_PREFIX = "999", "0"
    assert number_of(entered) == number


def test_without_a_code_of_the_country_a_number_stays_as_entered(settings):
    settings.CALLING_CODE = ""
    assert number_of(" 020 5551 2345") == "020 5551 2345"


def test_parts_are_counted_and_long_words_cut_before_the_address():
    assert [parts("ກ" * 70), parts("ກ" * 71), parts("ກ" * 135)] == [1, 2, 3]
    assert [parts("a" * 160), parts("a" * 161), parts("€" * 81)] == [1, 2, 2]
    text = short_text("ກ" * 300, "https://example.org/a/1/")
    assert parts(text) == 2 and text.endswith("… https://example.org/a/1/")
