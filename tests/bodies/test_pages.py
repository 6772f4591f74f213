"""The pages and the API: every page opens for those it is for, every button does what the operation does."""

import pytest

from sala.bodies import operations
from sala.bodies.models import Body, Meeting
from sala.core import clock
from sala.core.language import Translated

from .conftest import at

pytestmark = pytest.mark.django_db


def answers(browser, *addresses):
    return {address: browser.get(address).status_code for address in addresses}


@pytest.mark.parametrize("language", ["lo", "en"])
def test_every_page_of_a_meeting_that_was_held_opens_for_its_secretary(world, given_out, visit, language):
    action = given_out()
    meeting, browser = action.meeting, visit("secretary", language)
    at, item = meeting.get_absolute_url(), action.decision.item
    pages = [
        "/bodies/", "/bodies/new/", "/meetings/", at, f"{at}agenda/", f"{at}attendance/", f"{at}invite/", f"{at}minutes/",
        f"{at}minutes/circulate/", f"{at}report/", f"/items/{item.pk}/decide/", f"/decisions/{action.decision.pk}/actions/new/",
        f"/actions/{action.pk}/give-out/", "/projects/", "/projects/new/", "/courses/", "/courses/new/",
        *(f"{meeting.body.get_absolute_url()}{page}" for page in ("", "edit/", "seats/new/", "dissolve/", "series/new/", "meetings/new/")),
        f"/seats/{meeting.body.seats.first().pk}/end/", "/places/01/", world.position("GOV-head").get_absolute_url(),
    ]  # fmt: skip
    assert {address: status for address, status in answers(browser, *pages).items() if status != 200} == {}


def test_every_page_of_a_meeting_ahead_opens_for_its_secretary_and_forms_for_nobody_else(world, drafted, visit):
    meeting = drafted()
    item, guest = meeting.items.get(), meeting.participants.first()
    at = meeting.get_absolute_url()
    forms = [
        f"{at}edit/", f"{at}call/", f"{at}cancel/", f"{at}items/new/", f"{at}invite/", f"/items/{item.pk}/edit/",
        f"/items/{item.pk}/remove/", f"/items/{item.pk}/papers/new/", f"/participants/{guest.pk}/remove/",
    ]  # fmt: skip
    assert set(answers(visit("secretary"), *forms).values()) == {200}
    assert set(answers(visit("stranger"), at, *forms).values()) == {404}
    operations.call_meeting(world.actor("secretary"), meeting)
    assert set(answers(visit("member"), *forms).values()) == {403}
    assert set(answers(visit(), *forms).values()) == {401}


def test_the_page_of_a_draft_says_all_that_is_missing(world, visit):
    actor = world.actor("secretary")
    body = operations.establish_body(
        actor, world.organisation("GOV"), kind="committee", name=Translated({"lo": "ຄະນະ"}), area=world.area("DM")
    )
    meeting = operations.draft_meeting(actor, body, title=Translated({"lo": "ປະຊຸມ"}), starts_at=at(30))
    page = visit("secretary").get(meeting.get_absolute_url()).content.decode()
    for advice in ("where the meeting is", "at least one item", "at least one office"):
        assert advice in page
    assert "go-call" not in page


def test_a_meeting_of_the_past_is_entered_on_the_page(committee, visit):
    body = committee()
    sent = {"title_lo": "ກອງປະຊຸມເກົ່າ", "starts_at": "2021-11-23T09:00", "tier": "public"}
    page = visit("secretary").post(f"{body.get_absolute_url()}meetings/past/", sent)
    assert page["Location"] == "/meetings/M-2021-0001/" and Meeting.objects.get().state == "held"


def test_a_link_changes_nothing_and_a_button_does(world, drafted, visit):
    meeting, browser = drafted(), visit("secretary")
    browser.get(f"{meeting.get_absolute_url()}call/")
    meeting.refresh_from_db()
    assert meeting.state == "draft"
    assert browser.post(f"{meeting.get_absolute_url()}call/").status_code == 302
    meeting.refresh_from_db()
    assert meeting.state == "called"


def test_too_short_a_notice_is_told_on_the_page_and_nothing_that_was_typed_is_lost(drafted, visit):
    meeting = drafted(days=3)
    page = visit("secretary").post(f"{meeting.get_absolute_url()}call/").content.decode()
    assert "5 working days" in page
    edited = (
        visit("secretary").post(f"{meeting.get_absolute_url()}edit/", {"title_en": "Only English"}).content.decode()
    )
    assert "Only English" in edited and 'role="alert"' in edited
    assert Meeting.objects.get().state == "draft"


def test_minutes_are_hidden_on_the_page_until_they_are_approved(world, circulated, visit):
    minutes = circulated()
    address = minutes.meeting.get_absolute_url()
    assert "The meeting agreed" not in visit("stranger").get(address).content.decode()
    assert "The meeting agreed" in visit("member").get(address).content.decode()
    for who in ("chair", "member"):
        assert visit(who).post(f"{address}minutes/endorse/", {"digest": minutes.digest}).status_code == 302
    assert "The meeting agreed" in visit().get(address).content.decode()


def test_what_was_typed_into_minutes_is_shown_as_text(world, written, visit):
    minutes = written()
    operations.write_minutes(world.actor("secretary"), minutes, summary=Translated({"lo": "<script>alert(1)</script>"}))
    operations.circulate_minutes(world.actor("secretary"), minutes, chain=[world.position("GOV-head")])
    page = visit("chair").get(f"{minutes.meeting.get_absolute_url()}minutes/endorse/").content.decode()
    assert "<script>alert(1)" not in page and "&lt;script&gt;" in page


def test_minutes_to_endorse_wait_on_the_desk_of_the_post_whose_turn_it_is(world, circulated, visit):
    circulated()
    assert "Minutes to endorse" in visit("chair").get("/desk/").content.decode()
    assert "Minutes to endorse" not in visit("member").get("/desk/").content.decode()


def test_who_sat_in_a_body_before_stays_readable(world, committee, visit):
    body = committee()
    operations.end_seat(world.actor("secretary"), body.seats.get(position__code="LAND-head"), on=clock.today())
    page = visit().get(body.get_absolute_url()).content.decode()
    assert "Ministry of Land" in page.split("Earlier members")[1].split("</details>")[0]


def test_a_body_is_set_up_on_the_page(visit, world):
    browser = visit("secretary")
    names = (
        ("name_lo", "name_en")
        if 'name="name_lo"' in browser.get("/bodies/new/").content.decode()
        else ("name_0", "name_1")
    )
    sent = {
        "kind": "committee",
        names[0]: "ຄະນະ",
        names[1]: "Well board",
        "secretariat": "GOV",
        "area": "DM",
        "tier": "public",
    }
    assert browser.post("/bodies/new/", sent)["Location"] == "/bodies/well-board/"
    sent["area"] = "nowhere"
    assert browser.post("/bodies/new/", sent).status_code == 200 and Body.objects.count() == 1


def test_a_form_begins_with_days_that_a_date_box_understands(committee, visit):
    """In both languages: a box of type date takes 2026-03-31 only, and stays empty otherwise."""
    body = committee(set_up_on=clock.today())
    for language in ("lo", "en"):
        for page in ("edit/", "seats/new/"):
            html = visit("secretary", language).get(f"{body.get_absolute_url()}{page}").content.decode()
            assert f'value="{clock.today():%Y-%m-%d}"' in html, (language, page)


def test_attendance_takes_lao_digits_and_refuses_what_is_no_count(held, visit):
    meeting = held()
    row = meeting.participants.first()
    at = f"{meeting.get_absolute_url()}attendance/"
    assert visit("secretary").post(at, {f"women_{row.pk}": "໑໒", f"men_{row.pk}": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.women, row.men) == (12, 0)
    assert visit("secretary").post(at, {f"women_{row.pk}": "1.5"}).status_code == 200


def test_the_api_gives_bodies_meetings_projects_and_courses_as_the_pages_do(world, given_out, visit):
    action = given_out()
    meeting = action.meeting
    found = visit().get(f"/api/v1/bodies/{meeting.body.slug}").json()
    assert len(found["seats"]) == 6 and found["decisions"][0]["actions"][0]["state"] == "issued"
    found = visit().get(f"/api/v1/meetings/{meeting.reference}").json()
    assert [item["outcome"] for item in found["agenda"]] == ["decided"] and len(found["participants"]) == 6
    for noun in ("bodies", "meetings", "projects", "courses"):
        assert visit().get(f"/api/v1/{noun}").json()["count"] == (1 if noun in ("bodies", "meetings") else 0)
    assert visit().get("/api/v1/meetings/M-1999-0001").status_code == 404


def test_pages_ask_no_more_queries_with_more_rows(world, committee, drafted, visit, django_assert_max_num_queries):
    body, browser = committee(), visit("secretary")
    for days in range(30, 50):
        drafted(body, days=days)
    browser.get(body.get_absolute_url())
    with django_assert_max_num_queries(60):
        browser.get(body.get_absolute_url())
    with django_assert_max_num_queries(40):
        browser.get("/meetings/")
