"""Tier "named organisations": who names them, for how long, and that page, API, search, rows and download all follow."""

from datetime import timedelta

import pytest

from sala.access.scope import visible
from sala.catalogue.models import Dataset
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.models import Term
from sala.journal.models import Event
from sala.people.models import Sharing
from sala.people.operations import end_sharing, share
from sala.search.operations import reindex

pytestmark = pytest.mark.django_db


@pytest.fixture
def named(world, dataset, deliver, release):
    """A published dataset of the health office of province 01, open to named organisations; none is named yet."""
    release(deliver(period="2024"))
    found = Dataset.objects.get(pk=dataset.pk)
    found.tier, found.restriction = "named", Term.objects.filter(scheme="restriction").first()
    found.save()
    reindex(["dataset"])
    return found


def sees(world, who, dataset):
    return visible(world.actor(who), Dataset).filter(pk=dataset.pk).exists()


def found_by_search(visit, who, dataset):
    answer = visit(who).get("/api/v1/search?q=Clinics of Phuthong&noun=dataset").json()
    return dataset.get_absolute_url() in {item["url"] for item in answer["items"]}


def test_every_door_opens_for_the_named_organisation_and_closes_after_the_last_day(world, visit, named):
    edition = named.distributions.get().editions.get()
    doors = [named.get_absolute_url(), edition.get_absolute_url(), f"{edition.get_absolute_url()}download/csv/",
             f"/api/v1/datasets/{named.slug}", f"/api/v1/datasets/{named.slug}/table/1/rows"]  # fmt: skip
    assert [visit("stranger").get(door).status_code for door in doors] == [404] * len(doors)
    assert not found_by_search(visit, "stranger", named)
    until = clock.today() + timedelta(days=30)
    share(world.actor("colleague"), named, world.organisation("LAND-P02"), purpose="Land use plan", until=until)
    assert [visit("stranger").get(door).status_code for door in doors] == [200] * len(doors)
    assert found_by_search(visit, "stranger", named)
    assert not sees(world, "citizen", named) and not sees(world, "public", named)
    assert not found_by_search(visit, "citizen", named)
    with clock.fixed(clock.now() + timedelta(days=30)):
        assert sees(world, "stranger", named), "the last day counts"
    with clock.fixed(clock.now() + timedelta(days=31)):
        assert not sees(world, "stranger", named)
        assert not found_by_search(visit, "stranger", named), "nothing had to run for it to end"
        assert visit("stranger").get(named.get_absolute_url()).status_code == 404


def test_a_sharing_that_begins_later_opens_nothing_before(world, named):
    start = clock.today() + timedelta(days=3)
    share(world.actor("colleague"), named, world.organisation("LAND-P02"), purpose="Survey", start=start)
    assert not sees(world, "stranger", named)
    with clock.fixed(clock.now() + timedelta(days=3)):
        assert sees(world, "stranger", named)


def test_a_draft_that_is_shared_stays_with_its_house_until_it_is_published(world, dataset):
    share(world.actor("colleague"), dataset, world.organisation("LAND-P02"), purpose="Preview")
    assert not sees(world, "stranger", dataset) and sees(world, "owner", dataset)


def test_the_publisher_names_an_organisation_by_words_on_the_page_and_ends_it(world, visit, named):
    page = f"/sharing/dataset/{named.pk}/"
    browser = visit("colleague")
    assert page in browser.get(named.get_absolute_url()).content.decode()
    office = world.organisation("LAND-P02")
    answer = browser.post(page, {"organisation": office.name.text("en").text[:9], "purpose": "Plan"})
    assert answer.status_code == 200 and f'value="{office.pk}"' in answer.content.decode()
    assert not Sharing.objects.exists(), "words that may mean several are asked about"
    shown = office.name.text("en").text[:9]
    browser.post(
        page, {"organisation": shown, "organisation-shown": shown, "organisation-pick": office.pk, "purpose": "Plan"}
    )
    row = Sharing.objects.get()
    assert row.organisation == office and sees(world, "stranger", named)
    assert Event.objects.filter(subject_type="dataset", subject_id=named.pk, text__contains='"shared"').exists()
    browser.post(f"{page}{row.pk}/end/")
    assert not sees(world, "stranger", named)


@pytest.mark.parametrize(("who", "status"), [("owner", 403), ("stranger", 404), ("citizen", 404), (None, 404)])
def test_only_the_publisher_opens_the_page_of_sharings(world, visit, named, who, status):
    page = f"/sharing/dataset/{named.pk}/"
    assert visit(who).get(page).status_code == status if who else visit().get(page).status_code == status
    browser = visit(who) if who else visit()
    assert browser.post(page, {"organisation": "LAND-P02", "purpose": "x"}).status_code == status
    assert not Sharing.objects.exists()


def test_the_api_names_lists_and_ends_and_refuses_the_stranger(world, visit, named):
    address = f"/api/v1/datasets/{named.slug}/sharings"
    sent = {"organisation": "LAND-P02", "purpose": "Plan", "until": str(clock.today() + timedelta(days=9))}
    json = {"content_type": "application/json"}
    assert visit("stranger").post(address, sent, **json).status_code == 404
    assert visit("owner").post(address, sent, **json).status_code == 403
    assert visit("colleague").post(address, {**sent, "organisation": "NOBODY"}, **json).status_code == 422
    made = visit("colleague").post(address, sent, **json)
    assert made.status_code == 201 and made.json()["until"] == sent["until"]
    assert visit("colleague").post(address, sent, **json).status_code == 409, "once is enough"
    assert [row["organisation"] for row in visit("colleague").get(address).json()] == ["LAND-P02"]
    assert visit("stranger").get(address).status_code == 403, "who else sees it is for the publisher to know"
    assert visit("colleague").delete(f"{address}/{made.json()['id']}").status_code == 204
    assert not sees(world, "stranger", named)


def test_days_and_purposes_that_make_no_sense_are_refused(world, named):
    colleague, office = world.actor("colleague"), world.organisation("LAND-P02")
    with pytest.raises(Invalid):
        share(colleague, named, office, purpose="Plan", until=clock.today() - timedelta(days=1))
    with pytest.raises(Invalid):
        share(colleague, named, office, purpose="  ")
    with pytest.raises(NotPermitted):
        share(world.actor("owner"), named, office, purpose="Plan")
    row = share(colleague, named, office, purpose="Plan")
    with pytest.raises(Conflict):
        share(colleague, named, office, purpose="Plan again")
    with pytest.raises(NotPermitted):
        end_sharing(world.actor("stranger"), row)
    assert Sharing.objects.count() == 1
