"""Roles, links, tokens, operator sessions: nobody gets more than was given, and everything ends."""

from datetime import timedelta

import pytest

from sala.access.actor import command
from sala.access.scope import can
from sala.core import clock
from sala.core.errors import Invalid, NotPermitted, SignInNeeded
from sala.people import operations
from sala.people.gateways import Memory
from sala.people.middleware import live_token
from sala.people.models import Message, Person, PositionGrant, Role, SignInLink
from sala.people.queries import actor_again, actor_for
from sala.people.sign_in import make_link, use_link

pytestmark = pytest.mark.django_db


def test_a_link_signs_in_once_and_then_never_again(world, visit):
    secret = make_link(world.person("citizen"), SignInLink.SIGN_IN).rstrip("/").rsplit("/", 1)[1]
    browser = visit()
    assert browser.get(f"/link/{secret}/").status_code == 200  # opening alone does not use it up
    assert browser.post(f"/link/{secret}/").status_code == 302
    assert browser.get("/me/").status_code == 200
    assert visit().post(f"/link/{secret}/").status_code == 422


def test_a_link_ends_with_its_hour(world):
    secret = make_link(world.person("citizen"), SignInLink.SIGN_IN).rstrip("/").rsplit("/", 1)[1]
    with clock.fixed(clock.now() + timedelta(minutes=31)), pytest.raises(Invalid):
        use_link(secret)


def test_the_secret_of_a_link_is_not_kept(world):
    secret = make_link(world.person("citizen"), SignInLink.SIGN_IN).rstrip("/").rsplit("/", 1)[1]
    assert not SignInLink.objects.filter(secret_hash__contains=secret).exists()


def test_asking_for_a_link_answers_the_same_for_known_and_unknown(visit):
    answers = [visit().post("/sign-in/", {"email": email}) for email in ("citizen@example.org", "nobody@example.org")]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, "/sign-in/sent/")] * 2
    assert Message.objects.count() == 1


def test_asking_too_often_is_stopped(visit):
    browser = visit()
    statuses = [browser.post("/sign-in/", {"email": "citizen@example.org"}).status_code for _attempt in range(7)]
    assert statuses[:5] == [302] * 5 and statuses[-1] == 429


def test_a_citizen_registers_with_a_verified_address_and_gets_no_rights(visit):
    visit().post("/register/", {"name": "Researcher", "email": "r@example.org", "kind": "researcher", "sex": "f"})
    assert operations.deliver() == 1
    person = Person.objects.get(email="r@example.org")
    assert person.verified_at is None
    secret = Memory.sent[0].body.split("/link/")[1].split("/")[0]
    visit().post(f"/link/{secret}/")
    person.refresh_from_db()
    assert person.verified_at and not actor_for(person).is_government


def test_nobody_registers_as_an_official(visit):
    assert visit().post("/register/", {"name": "X", "email": "x@example.org", "kind": "official"}).status_code == 200
    assert not Person.objects.filter(email="x@example.org").exists()


def test_a_role_reaches_as_far_as_its_grant(world):
    role = Role.objects.get(code="registrar")
    operations.grant_role(world.actor("admin"), world.position("HEALTH-P01-data"), role, area=world.area("0101"))
    actor = world.actor("owner")
    assert can(actor, "places.edit", world.area("0101")) and not can(actor, "places.edit", world.area("0102"))


def test_granting_outside_ones_reach_is_refused(world):
    PositionGrant.objects.create(
        position=world.position("HEALTH-P01-head"), role=Role.objects.get(code="people_administrator")
    )
    head, role = world.actor("head"), Role.objects.get(code="viewer")
    with pytest.raises(NotPermitted):
        operations.grant_role(head, world.position("LAND-P02-data"), role)
    with pytest.raises(NotPermitted):
        operations.grant_role(head, world.position("HEALTH-P01-data"), role, across_organisations=True)
    with pytest.raises(NotPermitted):
        operations.grant_role(head, world.position("HEALTH-P01-data"), role, area=world.area("02"))


def test_a_token_does_what_it_was_given_and_nothing_more(world, visit):
    position = world.position("HEALTH-P01-data")
    _token, secret = operations.make_token(world.actor("owner"), position, name="script", verbs=[], days=10)
    header = {"authorization": f"Bearer {secret}"}
    assert visit().get("/desk/", headers=header).status_code in (200, 401)
    from sala.people.middleware import live_token
    from sala.people.queries import actor_for_token

    actor = actor_for_token(live_token(secret))
    assert actor.is_government and not actor.has_anywhere("catalogue.submit")


def test_a_revoked_or_ended_token_is_refused(world, visit):
    token, secret = operations.make_token(
        world.actor("owner"), world.position("HEALTH-P01-data"), name="x", verbs=[], days=1
    )
    header = {"authorization": f"Bearer {secret}"}
    operations.revoke_token(world.actor("owner"), token)
    assert visit().get("/api/v1/places", headers=header).status_code == 401


def test_the_key_of_an_abolished_post_opens_nothing(world, visit):
    post = world.position("HEALTH-P01-data")
    token, secret = operations.make_token(world.actor("owner"), post, name="x", verbs=["catalogue.submit"], days=9)
    _feed, address = operations.make_token(world.actor("owner"), post, name="x", verbs=["calendar.read"], days=9)
    header = {"authorization": f"Bearer {secret}"}
    assert visit().get("/api/v1/places", headers=header).status_code == 200
    assert live_token(address, feed=True) and actor_again({"kind": "token", "token": token.pk})
    post.appointments.all().delete()
    operations.abolish_position(command(), post, reason="Decree 7")
    assert visit().get("/api/v1/places", headers=header).status_code == 401
    assert live_token(address, feed=True) is None
    with pytest.raises(SignInNeeded):
        actor_again({"kind": "token", "token": token.pk})


def test_a_stranger_makes_no_token_for_another_post(world):
    with pytest.raises(NotPermitted):
        operations.make_token(world.actor("stranger"), world.position("HEALTH-P01-data"), name="x", verbs=[], days=1)


def test_an_operator_session_needs_a_reason_and_ends_by_itself(world):
    actor, person, position = world.actor("operator"), world.person("operator"), world.position("STAT-operator")
    with pytest.raises(Invalid):
        operations.open_operator_session(actor, person, position, reason="because", minutes=30)
    operations.open_operator_session(actor, person, position, reason="A restore must be checked.", minutes=30)
    assert actor_for(person).kind == "operator"
    with clock.fixed(clock.now() + timedelta(minutes=31)):
        assert actor_for(person).kind == "person"


@pytest.mark.parametrize("who", ["owner", "stranger", "admin"])
def test_others_open_no_operator_session(world, who):
    with pytest.raises(NotPermitted):
        operations.open_operator_session(
            world.actor(who),
            world.person(who),
            world.position("STAT-operator"),
            reason="A restore must be checked.",
            minutes=30,
        )


def test_a_message_of_one_wave_is_written_once_and_sent_with_one_id(world):
    person, subject = world.person("citizen"), world.area("01")
    for _time in range(2):
        operations.queue_message(person, subject, wave="w", title="t", body="b")
    assert operations.deliver() == 1 and operations.deliver() == 0
    assert len({message.message_id for message in Memory.sent}) == 1


def test_a_role_on_an_area_that_ended_passes_to_its_successors_to_be_confirmed(world):
    role, position = Role.objects.get(code="registrar"), world.position("HEALTH-P01-data")
    operations.grant_role(world.actor("admin"), position, role, area=world.area("0101"))
    for _time in range(2):
        operations.pass_grants(world.actor("command"), world.area("0101"), successors=[world.area("0102")])
    passed = PositionGrant.objects.get(position=position, role=role, area__code="0102")
    assert passed.to_confirm and can(world.actor("owner"), "places.edit", world.area("0102"))


@pytest.mark.parametrize("code", ["HEALTH-P01-data", "HOME-people", "STAT-registrar", "LAND-head"])
def test_the_quick_reading_of_a_key_gives_the_rights_of_the_slow_one(world, code):
    from sala.people.models import ApiToken
    from sala.people.queries import actor_for_token, actor_of_key

    post = world.position(code)
    verbs = sorted({verb for grant in post.grants.select_related("role") for verb in grant.role.verbs})[::2]
    token = ApiToken(pk=1, name="One", position=post, verbs=verbs)
    quick, position = actor_of_key(token)
    slow = actor_for_token(token)
    assert set(quick.holdings[0].grants) == set(slow.holdings[0].grants) and quick.holdings[0].grants
    assert position == post and position.organisation == post.organisation
    assert (position.organisation.path, position.organisation.area.path, position.title) == (
        post.organisation.path, post.organisation.area.path, post.title,
    )  # fmt: skip
    assert (quick.kind, quick.token, quick.label, quick.position_id) == (
        slow.kind, slow.token, slow.label, slow.position_id,
    )  # fmt: skip
