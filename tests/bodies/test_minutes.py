"""Minutes: written, frozen, endorsed post by post or returned with reasons, and made into a numbered report."""

import pytest
from django.db import DatabaseError, transaction

from sala.access.scope import visible
from sala.bodies import operations
from sala.bodies.models import Minutes, Signature
from sala.bodies.operations.minutes import digest_of
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.language import Translated
from sala.people.models import Role

pytestmark = pytest.mark.django_db


def endorse(world, who, minutes):
    return operations.endorse_minutes(world.actor(who), minutes, digest=minutes.digest)


def test_posts_endorse_in_their_turn_and_with_the_last_one_the_minutes_are_approved(world, circulated):
    minutes = circulated()
    minutes = endorse(world, "chair", minutes)
    assert minutes.state == "circulated"
    minutes = endorse(world, "member", minutes)
    minutes.meeting.refresh_from_db()
    assert minutes.state == "approved" and minutes.meeting.state == "approved"
    signed = minutes.signatures.order_by("order").values_list("position__code", "verdict", "digest")
    assert list(signed) == [("GOV-head", "endorsed", minutes.digest), ("LAND-head", "endorsed", minutes.digest)]


def test_a_post_whose_turn_has_not_come_is_refused_and_so_is_whoever_does_not_hold_the_post(world, circulated):
    minutes = circulated()
    with pytest.raises(NotPermitted):
        endorse(world, "member", minutes)
    post = world.position("GOV-secretary")
    post.grants.create(role=Role.objects.get(code="head_of_unit"))
    with pytest.raises(NotPermitted, match="turn of Head, Government Office"):
        endorse(world, "secretary", minutes)


def test_what_is_endorsed_is_frozen_with_its_hash_in_both_languages(world, circulated):
    minutes = circulated()
    assert minutes.digest == digest_of(minutes.frozen) and set(minutes.frozen) == {"lo", "en"}
    assert "The meeting agreed" in minutes.frozen["en"] and "ທີ່ປະຊຸມເຫັນດີ" in minutes.frozen["lo"]
    with pytest.raises(Conflict, match="out for endorsement"):
        operations.write_minutes(world.actor("secretary"), minutes, summary=Translated({"lo": "ອື່ນ"}))


def test_another_text_than_the_one_that_was_read_is_not_endorsed(world, circulated):
    minutes = circulated()
    with pytest.raises(Conflict, match="Read it again"):
        operations.endorse_minutes(world.actor("chair"), minutes, digest="0" * 64)
    assert not Signature.objects.exclude(verdict="").exists()


def test_returned_minutes_are_mended_and_go_through_the_whole_chain_again(world, circulated):
    minutes = endorse(world, "chair", circulated())
    with pytest.raises(Invalid, match="mended"):
        operations.return_minutes(world.actor("member"), minutes, reason="")
    minutes = operations.return_minutes(world.actor("member"), minutes, reason="Item 1 is missing a figure")
    assert minutes.state == "draft"
    old = minutes.digest
    minutes = operations.write_minutes(world.actor("secretary"), minutes, summary=Translated({"lo": "ແກ້ແລ້ວ 124"}))
    chain = [world.position("GOV-head"), world.position("LAND-head")]
    minutes = operations.circulate_minutes(world.actor("secretary"), minutes, chain=chain)
    assert minutes.edition == 2 and minutes.digest != old
    verdicts = minutes.signatures.order_by("edition", "order").values_list("edition", "verdict", "reason")
    assert list(verdicts) == [
        (1, "endorsed", ""), (1, "returned", "Item 1 is missing a figure"), (2, "", ""), (2, "", ""),
    ]  # fmt: skip


def test_a_verdict_that_was_given_cannot_be_altered_in_the_database(world, circulated):
    endorse(world, "chair", circulated())
    signature = Signature.objects.get(verdict="endorsed")
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.filter(pk=signature.pk).update(verdict="returned", reason="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.filter(pk=signature.pk).delete()


def test_nothing_empty_and_no_chain_without_a_post_goes_out(world, held, written):
    actor = world.actor("secretary")
    with pytest.raises(Invalid, match="Nothing is written"):
        operations.circulate_minutes(actor, held().minutes, chain=[world.position("GOV-head")])
    with pytest.raises(Invalid, match="at least one post"):
        operations.circulate_minutes(actor, written(), chain=[])


def test_minutes_open_step_by_step(world, written):
    """The secretariat's house while they are written, those invited when they are out, the tier's readers at the end."""
    minutes = written()
    everybody = ("secretary", "member", "owner", "stranger", "public")

    def readers():
        return [who for who in everybody if visible(world.actor(who), Minutes).exists()]

    assert readers() == ["secretary"]
    minutes = operations.circulate_minutes(world.actor("secretary"), minutes, chain=[world.position("GOV-head")])
    assert readers() == ["secretary", "member", "owner"]
    endorse(world, "chair", minutes)
    assert readers() == list(everybody)


def test_minutes_are_not_more_open_than_their_meeting(world, committee, written):
    minutes = written(body=committee(tier="government"))
    with pytest.raises(Invalid, match="not more open"):
        operations.write_minutes(world.actor("secretary"), minutes, opens_to="public")


def test_the_outcome_report_is_numbered_hashed_and_made_once(world, circulated):
    minutes = circulated()
    with pytest.raises(Conflict, match="when the minutes are approved"):
        operations.issue_report(world.actor("secretary"), minutes)
    endorse(world, "chair", minutes)
    endorse(world, "member", minutes)
    report = operations.issue_report(world.actor("secretary"), minutes)
    assert report.number.startswith("GOV-R-") and report.tier == "public" and report.files.count() == 2
    assert report.subject_type == "meeting" and report.subject_id == minutes.meeting_id
    with pytest.raises(Conflict, match=report.number):
        operations.issue_report(world.actor("secretary"), minutes)
