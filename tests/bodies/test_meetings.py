"""A meeting from its preparation to the day it is held: notice, invitation, agenda, who came."""

import pytest

from sala.access.scope import visible
from sala.bodies import operations
from sala.bodies.models import Meeting
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.language import Translated
from sala.people.models import Message

from .conftest import at

pytestmark = pytest.mark.django_db


def test_every_post_with_a_seat_is_invited_and_the_observer_as_a_guest(drafted):
    meeting = drafted()
    invited = {row.position.code: row.is_guest for row in meeting.participants.all()}
    assert len(invited) == 6 and invited["STAT-head"] and not invited["LAND-head"]


def test_references_are_counted_within_the_year_of_the_meeting(drafted, committee):
    body = committee()
    first, second, later = drafted(body, days=30), drafted(body, days=30), drafted(body, days=30 + 366)
    assert first.reference == f"M-{first.day.year}-0001" and second.reference == f"M-{second.day.year}-0002"
    assert later.day.year > first.day.year and later.reference == f"M-{later.day.year}-0001"


def test_only_the_secretariat_prepares_a_meeting(world, committee):
    body = committee()
    for who in ("chair", "stranger", "owner"):
        with pytest.raises(NotPermitted):
            operations.draft_meeting(world.actor(who), body, title=Translated({"lo": "ກ"}), starts_at=at(30))
    assert not Meeting.objects.exists()


def test_a_meeting_is_not_more_open_than_its_body(world, committee, drafted):
    with pytest.raises(Invalid, match="not more open"):
        drafted(committee(tier="own"), tier="public")


def test_the_invitation_goes_out_with_a_number_in_both_languages_and_a_message_to_each_holder(called):
    meeting = called()
    assert meeting.state == "called" and meeting.invitation.number.startswith("GOV-L-")
    assert [file.language for file in meeting.invitation.files.all()] == ["en", "lo"]
    assert len(meeting.invitation.content_hash) == 64
    told = Message.objects.filter(subject_type="meeting", subject_id=meeting.pk)
    assert {row.person.email.split("@")[0] for row in told} == {"chair", "member", "head"}
    assert all(f"/meetings/{meeting.reference}/" in row.body for row in told)


def test_without_the_notice_that_the_rule_asks_the_meeting_is_not_called(world, drafted):
    meeting = drafted(days=3)
    with pytest.raises(Invalid, match="5 working days"):
        operations.call_meeting(world.actor("secretary"), meeting)
    meeting.refresh_from_db()
    assert meeting.state == "draft" and meeting.invitation is None and not Message.objects.exists()


def test_without_a_place_in_the_countrys_language_the_meeting_is_not_called(world, drafted):
    with pytest.raises(Invalid) as refusal:
        operations.call_meeting(world.actor("secretary"), drafted(venue=Translated({"en": "Main hall"})))
    assert list(refusal.value.fields) == ["venue"]


def test_a_draft_is_seen_by_the_secretariat_only_and_a_called_one_by_those_invited(world, committee, drafted):
    meeting = drafted(committee(tier="own"))
    everybody = ("secretary", "chair", "member", "owner", "stranger", "public")
    assert [who for who in everybody if visible(world.actor(who), Meeting).exists()] == ["secretary", "chair"]
    operations.call_meeting(world.actor("secretary"), meeting)
    seen = [who for who in everybody if visible(world.actor(who), Meeting).exists()]
    assert seen == ["secretary", "chair", "member", "owner"]


def test_a_cancelled_meeting_tells_those_invited_and_its_topics_go_on_the_next_agenda(
    world, committee, drafted, called
):
    body = committee()
    meeting = called(body=body)
    with pytest.raises(Invalid, match="why"):
        operations.cancel_meeting(world.actor("secretary"), meeting, reason=" ")
    operations.cancel_meeting(world.actor("secretary"), meeting, reason="Flood")
    assert Message.objects.filter(wave="cancel").count() == 3
    following = drafted(body, days=60)
    assert [item.deferred_from.meeting for item in following.items.filter(deferred_from__isnull=False)] == [meeting]


def test_a_meeting_is_not_held_before_its_day(world, called):
    with pytest.raises(Conflict, match="has not come"):
        operations.hold_meeting(world.actor("secretary"), called())


def test_a_meeting_of_the_past_is_entered_without_an_invitation_and_its_agenda_from_its_papers(world, committee):
    body, actor = committee(), world.actor("secretary")
    title = Translated({"lo": "ກອງປະຊຸມເກົ່າ"})
    meeting = operations.enter_past_meeting(actor, body, title=title, starts_at=at(-900))
    operations.add_item(actor, meeting, title=title)
    assert meeting.state == "held" and meeting.minutes.state == "draft" and not Message.objects.exists()
    with pytest.raises(Invalid, match="Prepare it"):
        operations.enter_past_meeting(actor, body, title=title, starts_at=at(1))
    with pytest.raises(NotPermitted):
        operations.enter_past_meeting(world.actor("member"), body, title=title, starts_at=at(-900))


def test_who_came_is_counted_by_sex_and_no_person_is_named(world, held):
    meeting = held()
    chair = meeting.participants.get(position__code="GOV-head")
    guest = operations.invite(world.actor("secretary"), meeting, label="Villagers of the site")
    counts = {chair.pk: {"women": 1, "men": 2}, guest.pk: {"women": 9, "men": 4, "unstated": 1}}
    operations.note_attendance(world.actor("secretary"), meeting, counts)
    assert sum(row.came for row in meeting.participants.all()) == 17
    with pytest.raises(NotPermitted):
        operations.note_attendance(world.actor("member"), meeting, counts)


def test_attendance_is_not_written_down_before_the_meeting(world, called):
    with pytest.raises(Conflict, match="after the meeting"):
        operations.note_attendance(world.actor("secretary"), called(), {})


def test_an_office_is_invited_once(world, drafted):
    meeting, actor = drafted(), world.actor("secretary")
    operations.invite(actor, meeting, organisation=world.organisation("HOME"))
    with pytest.raises(Conflict, match="invited already"):
        operations.invite(actor, meeting, organisation=world.organisation("HOME"))


def test_standing_items_are_on_every_agenda_of_their_series(world, committee, drafted):
    body, actor = committee(), world.actor("secretary")
    series = operations.start_series(actor, body, name=Translated({"lo": "ປະຈຳໄຕມາດ"}), rhythm="quarterly")
    operations.add_standing_item(actor, series, title=Translated({"lo": "ຕົວເລກໃໝ່"}))
    assert [item.kind for item in drafted(body, series=series).items.all()] == ["standing", "topic"]
    assert [item.kind for item in drafted(body).items.all()] == ["topic"]


def test_an_item_that_was_put_off_stands_on_the_next_agenda(world, committee, held, drafted, topic):
    body = committee()
    first = held(body=body)
    operations.write_minutes(world.actor("secretary"), first.minutes, outcomes={topic(first).pk: "deferred"})
    following = drafted(body, days=90)
    assert [item.deferred_from for item in following.items.all()] == [topic(first), None]


def test_the_agenda_of_a_meeting_that_was_held_is_closed(world, called):
    actor, meeting = world.actor("secretary"), called()
    operations.change_meeting(actor, meeting, starts_at=at(0))
    operations.hold_meeting(actor, meeting)
    with pytest.raises(Conflict, match="closed"):
        operations.add_item(actor, meeting, title=Translated({"lo": "ໃໝ່"}))


def test_a_meeting_on_another_day_changes_while_it_is_ahead(world, called):
    meeting = called()
    operations.change_meeting(world.actor("secretary"), meeting, starts_at=at(40))
    meeting.refresh_from_db()
    assert (meeting.day - clock.today()).days == 40
