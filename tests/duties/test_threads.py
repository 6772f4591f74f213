"""A question is answered once and read by all who were asked."""

import pytest

from sala.core import clock
from sala.core.errors import Conflict, Invalid, Missing, NotPermitted, SignInNeeded, TooLarge
from sala.duties import operations
from sala.duties.models import Thread
from sala.people.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked_of_two(world, drafted):
    posts = [operations.Asked(world.position(code)) for code in ("HEALTH-P01-data", "LAND-P02-data")]
    call = drafted(asked=posts)
    return operations.issue_call(world.actor("caller"), call)


def test_the_answer_to_one_office_stands_before_the_other(world, visit, asked_of_two):
    thread = operations.ask(world.actor("owner"), asked_of_two, text="With or without stillbirths?")
    assert thread.asked_by == world.position("HEALTH-P01-data") and thread.answers == world.position("STAT-calls")
    assert Message.objects.filter(person=world.person("caller"), wave=f"thread-{thread.pk}").exists()
    assert 'id="question"' in visit("caller").get("/desk/").content.decode()
    operations.reply(world.actor("caller"), thread, text="Without. They have a table of their own.")
    thread.refresh_from_db()
    assert thread.answered_at is not None
    page = visit("stranger").get(asked_of_two.get_absolute_url()).content.decode()
    assert "With or without stillbirths?" in page and "a table of their own" in page
    assert 'id="question"' not in visit("caller").get("/desk/").content.decode()


def test_a_word_of_the_asking_side_is_no_answer(world, asked_of_two):
    thread = operations.ask(world.actor("owner"), asked_of_two, text="Which month?")
    entry = operations.reply(world.actor("stranger"), thread, text="We wonder too")
    thread.refresh_from_db()
    assert not entry.is_answer and thread.answered_at is None
    assert entry.position == world.position("LAND-P02-data")


def test_who_does_not_see_the_call_can_neither_ask_nor_answer(world, issued, visit):
    call = issued().call
    with pytest.raises(Missing):
        operations.ask(world.actor("stranger"), call, text="Let me in")
    with pytest.raises(SignInNeeded):
        operations.ask(world.actor("public"), call, text="Let me in")
    thread = operations.ask(world.actor("owner"), call, text="Which month?")
    with pytest.raises(Missing):
        operations.reply(world.actor("stranger"), thread, text="July")
    assert visit("stranger").get(f"/questions/{thread.pk}/").status_code == 404


def test_hostile_text_is_shown_as_text_and_can_be_hidden_with_a_reason(world, visit, asked_of_two):
    thread = operations.ask(world.actor("owner"), asked_of_two, text="<script>alert(1)</script>")
    page = visit("stranger").get(asked_of_two.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page
    entry = thread.entries.get()
    with pytest.raises(NotPermitted):
        operations.hide(world.actor("owner"), entry, reason="No")
    operations.hide(world.actor("caller"), entry, reason="Not a question")
    page = visit("stranger").get(asked_of_two.get_absolute_url()).content.decode()
    assert "alert(1)" not in page and "Not a question" in page


def test_empty_long_and_late_words_are_refused(world, asked_of_two):
    with pytest.raises(Invalid):
        operations.ask(world.actor("owner"), asked_of_two, text="  ")
    with pytest.raises(TooLarge):
        operations.ask(world.actor("owner"), asked_of_two, text="x" * 4001)
    thread = operations.ask(world.actor("owner"), asked_of_two, text="Which month?")
    Thread.objects.filter(pk=thread.pk).update(closed_at=clock.now())
    with pytest.raises(Conflict):
        operations.reply(world.actor("caller"), thread, text="July")
