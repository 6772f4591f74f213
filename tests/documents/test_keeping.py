"""Documents are entered, described, published and withdrawn by those who keep them, and seen as their tier says."""

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError, InternalError

from sala.access.scope import visible
from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents import operations
from sala.documents.models import Document, DocumentFile
from sala.journal.models import Event
from sala.people.operations import share

pytestmark = pytest.mark.django_db


def seen_by(world, document):
    return {
        who
        for who in ("owner", "colleague", "head", "records", "stranger", "citizen", "public")
        if visible(world.actor(who), Document).filter(pk=document.pk).exists()
    }


HOUSE = {"owner", "colleague", "head", "records"}


def test_a_records_officer_enters_a_draft_that_only_the_own_house_sees(world, draft):
    document = draft(number="12/HP")
    assert document.state == "draft" and document.language == "en"
    assert seen_by(world, document) == HOUSE
    assert [page.text for page in document.pages.all()] == ["One page of words"]
    assert Event.objects.filter(subject_type="document", subject_id=document.pk, verb="documents.edit").count() == 1


@pytest.mark.parametrize(("who", "error"), [
    ("owner", NotPermitted), ("colleague", NotPermitted), ("stranger", NotPermitted), ("citizen", NotPermitted),
    ("public", SignInNeeded),
])  # fmt: skip
def test_nobody_else_enters_a_document_for_that_office(world, kind, who, error):
    with pytest.raises(error):
        operations.add_document(
            world.actor(who), world.organisation("HEALTH-P01"), kind=kind(), title=Translated(lo="ຂໍ້ຕົກລົງ")
        )
    assert not Document.objects.filter(title__lo="ຂໍ້ຕົກລົງ").exists()


def test_a_records_officer_does_not_enter_for_another_ministry(world, kind):
    with pytest.raises(NotPermitted):
        operations.add_document(
            world.actor("records"), world.organisation("LAND-P02"), kind=kind(), title=Translated(lo="ຂໍ້ຕົກລົງ")
        )


def test_a_title_in_the_countrys_language_is_asked_for(world, kind):
    with pytest.raises(Invalid) as told:
        operations.add_document(
            world.actor("records"), world.organisation("HEALTH-P01"), kind=kind(), title=Translated(en="Only English")
        )
    assert "title" in told.value.fields


@pytest.mark.parametrize(("tier", "readers"), [
    ("public", HOUSE | {"stranger", "citizen", "public"}),
    ("government", HOUSE | {"stranger"}),
    ("own", HOUSE),
])  # fmt: skip
def test_a_published_document_is_seen_as_far_as_its_tier_goes(world, published, tier, readers):
    assert seen_by(world, published(tier)) == readers


def test_named_organisations_see_what_is_shared_with_them(world, draft):
    document = draft()
    operations.publish_document(world.actor("records"), document, tier="named")
    assert seen_by(world, document) == HOUSE
    share(world.actor("records"), document, world.organisation("LAND-P02"), purpose="Land use planning")
    assert seen_by(world, document) == HOUSE | {"stranger"}


def test_the_reason_of_a_restriction_is_forgotten_when_the_document_is_opened(world, published):
    document = published("government")
    secret = Term.objects.get(scheme="restriction", code="privacy")
    operations.classify_document(world.actor("records"), document, tier="own", restriction=secret)
    document.refresh_from_db()
    assert document.restriction == secret
    operations.classify_document(world.actor("records"), document, tier="public")
    document.refresh_from_db()
    assert document.restriction is None and seen_by(world, document) >= {"public"}


def test_publishing_twice_is_refused(world, published):
    with pytest.raises(Conflict):
        operations.publish_document(world.actor("records"), published())


def test_the_data_contact_point_may_not_publish(world, draft):
    with pytest.raises(NotPermitted):
        operations.publish_document(world.actor("owner"), draft())


def test_a_withdrawn_document_is_gone_for_its_readers_and_kept_for_the_house(world, published):
    document = published()
    operations.withdraw_document(world.actor("head"), document, reason="It names a patient")
    document.refresh_from_db()
    assert document.state == "withdrawn" and seen_by(world, document) == HOUSE


def test_withdrawing_asks_for_a_reason(world, published):
    document = published()
    with pytest.raises(Invalid):
        operations.withdraw_document(world.actor("records"), document, reason=" ")
    document.refresh_from_db()
    assert document.is_published


def test_describing_tells_what_changed_and_saying_the_same_changes_nothing(world, published):
    document = published()
    records = world.actor("records")
    topic = Term.objects.get(scheme="topic", code="health")
    assert operations.describe_document(records, document, number="7", topics=[topic]) is True
    assert operations.describe_document(records, document, number="7", topics=[topic]) is False
    event = Event.objects.filter(subject_type="document", subject_id=document.pk).latest("id")
    assert '"number":["","7"]' in event.text


def test_the_same_number_of_an_issuer_and_day_stands_once(world, draft):
    issuer = world.organisation("HEALTH-P01")
    draft("first", number="5", issuer=issuer, issued_on="2026-01-05")
    with pytest.raises(Invalid, match="here already"):
        draft("second", number="5", issuer=issuer, issued_on="2026-01-05")
    draft("third", number="5", issuer=issuer, issued_on="2027-01-05")


def test_two_documents_of_the_same_title_have_addresses_of_their_own(draft):
    assert [draft(f"text {number}").slug for number in range(3)] == [
        "trial-decision", "trial-decision-2", "trial-decision-3",
    ]  # fmt: skip


def test_a_title_without_latin_letters_gets_its_address_from_kind_and_number(draft):
    assert draft(title=Translated(lo="ຂໍ້ຕົກລົງ"), number="12/ສທ 2026").slug == "decision-12-2026"


def test_the_database_keeps_state_and_release_together(draft):
    document = draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(is_published=True)


def test_a_file_is_replaced_with_a_reason_and_the_old_one_stays(world, published, delivered):
    document = published()
    old = document.files.get()
    new = operations.replace_file(
        world.actor("records"), old, file=delivered("better\fsecond page"), reason="A page was missing"
    )
    assert new.replaces == old and not old.is_current and new.is_current
    assert [page.text for page in document.pages.all()] == ["better", "second page"]
    assert document.files.count() == 2


def test_replacing_asks_for_a_reason_and_for_another_file(world, published, delivered):
    old = published().files.get()
    with pytest.raises(Invalid):
        operations.replace_file(world.actor("records"), old, file=delivered("better"), reason="")
    with pytest.raises(Conflict):
        operations.replace_file(world.actor("records"), old, file=delivered(), reason="No change")
    with pytest.raises(NotPermitted):
        operations.replace_file(world.actor("stranger"), old, file=delivered("better"), reason="Mine is nicer")


def test_a_second_file_of_the_same_language_is_refused_and_one_of_another_is_kept(world, published, delivered):
    document = published()
    with pytest.raises(Conflict, match="this language"):
        operations.add_file(world.actor("records"), document, file=delivered("annex"))
    operations.add_file(world.actor("records"), document, file=delivered("ຄຳສັບພາສາລາວ", language="lo"))
    assert set(document.files.values_list("language", flat=True)) == {"en", "lo"}


@pytest.mark.parametrize("change", [
    lambda file: DocumentFile.objects.filter(pk=file.pk).update(name="other.pdf"),
    lambda file: DocumentFile.objects.filter(pk=file.pk).delete(),
])  # fmt: skip
def test_the_database_refuses_to_alter_or_remove_a_file(published, change):
    file = published().files.get()
    with pytest.raises((InternalError, DatabaseError)), transaction.atomic():
        change(file)


def test_a_document_says_on_which_clause_it_stands(world, published, kind):
    law, document = published(title=Translated(lo="ກົດໝາຍ", en="Law"), kind=kind("law")), published(words="other")
    records = world.actor("records")
    operations.refer_to_law(records, document, relation="basis", law=law, clause="art_5")
    assert str(document.references.get()) == "Law art_5"
    with pytest.raises(Invalid):
        operations.refer_to_law(records, document, relation="basis", law=document)
    with pytest.raises(Invalid):
        operations.refer_to_law(records, document, relation="basis")
    with pytest.raises(NotPermitted):
        operations.refer_to_law(world.actor("stranger"), document, relation="cites", work="Order 5")
