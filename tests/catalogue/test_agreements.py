"""Access that derives from an agreement: opened by two signatures, ended by its day or by either office."""

from datetime import timedelta

import pytest

from sala.access.scope import sees
from sala.catalogue.models import Agreement, Dataset
from sala.catalogue.operations import agreements as operations
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.language import Translated
from sala.core.models import Term
from sala.people.models import Message, Sharing

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(dataset, deliver, release):
    """A published dataset that is open to its own house only."""
    release(deliver())
    Dataset.objects.filter(pk=dataset.pk).update(
        tier="own", restriction=Term.objects.filter(scheme="restriction").first()
    )
    dataset.refresh_from_db()
    return dataset


@pytest.fixture
def draft(world, closed):
    """draft(…) → an agreement by which the health office gives its clinics to the land office of another province."""

    def write(**more) -> Agreement:
        today = clock.today()
        fields = {
            "giver": world.organisation("HEALTH-P01"), "receiver": world.organisation("LAND-P02"), "datasets": [closed],
            "title": Translated(lo="ສັນຍາ", en="Clinics for the land use plan"), "purpose": "Land use plan",
            "starts_on": today, "ends_on": today + timedelta(days=90), **more,
        }  # fmt: skip
        return operations.draft_agreement(world.actor("colleague"), **fields)

    return write


@pytest.fixture
def signed(world, draft):
    def sign(**more) -> Agreement:
        made = operations.propose_agreement(world.actor("colleague"), draft(**more))
        operations.sign_agreement(world.actor("head"), made, party=made.giver)
        return operations.sign_agreement(world.actor("member"), made, party=made.receiver)

    return sign


def test_access_opens_with_the_second_signature_and_ends_with_the_last_day(world, visit, closed, draft):
    made = operations.propose_agreement(world.actor("colleague"), draft())
    operations.sign_agreement(world.actor("head"), made, party=made.giver)
    assert not sees(world.actor("stranger"), closed)
    operations.sign_agreement(world.actor("member"), made, party=made.receiver)
    assert sees(world.actor("stranger"), closed)
    assert visit("stranger").get(closed.get_absolute_url()).status_code == 200
    with clock.fixed(clock.now() + timedelta(days=90)):
        assert sees(world.actor("stranger"), closed)
    with clock.fixed(clock.now() + timedelta(days=91)):
        assert not sees(world.actor("stranger"), closed)
        assert not Agreement.objects.get().is_in_force


def test_it_is_ended_by_either_office_and_access_ends_at_once(world, closed, signed):
    made = signed()
    with clock.fixed(clock.now() + timedelta(days=5)):
        operations.end_agreement(world.actor("member"), made, reason="The plan is done")
        assert not sees(world.actor("stranger"), closed)
        with pytest.raises(Conflict):
            operations.end_agreement(world.actor("head"), made, reason="Again")


def test_one_that_begins_later_opens_on_its_first_day(world, closed, signed):
    later = clock.today() + timedelta(days=10)
    signed(starts_on=later)
    assert not sees(world.actor("stranger"), closed)
    with clock.fixed(clock.now() + timedelta(days=10)):
        assert sees(world.actor("stranger"), closed)


def test_only_who_may_signs_and_nobody_signs_for_the_other(world, draft):
    made = operations.propose_agreement(world.actor("colleague"), draft())
    for who in ("colleague", "stranger", "owner"):
        for party in (made.giver, made.receiver):
            with pytest.raises(NotPermitted):
                operations.sign_agreement(world.actor(who), made, party=party)
    with pytest.raises(NotPermitted):
        operations.sign_agreement(world.actor("head"), made, party=made.receiver)
    with pytest.raises(Invalid):
        operations.sign_agreement(world.actor("head"), made, party=world.organisation("GOV"))
    operations.sign_agreement(world.actor("head"), made, party=made.giver)
    with pytest.raises(Conflict):
        operations.sign_agreement(world.actor("head"), made, party=made.giver)
    assert not Sharing.objects.exists()


def test_only_who_publishes_the_data_promises_it_and_only_data_of_the_office(world, closed, draft):
    with pytest.raises(NotPermitted):
        operations.draft_agreement(
            world.actor("stranger"), giver=world.organisation("HEALTH-P01"), receiver=world.organisation("LAND-P02"),
            datasets=[closed], title=Translated(lo="ສັນຍາ"), purpose="Plan", starts_on=clock.today(), ends_on=clock.today(),
        )  # fmt: skip
    with pytest.raises(Invalid, match="Not data of the office"):
        draft(giver=world.organisation("LAND"))
    with pytest.raises(Invalid):
        draft(ends_on=clock.today() - timedelta(days=1))
    with pytest.raises(Invalid):
        draft(datasets=[])
    assert not Agreement.objects.exists()


def test_what_was_proposed_is_not_changed_and_a_refusal_has_a_reason(world, draft):
    made = operations.propose_agreement(world.actor("colleague"), draft())
    with pytest.raises(Conflict):
        operations.change_agreement(world.actor("colleague"), made, datasets=[], purpose="Anything")
    with pytest.raises(Invalid):
        operations.decline_agreement(world.actor("member"), made, reason=" ")
    operations.decline_agreement(world.actor("member"), made, reason="We have our own survey")
    with pytest.raises(Conflict):
        operations.sign_agreement(world.actor("head"), made, party=made.giver)


def test_both_offices_are_told_and_find_it_on_the_desk(world, visit, draft):
    made = draft()
    assert visit("member").get(made.get_absolute_url()).status_code == 404
    operations.propose_agreement(world.actor("colleague"), made)
    assert Message.objects.filter(person=world.person("head"), title="An agreement waits for your signature").exists()
    for who in ("head", "member"):
        assert "Agreement to sign" in visit(who).get("/desk/").content.decode()
    assert "Agreement to sign" not in visit("stranger").get("/desk/").content.decode()
    assert visit("stranger").get(made.get_absolute_url()).status_code == 200
    for who in ("citizen", "public", "secretary"):
        assert visit(who).get(made.get_absolute_url()).status_code == 404


def test_the_pages_take_it_from_draft_to_signature(world, visit, closed):
    today = clock.today()
    sent = {
        "title_0": "ສັນຍາ", "title_1": "Clinics", "title_lo": "ສັນຍາ", "title_en": "Clinics",
        "giver": "HEALTH-P01", "receiver": "LAND-P02", "datasets": closed.slug, "purpose": "Plan", "tier": "own",
        "starts_on": today.isoformat(), "ends_on": (today + timedelta(days=9)).isoformat(),
    }  # fmt: skip
    answer = visit("colleague").post("/agreements/new/", sent)
    assert answer.status_code == 302, answer.content.decode()
    made = Agreement.objects.get()
    page = made.get_absolute_url()
    visit("colleague").post(f"{page}propose/")
    visit("head").post(f"{page}sign/", {"party": made.giver_id})
    shown = visit("member").post(f"{page}sign/", {"party": made.receiver_id}, follow=True).content.decode()
    assert "in force" in shown
    assert "HEALTH-P01" and made.reference in visit("stranger").get("/agreements/").content.decode()
    assert visit("stranger").post(f"{page}end/", {"reason": "No"}).status_code == 403
    visit("head").post(f"{page}end/", {"reason": "Wrong data"})
    assert not sees(world.actor("stranger"), closed)


def test_the_api_does_the_same_in_the_name_of_posts(client, world, closed, token_of):
    def send(post, address, body, verbs=("catalogue.publish", "catalogue.agree")):
        headers = {"authorization": f"Bearer {token_of(post, verbs)}"}
        return client.post(f"/api/v1{address}", body, content_type="application/json", headers=headers)

    today = clock.today()
    body = {
        "title": {"lo": "ສັນຍາ", "en": "Clinics"}, "giver": "HEALTH-P01", "receiver": "LAND-P02",
        "datasets": [closed.slug], "purpose": "Plan", "starts_on": str(today), "ends_on": str(today + timedelta(days=9)),
    }  # fmt: skip
    made = send("HEALTH-P01-data_publish", "/agreements", body)
    assert made.status_code == 201, made.content
    address = f"/agreements/{made.json()['reference']}"
    assert send("HEALTH-P01-data_publish", f"{address}/propose", {}).json()["state"] == "proposed"
    assert send("HEALTH-P01-data_publish", f"{address}/sign", {"party": "HEALTH-P01"}).status_code == 403
    send("HEALTH-P01-head", f"{address}/sign", {"party": "HEALTH-P01"})
    assert send("LAND-head", f"{address}/sign", {"party": "LAND-P02"}).json()["is_in_force"] is True
    assert client.get(f"/api/v1{address}").status_code == 404
    assert client.get("/api/v1/agreements").json() == []
