"""A dataset goes from one office to another with a note, when the other takes it over; nothing is lost on the way."""

import pytest

from sala.access.scope import can
from sala.catalogue import policy
from sala.catalogue.models import Transfer
from sala.catalogue.operations.questions import ask_producer
from sala.catalogue.operations.transfers import accept_transfer, decline_transfer, offer_transfer, withdraw_transfer
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.duties.models import Duty, Thread
from sala.duties.operations import assign_duty
from sala.people.models import Message
from sala.people.queries import actor_of_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(world, dataset, deliver, release):
    dataset.contact = world.position("HEALTH-P01-data")
    dataset.save()
    release(deliver())
    dataset.refresh_from_db()
    return offer_transfer(
        world.actor("head"),
        dataset,
        receiver=world.organisation("LAND"),
        note="Counted every March by the districts.",
    )


def test_the_receiver_takes_it_over_with_editions_questions_and_duty(world, visit, dataset, offered):
    start = clock.today() - clock.today().resolution * 30
    owns = assign_duty(
        world.actor("command"), world.position("HEALTH-P01-data"), kind="owns", subject=dataset, start=start
    )
    thread = ask_producer(world.actor("citizen"), dataset, text="Who counts?")
    page = offered.get_absolute_url()
    assert "Dataset offered to your office" in visit("member").get("/desk/").content.decode()
    shown = visit("member").get(page).content.decode()
    assert "Counted every March" in shown and "Take it over" in shown
    contact = world.position("LAND-data")
    assert visit("member").post(page, {"do": "take", "contact": contact.pk}).status_code == 302
    dataset.refresh_from_db()
    assert dataset.owner == world.organisation("LAND") and dataset.contact == contact
    assert can(actor_of_post(contact), policy.SUBMIT, dataset) and not can(world.actor("owner"), policy.EDIT, dataset)
    assert Thread.objects.get(pk=thread.pk).answers == contact
    owns.refresh_from_db()
    assert owns.valid.upper == clock.today()
    assert (
        Duty.objects.get(subject_type="dataset", subject_id=dataset.pk, valid__contains=clock.today()).position
        == contact
    )
    assert "Another office took it over" in visit().get(f"/journal/dataset/{dataset.pk}/").content.decode()
    assert visit().get(dataset.get_absolute_url()).status_code == 200
    assert visit().get("/api/v1/search?q=Clinics&noun=dataset").json()["items"][0]["owner"]


def test_who_signs_for_the_receiver_is_told_of_the_offer_and_where_to_decide(world, offered):
    told = Message.objects.get(wave=f"transfer-{offered.pk}")
    assert told.person == world.person("member") and told.title == "A dataset is offered to your office"
    assert "Counted every March" in told.body and offered.get_absolute_url() in told.body
    withdraw_transfer(world.actor("head"), offered)
    again = offer_transfer(world.actor("head"), offered.dataset, receiver=world.organisation("LAND"), note="Once more")
    assert Message.objects.filter(wave=f"transfer-{again.pk}", person=world.person("member")).count() == 1


def test_only_who_signs_for_an_office_offers_and_takes_over(world, visit, dataset, offered):
    withdraw_transfer(world.actor("head"), offered)
    for who in ("owner", "colleague", "stranger"):
        with pytest.raises(NotPermitted):
            offer_transfer(world.actor(who), dataset, receiver=world.organisation("LAND"), note="Take it")
    again = offer_transfer(world.actor("head"), dataset, receiver=world.organisation("LAND"), note="Take it")
    for who in ("head", "stranger", "owner"):
        with pytest.raises(NotPermitted):
            accept_transfer(world.actor(who), again, contact=world.position("LAND-data"))
    with pytest.raises(Invalid):
        accept_transfer(world.actor("member"), again, contact=world.position("HEALTH-P01-data"))
    for who in ("citizen", "public", "secretary"):
        assert visit(who).get(again.get_absolute_url()).status_code == 404
    dataset.refresh_from_db()
    assert dataset.owner == world.organisation("HEALTH-P01")


def test_an_offer_has_a_note_stands_alone_and_is_decided_once(world, dataset, offered):
    with pytest.raises(Conflict):
        offer_transfer(world.actor("head"), dataset, receiver=world.organisation("GOV"), note="Or you")
    with pytest.raises(Invalid):
        decline_transfer(world.actor("member"), offered, reason="")
    decline_transfer(world.actor("member"), offered, reason="Not our sector")
    with pytest.raises(Conflict):
        accept_transfer(world.actor("member"), offered, contact=world.position("LAND-data"))
    with pytest.raises(Invalid):
        offer_transfer(world.actor("head"), dataset, receiver=world.organisation("GOV"), note="  ")
    with pytest.raises(Invalid):
        offer_transfer(world.actor("head"), dataset, receiver=world.organisation("HEALTH-P01"), note="Ours")
    with pytest.raises(Invalid, match="has no say over"):
        offer_transfer(
            world.actor("head"), dataset, receiver=world.organisation("LAND-P02"), note="Of another province"
        )


def test_page_and_api_offer_and_decide(client, visit, world, dataset, token_of):
    page = f"{dataset.get_absolute_url()}hand-over/"
    assert visit("owner").get(page).status_code == 403
    answer = visit("head").post(page, {"receiver": "LAND", "note": "Counted in March."})
    assert answer.status_code == 302
    row = Transfer.objects.get()
    headers = {"authorization": f"Bearer {token_of('LAND-head', ['catalogue.agree'])}"}
    sent = client.post(
        f"/api/v1/transfers/{row.pk}/accept",
        {"contact": "LAND-data"},
        content_type="application/json",
        headers=headers,
    )
    assert sent.status_code == 200 and sent.json()["state"] == "accepted"
    assert client.get(f"/api/v1/transfers/{row.pk}").status_code == 404
