"""The year's due dates on one page, a public feed, and an address for one post that opens nothing else."""

from datetime import timedelta

import icalendar
import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from sala.core import clock
from sala.core.language import Translated
from sala.documents.working_days import add_working_days
from sala.duties import operations
from sala.people import operations as people
from sala.people.models import ApiToken, Appointment
from tests.duties.conftest import drafted, issued

pytestmark = pytest.mark.django_db
__all__ = ["drafted", "issued"]


def events(response) -> dict:
    """Identifier without the host → event, read by the library's own parser."""
    assert response.status_code == 200 and response["Content-Type"].startswith("text/calendar")
    parsed = icalendar.Calendar.from_ical(response.content)
    return {str(event["UID"]).partition("@")[0]: event for event in parsed.walk("VEVENT")}


@pytest.fixture
def public_call(world, issued):
    due = add_working_days(clock.today(), 30)
    title = Translated(
        {"lo": "ຂໍຂໍ້ມູນການເກີດ ຂອງທຸກເມືອງ, ທຸກແຂວງ; ແລະ ທຸກບ້ານ ໃນທົ່ວປະເທດ", "en": "Births, of all places; yearly"}
    )
    return issued(is_public=True, due_on=due, title=title).call


def test_the_public_feed_holds_public_calls_only_whoever_asks(visit, issued, public_call):
    hidden = issued().call
    for who in ("public", "owner", "caller"):
        found = events(visit(who).get("/calendar.ics"))
        assert f"call-{public_call.pk}" in found and f"call-{hidden.pk}" not in found
    event = events(visit().get("/calendar.ics"))[f"call-{public_call.pk}"]
    assert event.decoded("dtstart") == public_call.due_on
    assert event.decoded("dtend") == public_call.due_on + timedelta(days=1)
    assert str(event["SUMMARY"]) == "Due: Births, of all places; yearly"
    assert str(event["URL"]).endswith(public_call.get_absolute_url())


def test_lines_of_the_feed_are_folded_at_75_octets_without_breaking_a_letter(visit, public_call):
    raw = visit(language="lo").get("/calendar.ics?lang=lo").content
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 75 and any(line.startswith(b" ") for line in lines)
    assert all(line.decode("utf-8") is not None for line in lines)
    event = events(visit(language="lo").get("/calendar.ics?lang=lo"))[f"call-{public_call.pk}"]
    assert public_call.title["lo"] in str(event["SUMMARY"])


def test_a_withdrawn_call_and_a_draft_stand_in_no_calendar(world, visit, drafted, public_call):
    draft = drafted(is_public=True)
    operations.withdraw_call(world.actor("caller"), public_call, reason="Asked twice")
    assert events(visit().get("/calendar.ics")) == {}
    page = visit("caller").get(f"/calendar/?year={draft.due_on.year}").content.decode()
    assert draft.reference not in page and public_call.reference not in page


def test_the_page_lists_a_year_for_what_the_reader_may_see(visit, issued, public_call):
    hidden = issued().call
    for who, count in (("caller", 2), ("owner", 2), ("stranger", 1), ("public", 1)):
        pages = [
            visit(who).get(f"/calendar/?year={year}").content.decode()
            for year in {hidden.due_on.year, public_call.due_on.year}
        ]
        assert sum(call.get_absolute_url() in page for page in pages for call in (hidden, public_call)) == count, who
    assert visit().get("/calendar/").status_code == 200
    assert visit().get("/calendar/?year=9999").status_code == 404
    assert visit().get("/calendar/?year=next").status_code == 200


def address_of(browser, code="HEALTH-P01-data") -> str:
    page = browser.post(f"/posts/{code}/calendar/")
    assert page.status_code == 200
    return "/calendar/" + page.content.decode().partition("/calendar/sala_")[2].partition(".ics")[0].join(
        ["sala_", ".ics"]
    )


def test_the_address_of_a_post_holds_its_open_work_and_follows_changes(world, visit, issued):
    assignment, other = issued(), issued(position=world.position("LAND-P02-data"))
    address = address_of(visit("owner"))
    found = events(visit().get(address))
    assert set(found) == {f"assignment-{assignment.pk}"} and f"assignment-{other.pk}" not in found
    until = add_working_days(assignment.due_on, 4)
    asked = operations.ask_extension(world.actor("owner"), assignment, until=until, reason="Census")
    operations.decide_extension(world.actor("caller"), asked, granted=True)
    assert events(visit().get(address))[f"assignment-{assignment.pk}"].decoded("dtstart") == until
    checks = events(visit().get(address_of(visit("caller"), "STAT-calls")))
    assert set(checks) == {f"call-{assignment.call_id}", f"call-{other.call_id}"}
    operations.withdraw_call(world.actor("caller"), assignment.call, reason="Asked twice")
    assert events(visit().get(address)) == {}


def test_the_secret_of_a_calendar_opens_nothing_else(visit, issued):
    assignment = issued()
    secret = address_of(visit("owner")).removeprefix("/calendar/").removesuffix(".ics")
    robot = visit()
    robot.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    assert robot.get(assignment.get_absolute_url()).status_code == 401
    assert visit().get(assignment.get_absolute_url()).status_code == 404


def test_a_token_of_the_interface_opens_no_calendar(world, visit):
    _token, secret = people.make_token(
        world.actor("owner"), world.position("HEALTH-P01-data"), name="robot", verbs=[], days=5
    )
    assert visit().get(f"/calendar/{secret}.ics").status_code == 404
    assert visit().get("/calendar/sala_nothing.ics").status_code == 404


def test_an_address_is_made_for_ones_own_post_and_withdrawn(visit):
    assert visit("stranger").post("/posts/HEALTH-P01-data/calendar/").status_code == 403
    assert visit("public").post("/posts/HEALTH-P01-data/calendar/").status_code == 401
    address = address_of(visit("owner"))
    token = ApiToken.objects.get()
    assert token.verbs == ["calendar.read"]
    assert "No token" not in visit("owner").get("/posts/HEALTH-P01-data/calendar/").content.decode()
    assert visit("stranger").post(f"/posts/HEALTH-P01-data/calendar/{token.pk}/revoke/").status_code in (403, 404)
    assert visit().get(address).status_code == 200
    assert visit("owner").post(f"/posts/HEALTH-P01-data/calendar/{token.pk}/revoke/").status_code == 302
    assert visit().get(address).status_code == 404


def test_an_address_ends_with_the_holder_who_made_it(world, visit):
    address = address_of(visit("owner"))
    ApiToken.objects.update(made_at=clock.now() - timedelta(days=9))
    assert visit().get(address).status_code == 200
    day = clock.today()
    Appointment.objects.filter(position__code="HEALTH-P01-data").update(valid=DateRange(day - timedelta(days=90), day))
    Appointment.objects.create(
        position=world.position("HEALTH-P01-data"), person=world.person("stranger"), valid=DateRange(day, None)
    )
    assert visit().get(address).status_code == 404
