"""Those who follow hear once of a new edition and of a withdrawal, only of what they may see; a link ends it."""

import re
from datetime import timedelta

import pytest

from sala.catalogue import operations
from sala.catalogue.models import Edition, Follow
from sala.catalogue.operations.following import MOST_FOLLOWED, follow, tell_followers
from sala.catalogue.operations.opening import open_due_editions
from sala.core import clock
from sala.core.errors import Missing, SignInNeeded, TooMany
from sala.core.models import Term
from sala.journal.models import Event
from sala.people.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    """told() → runs the job for every event that it is subscribed to; how many messages are new."""

    def run() -> int:
        events = Event.objects.filter(verb__in=["catalogue.publish", "catalogue.withdraw"], subject_type="dataset")
        return sum(tell_followers(event) for event in events.order_by("pk"))

    return run


def test_followers_of_dataset_topic_place_and_organisation_hear_once(world, dataset, deliver, release, told):
    topic = Term.objects.filter(scheme="topic").first()
    dataset.topics.add(topic)
    follow(world.actor("citizen"), "topic", topic.pk)
    follow(world.actor("citizen"), "place", dataset.place_id)
    follow(world.actor("stranger"), "organisation", dataset.owner.parent_id or dataset.owner_id)
    follow(world.actor("admin"), "place", world.area("02").pk)
    edition = release(deliver())
    assert told() == 2
    assert told() == 0
    message = Message.objects.get(person=world.person("citizen"))
    assert "New edition" in message.title and edition.get_absolute_url() in message.body
    assert not Message.objects.filter(person=world.person("admin")).exists()


def test_a_withdrawal_is_told_with_its_reason(world, dataset, deliver, release, told):
    edition = release(deliver())
    follow(world.actor("citizen"), "dataset", dataset.pk)
    Message.objects.all().delete()
    told()
    operations.withdraw_edition(world.actor("colleague"), edition, reason="The districts were swapped")
    told()
    withdrawn = Message.objects.filter(person=world.person("citizen"), title__startswith="Withdrawn")
    assert withdrawn.count() == 1 and "The districts were swapped" in withdrawn.get().body


def test_nobody_hears_of_what_is_not_open_to_them(world, dataset, deliver, release, told):
    follow(world.actor("citizen"), "place", dataset.place_id)
    follow(world.actor("stranger"), "place", dataset.place_id)
    type(dataset).objects.update(tier="government", restriction=Term.objects.filter(scheme="restriction").first())
    dataset.refresh_from_db()
    release(deliver())
    assert told() == 1
    assert Message.objects.get(wave__startswith="edition-").person == world.person("stranger")


def test_an_embargoed_edition_is_told_at_its_hour_and_not_before(world, dataset, deliver, told):
    follow(world.actor("citizen"), "place", dataset.place_id)
    edition = deliver()
    operations.submit_edition(world.actor("owner"), edition)
    hour = clock.now() + timedelta(hours=2)
    operations.publish_edition(world.actor("colleague"), Edition.objects.get(pk=edition.pk), not_before=hour)
    assert told() == 0
    assert open_due_editions() == 0
    with clock.fixed(hour + timedelta(seconds=30)):
        assert open_due_editions() == 1
        assert open_due_editions() == 0
        assert told() == 1


def test_the_link_of_a_message_ends_it_without_signing_in_and_only_when_pressed(
    world, visit, dataset, deliver, release, told
):
    follow(world.actor("citizen"), "place", dataset.place_id)
    release(deliver())
    told()
    body = Message.objects.get(person=world.person("citizen")).body
    link = re.search(r"/following/end/\S+", body).group(0)
    assert "Press the button" in visit().get(link).content.decode() and Follow.objects.count() == 1
    assert "Nothing more of this will be sent" in visit().post(link).content.decode()
    assert not Follow.objects.exists()
    assert visit().get(link).status_code == 404
    assert visit().get(link[:-3] + "xx/").status_code == 404


def test_following_needs_an_address_and_a_thing_one_sees(world, visit, dataset):
    with pytest.raises(SignInNeeded):
        follow(world.actor("public"), "place", dataset.place_id)
    with pytest.raises(Missing):
        follow(world.actor("citizen"), "dataset", dataset.pk)
    with pytest.raises(Missing):
        follow(world.actor("citizen"), "person", 1)
    assert visit().post(f"/following/place/{dataset.place_id}/").status_code == 401
    assert visit("citizen").post(f"/following/dataset/{dataset.pk}/").status_code == 404


def test_a_button_follows_and_ends_and_the_list_shows_it(world, visit, dataset):
    page = dataset.place.get_absolute_url()
    browser = visit("citizen")
    assert ">Follow<" in browser.get(page).content.decode()
    shown = browser.post(f"/following/place/{dataset.place_id}/", {"back": page}, follow=True).content.decode()
    assert "Follow no more" in shown
    assert str(dataset.place) in browser.get("/following/").content.decode()
    browser.post(f"/following/place/{dataset.place_id}/", {"do": "end"})
    assert not Follow.objects.exists()
    assert ">Follow<" not in visit().get(page).content.decode()


def test_there_is_an_end_to_what_one_person_follows(world):
    person = world.person("citizen")
    Follow.objects.bulk_create(
        Follow(person=person, kind="dataset", subject_id=10_000 + number, since=clock.now())
        for number in range(MOST_FOLLOWED)
    )
    with pytest.raises(TooMany):
        follow(world.actor("citizen"), "place", world.area("01").pk)
