"""What is reckoned for a page ends in time, all of it together, and leaves room for others."""

import time
from contextlib import ExitStack

import pytest
from django.contrib.gis.geos import Point
from django.db import connection

from sala.access.actor import command
from sala.core import deadline
from sala.core.errors import TooLarge
from sala.core.files import child
from sala.maps.models import Analysis
from sala.maps.queries import here
from sala.maps.queries.here import within_time
from sala.places.models import FacilityKind
from sala.places.operations.facilities import add_facility

pytestmark = pytest.mark.django_db
BY_AREA = {"place": "DM", "level": "province", "use": ["cover.layer", "slope.layer"]}


def sleep(seconds: float) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('statement_timeout') from pg_sleep(%s)", [seconds])
        return cursor.fetchone()[0]


def test_many_short_questions_together_end_as_one_long_one_does(monkeypatch):
    monkeypatch.setattr(here, "LONGEST", 1)
    usual, began = sleep(0), time.monotonic()
    with pytest.raises(TooLarge, match="smaller place"), within_time():
        for _source in range(10):
            sleep(0.3)
    assert 0.9 < time.monotonic() - began < 2 and sleep(0) == usual
    with within_time(), within_time():  # one within another has no time of its own
        sleep(0.3)
        assert int(sleep(0).removesuffix("ms")) < 750
    assert sleep(0) == usual and not deadline.is_set()


def test_a_child_gets_no_more_than_what_is_left(monkeypatch):
    monkeypatch.setattr(here, "LONGEST", 0.2)
    with pytest.raises(TooLarge), within_time():
        time.sleep(0.3)
        child.run("sala.maps.calculations.zones:summaries", [], [])


@pytest.fixture
def all_turns_taken(monkeypatch):
    monkeypatch.setattr(here, "PATIENCE", 0.05)
    with ExitStack() as held:
        for _turn in range(here.AT_ONCE):
            held.enter_context(here._turns)
        yield


def test_who_comes_when_all_turns_are_taken_is_told_to_come_again(all_turns_taken, boundaries, cover, slope, visit):
    for address, asked in (
        ("/zonal/", BY_AREA),
        ("/here/", {"place": "01"}),
        ("/here/compare/", {"place": "01", "other": "02"}),
    ):
        answer = visit().get(address, asked)
        assert answer.status_code == 429 and answer["Retry-After"] == str(here.LONGEST), address
        assert "Send it again in some seconds" in answer.content.decode()


def test_two_places_need_one_turn(boundaries, cover, visit, monkeypatch):
    monkeypatch.setattr(here, "PATIENCE", 0.05)
    with ExitStack() as held:
        for _turn in range(here.AT_ONCE - 1):
            held.enter_context(here._turns)
        answer = visit().get("/here/compare/", {"place": "01", "other": "02"})
    assert answer.status_code == 200 and len(answer.context["compared"]) == 2


def test_a_page_that_takes_too_long_says_what_to_do(boundaries, cover, slope, visit, monkeypatch):
    monkeypatch.setattr(here, "LONGEST", 0.001)
    for address, asked in (("/zonal/", BY_AREA), ("/here/", {"place": "01"})):
        answer = visit().get(address, asked)
        assert answer.status_code == 200 and "Choose a smaller place" in answer.content.decode(), address
    assert visit().get("/api/v1/here", {"place": "01"}).status_code == 413


def test_what_was_kept_is_shown_without_registers_when_they_take_too_long(world, boundaries, cover, visit, monkeypatch):
    add_facility(
        command(), kind=FacilityKind.objects.get(code="school-primary"), name={"lo": "ໂຮງຮຽນ", "en": "School"},
        area=world.area("0101"), point=Point(100.25, 20.5, srid=4326), is_invented=True,
    )  # fmt: skip
    visit("owner").post("/here/", {"place": "01", "keep": "1", "title": "Cover of 01", "owner": "HEALTH-P01"})
    kept = Analysis.objects.get().get_absolute_url()
    assert visit("owner").get(kept).context["found"]["registers"]
    monkeypatch.setattr(here, "LONGEST", 0.001)
    answer = visit("owner").get(kept)
    assert answer.status_code == 200 and answer.context["found"]["registers"] == []
