"""Who owes what: one owner a day, dated, on a legal basis; what a reader may not see is not named."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from sala.core.errors import Conflict, Invalid, Missing, NotPermitted, SignInNeeded
from sala.duties import operations
from sala.duties.models import Duty
from sala.duties.queries import duties_of, without_owner
from sala.journal.models import Event
from sala.site.models import Portal

pytestmark = pytest.mark.django_db
START = date(2026, 1, 1)


@pytest.fixture
def portal(db):
    return Portal.objects.first()


def named(world, subject, who="command", post="HEALTH-P01-data", kind="owns", start=START, **more):
    return operations.assign_duty(
        world.actor(who), world.position(post), kind=kind, subject=subject, start=start, **more
    )  # fmt: skip


def test_a_duty_is_named_with_its_basis_and_journalled(world):
    duty = named(world, world.area("01"), "owner", kind="reports", basis="Decree 1, article 5", area=world.area("01"))
    assert list(duties_of(world.position("HEALTH-P01-data"), START)) == [duty]
    event = Event.objects.get(subject_type="duty", subject_id=duty.pk)
    assert event.verb == "duties.edit" and "Decree 1, article 5" in event.text


def test_a_second_owner_in_the_same_time_is_refused_by_name(world, portal):
    named(world, portal)
    with pytest.raises(Conflict, match="Data contact point"):
        named(world, portal, post="LAND-P02-data", start=date(2027, 1, 1))
    assert Duty.objects.count() == 1


def test_another_kind_another_area_and_a_later_time_are_no_second_owner(world, portal):
    first = named(world, portal)
    named(world, portal, post="LAND-P02-data", kind="reports")
    named(world, portal, post="LAND-P02-data", area=world.area("02"))
    operations.end_duty(world.actor("command"), first, on=date(2027, 1, 1))
    named(world, portal, post="LAND-P02-data", start=date(2027, 1, 1))
    with pytest.raises(Conflict):
        named(world, portal, post="HEALTH-P01-data", start=date(2027, 1, 1), area=world.area("02"))


def test_the_database_itself_refuses_two_owners(world, portal):
    duty = named(world, portal)
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.create(
            position=world.position("LAND-P02-data"), kind="owns", subject_type="portal", subject_id=portal.pk,
            valid=DateRange(duty.valid.lower, None),
        )  # fmt: skip


def test_the_same_duty_twice_is_told(world):
    named(world, world.area("01"), kind="reports")
    with pytest.raises(Conflict, match="already"):
        named(world, world.area("01"), kind="reports")


@pytest.mark.parametrize("who", ["stranger", "colleague", "citizen"])
def test_who_may_not_name_duties_of_the_post_does_not(world, who):
    with pytest.raises(NotPermitted):
        named(world, world.area("01"), who, kind="reports")
    assert not Duty.objects.exists()


def test_the_public_is_asked_to_sign_in(world):
    with pytest.raises(SignInNeeded):
        named(world, world.area("01"), "public", kind="reports")


def test_nobody_takes_ownership_of_what_belongs_to_another_organisation(world):
    theirs, own = world.organisation("LAND-P02"), world.organisation("HEALTH-P01")
    with pytest.raises(NotPermitted, match="another organisation"):
        named(world, theirs, "owner")
    named(world, theirs, "owner", kind="reports")
    assert named(world, own, "owner").kind == "owns"


def test_what_is_not_seen_cannot_be_a_duty(world, drafted):
    with pytest.raises(Missing):
        named(world, drafted(), "owner", kind="reports")


def test_dates_that_cannot_be_are_sent_back(world):
    with pytest.raises(Invalid):
        named(world, world.area("01"), kind="reports", end=START)
    duty = named(world, world.area("01"), kind="reports")
    with pytest.raises(Invalid):
        operations.end_duty(world.actor("owner"), duty, on=START)
    operations.end_duty(world.actor("owner"), duty, on=date(2026, 6, 1))
    with pytest.raises(Conflict):
        operations.end_duty(world.actor("owner"), duty, on=date(2026, 7, 1))
    assert not duties_of(world.position("HEALTH-P01-data"), date(2026, 6, 1)).exists()
    assert duties_of(world.position("HEALTH-P01-data"), date(2026, 5, 31)).exists()


def test_what_has_no_owner_is_listed_until_one_is_named(world, portal):
    def ownerless():
        return {subject.noun: list(rows) for subject, rows in without_owner(world.actor("command"))}

    assert portal in ownerless()["portal"]
    named(world, portal, start=date(2020, 1, 1))
    assert portal not in ownerless()["portal"]


def test_the_list_shows_posts_to_all_and_a_closed_subject_only_to_who_sees_it(world, visit, issued):
    call = issued().call
    named(world, call, kind="validates", start=date(2020, 1, 1), basis="Decree 1")
    for who, sees_it in [("owner", True), ("colleague", True), ("stranger", False), ("public", False)]:
        page = visit(who).get("/duties/").content.decode()
        assert "Data contact point" in page and "Decree 1" in page
        assert (call.reference in page) is sees_it
        assert ("not open to you" in page) is not sees_it
        assert "/access/ask/" not in page
    elsewhere = visit("member").get("/duties/").content.decode()
    assert "not open to you" in elsewhere and "/access/ask/" in elsewhere


def test_the_list_is_narrowed_by_kind_noun_place_and_office(world, visit):
    named(world, world.area("01"), kind="reports", start=date(2020, 1, 1), basis="first basis")
    named(world, world.area("02"), post="LAND-P02-data", kind="maintains", start=date(2020, 1, 1), basis="second basis")
    for query in ("kind=reports", "place=01", "office=HEALTH", "post=health-p01-data"):
        page = visit().get(f"/duties/?{query}").content.decode()
        assert "first basis" in page and "second basis" not in page
    assert "first basis" not in visit().get("/duties/?noun=portal").content.decode()


def test_the_list_and_the_matrix_take_words_and_offer_what_they_may_mean(world, visit):
    named(world, world.area("01"), kind="reports", start=date(2020, 1, 1), basis="first basis")
    office = world.organisation("HEALTH-P01")
    for address in ("/duties/", "/duties/matrix/"):
        offered = visit().get(f"{address}?office=health p01").content.decode()
        assert f'value="{office.pk}"' in offered and "first basis" not in offered
        found = visit().get(
            f"{address}?office=health p01&office-shown=health p01&office-offered={office.pk}&office-pick={office.pk}"
        )
        assert "Data contact point" in found.content.decode()
        assert "Nothing was found" in visit().get(f"{address}?place=nowhere").content.decode()


def test_a_duty_is_named_and_ended_on_the_pages(world, visit):
    browser = visit("owner")
    answer = browser.post("/duties/new/", {"position": "health-p01-data", "kind": "reports", "subject": "area 1x",
                                           "start": "2026-01-01"})  # fmt: skip
    assert "Nothing was found" in answer.content.decode()
    answer = browser.post("/duties/new/", {"position": "health-p01-data", "kind": "reports",
                                           "subject": f"/journal/area/{world.area('01').pk}/", "start": "2026-01-01"})  # fmt: skip
    duty = Duty.objects.get()
    assert answer["Location"] == duty.get_absolute_url()
    assert browser.get(duty.get_absolute_url()).status_code == 200
    browser.post(f"/duties/{duty.pk}/end/", {"on": "2026-05-01", "reason": "moved"})
    duty.refresh_from_db()
    assert duty.valid.upper == date(2026, 5, 1)
    assert visit("stranger").post(f"/duties/{duty.pk}/end/", {"on": "2026-06-01"}).status_code == 403
    assert visit("citizen").get("/duties/new/").status_code == 403
    assert visit().get("/duties/new/").status_code == 401


def test_a_word_instead_of_a_code_is_answered_with_the_codes_it_may_mean(visit):
    answer = visit("owner").post("/duties/new/", {"position": "data HEALTH-P01", "kind": "reports", "subject": "area:1",
                                                  "start": "2026-01-01"})  # fmt: skip
    assert "HEALTH-P01-data" in answer.content.decode()
    assert not Duty.objects.exists()


def test_the_page_of_a_post_shows_what_it_owes_and_that_it_is_vacant(world, visit):
    named(world, world.area("01"), kind="reports", start=date(2020, 1, 1), basis="Decree 1")
    named(world, world.area("01"), post="HEALTH-P01-calls", kind="approves", start=date(2020, 1, 1))
    held, vacant = visit().get("/posts/HEALTH-P01-data/"), visit().get("/posts/HEALTH-P01-calls/")
    assert "Reports" in held.content.decode() and "Decree 1" in held.content.decode()
    assert "Nobody holds this post today" in vacant.content.decode()
    assert "Nobody holds this post today" not in held.content.decode()
    assert "Name a duty" in visit("owner").get("/posts/HEALTH-P01-data/").content.decode()
    assert "Name a duty" not in held.content.decode()
