"""An office asks another for what it may not read: opened with an end, refused with a reason, never revealed."""

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from sala.access.scope import sees
from sala.catalogue.models import AccessRequest, Dataset
from sala.catalogue.operations.access import answer_access, grant_access, refuse_access, request_access
from sala.core import clock
from sala.core.errors import Conflict, Invalid, Missing, NotPermitted, SignInNeeded
from sala.core.models import Term
from sala.documents.models import Rule
from sala.documents.working_days import add_working_days
from sala.duties import operations as duties
from sala.duties.asking import askers
from sala.people.models import Appointment, Message, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(dataset) -> Dataset:
    """A published dataset that only its own office reads."""
    Dataset.objects.filter(pk=dataset.pk).update(
        tier="own", state="published", is_published=True, restriction=Term.objects.filter(scheme="restriction").first()
    )
    return Dataset.objects.get(pk=dataset.pk)


@pytest.fixture
def chief(world):
    """The head of the office that asks, who may issue calls but not over the office asked."""
    person = Person.objects.create(name="Test chief", email="chief@example.org", language="en", is_invented=True)
    Appointment.objects.create(
        person=person, position=world.position("LAND-P02-head"), valid=DateRange(date(2020, 1, 1), None)
    )
    return lambda: world.actor("chief")


@pytest.fixture
def requested(world, chief):
    """requested(**changes) → the assignment of a request to the health department."""

    def make(**changes):
        values = {
            "issuer": world.position("LAND-P02-head"), "owner": world.organisation("HEALTH-P01"),
            "wanted": "Clinics of Phuthong", "purpose": "Land use plan of the two provinces",
        }  # fmt: skip
        return request_access(chief(), **(values | changes)).assignments.select_related("call").get()

    return make


def decided(assignment):
    return AccessRequest.objects.get(call=assignment.call)


def test_a_request_is_a_call_to_the_post_that_answers_with_a_due_date_and_a_message(world, requested):
    assignment = requested()
    assert assignment.position.code == "HEALTH-P01-data" and assignment.state == "issued"
    assert assignment.due_on == add_working_days(clock.today(), 15)
    assert Message.objects.filter(person=world.person("owner"), subject_id=assignment.pk).exists()
    assert [item.missing for item in askers()["access"].items(world.actor("owner"), assignment)] == [True]


def test_the_purpose_is_kept_under_the_language_it_is_written_in(requested):
    assert list(requested(purpose="ສຳລັບແຜນນຳໃຊ້ທີ່ດິນ").call.purpose) == ["lo"]
    assert list(requested(purpose="Land use plan").call.purpose) == ["en"]


def test_asking_by_title_says_nothing_of_whether_it_exists(closed, chief, requested):
    there, not_there = requested(wanted=str(closed.title)), requested(wanted="Something nobody has")
    for assignment in (there, not_there):
        request = decided(assignment)
        assert (request.subject_id, request.decision, assignment.state) == (None, "", "issued")
    with pytest.raises(Missing):
        duties.draft_call(chief(), issuer=there.call.issuer, kind="answer", title=there.call.title, subject=closed)


def test_who_may_name_organisations_opens_it_and_who_was_asked_answers(world, closed, chief, requested):
    assignment, until = requested(), clock.today() + timedelta(days=60)
    assert not sees(chief(), closed) and not sees(world.actor("stranger"), closed)
    with pytest.raises(NotPermitted):
        grant_access(world.actor("owner"), assignment, subject=closed)
    grant_access(world.actor("colleague"), assignment, subject=closed, until=until)
    assert sees(chief(), closed) and sees(world.actor("stranger"), closed)
    request = decided(assignment)
    assert (request.decision, request.sharing.last_day, request.sharing.purpose) == (
        "granted", until, "Land use plan of the two provinces",
    )  # fmt: skip
    assert Message.objects.filter(person=world.person("owner"), wave="access-opened").count() == 1
    answer_access(world.actor("owner"), assignment)
    assignment.refresh_from_db()
    assert assignment.state == "submitted" and "Access opened until" in assignment.answer
    duties.accept(chief(), assignment)
    assert decided(assignment).is_open is False


def test_a_refusal_needs_a_reason_and_opens_nothing(world, closed, chief, requested):
    assignment = requested()
    with pytest.raises(Invalid):
        refuse_access(world.actor("owner"), assignment, reason=" ")
    with pytest.raises(NotPermitted):
        refuse_access(world.actor("colleague"), assignment, reason="Private")
    refuse_access(world.actor("owner"), assignment, reason="Holds names of patients")
    assignment.refresh_from_db()
    assert assignment.answer == "Refused: Holds names of patients" and not sees(chief(), closed)
    with pytest.raises(Conflict):
        grant_access(world.actor("colleague"), assignment, subject=closed)
    duties.return_(chief(), assignment, reason="We need the totals only")
    assert decided(assignment).decision == ""
    grant_access(world.actor("colleague"), assignment, subject=closed)
    assert sees(chief(), closed)


def test_nothing_of_another_office_is_opened(world, closed, requested):
    other = Dataset.objects.create(
        slug="other", title={"lo": "ອື່ນ"}, owner=world.organisation("HEALTH-D0101"), place=world.area("0101")
    )
    with pytest.raises(Missing):
        grant_access(world.actor("colleague"), requested(), subject=other)


def test_an_answer_without_a_decision_is_not_submitted(world, requested):
    assignment = requested()
    duties.acknowledge(world.actor("owner"), assignment)
    with pytest.raises(Invalid, match="Open access first"):
        duties.submit(world.actor("owner"), assignment, answer="Yes")


def test_what_is_seen_but_not_open_is_asked_for_once(world, closed, chief, requested):
    Dataset.objects.filter(pk=closed.pk).update(tier="government")
    seen = Dataset.objects.get(pk=closed.pk)
    first = requested(subject=seen, owner=None)
    assert decided(first).owner.code == "HEALTH-P01" and decided(first).subject_id == seen.pk
    with pytest.raises(Conflict):
        requested(subject=seen)
    assert AccessRequest.objects.count() == 1
    duties.withdraw_call(world.actor("command"), first.call, reason="Found elsewhere")
    assert requested(subject=seen).state == "issued"


@pytest.mark.parametrize("who", ["owner", "stranger", "citizen", "public"])
def test_only_who_may_issue_calls_asks_in_the_name_of_an_office(world, requested, visit, who):
    with pytest.raises((NotPermitted, SignInNeeded)):
        request_access(
            world.actor(who), issuer=world.position("LAND-P02-head"), owner=world.organisation("HEALTH-P01"), wanted="x",
            purpose="y",
        )  # fmt: skip
    answer = visit(who).get("/datasets/access/ask/")
    assert answer.status_code in (401, 403) or (who == "citizen" and answer.url == "/datasets/access/person/")
    assert not AccessRequest.objects.exists()


def test_ones_own_office_and_days_gone_by_are_refused(world, requested):
    with pytest.raises(Invalid) as refused:
        requested(owner=world.organisation("LAND-P02"))
    assert "owner" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        requested(until=clock.today())
    assert "until" in refused.value.fields


def test_on_the_pages_it_is_asked_opened_and_answered(world, closed, chief, visit):
    browser = visit("chief")
    sent = browser.post("/datasets/access/ask/", {
        "issuer": world.position("LAND-P02-head").pk, "wanted": "Clinics", "owner": "HEALTH-P01", "purpose": "Plan",
    })  # fmt: skip
    assert sent.status_code == 302
    request = AccessRequest.objects.get()
    page = f"/datasets/access/assignments/{request.call.assignments.get().pk}/"
    assert browser.get(page).status_code == 200 and 'value="grant"' not in browser.get(page).content.decode()
    assert visit("public").get(page).status_code == 404
    owner, colleague = visit("owner"), visit("colleague")
    assert 'value="refuse"' in owner.get(page).content.decode()
    text = colleague.get(page).content.decode()
    assert 'value="grant"' in text and 'value="refuse"' not in text
    assert colleague.post(page, {"do": "grant", "subject": f"dataset:{closed.pk}"}).status_code == 302
    assert owner.post(page, {"do": "answer"}).status_code == 302
    assert sees(chief(), closed) and browser.get(closed.get_absolute_url()).status_code == 200
    assert browser.post(page, {"do": "refuse", "reason": "no"}).status_code == 403
    request.refresh_from_db()
    assert request.decision == "granted"


def test_the_rule_of_law_sets_the_days_but_never_less_than_the_notice(world, requested):
    for number, expected in (("30", 30), ("3", 10)):
        Rule.objects.filter(key="access.answer").delete()
        Rule.objects.create(
            kind="deadline", key="access.answer", value={"number": number, "unit": "working_days"},
            valid=DateRange(date(2020, 1, 1), None), owner=world.organisation("GOV"), certainty="example",
        )  # fmt: skip
        assert requested().due_on == add_working_days(clock.today(), expected)
