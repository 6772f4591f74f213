"""Questions to the producer: asked in public, promised, answered once for all, by the post that is named."""

from datetime import datetime, time, timedelta

import pytest
from django.utils.timezone import get_current_timezone

from sala.access.actor import command
from sala.catalogue.operations.questions import DAYS, DEADLINE_KEY, ask_producer
from sala.core import clock
from sala.core.errors import Missing, NotPermitted, SignInNeeded, TooMany
from sala.documents.models import RuleKind
from sala.documents.operations.rules import add_rule
from sala.documents.working_days import add_working_days
from sala.duties import jobs
from sala.duties import operations as duties
from sala.duties.models import Thread
from sala.duties.operations.threads import MOST_WAITING
from sala.people.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def public_set(dataset, deliver, release, world):
    dataset.contact = world.position("HEALTH-P01-data")
    dataset.save()
    release(deliver())
    dataset.refresh_from_db()
    return dataset


def test_a_citizen_asks_and_everybody_reads_the_one_answer(visit, world, public_set):
    page = public_set.get_absolute_url()
    sent = visit("citizen").post(f"{page}questions/", {"text": "Do clinics count health posts?"}, follow=True)
    assert "An answer is promised until" in sent.content.decode()
    thread = Thread.objects.get()
    assert thread.answers == world.position("HEALTH-P01-data")
    assert thread.due_on == add_working_days(clock.today(), DAYS)
    desk = visit("owner").get("/desk/").content.decode()
    assert "Do clinics count health posts?" in desk and f"{page}#thread-{thread.pk}" in desk
    visit("owner").post(f"/questions/{thread.pk}/", {"text": "No, only clinics with a doctor."})
    thread.refresh_from_db()
    assert thread.answered_at is not None
    shown = visit().get(page).content.decode()
    assert "only clinics with a doctor" in shown and "somebody without a post" in shown and "Test citizen" not in shown
    assert "Do clinics" not in visit("owner").get("/desk/").content.decode()
    told = Message.objects.get(person=world.person("citizen"))
    assert "only clinics with a doctor" in told.body and f"#thread-{thread.pk}" in told.body


def test_nobody_asks_without_a_verified_address_nor_about_what_is_hidden(visit, world, public_set):
    with pytest.raises(SignInNeeded):
        ask_producer(world.actor("public"), public_set, text="Who counts?")
    assert visit().get(f"{public_set.get_absolute_url()}questions/").status_code == 401
    type(public_set).objects.update(tier="own")
    with pytest.raises(Missing):
        ask_producer(world.actor("citizen"), public_set, text="Who counts?")
    assert visit("citizen").post(f"{public_set.get_absolute_url()}questions/", {"text": "?"}).status_code == 404
    assert not Thread.objects.exists()


def test_a_word_of_another_office_is_no_answer_and_may_not_hide(world, public_set):
    thread = ask_producer(world.actor("citizen"), public_set, text="Who counts?")
    entry = duties.reply(world.actor("stranger"), thread, text="We wonder too")
    thread.refresh_from_db()
    assert not entry.is_answer and thread.answered_at is None
    with pytest.raises(NotPermitted):
        duties.hide(world.actor("stranger"), entry, reason="No")


def test_the_days_promised_are_those_of_the_rule_in_force(world, public_set):
    rule = {"number": "3", "unit": "working_days"}
    yesterday = clock.today() - timedelta(days=1)
    owner = world.organisation("GOV")
    add_rule(command(), owner, kind=RuleKind.DEADLINE, key=DEADLINE_KEY, value=rule, start=yesterday)
    thread = ask_producer(world.actor("stranger"), public_set, text="Who counts?")
    assert thread.due_on == add_working_days(clock.today(), 3)
    assert thread.asked_by == world.position("LAND-P02-data")


def test_one_person_cannot_bury_an_office_in_questions(world, public_set):
    for number in range(MOST_WAITING):
        ask_producer(world.actor("citizen"), public_set, text=f"Question {number}")
    with pytest.raises(TooMany):
        ask_producer(world.actor("citizen"), public_set, text="And another")
    duties.reply(world.actor("owner"), Thread.objects.first(), text="So it is.")
    assert ask_producer(world.actor("citizen"), public_set, text="And another").pk


def test_the_api_asks_and_shows_the_same(client, visit, world, public_set, token_of):
    address = f"/api/v1/datasets/{public_set.slug}/questions"
    headers = {"authorization": f"Bearer {token_of('LAND-P02-data')}"}
    asked = client.post(address, {"text": "Who counts?"}, content_type="application/json", headers=headers)
    assert asked.status_code == 201 and asked.json()["due_on"]
    rows = visit().get(address).json()
    assert rows[0]["entries"][0]["text"] == "Who counts?" and rows[0]["entries"][0]["post"] == "LAND-P02-data"
    assert client.post(address, {"text": "Me too"}, content_type="application/json").status_code in (401, 403)


def test_a_question_without_its_answer_is_reminded_and_told_to_the_heads(world, public_set):
    thread = ask_producer(world.actor("citizen"), public_set, text="Do clinics count health posts?")
    late = [add_working_days(thread.due_on, days) for days in (1, 30)]

    def waves():
        rows = Message.objects.filter(subject_type="dataset", wave__startswith=f"thread-{thread.pk}-").order_by("id")
        return [(row.wave.removeprefix(f"thread-{thread.pk}-").partition("/")[0], row.person.email) for row in rows]

    for day in (thread.due_on - timedelta(days=1), *late):
        for _run in range(2):
            duties.remind_of(duties.questions_owed(), day)
    told = waves()
    assert told[0] == ("before-1", "owner@example.org") and ("overdue-1", "owner@example.org") in told
    assert ("escalation-1", "head@example.org") in told and len(told) == len(set(told))
    overdue = Message.objects.get(wave__startswith=f"thread-{thread.pk}-overdue-1")
    assert "Do clinics count health posts?" in overdue.body and public_set.get_absolute_url() in overdue.body
    duties.reply(world.actor("owner"), thread, text="No.")
    before = len(waves())
    assert duties.remind_of(duties.questions_owed(), late[1] + timedelta(days=40)) == 0 and len(waves()) == before


def test_a_question_to_which_no_day_was_promised_is_not_reminded(world, public_set):
    thread = ask_producer(world.actor("citizen"), public_set, text="Who counts?")
    Thread.objects.filter(pk=thread.pk).update(due_on=None)
    assert duties.remind_of(duties.questions_owed(), clock.today() + timedelta(days=400)) == 0


def test_the_daily_job_of_reminders_sees_to_questions(world, public_set):
    ask_producer(world.actor("citizen"), public_set, text="Who counts?")
    day = clock.today() + timedelta(days=60)
    at_seven = datetime.combine(day, time(7), tzinfo=get_current_timezone())
    assert jobs.remind_daily(int(at_seven.timestamp())) > 0
    assert Message.objects.filter(wave__startswith="thread-", wave__contains="overdue").exists()
