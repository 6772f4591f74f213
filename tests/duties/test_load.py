"""Before a call is issued its author sees what it adds to each office; a head sees who asks how much of the year."""

from datetime import timedelta

import pytest

from sala.core import clock
from sala.duties import operations
from sala.duties.models import Call
from sala.duties.queries.load import asked_of_office, load_of_call, posts_of_office, units_of_office
from sala.people.models import Appointment

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(world):
    """Two posts in two offices."""
    return [operations.Asked(world.position(code)) for code in ("HEALTH-P01-data", "LAND-P02-data")]


def by_code(load):
    return {row.office.code: row for row in load.shown}


def test_a_draft_shows_what_lies_on_its_offices_and_what_it_adds(world, drafted, issued, asked):
    issued(minutes=90)
    far = issued(minutes=30, due_on=clock.today() + timedelta(days=100))
    operations.withdraw_call(world.actor("caller"), issued(minutes=600).call, reason="Asked twice")
    call = drafted(asked=asked, minutes=120)
    load = load_of_call(call, call.due_on)
    health, land = by_code(load)["HEALTH-P01"], by_code(load)["LAND-P02"]
    assert (health.open, health.near, health.minutes, health.adds) == (2, 1, 120, 120)
    assert (land.open, land.near, land.minutes, land.adds, land.vacant) == (0, 0, 0, 120, 0)
    assert (load.asked, load.near, load.adds, load.vacant) == (2, 1, 240, 0)
    assert [row.office.code for row in load.shown] == ["HEALTH-P01", "LAND-P02"]
    Appointment.objects.filter(position__code="LAND-P02-data").delete()
    assert by_code(load_of_call(call, far.due_on))["LAND-P02"].vacant == 1


def test_the_load_takes_as_many_queries_for_many_offices_as_for_one(world, drafted, django_assert_num_queries):
    posts = list(world.position("HEALTH-P01-data").__class__.objects.filter(code__endswith="-data", closed_on=None))
    one, many = drafted(), drafted(asked=[operations.Asked(post) for post in posts])
    assert len(posts) > 5
    for call in (one, many):
        with django_assert_num_queries(4):
            load_of_call(call, call.due_on)


def test_the_issue_page_shows_the_load_and_an_issued_call_does_not(visit, drafted, issued, asked):
    issued(minutes=90)
    call = drafted(asked=asked, minutes=120)
    page = visit("caller").get(f"/calls/{call.reference}/issue/").content.decode()
    assert 'id="load"' in page and "/organisations/HEALTH-P01/load/" in page
    assert "1.5 + 2" in page
    assert "not said" in visit("caller").get(f"/calls/{drafted().reference}/issue/").content.decode()


def test_an_office_sees_what_waits_for_its_posts_and_hours_asked_by_asker(world, visit, issued, submitted):
    issued(minutes=90)
    issued(due_on=clock.today() + timedelta(days=100))
    done = submitted(minutes=60)
    operations.accept(world.actor("caller"), done)
    office = world.organisation("HEALTH-P01")
    rows = {row.post.code: row for row in posts_of_office(office)}
    data = rows["HEALTH-P01-data"]
    assert (data.open, data.late) == (2, 0) and data.post.is_held
    later = clock.today() + timedelta(days=60)
    late = next(row for row in posts_of_office(office, later) if row.post.code == "HEALTH-P01-data")
    assert (late.late, late.soon) == (1, 0)
    years = asked_of_office(office)
    assert [(row["year"], row["asker"].code, row["calls"], row["answers"], row["minutes"], row["untold"]) for row in years] == [
        (clock.today().year, "STAT", 3, 3, 150, 1),
    ]  # fmt: skip
    above = world.organisation("HEALTH")
    assert [(row["office"].code, row["open"]) for row in units_of_office(above)] == [("HEALTH-P01", 2)]
    page = visit("head").get("/organisations/HEALTH-P01/load/").content.decode()
    assert "Statistics Bureau" in page and "2.5" in page


def test_the_load_is_open_to_the_office_and_those_above_it(visit, issued):
    issued()
    address = "/organisations/HEALTH-P01/load/"
    seen = {who: visit(who).get(address).status_code for who in ("owner", "head", "caller", "stranger", "public")}
    assert seen == {"owner": 200, "head": 200, "caller": 200, "stranger": 403, "public": 401}
    assert address in visit("head").get("/organisations/HEALTH-P01/").content.decode()
    assert address not in visit("public").get("/organisations/HEALTH-P01/").content.decode()


def test_a_draft_is_no_load_yet(world, drafted):
    drafted(minutes=500)
    assert asked_of_office(world.organisation("HEALTH-P01")) == []
    assert Call.objects.count() == 1


def test_programs_read_the_load_of_an_office_with_the_same_rights(visit, issued):
    issued(minutes=90)
    answer = visit("head").get("/api/v1/organisations/HEALTH-P01/load").json()
    assert {"post": "HEALTH-P01-data", "held": True, "open": 1, "late": 0, "due_within_four_weeks": 0} in answer[
        "posts"
    ]
    assert [(row["asker"], row["minutes"], row["without_estimate"]) for row in answer["asked"]] == [("STAT", 90, 0)]
    assert visit("stranger").get("/api/v1/organisations/HEALTH-P01/load").status_code == 403
