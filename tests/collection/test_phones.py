"""Who gives out phones, the code that sets one up, and a lost one that opens nothing from the moment it is taken back."""

import base64
import json
import re
import zlib

import pytest
from django.test import Client

from sala.collection import operations
from sala.collection.views.phones import settings_of, square_of
from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.journal.models import Event
from sala.people.models import ApiToken

PAGE = "/posts/HEALTH-P01-records/phones/"


def test_a_phone_is_given_with_a_code_that_is_shown_once(visit, world):
    owner = visit("owner")
    assert "No phone was given out yet" in owner.get(PAGE).content.decode()
    given = owner.post(f"{PAGE}new/", {"name": "Black one"})
    text = given.content.decode()
    address = re.search(r'<p class="codes">([^<]+)</p>', text).group(1)
    assert "<svg" in text and "no-store" in given.headers["Cache-Control"]
    phone = ApiToken.objects.get(door="openrosa")
    assert phone.position == world.position("HEALTH-P01-records") and phone.verbs == ["collection.send"]
    assert phone.made_by == world.position("HEALTH-P01-data")
    listed = owner.get(PAGE).content.decode()
    assert "Black one" in listed and address.rsplit("/", 1)[1] not in listed
    path = "/" + address.split("/", 3)[3]
    assert Client().get(f"{path}/formList").status_code == 200 and Client().get(f"{path}/").status_code == 200
    event = Event.objects.filter(subject_type="position", subject_id=phone.position_id).latest("pk")
    assert event.content()["change"] == "phone given" and address.rsplit("/", 1)[1] not in event.text


def test_a_lost_phone_is_found_by_its_name_and_taken_back_at_once(visit, world):
    _phone, secret = operations.give_phone(
        world.actor("owner"), world.position("HEALTH-P01-records"), name="Deputy's phone"
    )
    door = f"/openrosa/{secret}/formList"
    assert Client().get(door).status_code == 200
    publisher = visit("colleague")
    found = publisher.get("/phones/?q=deputy").content.decode()
    address = re.search(r'href="([^"]+/revoke/)"', found).group(1)
    assert "opens nothing any more" in publisher.post(address, follow=True).content.decode()
    assert Client().get(door).status_code == 401
    assert "taken back" in publisher.get(PAGE).content.decode()
    publisher.post(address)
    assert Event.objects.filter(text__contains="phone revoked").count() == 1
    assert "Deputy" not in visit("stranger").get("/phones/").content.decode()


@pytest.mark.parametrize("who, status", [("public", 401), ("citizen", 403), ("stranger", 403), ("reviewer", 403)])
def test_others_give_this_post_no_phones(visit, world, who, status):
    phone, _secret = operations.give_phone(world.actor("owner"), world.position("HEALTH-P01-records"), name="One")
    visitor = visit(who)
    for address in (PAGE, f"{PAGE}new/", f"{PAGE}{phone.pk}/revoke/"):
        assert visitor.get(address).status_code == status
        assert visitor.post(address, {"name": "Two"}).status_code == status
    assert ApiToken.objects.get(door="openrosa").revoked_at is None
    with pytest.raises((NotPermitted, SignInNeeded)):
        operations.give_phone(world.actor(who), world.position("HEALTH-P01-records"), name="Two")


def test_two_phones_of_a_post_have_two_names_and_an_abolished_post_has_none(world):
    post = world.position("HEALTH-P01-records")
    operations.give_phone(world.actor("owner"), post, name="One")
    with pytest.raises(Invalid):
        operations.give_phone(world.actor("owner"), post, name="One")
    post.closed_on = "2026-01-01"
    post.save()
    with pytest.raises(Conflict, match="abolished"):
        operations.give_phone(world.actor("owner"), post, name="Two")


def test_the_square_holds_the_settings_as_the_app_reads_them(world, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "sala.collection.views.phones.segno.make", lambda packed, **how: seen.append(packed) or _Drawn()
    )
    told = settings_of(world.position("HEALTH-P01-data"), "secret")
    square_of(told)
    read = json.loads(zlib.decompress(base64.b64decode(seen[0])))
    assert read == told and set(read) == {"general", "admin", "project"}
    assert read["general"]["server_url"].endswith("/openrosa/secret")
    assert read["general"]["form_update_mode"] == "match_exactly" and read["general"]["app_language"] == "lo_LA"


class _Drawn:
    def svg_inline(self, **how):
        return "<svg></svg>"
