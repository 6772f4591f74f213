"""Signing in with the government's identity provider: a real one on this machine, over HTTP, right and bent."""

import time
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from sala.core import clock
from sala.journal.models import Event
from sala.people.models import Person, SignInLink
from sala.people.sign_in import make_link

from .conftest import code_of_app
from .identity_provider import CLIENT, SECRET, IdentityProvider

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running():
    provider = IdentityProvider()
    yield provider
    provider.close()


@pytest.fixture
def provider(running, settings):
    running.bend, running.signed_by_foreign_key, running.algorithm = {}, False, "RS256"
    running.subject, running.email = "subject-1", "citizen@example.org"
    settings.IDENTITY_PROVIDER = {
        "issuer": running.issuer, "client": CLIENT, "secret": SECRET, "name": "Government account",
    }  # fmt: skip
    return running


def at_provider(address: str) -> str:
    """What a browser does at the provider: it is sent back with a code."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc, timeout=5)
    connection.request("GET", f"{parts.path}?{parts.query}")
    return connection.getresponse().headers["Location"]


def go(browser: Client, begin: str = "/sign-in/provider/"):
    """The whole way there and back, in this browser."""
    sent = browser.get(begin)
    assert sent.status_code == 302, sent.content.decode()[:500]
    back = urlsplit(at_provider(sent["Location"]))
    return browser.get(f"{back.path}?{back.query}")


def test_a_linked_account_signs_in(provider, sign_in):
    assert go(sign_in("owner"), "/me/provider/link/").status_code == 302
    browser = Client(headers={"accept-language": "en"})
    assert "Government account" in browser.get("/sign-in/").content.decode()
    assert go(browser)["Location"] == "/me/"
    assert "Test owner" in browser.get("/me/").content.decode()
    assert "/userinfo" not in provider.asked


def test_the_e_mail_that_the_provider_tells_finds_nobody(provider, world):
    """It is the address of a known person, and the provider says that it verified it."""
    browser = Client(headers={"accept-language": "en"})
    answer = go(browser)
    assert answer.status_code == 403 and "not linked to anybody" in answer.content.decode()
    assert browser.get("/me/").status_code == 401 and not SocialAccount.objects.exists()
    assert Person.objects.filter(email=provider.email).count() == 1


def test_an_invitation_is_taken_up_with_the_account_and_works_once(provider, world):
    secret = make_link(world.person("colleague"), SignInLink.INVITATION).rstrip("/").rsplit("/", 1)[1]
    browser = Client(headers={"accept-language": "en"})
    assert f"/link/{secret}/provider/" in browser.get(f"/link/{secret}/").content.decode()
    assert go(browser, f"/link/{secret}/provider/").status_code == 302
    assert browser.get("/me/").status_code == 200
    kept = SocialAccount.objects.get()
    assert kept.user == world.person("colleague") and kept.uid == "subject-1" and kept.extra_data == {}
    assert Client().get(f"/link/{secret}/provider/").status_code == 422
    assert Event.objects.filter(verb="people.sign_in").get().content()["change"] == "identity linked"


def test_an_account_of_one_person_is_not_linked_to_another(provider, sign_in):
    assert go(sign_in("owner"), "/me/provider/link/").status_code == 302
    assert go(sign_in("stranger"), "/me/provider/link/").status_code == 409
    assert SocialAccount.objects.get().user.email == "owner@example.org"


def test_after_unlinking_it_opens_nothing(provider, sign_in):
    browser = sign_in("owner")
    go(browser, "/me/provider/link/")
    browser.post("/me/provider/unlink/")
    assert go(Client()).status_code == 403


def test_linking_needs_a_session(provider):
    assert Client().get("/me/provider/link/").status_code == 401


@pytest.mark.parametrize(
    "bend",
    [
        {"iss": "https://elsewhere.example.org"},
        {"aud": "another-client"},
        {"exp": int(time.time()) - 600, "iat": int(time.time()) - 900},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"sub": None},
        {"exp": None},
    ],
    ids=lambda bend: "-".join(f"{name}" for name in bend) + ("-absent" if None in bend.values() else ""),
)
def test_a_token_that_says_something_else_is_refused(provider, sign_in, bend):
    go(sign_in("owner"), "/me/provider/link/")
    provider.bend = bend
    browser = Client(headers={"accept-language": "en"})
    answer = go(browser)
    assert answer.status_code == 422 and "did not confirm" in answer.content.decode()
    assert browser.get("/me/").status_code == 401


@pytest.mark.parametrize("fault", ["foreign key", "none", "HS256"])
def test_a_token_that_the_providers_key_did_not_sign_is_refused(provider, sign_in, fault):
    go(sign_in("owner"), "/me/provider/link/")
    provider.signed_by_foreign_key = fault == "foreign key"
    provider.algorithm = fault if fault in ("none", "HS256") else "RS256"
    assert go(Client()).status_code == 422


def test_the_answer_of_one_browser_does_not_sign_in_another(provider, sign_in):
    go(sign_in("owner"), "/me/provider/link/")
    thief = Client()
    back = urlsplit(at_provider(Client().get("/sign-in/provider/")["Location"]))
    assert thief.get(f"{back.path}?{back.query}").status_code == 422
    assert thief.get("/me/").status_code == 401


def test_a_code_is_not_used_twice(provider, sign_in):
    go(sign_in("owner"), "/me/provider/link/")
    browser = Client()
    back = urlsplit(at_provider(browser.get("/sign-in/provider/")["Location"]))
    assert browser.get(f"{back.path}?{back.query}").status_code == 302
    assert Client().get(f"{back.path}?{back.query}").status_code == 422


def test_the_second_factor_is_asked_for_all_the_same(provider, set_up):
    browser, key, _codes = set_up("owner")
    go(browser, "/me/provider/link/")
    fresh = Client()
    assert go(fresh)["Location"] == "/sign-in/code/"
    with clock.fixed(clock.now() + timedelta(seconds=60)):
        assert fresh.post("/sign-in/code/", {"code": code_of_app(key)}).status_code == 302
    assert fresh.get("/me/").status_code == 200


def test_whoever_may_not_act_any_more_does_not_come_in(provider, sign_in, world):
    go(sign_in("owner"), "/me/provider/link/")
    Person.objects.filter(pk=world.person("owner").pk).update(is_active=False)
    assert go(Client()).status_code == 403


def test_a_provider_that_does_not_answer_is_told_with_another_way(provider, settings):
    settings.IDENTITY_PROVIDER = settings.IDENTITY_PROVIDER | {"issuer": "http://127.0.0.1:9"}
    answer = Client(headers={"accept-language": "en"}).get("/sign-in/provider/")
    assert answer.status_code == 422 and "link by e-mail" in answer.content.decode()


def test_without_a_provider_there_is_no_such_page(visit):
    assert visit().get("/sign-in/provider/").status_code == 404
    assert visit().get("/sign-in/provider/back/").status_code == 404
    assert "provider" not in visit().get("/sign-in/").content.decode()


def test_only_what_is_needed_is_asked_of_the_provider(provider):
    asked = parse_qs(urlsplit(Client().get("/sign-in/provider/")["Location"]).query)
    assert (
        asked["scope"] == ["openid"]
        and asked["code_challenge_method"] == ["S256"]
        and asked["nonce"]
        and asked["state"]
    )
