"""A decision becomes a document, its action work on a desk, and stays on the agenda until it is accepted."""

from datetime import timedelta

import pytest

from sala.bodies import operations
from sala.bodies.queries.meetings import standings
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.language import Translated
from sala.documents.models import Document
from sala.duties import operations as duties
from sala.duties.models import Call
from sala.duties.queries import desk_rows
from sala.people.models import Sharing

pytestmark = pytest.mark.django_db


def organisations_of(document):
    """Codes of the organisations that a document is shared with."""
    rows = Sharing.objects.filter(subject_type="document", subject_id=document.pk)
    return set(rows.values_list("organisation__code", flat=True))


def standing(world, who, action):
    return standings(world.actor(who), [action])[action.pk]


def test_a_decision_is_a_document_with_issuer_number_and_the_day_of_the_meeting(world, decided):
    decision = decided()
    document = decision.document
    assert (document.kind.code, document.number, document.issuer.code) == ("decision", "12/GOV", "GOV")
    assert document.issued_on == clock.today() and document.is_published and document.tier == "public"
    assert decision.item.outcome == "decided"


def test_a_decision_of_a_closed_meeting_is_read_by_those_invited(world, committee, decided):
    document = decided(body=committee(tier="own")).document
    assert document.tier == "named"
    assert organisations_of(document) == {"GOV", "HEALTH", "LAND", "HEALTH-P01", "STAT"}


def test_a_number_is_given_to_one_decision(world, decided, committee):
    body = committee()
    decided(body=body)
    with pytest.raises(Invalid, match="number"):
        decided(body=body)
    assert Document.objects.filter(number="12/GOV").count() == 1


def test_a_stranger_takes_no_decision(world, held, topic):
    meeting = held()
    with pytest.raises(NotPermitted):
        operations.take_decision(world.actor("member"), topic(meeting), number="1", title=Translated({"lo": "ກ"}),
                                 wording=Translated({"lo": "ກ"}))  # fmt: skip
    assert not Document.objects.filter(kind__code="decision").exists()


def test_the_action_lies_on_the_desk_of_the_post_asked_with_the_decision_behind_it(world, given_out):
    action = given_out()
    [row] = [row for row in desk_rows(world.actor("owner")) if row.title == action.wording]
    assert row.url == action.call.assignments.get().get_absolute_url() and row.due == action.due_on
    assert action.call.document == action.decision.document and action.call.state == "issued"
    assert "12/GOV" in action.call.purpose["lo"] and "ຄະນະຊີ້ນຳສຸຂະພາບ" in action.call.purpose["lo"]


def test_the_office_asked_reads_the_decision_of_a_closed_meeting(world, committee, given_out):
    action = given_out(body=committee(tier="own"), position="LAND-P02-data")
    assert "LAND-P02" in organisations_of(action.decision.document)


def test_an_action_is_given_out_once_and_in_the_name_of_a_post_one_holds(world, given_out):
    action = given_out()
    with pytest.raises(Conflict, match=action.call.reference):
        operations.give_out(world.actor("secretary"), action, issuer=world.position("GOV-secretary"))


def test_an_action_whose_call_was_withdrawn_is_open_again_and_given_out_with_another_day(
    world, visit, committee, given_out, drafted
):
    body = committee()
    action = given_out(body=body)
    address = f"/actions/{action.pk}/give-out/"
    page = visit("secretary").get(action.meeting.get_absolute_url()).content.decode()
    assert address not in page
    duties.withdraw_call(world.actor("secretary"), action.call, reason="Wrong post")
    action.refresh_from_db()
    assert standing(world, "secretary", action).is_open
    assert drafted(body, days=90).items.filter(action=action).exists()
    assert address in visit("secretary").get(action.meeting.get_absolute_url()).content.decode()
    first, later = action.call, clock.today() + timedelta(days=100)
    visit("secretary").post(address, {"issuer": world.position("GOV-secretary").pk, "due_on": later.isoformat()})
    action.refresh_from_db()
    assert action.call != first and action.call.state == "issued" and action.call.due_on == action.due_on == later
    with pytest.raises(Conflict, match=action.call.reference):
        operations.give_out(world.actor("secretary"), action, issuer=world.position("GOV-secretary"))


def corrected(world, call, **texts):
    """The call that replaces another one, issued."""
    values = {"kind": call.kind, "title": call.title, "purpose": call.purpose, "instruction": call.instruction,
              "due_on": call.due_on, "document": call.document, "legal_basis": call.legal_basis}  # fmt: skip
    made = duties.replace_call(world.actor("secretary"), call, **(values | texts))
    return made, lambda: duties.issue_call(world.actor("secretary"), made)


def test_an_action_whose_call_was_replaced_leads_to_the_corrected_one_and_on(
    world, visit, committee, given_out, drafted
):
    body = committee()
    action = given_out(body=body)
    first, day = action.call, action.due_on + timedelta(days=7)
    second, issue = corrected(world, first, due_on=day)
    action.refresh_from_db()
    assert action.call == first, "a draft replaces nothing yet"
    issue()
    action.refresh_from_db()
    assert (action.call, action.due_on) == (second, day) and standing(world, "secretary", action).is_open
    third, issue = corrected(world, Call.objects.get(pk=second.pk))
    issue()
    action.refresh_from_db()
    answer = third.assignments.get()
    assert action.call == third and standing(world, "secretary", action).assignment == answer
    for address in (action.meeting.get_absolute_url(), body.get_absolute_url()):
        page = visit("secretary").get(address).content.decode()
        assert answer.get_absolute_url() in page and "give-out" not in page and 'data-state="superseded"' not in page
        assert "in the place of" in page and second.reference in page
        public = visit().get(address).content.decode()
        assert answer.get_absolute_url() not in public and second.reference not in public
    assert drafted(body, days=90).items.filter(action=action).exists()
    duties.acknowledge(world.actor("owner"), answer)
    duties.submit(world.actor("owner"), answer, answer="Plan of 4 clinics")
    duties.accept(world.actor("secretary"), answer)
    assert not standing(world, "secretary", action).is_open
    assert not drafted(body, days=91).items.filter(action=action).exists()


def test_a_corrected_call_of_no_action_touches_none(world, given_out):
    action = given_out()
    call = duties.draft_call(
        world.actor("secretary"), issuer=world.position("GOV-secretary"), kind="order", title=action.wording,
        asked=[duties.Asked(world.position("HEALTH-P01-data"))], purpose=action.wording, instruction=action.wording,
        due_on=action.due_on,
    )  # fmt: skip
    other = duties.issue_call(world.actor("secretary"), call)
    _made, issue = corrected(world, other)
    issue()
    before = action.call
    action.refresh_from_db()
    assert action.call == before and before.state == "issued"


def test_what_is_open_stands_on_the_next_agenda_with_answer_and_proofs(world, committee, given_out, drafted, topic):
    body = committee()
    action = given_out(body=body)
    following = drafted(body, days=90)
    item = following.items.get(action=action)
    assert item.kind == "follow_up" and item.order == 1 and item.presenter == action.position
    assignment = action.call.assignments.get()
    duties.acknowledge(world.actor("owner"), assignment)
    duties.submit(world.actor("owner"), assignment, answer="Plan of 4 clinics", evidence=[action.decision.document])
    seen = standing(world, "secretary", action)
    assert seen.is_open and seen.answer == "Plan of 4 clinics" and seen.proofs == [action.decision.document]
    told = standing(world, "public", action)
    assert told.assignment.state == "submitted" and told.answer == "" and not told.may_open


def test_accepted_it_leaves_the_agendas_that_come(world, committee, given_out, drafted):
    body = committee()
    action = given_out(body=body)
    assignment = action.call.assignments.get()
    duties.acknowledge(world.actor("owner"), assignment)
    duties.submit(world.actor("owner"), assignment, answer="Done")
    duties.accept(world.actor("secretary"), assignment)
    assert not standing(world, "secretary", action).is_open
    assert not drafted(body, days=90).items.filter(kind="follow_up").exists()


def test_an_action_given_out_late_still_reaches_the_agenda_that_is_prepared(world, committee, decided, drafted):
    body = committee()
    decision = decided(body=body)
    following = drafted(body, days=90)
    action = operations.add_action(
        world.actor("secretary"), decision, wording=Translated({"lo": "ສົ່ງແຜນ"}),
        position=world.position("HEALTH-P01-data"), due_on=clock.today().replace(year=clock.today().year + 1),
    )  # fmt: skip
    assert following.items.filter(action=action).count() == 1
    operations.carry_over(world.actor("secretary"), following)
    assert following.items.filter(action=action).count() == 1


def test_an_open_point_cannot_be_taken_off_the_agenda(world, committee, given_out, drafted):
    body = committee()
    given_out(body=body)
    following = drafted(body, days=90)
    with pytest.raises(Conflict, match="open from an earlier meeting"):
        operations.remove_item(world.actor("secretary"), following.items.get(kind="follow_up"))
    assert following.items.filter(kind="follow_up").count() == 1


def test_an_open_point_of_a_closed_meeting_keeps_its_words_on_a_more_open_agenda(
    world, committee, given_out, drafted, visit
):
    body = committee(tier="public")
    action = given_out(body=body, tier="own")
    following = drafted(body, days=90, tier="own")
    assert following.items.get(action=action).title == action.wording
    operations.change_meeting(world.actor("secretary"), following, tier="public")
    third = drafted(body, days=91, tier="public")
    for meeting in (following, third):
        item = meeting.items.get(action=action)
        assert "ສົ່ງແຜນ" not in item.title["lo"] and item.presenter is None
    operations.call_meeting(world.actor("secretary"), third)
    public = visit().get(third.get_absolute_url()).content.decode()
    assert (
        "Open point of a closed meeting" in public
        and "data-state=" not in public.split("ol class")[1].split("</ol>")[0]
    )
    assert 'data-state="issued"' in visit("member").get(third.get_absolute_url()).content.decode()


def test_meetings_of_another_body_do_not_take_it_up_unless_they_follow(world, committee, given_out, drafted):
    action = given_out()
    other = committee(name=Translated({"lo": "ຄະນະອື່ນ", "en": "Other committee"}))
    assert not drafted(other, days=90).items.filter(kind="follow_up").exists()
    following = drafted(other, days=91, follows=action.meeting)
    assert [item.action for item in following.items.filter(kind="follow_up")] == [action]
