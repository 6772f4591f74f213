"""Nobody gives a role that reaches further than what they may pass on; roles that passed on are confirmed."""

from datetime import timedelta

import pytest

from sala.access.actor import command
from sala.core import clock
from sala.core.errors import Conflict, NotPermitted
from sala.people import operations
from sala.people.models import Appointment, PositionGrant, Role
from sala.people.queries import actor_for_token, desk_rows, roles_to_confirm
from sala.places.models import Area
from tests.outside import appoint_outside

pytestmark = pytest.mark.django_db
POST = "HEALTH-P01-data"


def role(code):
    return Role.objects.get(code=code)


@pytest.fixture
def personnel(world):
    """The head of the office is its personnel officer besides, with no right over data of its own."""
    PositionGrant.objects.filter(position__code="HEALTH-P01-head").delete()
    operations.grant_role(command(), world.position("HEALTH-P01-head"), role("people_administrator"))
    return "head"


def test_a_personnel_officer_gives_the_roles_of_the_office_which_the_pack_names(world, personnel):
    given = operations.grant_role(world.actor(personnel), world.position(POST), role("records_officer"))
    assert given.position == world.position(POST)


@pytest.mark.parametrize("code", ["operator", "concession_authority", "registrar", "concession_confirmer"])
def test_and_none_that_reaches_further(world, personnel, visit, code):
    post = world.position(POST)
    with pytest.raises(NotPermitted):
        operations.grant_role(world.actor(personnel), post, role(code))
    page = visit(personnel).post(f"/posts/{POST}/grants/", {"role": role(code).pk})
    assert page.status_code == 200 and "Select a valid choice" in page.content.decode()
    answer = visit(personnel).post(f"/api/v1/posts/{POST}/roles", {"role": code}, content_type="application/json")
    assert answer.status_code == 403
    assert not post.grants.filter(role__code=code).exists()


def test_the_form_offers_what_may_be_given_and_nothing_else(world, personnel, visit):
    page = visit(personnel).get(f"/posts/{POST}/grants/").content.decode()
    assert "Records officer" in page and ">Operator<" not in page and "across_organisations" not in page
    page = visit("admin").get(f"/posts/{POST}/grants/").content.decode()
    assert ">Operator<" in page and "across_organisations" in page


def test_who_holds_all_verbs_of_a_role_may_pass_it_on(world, personnel):
    operations.grant_role(command(), world.position("HEALTH-P01-head"), role("registrar"))
    actor = world.actor(personnel)
    assert operations.grant_role(actor, world.position(POST), role("registrar"))
    assert operations.grant_role(actor, world.position(POST), role("people_administrator"))


def test_holding_the_verb_oneself_lets_nobody_pass_on_operator_sessions(world, personnel):
    operations.grant_role(command(), world.position("HEALTH-P01-head"), role("operator"))
    with pytest.raises(NotPermitted):
        operations.grant_role(world.actor(personnel), world.position(POST), role("operator"))
    assert operations.grant_role(world.actor("admin"), world.position(POST), role("operator"))


def test_an_administrator_over_all_organisations_of_one_province_gives_nothing_beyond_it(world, personnel):
    head, post = world.position("HEALTH-P01-head"), world.position(POST)
    PositionGrant.objects.filter(position=head).update(across_organisations=True)
    actor, viewer = world.actor(personnel), role("viewer")
    with pytest.raises(NotPermitted):
        operations.grant_role(actor, post, viewer, area=world.area("DM"))
    with pytest.raises(NotPermitted):
        operations.grant_role(actor, post, viewer, area=world.area("02"), across_organisations=True)
    with pytest.raises(NotPermitted):
        operations.grant_role(actor, post, role("operator"))
    assert operations.grant_role(actor, post, viewer, area=world.area("0101"), across_organisations=True)


def test_who_is_outside_government_gets_no_role_over_all_organisations(world):
    appoint_outside(world)
    post = world.position("DONOR-officer")
    with pytest.raises(NotPermitted):
        operations.grant_role(world.actor("admin"), post, role("concession_reader"), across_organisations=True)


def test_a_key_gives_roles_only_with_the_right_to_and_as_far_as_its_post(world, personnel, visit):
    head = world.position("HEALTH-P01-head")
    for verbs, code, status in (
        ([], "viewer", 403), (["people.grant"], "operator", 403), (["people.grant"], "viewer", 201),
    ):  # fmt: skip
        _key, secret = operations.make_token(world.actor(personnel), head, name="x", verbs=verbs, days=2)
        answer = visit().post(
            f"/api/v1/posts/{POST}/roles", {"role": code}, content_type="application/json",
            headers={"authorization": f"Bearer {secret}"},
        )  # fmt: skip
        assert answer.status_code == status, (verbs, code)


def test_strangers_and_the_public_neither_give_nor_withdraw_nor_confirm(world, visit):
    grant = world.position(POST).grants.first()
    for who, status in (("stranger", 403), ("public", 401), ("owner", 403)):
        browser = visit(who)
        sent = browser.post(f"/api/v1/posts/{POST}/roles", {"role": "viewer"}, content_type="application/json")
        assert sent.status_code == status
        assert browser.delete(f"/api/v1/posts/{POST}/roles/{grant.pk}").status_code == status
        assert browser.post(f"/api/v1/posts/{POST}/roles/{grant.pk}/confirm").status_code == status
        assert browser.post(f"/posts/{POST}/grants/{grant.pk}/confirm/").status_code == status
        assert browser.get("/roles/to-confirm/").status_code == status
    assert PositionGrant.objects.filter(pk=grant.pk).exists()


def test_the_api_names_what_is_wrong_with_a_role_or_a_place(world, visit):
    answer = visit("admin").post(
        f"/api/v1/posts/{POST}/roles", {"role": "nothing", "area": "nowhere"}, content_type="application/json"
    )
    assert answer.status_code == 422 and {"role", "area"} <= set(answer.json()["fields"])
    given = visit("admin").post(f"/api/v1/posts/{POST}/roles", {"role": "viewer"}, content_type="application/json")
    assert given.status_code == 201
    listed = visit().get(f"/api/v1/posts/{POST}/roles").json()
    assert given.json()["id"] in [row["id"] for row in listed]
    assert visit("admin").delete(f"/api/v1/posts/{POST}/roles/{given.json()['id']}").status_code == 204


@pytest.fixture
def passed(world):
    """A role on an area that ended, on its successor."""
    post = world.position(POST)
    operations.grant_role(command(), post, role("viewer"), area=world.area("0101"))
    operations.pass_grants(command(), world.area("0101"), successors=[world.area("0102")])
    return PositionGrant.objects.get(position=post, role__code="viewer", area=world.area("0102"))


def test_a_role_that_passed_on_lies_on_the_desk_of_who_gives_it_and_is_confirmed(world, visit, passed):
    assert [row.url for row in desk_rows(world.actor("admin"))] == ["/roles/to-confirm/"]
    assert not list(desk_rows(world.actor("stranger"))) and not list(desk_rows(world.actor("head")))
    assert "Roles of areas and offices that ended" in visit("admin").get("/desk/").content.decode()
    assert "Data contact point" in visit("admin").get("/roles/to-confirm/").content.decode()
    answer = visit("admin").post(f"/posts/{POST}/grants/{passed.pk}/confirm/", {"from": "list"})
    assert answer.status_code == 302 and answer["Location"] == "/roles/to-confirm/"
    passed.refresh_from_db()
    assert not passed.to_confirm and not list(desk_rows(world.actor("admin")))
    assert (
        "A role that had passed to a successor was confirmed"
        in visit("admin").get(f"/journal/position/{passed.position_id}/").content.decode()
    )
    with pytest.raises(Conflict):
        operations.confirm_role(world.actor("admin"), passed)


def test_by_the_api_too(world, visit, passed):
    listed = visit("admin").get("/api/v1/roles/to-confirm").json()
    assert [(row["post"], row["area"], row["to_confirm"]) for row in listed] == [(POST, "0102", True)]
    assert visit("stranger").get("/api/v1/roles/to-confirm").json() == []
    done = visit("admin").post(f"/api/v1/posts/{POST}/roles/{passed.pk}/confirm")
    assert done.status_code == 200 and done.json()["to_confirm"] is False


def test_who_may_not_give_a_role_may_not_confirm_it(world, personnel, passed):
    PositionGrant.objects.filter(pk=passed.pk).update(area=Area.objects.get(code="0201"))
    assert passed in roles_to_confirm(world.actor(personnel))
    with pytest.raises(NotPermitted):
        operations.confirm_role(world.actor(personnel), PositionGrant.objects.get(pk=passed.pk))


def test_nobody_appoints_themselves_to_a_post_that_opens_everything(world):
    operations.grant_role(command(), world.position("HEALTH-P01-data"), role("operator"))
    head = world.person("head")
    with pytest.raises(NotPermitted):
        operations.appoint(
            world.actor("head"),
            world.position(POST),
            head,
            start=Appointment.objects.first().valid.lower,
            kind="deputy",
        )


def test_a_key_is_made_by_the_holder_and_by_no_key(world, visit):
    colleague = world.actor("colleague")  # may manage the tokens of the office
    assert colleague.has_anywhere("tokens.manage")
    with pytest.raises(NotPermitted):
        operations.make_token(colleague, world.position(POST), name="x", verbs=["catalogue.submit"], days=2)
    assert visit("colleague").get(f"/posts/{POST}/tokens/").status_code == 200
    _key, secret = operations.make_token(world.actor("owner"), world.position(POST), name="x", verbs=[], days=2)
    sent = {"name": "more", "verbs": ["catalogue.submit"], "days": 2}
    answer = visit().post(f"/posts/{POST}/tokens/", sent, headers={"authorization": f"Bearer {secret}"})
    assert answer.status_code == 403 and world.position(POST).tokens.count() == 1


def test_nobody_gives_a_post_of_their_own_what_opens_everything(world, visit):
    admin, own = world.actor("admin"), world.position("HOME-people")
    with pytest.raises(NotPermitted, match="their own"):
        operations.grant_role(admin, own, role("operator"))
    later = operations.create_position(admin, world.organisation("HOME"), code="HOME-aside", title=own.title)
    operations.appoint(admin, later, world.person("admin"), start=clock.today() + timedelta(days=30))
    with pytest.raises(NotPermitted, match="their own"):
        operations.grant_role(admin, later, role("operator"))
    assert ">Operator<" not in visit("admin").get("/posts/HOME-people/grants/").content.decode()
    assert operations.grant_role(admin, later, role("viewer"))
    assert operations.grant_role(command(), own, role("operator"))  # at the machine itself somebody else stands


def test_nor_does_a_key_of_their_post_give_or_appoint_it_for_them(world):
    admin = world.actor("admin")
    verbs = ["people.grant", "people.appoint"]
    token, _secret = operations.make_token(admin, world.position("HOME-people"), name="x", verbs=verbs, days=2)
    key, person, begins = actor_for_token(token), world.person("admin"), clock.today()
    aside = operations.create_position(
        admin, world.organisation("HOME"), code="HOME-aside", title=world.position(POST).title
    )
    held = operations.appoint(key, aside, person, start=begins)
    with pytest.raises(NotPermitted, match="their own"):
        operations.grant_role(key, aside, role("operator"))
    held.delete()
    assert operations.grant_role(key, aside, role("operator"))
    with pytest.raises(NotPermitted, match="themselves"):
        operations.appoint(key, aside, person, start=begins)
