"""The release calendar: announced in advance, moved only with a reason, kept when the edition comes, open at its hour."""

from datetime import timedelta

import pytest

from sala.access.scope import visible
from sala.catalogue import operations
from sala.catalogue.models import Edition, PlannedRelease
from sala.catalogue.operations.announcing import announce_release, call_off_release, move_release
from sala.catalogue.operations.opening import open_due_editions
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.journal.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def soon():
    return clock.today() + timedelta(days=20)


def test_an_announced_edition_stands_in_calendar_page_and_api_and_is_kept_when_it_comes(
    world, visit, dataset, deliver, release, soon
):
    release(deliver(period="2023"))
    dataset.refresh_from_db()
    answer = visit("colleague").post(
        f"{dataset.get_absolute_url()}releases/new/", {"period": "2024", "day": soon.isoformat()}, follow=True
    )
    assert "Announced." in answer.content.decode()
    assert "Clinics of Phuthong" in visit().get("/releases/").content.decode()
    assert f"release-{PlannedRelease.objects.get().pk}@" in visit().get("/calendar.ics").content.decode()
    assert visit().get("/api/v1/releases").json()[0]["state"] == "planned"
    release(deliver(text="code;year;clinics\n0101;2024;15\n", period="2024"))
    assert visit().get("/api/v1/releases").json()[0]["state"] == "kept"


def test_what_is_not_open_is_not_announced_to_others(world, visit, dataset, soon):
    announce_release(world.actor("colleague"), dataset, period="2024", day=soon)
    assert "Clinics of Phuthong" not in visit("stranger").get("/releases/").content.decode()
    assert visit().get("/api/v1/releases").json() == []
    assert "Clinics of Phuthong" not in visit().get("/calendar.ics").content.decode()
    assert "Clinics of Phuthong" in visit("owner").get("/releases/").content.decode()


def test_only_who_publishes_announces_and_each_period_once(world, visit, dataset, soon):
    with pytest.raises(NotPermitted):
        announce_release(world.actor("owner"), dataset, period="2024", day=soon)
    with pytest.raises(Invalid):
        announce_release(world.actor("colleague"), dataset, period="2024", day=clock.today())
    with pytest.raises(Invalid):
        announce_release(world.actor("colleague"), dataset, period="someday", day=soon)
    announce_release(world.actor("colleague"), dataset, period="2024", day=soon)
    with pytest.raises(Conflict):
        announce_release(world.actor("colleague"), dataset, period="2024", day=soon)
    assert visit("owner").get(f"{dataset.get_absolute_url()}releases/new/").status_code == 403


def test_a_moved_day_keeps_the_first_one_and_the_reason(world, visit, dataset, soon):
    row = announce_release(world.actor("colleague"), dataset, period="2024", day=soon)
    with pytest.raises(Invalid):
        move_release(world.actor("colleague"), row, day=soon + timedelta(days=5), reason=" ")
    later = soon + timedelta(days=5)
    visit("colleague").post(f"/releases/{row.pk}/move/", {"day": later.isoformat(), "reason": "Flood in two districts"})
    row.refresh_from_db()
    assert (row.day, row.first_day) == (later, soon)
    page = visit("owner").get("/releases/").content.decode()
    assert "Flood in two districts" in page and "first announced for" in page
    assert visit("stranger").post(f"/releases/{row.pk}/move/", {}).status_code == 404
    call_off_release(world.actor("colleague"), row, reason="No survey this year")
    with pytest.raises(Conflict):
        move_release(world.actor("colleague"), row, day=later, reason="After all")


def test_an_edition_opens_at_its_hour_by_itself_and_that_is_recorded_and_found(world, visit, dataset, deliver):
    hour = clock.now() + timedelta(hours=3)
    edition = deliver()
    operations.submit_edition(world.actor("owner"), edition)
    operations.publish_edition(world.actor("colleague"), Edition.objects.get(pk=edition.pk), not_before=hour)
    address = edition.get_absolute_url()
    assert visit().get(address).status_code == 404
    assert visit().get("/api/v1/search?q=Phuthong&noun=dataset").json()["count"] == 0
    with clock.fixed(hour + timedelta(minutes=1)):
        assert visible(world.actor("public"), Edition).filter(pk=edition.pk).exists()
        assert visit().get(address).status_code == 200
        assert open_due_editions() == 1
        assert visit().get("/api/v1/search?q=Phuthong&noun=dataset").json()["count"] == 1
    event = Event.objects.latest("pk")
    assert event.content()["change"] == "edition released" and event.subject_id == dataset.pk
    assert Edition.objects.get(pk=edition.pk).released_at == hour + timedelta(minutes=1)


def test_a_withdrawn_edition_does_not_open(world, dataset, deliver):
    hour = clock.now() + timedelta(hours=3)
    edition = deliver()
    operations.submit_edition(world.actor("owner"), edition)
    operations.publish_edition(world.actor("colleague"), Edition.objects.get(pk=edition.pk), not_before=hour)
    operations.withdraw_edition(world.actor("colleague"), Edition.objects.get(pk=edition.pk), reason="Wrong file")
    with clock.fixed(hour + timedelta(minutes=1)):
        assert open_due_editions() == 0
