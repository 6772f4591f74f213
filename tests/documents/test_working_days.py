"""Working days are counted without weekends, standing holidays and the days off that were announced."""

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given, settings
from hypothesis import strategies as some

from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.core.language import Translated
from sala.documents import operations
from sala.documents.models import NonWorkingDay
from sala.documents.working_days import Calendar, add_working_days, is_working_day, working_days_between
from sala.people.models import Appointment, Position

pytestmark = pytest.mark.django_db

FRIDAY, MONDAY = date(2026, 4, 10), date(2026, 4, 13)
NEW_YEAR = [date(2026, 4, 14), date(2026, 4, 15), date(2026, 4, 16)]


@pytest.fixture
def ministry(world):
    Appointment.objects.create(
        person=world.person("citizen"), position=Position.objects.get(code="HEALTH-records"),
        valid=DateRange(date(2020, 1, 1), None),
    )  # fmt: skip
    return world.actor("citizen")


def enter(actor, world, day=MONDAY, owner="HEALTH", source="Notice 5, 1 April 2026"):
    name = Translated(lo="ວັນພັກຊົດເຊີຍ", en="Substitute day")
    return operations.add_non_working_day(actor, world.organisation(owner), day=day, name=name, source=source)


def test_weekends_and_public_holidays_are_left_out():
    assert is_working_day(FRIDAY) and not is_working_day(date(2026, 4, 11))
    assert not any(map(is_working_day, NEW_YEAR))
    assert add_working_days(FRIDAY, 1) == MONDAY
    assert add_working_days(FRIDAY, 2) == date(2026, 4, 17)
    assert working_days_between(FRIDAY, date(2026, 4, 17)) == 2


def test_an_announced_day_off_moves_what_is_counted_over_it(world, ministry):
    enter(ministry, world)
    assert not is_working_day(MONDAY)
    assert add_working_days(FRIDAY, 1) == date(2026, 4, 17)
    assert working_days_between(FRIDAY, date(2026, 4, 17)) == 1


def test_counting_backwards_goes_over_the_same_days():
    assert add_working_days(date(2026, 4, 17), -2) == FRIDAY
    assert working_days_between(date(2026, 4, 17), FRIDAY) == -2
    assert add_working_days(FRIDAY, 0) == FRIDAY


@settings(max_examples=60)
@given(start=some.dates(date(2024, 1, 1), date(2027, 12, 31)), count=some.integers(-60, 60))
def test_adding_and_counting_agree(start, count):
    calendar = Calendar()
    assert working_days_between(start, add_working_days(start, count, calendar), calendar) == count


def test_a_pack_that_names_no_country_still_has_its_weekends(monkeypatch):
    monkeypatch.setattr("sala.documents.working_days._country", lambda: "")
    assert is_working_day(NEW_YEAR[0]) and not is_working_day(date(2026, 4, 11))


@pytest.mark.parametrize(("who", "owner", "error"), [
    ("records", "HEALTH-P01", NotPermitted), ("stranger", "HEALTH", NotPermitted), ("public", "HEALTH", SignInNeeded),
])  # fmt: skip
def test_only_those_who_publish_for_the_whole_country_enter_a_day_off(world, who, owner, error):
    with pytest.raises(error):
        enter(world.actor(who), world, owner=owner)
    assert is_working_day(MONDAY)


def test_a_day_off_needs_its_notice_stands_once_and_is_taken_back_with_a_reason(world, ministry):
    with pytest.raises(Invalid):
        enter(ministry, world, source=" ")
    row = enter(ministry, world)
    with pytest.raises(Conflict):
        enter(ministry, world)
    with pytest.raises(Invalid):
        operations.remove_non_working_day(ministry, row, reason="")
    operations.remove_non_working_day(ministry, row, reason="Called off by notice 6")
    assert is_working_day(MONDAY) and not NonWorkingDay.objects.exists()


@pytest.mark.parametrize("who", ["public", "owner", "colleague", "stranger"])
def test_everyone_reads_the_days_off_of_a_year(world, ministry, visit, who):
    enter(ministry, world)
    text = visit(who).get("/working-days/2026/").content.decode()
    assert "Substitute day" in text and "Notice 5" in text and "Lao New Year" in text
    assert "Take back" not in text
    assert visit(who).get("/working-days/1500/").status_code == 404


def test_a_day_off_is_entered_and_taken_back_on_its_pages(ministry, visit):
    browser = visit("citizen")
    sent = {"owner": "HEALTH", "day": "2026-04-13", "name_lo": "ວັນພັກ", "name_en": "", "source": "Notice 5"}
    assert browser.post("/working-days/add/", sent).status_code == 302
    row = NonWorkingDay.objects.get()
    assert "Take back" in browser.get("/working-days/2026/").content.decode()
    assert visit("records").post(f"/working-days/entries/{row.pk}/remove/", {"reason": "x"}).status_code == 403
    assert browser.post(f"/working-days/entries/{row.pk}/remove/", {"reason": "Called off"}).status_code == 302
    assert not NonWorkingDay.objects.exists()
