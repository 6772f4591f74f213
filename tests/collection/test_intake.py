"""An answer comes in once, whatever the line does; whom a form does not wait for is told so."""

import io
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from sala.collection import operations
from sala.collection.models import Channel, Submission, SubmissionFile, Unread
from sala.collection.operations import Incoming, receive
from sala.core import clock
from sala.core.errors import Conflict, Invalid, Missing, NotPermitted, SignInNeeded, TooLarge, Unreadable
from sala.core.files import store
from sala.journal.models import Event
from tests.collection.answers import answer, named

PHOTO = b"\xff\xd8\xff\xe0 not really a picture"


def photo(name="p.jpg", content=PHOTO):
    return Incoming(name, "image/jpeg", io.BytesIO(content))


@pytest.fixture
def sender(world, village_form):
    """sender() → an actor of the house whose form it is."""
    village_form()
    return lambda who="owner": world.actor(who)


def test_an_answer_is_kept_as_it_came_with_its_files_and_one_event(world, sender):
    name, xml = named(), None
    xml = answer(name, photo="p.jpg")
    got = receive(sender(), xml, [photo()], channel=Channel.PHONE, device_id="collect:abc")
    assert got.is_new and got.missing == []
    kept = Submission.objects.get(instance_id=name)
    assert kept.xml.encode() == xml
    assert (kept.form.form_id, kept.version.version, kept.channel) == ("village_water", "1", "phone")
    assert kept.position == world.position("HEALTH-P01-data")
    assert kept.person_id == world.person("owner").pk and kept.device_id == "collect:abc"
    file = kept.files.get()
    assert store.path_of(file.sha256).read_bytes() == PHOTO and file.bytes == len(PHOTO)
    assert Unread.objects.filter(submission=kept).exists()
    event = Event.objects.get(subject_type="answer", subject_id=kept.pk)
    assert event.verb == "collection.send" and event.position_id == kept.position_id


def test_the_same_again_is_the_same_answer_and_its_late_files_are_added(sender):
    xml = answer(photo="p.jpg")
    first = receive(sender(), xml, channel=Channel.PHONE)
    assert first.is_new and first.missing == ["p.jpg"]
    Unread.objects.all().delete()
    again = receive(sender(), xml, channel=Channel.PHONE)
    assert again.submission == first.submission and not again.is_new and again.missing == ["p.jpg"]
    assert not Unread.objects.exists()
    with_photo = receive(sender(), xml, [photo()], channel=Channel.PHONE)
    assert not with_photo.is_new and with_photo.missing == []
    assert Unread.objects.filter(submission=first.submission).exists()
    receive(sender(), xml, [photo()], channel=Channel.PHONE)
    assert Submission.objects.count() == SubmissionFile.objects.count() == 1
    assert Event.objects.filter(subject_type="answer", subject_id=first.submission.pk).count() == 2


def test_another_answer_or_file_of_the_same_name_is_refused_and_the_first_stays(sender):
    name = named()
    receive(sender(), answer(name, photo="p.jpg"), [photo()], channel=Channel.PHONE)
    with pytest.raises(Conflict, match="Another answer with this number"):
        receive(sender(), answer(name, people="121", photo="p.jpg"), channel=Channel.PHONE)
    with pytest.raises(Conflict, match="Another file"):
        receive(sender(), answer(name, photo="p.jpg"), [photo(content=b"other")], channel=Channel.PHONE)
    assert "<people>120</people>" in Submission.objects.get().xml
    assert store.path_of(SubmissionFile.objects.get().sha256).read_bytes() == PHOTO


def test_a_correction_stands_in_the_line_of_what_it_corrects(sender):
    first, second, third = named(), named(), named()
    receive(sender(), answer(first), channel=Channel.PHONE)
    receive(sender(), answer(second, corrects=first, people="121"), channel=Channel.PHONE)
    got = receive(sender(), answer(third, corrects=second, people="122"), channel=Channel.PHONE).submission
    assert got.root.instance_id == first and got.number == 3
    early = receive(sender(), answer(corrects=named()), channel=Channel.PHONE).submission
    assert early.root is None and early.number == 2
    itself = named()
    with pytest.raises(Invalid, match="corrects itself"):
        receive(sender(), answer(itself, corrects=itself), channel=Channel.PHONE)


def test_answers_of_earlier_unknown_and_withdrawn_versions_are_kept(world, sender, workbook):
    form = receive(sender(), answer(), channel=Channel.PHONE).submission.form
    path = workbook(name="two.xlsx", version="2", survey=[("type", "name", "label"), ("text", "only", "Only")])
    two = operations.receive_version(world.actor("owner"), form, path, path.name)
    unready = receive(sender(), answer(version="2"), channel=Channel.PHONE).submission
    assert unready.version is None
    operations.remove_draft(world.actor("owner"), two)
    assert receive(sender(), answer(version="7"), channel=Channel.PHONE).submission.version is None
    operations.withdraw_form(world.actor("colleague"), form, reason="Replaced by another")
    assert receive(sender(), answer(), channel=Channel.PHONE).submission.version.version == "1"


def test_an_unknown_form_and_one_never_in_use_are_said(world, village_form):
    village_form(publish=False)
    for form in ("village_water", "no_such_form"):
        with pytest.raises(Missing, match=f"no form “{form}” in use"):
            receive(world.actor("owner"), answer(form=form), channel=Channel.PHONE)


def test_whom_the_form_does_not_wait_for_may_not_send(world, sender):
    with pytest.raises(NotPermitted, match="does not wait for your post"):
        receive(world.actor("stranger"), answer(), channel=Channel.PHONE)
    with pytest.raises(SignInNeeded):
        receive(world.actor("public"), answer(), channel=Channel.BROWSER)
    with pytest.raises(NotPermitted):
        receive(world.actor("citizen"), answer(), channel=Channel.BROWSER)
    with pytest.raises(NotPermitted, match="may not send"):
        receive(world.actor("head"), answer(), channel=Channel.BROWSER)
    assert not Submission.objects.exists()


def test_a_form_that_may_be_sent_at_any_time_is_taken_from_who_sees_it(world, village_form):
    form = village_form()
    operations.change_form(world.actor("owner"), form, is_standing=True)
    assert receive(world.actor("stranger"), answer(), channel=Channel.PHONE).is_new
    operations.change_form(world.actor("owner"), form, tier="own")
    with pytest.raises(NotPermitted):
        receive(world.actor("stranger"), answer(), channel=Channel.PHONE)


def test_what_a_post_sent_it_may_complete_and_correct_when_nothing_waits_any_more(world, village_form):
    form = village_form()
    operations.change_form(world.actor("owner"), form, is_standing=True)
    name = named()
    xml = answer(name, photo="p.jpg")
    receive(world.actor("stranger"), xml, channel=Channel.PHONE)
    operations.change_form(world.actor("owner"), form, is_standing=False)
    assert receive(world.actor("stranger"), xml, [photo()], channel=Channel.PHONE).missing == []
    assert receive(world.actor("stranger"), answer(corrects=name), channel=Channel.PHONE).is_new
    with pytest.raises(NotPermitted):
        receive(world.actor("stranger"), answer(), channel=Channel.PHONE)


@pytest.mark.parametrize("days, taken", [(29, True), (31, False)])
def test_a_round_that_closed_takes_what_was_begun_for_thirty_days(world, village_form, round_of, days, taken):
    form = village_form()
    assignment = round_of(form, "LAND-P02-data")
    stranger = world.actor("stranger")
    assert receive(stranger, answer(), channel=Channel.PHONE).is_new
    assignment.ended_at = clock.now() - timedelta(days=days)
    assignment.save()
    assignment.expected_answers.update(is_open=False)
    if taken:
        assert receive(stranger, answer(), channel=Channel.PHONE).is_new
    else:
        with pytest.raises(NotPermitted):
            receive(stranger, answer(), channel=Channel.PHONE)


def test_what_is_no_answer_is_refused_with_words(sender):
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaa">]><data id="village_water">&a;</data>'
    for xml in (b"", b"<data", b"hello", bomb, b"<data id='village_water'/>", answer().replace(b"120", b"\xff\xfe")):
        with pytest.raises(Unreadable):
            receive(sender(), xml, channel=Channel.PHONE)
    with pytest.raises(TooLarge):
        receive(sender(), answer(village="x" * 6_000_000), channel=Channel.PHONE)
    with pytest.raises(Invalid, match="more than 200 letters"):
        receive(sender(), answer("uuid:" + "x" * 220), channel=Channel.PHONE)
    with pytest.raises(Invalid, match="Two different files"):
        receive(sender(), answer(), [photo(), photo(content=b"other")], channel=Channel.PHONE)
    assert not Submission.objects.exists()


def test_what_came_cannot_be_altered(sender):
    kept = receive(sender(), answer(), [photo()], channel=Channel.PHONE).submission
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Submission.objects.filter(pk=kept.pk).update(xml="other")
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        kept.files.all().delete()
