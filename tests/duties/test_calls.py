"""A call is issued only when the post asked can know why, how and until when; then it is told, once."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from sala.access.actor import command
from sala.access.scope import sees, visible
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.core.language import Translated
from sala.documents.models import Rule
from sala.documents.working_days import add_working_days
from sala.duties import operations
from sala.duties.models import Call
from sala.journal.models import Event
from sala.people.models import Message

pytestmark = pytest.mark.django_db


def test_an_issued_call_reaches_the_post_asked_and_tells_its_holder(world, drafted):
    call = drafted()
    operations.issue_call(world.actor("caller"), call)
    call.refresh_from_db()
    assignment = call.assignments.get()
    assert (call.state, assignment.state) == ("issued", "issued")
    assert assignment.due_on == call.due_on and call.opens_on == clock.today()
    message = Message.objects.get(subject_type="assignment", subject_id=assignment.pk)
    assert message.person == world.person("owner")
    assert assignment.get_absolute_url() in message.body and call.reference in message.body
    event = Event.objects.filter(verb="calls.issue", subject_type="call", subject_id=call.pk).latest("id")
    assert event.position_id == world.position("STAT-calls").pk


def test_references_count_up_within_the_year(drafted):
    first, second = drafted(), drafted()
    year = clock.today().year
    assert first.reference == f"C-{year}-0001" and second.reference == f"C-{year}-0002"


@pytest.mark.parametrize(("changes", "field", "words"), [
    ({"instruction": Translated({"en": "Send the births"})}, "instruction", "country's language"),
    ({"instruction": Translated()}, "instruction", "country's language"),
    ({"purpose": Translated()}, "purpose", "needed for"),
    ({"due_on": None}, "due_on", "until when"),
    ({"position": None}, "position", "Name the post"),
])  # fmt: skip
def test_a_call_that_lacks_something_is_not_issued_and_says_what(world, drafted, changes, field, words):
    call = drafted(**changes)
    with pytest.raises(Invalid) as refused:
        operations.issue_call(world.actor("caller"), call)
    assert words in refused.value.fields[field][0] and words in str(refused.value)
    call.refresh_from_db()
    assert call.state == "draft" and not Message.objects.filter(subject_type="assignment").exists()


def test_a_due_date_that_is_not_in_the_future_is_refused(world, drafted):
    call = drafted(due_on=clock.today())
    with pytest.raises(Invalid, match="later day"):
        operations.issue_call(world.actor("caller"), call)


def notice_of(world, days):
    """The only rule on notice: so many working days."""
    Rule.objects.filter(kind="notice", key="calls").delete()
    Rule.objects.create(
        kind="notice", key="calls", value={"number": str(days), "unit": "working_days"},
        valid=DateRange(clock.today() - timedelta(days=30), None), owner=world.organisation("STAT"),
    )  # fmt: skip


def test_shorter_notice_than_the_rule_is_refused_with_the_first_day_allowed(world, drafted):
    notice_of(world, 10)
    earliest = add_working_days(clock.today(), 10)
    with pytest.raises(Invalid, match="10 working days"):
        operations.issue_call(world.actor("caller"), drafted(due_on=earliest - timedelta(days=1)))
    call = drafted(due_on=earliest)
    operations.issue_call(world.actor("caller"), call)
    call.refresh_from_db()
    assert call.state == "issued"


def test_nobody_issues_in_the_name_of_a_post_they_do_not_hold(world, drafted):
    with pytest.raises(NotPermitted, match="post that you hold"):
        drafted("caller", issuer=world.position("STAT-head"))
    with pytest.raises(NotPermitted):
        drafted("owner", issuer=world.position("HEALTH-P01-data"))
    with pytest.raises(SignInNeeded):
        drafted("public", issuer=world.position("STAT-calls"))


def test_a_head_calls_on_the_own_office_but_not_on_another_ministry(world, drafted):
    head = world.position("HEALTH-P01-head")
    call = drafted("head", issuer=head)
    operations.issue_call(world.actor("head"), call)
    other = drafted("head", issuer=head, position=world.position("LAND-P02-data"))
    with pytest.raises(NotPermitted, match="may not call on"):
        operations.issue_call(world.actor("head"), other)
    other.refresh_from_db()
    assert other.state == "draft"


def test_a_reach_over_many_organisations_does_not_speak_in_their_name(world, drafted):
    """The call manager's right covers the whole country, yet another office's draft is not theirs to send."""
    call = drafted("head", issuer=world.position("HEALTH-P01-head"))
    for act in (operations.issue_call, operations.redraft_call):
        with pytest.raises(NotPermitted, match="own organisation"):
            act(world.actor("caller"), call)
    with pytest.raises(NotPermitted):
        drafted("caller", issuer=world.position("HEALTH-P01-head"))


@pytest.mark.parametrize("who", ["owner", "colleague", "stranger", "citizen"])
def test_only_who_may_issue_issues(world, drafted, who):
    with pytest.raises(NotPermitted):
        operations.issue_call(world.actor(who), drafted())


def test_the_public_is_asked_to_sign_in(world, drafted):
    with pytest.raises(SignInNeeded):
        operations.issue_call(world.actor("public"), drafted())


def test_an_issued_call_is_neither_issued_again_nor_redrafted(world, issued):
    call = issued().call
    with pytest.raises(Conflict):
        operations.issue_call(world.actor("caller"), call)
    with pytest.raises(Conflict, match="left its draft"):
        operations.redraft_call(world.actor("caller"), call, kind="order")


def test_a_draft_is_changed_as_a_whole(world, drafted):
    call = drafted()
    operations.redraft_call(
        world.actor("caller"), call, kind="order", title=Translated({"lo": "ໃໝ່"}), is_public=True,
        due_on=None, period="2026-q1",
    )  # fmt: skip
    call.refresh_from_db()
    assert (call.kind, call.is_public, call.period) == ("order", True, "2026-Q1")
    assert call.assignments.get().period == "2026-Q1"


def test_posts_are_put_on_a_draft_once_and_taken_off_again(world, drafted):
    call, caller = drafted(), world.actor("caller")
    posts = [operations.Asked(world.position(code)) for code in ("HEALTH-P01-data", "LAND-P02-data", "HEALTH-P02-data")]
    assert operations.add_asked(caller, call, posts) == 2
    assert operations.add_asked(caller, call, posts) == 0
    gone = call.assignments.get(position__code="LAND-P02-data")
    assert operations.remove_asked(caller, call, [gone.pk]) == 1
    operations.issue_call(caller, call)
    assert set(call.assignments.values_list("position__code", "state")) == {
        ("HEALTH-P01-data", "issued"), ("HEALTH-P02-data", "issued"),
    }  # fmt: skip
    with pytest.raises(Conflict, match="left its draft"):
        operations.add_asked(caller, call, posts)
    with pytest.raises(NotPermitted):
        operations.remove_asked(world.actor("owner"), drafted(), [1])


def test_a_draft_with_wrong_values_is_sent_back_by_field(world, drafted):
    with pytest.raises(Invalid) as refused:
        drafted(period="last year")
    assert "period" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        drafted(title=Translated({"en": "No Lao"}))
    assert "title" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        drafted(opens_on=clock.today(), due_on=clock.today() - timedelta(days=1))
    assert "due_on" in refused.value.fields


def test_the_post_that_checks_is_another_than_the_post_asked(world, drafted):
    with pytest.raises(Invalid, match="another than"):
        drafted(validating_position=world.position("HEALTH-P01-data"))
    own = drafted("head", issuer=world.position("HEALTH-P01-head"), position=world.position("HEALTH-P01-head"))
    with pytest.raises(Invalid, match="issuing post is the post asked"):
        operations.issue_call(world.actor("head"), own)


def test_withdrawing_ends_the_open_assignment_and_says_why(world, issued):
    assignment = issued()
    with pytest.raises(Invalid):
        operations.withdraw_call(world.actor("caller"), assignment.call, reason=" ")
    operations.withdraw_call(world.actor("caller"), assignment.call, reason="Asked twice")
    assignment.refresh_from_db()
    assert assignment.state == "withdrawn" and assignment.steps.last().note == "Asked twice"
    assert Message.objects.filter(subject_id=assignment.pk, subject_type="assignment", wave="withdraw").exists()
    with pytest.raises(Conflict):
        operations.withdraw_call(world.actor("caller"), assignment.call, reason="Again")


def test_only_a_call_manager_withdraws_what_was_issued(world, issued, drafted):
    assignment = issued()
    for who in ("owner", "reviewer", "stranger", "head"):
        with pytest.raises(NotPermitted):
            operations.withdraw_call(world.actor(who), assignment.call, reason="No")
    draft = drafted("head", issuer=world.position("HEALTH-P01-head"))
    operations.withdraw_call(world.actor("head"), draft, reason="A mistake")
    draft.refresh_from_db()
    assert draft.state == "withdrawn" and not draft.is_issued


def test_who_sees_a_call_in_each_state(world, drafted):
    call = drafted()
    seen = {who: sees(world.actor(who), call) for who in ("caller", "owner", "colleague", "stranger", "public")}
    assert seen == {"caller": True, "owner": False, "colleague": False, "stranger": False, "public": False}
    operations.issue_call(world.actor("caller"), call)
    seen = {who: sees(world.actor(who), call) for who in ("caller", "owner", "colleague", "stranger", "public")}
    assert seen == {"caller": True, "owner": True, "colleague": True, "stranger": False, "public": False}
    public = drafted(is_public=True)
    assert not sees(world.actor("public"), public)
    operations.issue_call(world.actor("caller"), public)
    assert sees(world.actor("public"), public) and sees(world.actor("stranger"), public)


def test_a_call_is_listed_once_however_many_ways_lead_to_it(world, issued):
    assignment = issued(validating_position=world.position("HEALTH-P01-data_review"), is_public=True)
    assert list(visible(world.actor("owner"), Call)) == [assignment.call]


def test_a_call_may_be_about_any_subject_that_its_author_sees(world, drafted):
    call = drafted(subject=world.area("01"))
    assert (call.subject_type, call.subject_id) == ("area", world.area("01").pk)
    assert operations.draft_call(
        command(), issuer=world.position("STAT-calls"), kind="order", title=Translated({"lo": "ສັ່ງ"})
    ).reference
