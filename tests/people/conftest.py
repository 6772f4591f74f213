"""What the tests of signing in share: a link opened, the code of an app, the rule of a second factor."""

import base64
import hashlib
import hmac
import re
import struct

import pytest
from django.test import Client

from sala.core import clock
from sala.core.models import PackFact
from sala.people.models import SignInLink
from sala.people.sign_in import make_link


def code_of_app(key: str, steps: int = 0) -> str:
    """What an app shows for the key now, or some half minutes later (RFC 6238, six digits, SHA-1)."""
    counter = int(clock.now().timestamp()) // 30 + steps
    digest = hmac.new(base64.b32decode(key), struct.pack(">Q", counter), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@pytest.fixture
def sign_in(world):
    """sign_in(who) → a browser that came by a one-time link, as everybody does."""

    def enter(who: str, **headers: str) -> Client:
        browser = Client(headers={"accept-language": "en", "user-agent": f"Browser of {who}"} | headers)
        address = make_link(world.person(who), SignInLink.SIGN_IN).split("8000", 1)[1]
        assert browser.post(address).status_code == 302
        return browser

    return enter


@pytest.fixture
def set_up(sign_in):
    """set_up(who) → (browser, key of the app, recovery codes), all by the pages."""

    def bind(who: str) -> tuple[Client, str, list[str]]:
        browser = sign_in(who)
        page = browser.get("/me/second-factor/").content.decode()
        key = re.search(r'Key:\s*<span class="codes">([A-Z2-7 ]+)</span>', page).group(1).replace(" ", "")
        shown = browser.post("/me/second-factor/", {"code": code_of_app(key)}).content.decode()
        codes = re.findall(r"<li>(\d{8})</li>", shown)
        assert len(codes) == 10
        return browser, key, codes

    return bind


@pytest.fixture
def rule(db):
    """rule(*roles, begins=…): the pack demands a second factor of these roles."""

    def lay_down(*roles: str, begins: str = "2020-01-01") -> None:
        value = {"roles": list(roles), "from": begins, "certainty": "example", "source": ""}
        PackFact.objects.update_or_create(key="second_factor", defaults={"value": value})

    return lay_down
