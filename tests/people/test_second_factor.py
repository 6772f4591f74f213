"""A second factor: set up by its owner, asked for at every sign-in, demanded by the pack's rule, reset with a reason."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.pack import Pack
from sala.journal.models import Event
from sala.people import imports, operations
from sala.people.models import Message, Role
from tests.world import PACK

from .conftest import code_of_app

pytestmark = pytest.mark.django_db


def test_whoever_set_one_up_is_asked_for_it_before_anything_opens(set_up, sign_in):
    _browser, key, _codes = set_up("owner")
    browser = sign_in("owner")
    for address in ("/desk/", "/me/", "/", "/datasets/"):
        answer = browser.get(address)
        assert answer.status_code == 302 and answer["Location"] == "/sign-in/code/", address
    with clock.fixed(clock.now() + timedelta(seconds=60)):
        assert browser.post("/sign-in/code/", {"code": code_of_app(key)}).status_code == 302
        assert browser.get("/desk/").status_code == 200


def test_a_wrong_code_opens_nothing(set_up, sign_in):
    _browser, key, _codes = set_up("owner")
    browser = sign_in("owner")
    wrong = f"{(int(code_of_app(key)) + 1) % 1_000_000:06d}"
    assert "does not fit" in browser.post("/sign-in/code/", {"code": wrong}).content.decode()
    assert browser.get("/desk/").status_code == 302
    answer = browser.get("/api/v1/datasets", headers={"accept": "application/json"})
    assert answer.status_code == 401 and "second factor" in answer.json()["detail"]


def test_a_code_that_was_used_is_refused_even_within_its_half_minute(set_up, sign_in):
    _browser, key, _codes = set_up("owner")
    with clock.fixed(clock.now() + timedelta(seconds=60)):
        first, second = sign_in("owner"), sign_in("owner")
        code = code_of_app(key)
        assert first.post("/sign-in/code/", {"code": code}).status_code == 302
        assert second.post("/sign-in/code/", {"code": code}).status_code == 200
        assert second.get("/desk/").status_code == 302


def test_a_telephone_whose_clock_is_half_a_minute_wrong_still_opens(set_up, sign_in):
    _browser, key, _codes = set_up("owner")
    with clock.fixed(clock.now() + timedelta(seconds=120)):
        assert sign_in("owner").post("/sign-in/code/", {"code": code_of_app(key, steps=-1)}).status_code == 302
        assert sign_in("owner").post("/sign-in/code/", {"code": code_of_app(key, steps=3)}).status_code == 200


def test_a_recovery_code_opens_once_and_new_ones_put_the_old_out_of_force(set_up, sign_in):
    browser, key, codes = set_up("owner")
    assert sign_in("owner").post("/sign-in/code/", {"code": codes[0]}).status_code == 302
    assert sign_in("owner").post("/sign-in/code/", {"code": codes[0]}).status_code == 200
    with clock.fixed(clock.now() + timedelta(seconds=60)):
        browser.post("/me/second-factor/codes/", {"code": code_of_app(key)})
    assert sign_in("owner").post("/sign-in/code/", {"code": codes[1]}).status_code == 200


def test_the_secret_does_not_stand_in_the_database_in_the_clear(set_up, settings):
    _browser, key, codes = set_up("owner")
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert key not in kept and not any(code in kept for code in codes)
    settings.SECRET_KEY = "another key of the service"
    with pytest.raises(Invalid, match="administrator"):
        from sala.people import second_factor

        second_factor.accept(Authenticator.objects.first().user, "123456")


def test_the_rule_lets_its_roles_reach_nothing_but_setting_it_up(rule, sign_in, world):
    rule("people_administrator")
    browser = sign_in("admin")
    for address in ("/desk/", "/directory/", "/posts/HEALTH-P01-data/people/"):
        assert browser.get(address)["Location"] == "/me/second-factor/", address
    assert browser.get("/me/second-factor/").status_code == 200
    assert sign_in("owner").get("/desk/").status_code == 200  # a role that the rule does not name
    assert browser.post("/sign-out/").status_code == 302


def test_a_rule_of_a_later_day_warns_and_opens_everything(rule, sign_in):
    rule("people_administrator", begins=(clock.today() + timedelta(days=30)).isoformat())
    page = sign_in("admin").get("/me/")
    assert page.status_code == 200 and "Set it up in good time" in page.content.decode()


def test_under_the_rule_it_cannot_be_removed_and_without_it_only_with_a_code(rule, set_up):
    browser, key, _codes = set_up("admin")
    with clock.fixed(clock.now() + timedelta(seconds=60)):
        rule("people_administrator")
        assert browser.post("/me/second-factor/remove/", {"code": code_of_app(key)}).status_code == 403
    rule("operator")
    assert browser.post("/me/second-factor/remove/", {"code": "000000"}).status_code == 200
    assert Authenticator.objects.filter(type="totp").exists()
    with clock.fixed(clock.now() + timedelta(seconds=180)):
        assert browser.post("/me/second-factor/remove/", {"code": code_of_app(key)}).status_code == 302
    assert not Authenticator.objects.exists()


def test_an_administrator_resets_it_with_a_reason_and_the_person_is_told_and_signed_out(set_up, world, visit):
    browser, _key, _codes = set_up("owner")
    owner = world.person("owner")
    address = f"/posts/HEALTH-P01-data/people/{owner.pk}/reset-factor/"
    assert visit("admin").post(address, {"reason": "lost"}).status_code == 422
    reason = "Telephone lost; the head of the office vouched for the caller."
    assert visit("admin").post(address, {"reason": reason}).status_code == 302
    event = Event.objects.filter(verb="people.reset").get()
    assert event.content()["reason"] == reason and event.subject_id == owner.pk
    told = Message.objects.get(person=owner, title__contains="reset")
    assert reason in told.body
    assert browser.get("/me/").status_code == 401 and not Authenticator.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "head", "colleague", "public"])
def test_who_does_not_administer_people_resets_nothing(set_up, world, visit, who):
    set_up("owner")
    address = f"/posts/HEALTH-P01-data/people/{world.person('owner').pk}/reset-factor/"
    data = {"reason": "I would like to have this post for myself."}
    assert visit(who).post(address, data).status_code in (401, 403)
    assert Authenticator.objects.filter(type="totp").exists()


def test_nobody_resets_their_own_and_none_is_reset_that_is_not_there(set_up, world):
    reason = "Telephone lost on the way to the office."
    with pytest.raises(Conflict):
        operations.reset_second_factor(world.actor("admin"), world.person("owner"), reason=reason)
    set_up("admin")
    with pytest.raises(NotPermitted):
        operations.reset_second_factor(world.actor("admin"), world.person("admin"), reason=reason)


def test_a_reset_needs_the_right_over_every_post_of_the_person(set_up, world):
    """Whoever administers one office does not weaken the door of a person who also holds a post elsewhere."""
    from sala.people.models import PositionGrant

    set_up("owner")
    administrator = Role.objects.get(code="people_administrator")
    PositionGrant.objects.create(position=world.position("HEALTH-P01-head"), role=administrator)
    operations.appoint(
        world.actor("admin"), world.position("LAND-P02-data"), world.person("owner"), start=clock.today(), kind="deputy"
    )
    reason = "Telephone lost on the way to the office."
    with pytest.raises(NotPermitted):
        operations.reset_second_factor(world.actor("head"), world.person("owner"), reason=reason)
    operations.reset_second_factor(world.actor("admin"), world.person("owner"), reason=reason)


def test_the_link_of_a_stranger_sets_up_nothing_for_another(visit):
    for address in ("/me/second-factor/", "/me/second-factor/codes/", "/sign-in/code/"):
        assert visit().get(address).status_code == 401


def test_five_wrong_codes_lock_the_account_until_a_time_that_is_told(set_up, sign_in):
    _browser, key, _codes = set_up("owner")
    browser = sign_in("owner")
    for _try in range(5):
        assert browser.post("/sign-in/code/", {"code": "wrong"}).status_code == 200
    with clock.fixed(clock.now() + timedelta(seconds=60)):
        answer = browser.post("/sign-in/code/", {"code": code_of_app(key)})
        assert answer.status_code == 429 and int(answer["Retry-After"]) > 60
        assert "Wait until" in answer.content.decode()
    with clock.fixed(clock.now() + timedelta(minutes=31)):
        assert sign_in("owner").post("/sign-in/code/", {"code": code_of_app(key)}).status_code == 302


def test_a_pack_with_a_faulty_rule_is_refused_with_the_reason():
    pack = Pack(PACK)
    pack.info = {**pack.info, "second_factor": {"roles": ["king"], "from": "soon", "certainty": "confirmed"}}
    faults = [fault for fault in imports.validate(pack) if "second_factor" in fault]
    assert len(faults) == 3 and any("king" in fault for fault in faults)


def test_a_token_of_a_post_works_without_it(rule, world):
    """A machine has no telephone; its token has an end and verbs of its own."""
    rule("data_owner")
    _token, secret = operations.make_token(
        world.actor("owner"), world.position("HEALTH-P01-data"), name="script", verbs=[], days=10
    )
    assert Client().get("/api/v1/datasets", headers={"authorization": f"Bearer {secret}"}).status_code == 200
