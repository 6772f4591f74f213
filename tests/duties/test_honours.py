"""Offices that answered everything in time are honoured by the office above, in counts, with a certificate."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.documents import operations as documents
from sala.documents.models import IssuedDocument
from sala.duties import operations
from sala.duties.models import Assignment, Honour
from sala.duties.operations.reviews import accept, return_
from sala.duties.queries.honours import least_asked, offices_to_honour, records
from sala.people.models import Appointment, Person

pytestmark = pytest.mark.django_db
YEAR = 2025


@pytest.fixture
def minister(world):
    person = Person.objects.create(name="Test minister", email="minister@example.org", language="en", is_invented=True)
    Appointment.objects.create(
        person=person, position=world.position("HEALTH-head"), valid=DateRange(date(2020, 1, 1), None)
    )
    return person


@pytest.fixture
def answered(world, submitted):
    """answered(late, returned, done) → an answer that fell due in YEAR."""

    def make(late=False, returned=False, done=True, **changes):
        assignment = submitted(**changes)
        if returned:
            return_(world.actor("caller"), assignment, reason="Mend")
            operations.submit(world.actor("owner"), assignment, answer="Mended")
        if done:
            accept(world.actor("caller"), assignment)
        due = date(YEAR, 5, 20)
        given = datetime(YEAR, 6 if late else 5, 11, tzinfo=UTC)
        Assignment.objects.filter(pk=assignment.pk).update(due_on=due, first_submitted_at=given)
        return assignment

    return make


def test_counts_of_a_year(world, answered, issued):
    office = world.organisation("HEALTH-P01").pk
    answered(), answered(returned=True), answered(late=True), answered(done=False)
    Assignment.objects.filter(pk=issued().pk).update(due_on=date(YEAR, 7, 1))
    found = records(YEAR, [office])[office]
    assert (found.asked, found.in_time, found.complete, found.first_pass) == (5, 3, 3, 2)
    assert records(YEAR - 1, [office]) == {} and not found.is_honourable(1)


def test_an_answer_on_the_working_day_after_a_day_off_is_in_time(world, answered):
    assignment = answered()
    saturday = date(YEAR, 5, 24)
    Assignment.objects.filter(pk=assignment.pk).update(
        due_on=saturday, first_submitted_at=datetime(YEAR, 5, 26, 3, tzinfo=UTC)
    )
    office = world.organisation("HEALTH-P01").pk
    assert records(YEAR, [office])[office].in_time == 1


def test_what_is_not_due_yet_or_was_withdrawn_is_not_counted(world, issued):
    office = world.organisation("HEALTH-P01").pk
    issued()
    gone = issued()
    operations.withdraw_call(world.actor("caller"), gone.call, reason="Not needed")
    Assignment.objects.filter(pk=gone.pk).update(due_on=clock.today() - timedelta(days=40))
    assert records(clock.today().year, [office]) == {}


def test_an_office_is_honoured_by_the_one_above_with_a_certificate_anyone_can_verify(world, minister, answered, visit):
    for _number in range(3):
        answered()
    honour = operations.give_honour(world.actor("minister"), world.organisation("HEALTH-P01"), YEAR)
    assert (honour.asked, honour.in_time, honour.complete, honour.first_pass) == (3, 3, 3, 3)
    paper = IssuedDocument.objects.get(pk=honour.paper_id)
    assert paper.kind == "certificate" and paper.issuer == world.organisation("HEALTH") and paper.files.count() == 2
    page = visit().get(f"/honours/?year={YEAR}").content.decode()
    assert paper.number in page and "Health Department" in page
    assert visit().get(f"/verify/{paper.number}/").status_code == 200
    with pytest.raises(Conflict):
        operations.give_honour(world.actor("minister"), world.organisation("HEALTH-P01"), YEAR)
    assert IssuedDocument.objects.filter(kind="certificate").count() == 1


@pytest.mark.parametrize("fault", [{"late": True}, {"done": False}])
def test_one_late_or_unaccepted_answer_keeps_an_office_off_the_list(world, minister, answered, fault):
    for changes in ({}, {}, {}, fault):
        answered(**changes)
    with pytest.raises(Invalid):
        operations.give_honour(world.actor("minister"), world.organisation("HEALTH-P01"), YEAR)
    assert not Honour.objects.exists() and not IssuedDocument.objects.exists()


def test_how_many_answers_make_a_record_is_a_rule_that_the_giver_may_raise_and_not_lower(world, minister, answered):
    answered(), answered()
    office = world.organisation("HEALTH-P01")
    for least in (1, 2):
        with pytest.raises(Invalid, match="3 times"):
            operations.give_honour(world.actor("minister"), office, YEAR, least=least)
    documents.add_rule(
        world.actor("command"), world.organisation("HEALTH"), kind="minimum", key="honours.asked", area=world.area("01"),
        value={"number": "2", "unit": "number"}, start=date(YEAR, 12, 1),
    )  # fmt: skip
    assert (least_asked(YEAR - 1, world.area("01")), least_asked(YEAR, world.area("02"))) == (3, 3)
    with pytest.raises(Invalid, match="4 times"):
        operations.give_honour(world.actor("minister"), office, YEAR, least=4)
    operations.give_honour(world.actor("minister"), office, YEAR)


def test_nobody_honours_the_own_office_another_ministrys_or_a_year_that_runs(world, minister, answered):
    for _number in range(3):
        answered()
    health, land = world.organisation("HEALTH-P01"), world.organisation("LAND-P02")
    with pytest.raises(NotPermitted):
        operations.give_honour(world.actor("head"), health, YEAR)
    for who in ("owner", "stranger", "caller"):
        with pytest.raises(NotPermitted):
            operations.give_honour(world.actor(who), health, YEAR)
    with pytest.raises(NotPermitted):
        operations.give_honour(world.actor("minister"), land, YEAR)
    with pytest.raises(Conflict, match="not over"):
        operations.give_honour(world.actor("minister"), health, clock.today().year)
    assert set(offices_to_honour(world.actor("owner"))) == set()
    assert health in offices_to_honour(world.actor("minister")) and land not in offices_to_honour(
        world.actor("minister")
    )
    assert health not in offices_to_honour(world.actor("head"))


def test_the_list_has_an_office_once_a_year(world, minister, answered):
    for _number in range(3):
        answered()
    honour = operations.give_honour(world.actor("minister"), world.organisation("HEALTH-P01"), YEAR)
    with pytest.raises(IntegrityError), transaction.atomic():
        Honour.objects.filter(pk=honour.pk).update(in_time=4)


def test_the_page_shows_counts_of_others_only_to_who_may_honour(world, minister, answered, visit):
    for _number in range(3):
        answered()
    address = f"/honours/?year={YEAR}"
    for who in ("owner", "stranger", "citizen", "public"):
        page = visit(who).get(address).content.decode()
        assert 'id="records"' not in page and "Health Department" not in page
        assert visit(who).post("/honours/HEALTH-P01/", {"year": YEAR}).status_code in (401, 403)
    browser = visit("minister")
    page = browser.get(address).content.decode()
    assert 'id="records"' in page and "Health Department" in page and "/honours/HEALTH-P01/" in page
    assert browser.get("/honours/HEALTH-P01/").status_code == 405
    answer = browser.post("/honours/HEALTH-P01/", {"year": YEAR, "least": 3})
    assert answer.status_code == 302 and Honour.objects.get().paper.get_absolute_url() == answer["Location"]
    assert "/honours/HEALTH-P01/" not in browser.get(address).content.decode()
