"""The head of an office gives open work to another of its posts; a post abolished in the middle leaves work to give."""

import re

import pytest

from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.duties import operations
from sala.duties.queries import desk_rows
from sala.journal.models import Event
from sala.people import operations as people
from sala.people.models import Appointment, Message
from tests.duties.conftest import answering

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(world):
    """A second post of the office that answers calls."""
    return answering(world, "HEALTH-P01-records")


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def on_desk(world, who):
    return [row.url for row in desk_rows(world.actor(who))]


def test_the_head_gives_the_work_to_another_post_of_the_office_and_both_are_told(world, visit, issued, other):
    row = issued()
    page = visit("head").get(row.get_absolute_url()).content.decode()
    assert f"/assignments/{row.pk}/hand_on/" in page
    form = visit("head").get(f"/assignments/{row.pk}/hand_on/").content.decode()
    assert f'value="{other.pk}"' in form and f'value="{world.position("HEALTH-P01-head").pk}"' not in form
    sent = {"position": other.pk, "reason": "The holder is on leave"}
    assert visit("head").post(f"/assignments/{row.pk}/hand_on/", sent).status_code == 302
    row.refresh_from_db()
    assert (row.position, row.waits_for, row.state) == (other, other, "issued")
    assert on_desk(world, "records") == [row.get_absolute_url()] and on_desk(world, "owner") == []
    told = set(Message.objects.filter(wave__startswith="hand_on").values_list("person__email", flat=True))
    assert told == {"records@example.org", "owner@example.org"}
    event = Event.objects.filter(verb="assignments.move").get()
    assert str(other.pk) in event.text and event.position_id == world.position("HEALTH-P01-head").pk
    assert "The holder is on leave" in visit("records").get(row.get_absolute_url()).content.decode()
    operations.acknowledge(world.actor("records"), row)
    operations.submit(world.actor("records"), row, answer="124")
    with pytest.raises(NotPermitted):
        operations.acknowledge(world.actor("stranger"), row)


@pytest.mark.parametrize("who", ["owner", "colleague", "caller", "stranger"])
def test_nobody_but_the_head_gives_it_away(world, visit, issued, other, who):
    row = issued()
    with pytest.raises(NotPermitted):
        operations.hand_on(world.actor(who), row, position=other)
    assert visit(who).get(f"/assignments/{row.pk}/hand_on/").status_code in (403, 404)
    row.refresh_from_db()
    assert row.position == world.position("HEALTH-P01-data")


@pytest.mark.parametrize(("code", "words"), [
    ("LAND-P02-data", "another office"), ("HEALTH-P01-data", "already"), ("HEALTH-P01-data_publish", "may not answer"),
])  # fmt: skip
def test_only_a_post_of_the_office_that_may_answer_takes_it(world, issued, code, words):
    row = issued()
    with pytest.raises(Invalid, match=words):
        operations.hand_on(world.actor("head"), row, position=world.position(code))
    row.refresh_from_db()
    assert row.position == world.position("HEALTH-P01-data")


def test_a_post_that_checks_the_answer_or_is_asked_the_same_does_not_take_it(world, issued, other):
    checked = issued(validating_position=other)
    with pytest.raises(Invalid, match="checks"):
        operations.hand_on(world.actor("head"), checked, position=other)
    both = [operations.Asked(world.position("HEALTH-P01-data")), operations.Asked(other)]
    draft = issued(position=other).call
    call = operations.replace_call(
        world.actor("caller"), draft, kind="data-call", title=draft.title, purpose=draft.purpose,
        instruction=draft.instruction, due_on=draft.due_on,
    )  # fmt: skip
    operations.add_asked(world.actor("caller"), call, both)
    operations.issue_call(world.actor("caller"), call)
    row = call.assignments.get(position__code="HEALTH-P01-data")
    with pytest.raises(Conflict, match="already"):
        operations.hand_on(world.actor("head"), row, position=other)


def test_where_nobody_may_take_it_the_page_says_why_and_what_to_do(world, visit, issued):
    row = issued(validating_position=world.position("HEALTH-P01-data_review"))
    page = text_of(visit("head").get(f"/assignments/{row.pk}/hand_on/"))
    assert "No other post of" in page and "It checks this answer." in page and "no right to answer calls" in page
    assert "Ask the administrator" in page and row.call.reference in page and 'type="radio"' not in page
    assert f"/calls/{row.call.reference}/" in visit("head").get(f"/assignments/{row.pk}/hand_on/").content.decode()
    assert "/grants/" not in visit("head").get(f"/assignments/{row.pk}/hand_on/").content.decode()
    answer = visit("head").post(f"/assignments/{row.pk}/hand_on/", {"position": row.position_id})
    row.refresh_from_db()
    assert "No other post of" in text_of(answer) and row.position == world.position("HEALTH-P01-data")
    answering(world, "HEALTH-P01-records")
    assert "No other post of" not in text_of(visit("head").get(f"/assignments/{row.pk}/hand_on/"))


def test_an_answer_that_is_being_checked_stays_with_its_post(world, submitted, other):
    with pytest.raises(Conflict, match="Submitted"):
        operations.hand_on(world.actor("head"), submitted(), position=other)


def test_programs_give_it_on_with_the_same_rights(world, visit, issued, other):
    row = issued()
    address = f"/api/v1/assignments/{row.pk}/hand-on"
    body = {"post": other.code, "reason": "On leave"}
    assert visit("owner").post(address, body, content_type="application/json").status_code == 403
    assert visit("head").post(address, {"post": "NONE"}, content_type="application/json").status_code == 404
    answer = visit("head").post(address, body, content_type="application/json")
    assert answer.status_code == 200 and answer.json()["post"] == other.code


def test_a_post_abolished_in_the_middle_of_a_call_leaves_its_work_to_the_head_who_gives_it_on(
    world, visit, issued, other
):
    row = issued()
    operations.acknowledge(world.actor("owner"), row)
    post = row.position
    with pytest.raises(Conflict, match="holds this post"):
        people.abolish_position(world.actor("admin"), post, reason="Merged")
    Appointment.objects.filter(position=post).delete()
    people.abolish_position(world.actor("admin"), post, reason="Merged with the records office")
    row.refresh_from_db()
    assert (row.state, row.waits_for) == ("acknowledged", post)
    assert on_desk(world, "head") == [row.get_absolute_url()]
    assert visit("caller").get(row.get_absolute_url()).status_code == 200
    assert post.title["en"] in visit("caller").get(row.call.get_absolute_url()).content.decode()
    operations.hand_on(world.actor("head"), row, position=other)
    operations.submit(world.actor("records"), row, answer="124")
    operations.accept(world.actor("caller"), row)
    row.call.refresh_from_db()
    assert row.call.state == "closed" and row.call.statistics["received"] == 1
    assert [asked.position for asked in operations.copied(row.call)] == [other]
