"""Two at one thing at the same moment: of two decisions one wins; a letter being written leaves its call free."""

import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from config.jobs import run_errand
from sala.core import clock
from sala.core.errors import Conflict
from sala.core.language import Translated
from sala.core.models import Errand
from sala.documents import operations as documents
from sala.documents import pdf
from sala.documents.working_days import add_working_days
from sala.duties import operations
from sala.duties.errands import ask_letter
from sala.duties.models import Assignment, Call, CallLetter
from sala.duties.queries.letters import standing_letters
from tests.world import World


def test_accept_and_return_at_once_leave_one_decision(committed, answer_in_earnest):
    assignment = answer_in_earnest
    together, outcomes = threading.Barrier(2), []

    def decide(step, words):
        try:
            actor, row = World().actor("caller"), Assignment.objects.get(pk=assignment)
            together.wait(timeout=20)
            step(actor, row, **words)
            outcomes.append(step.__name__)
        except Conflict:
            outcomes.append("conflict")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=(operations.accept, {})),
        threading.Thread(target=decide, args=(operations.return_, {"reason": "Mend it"})),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    row = Assignment.objects.get(pk=assignment)
    decided = {"accept": "accepted", "return_": "returned"}
    winners = [name for name in outcomes if name != "conflict"]
    assert len(outcomes) == 2 and len(winners) == 1 and row.state == decided[winners[0]]
    assert row.steps.filter(step__in=["accept", "return"]).count() == 1


def test_while_a_letter_is_laid_out_its_call_can_be_changed_and_the_letter_says_what_it_was(committed, monkeypatch):
    world, posts = World(), [operations.Asked(World().position(f"HEALTH-P0{number}-data")) for number in (1, 2)]
    call = a_call(world, posts, due_on=None, due_days=15)
    said = Call.objects.get(pk=call.pk).due_on
    begun, changed = threading.Event(), threading.Event()
    render, failures = pdf.render, []

    def slowly(*arguments):
        begun.set()
        assert changed.wait(timeout=30)
        return render(*arguments)

    monkeypatch.setattr(pdf, "render", slowly)
    monkeypatch.setattr(settings, "LETTER_POSTS_AT_ONCE", 1)
    errand = ask_letter(world.actor("caller"), call)

    def work():
        try:
            run_errand(str(errand.pk))
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert begun.wait(timeout=30)
    with connection.cursor() as cursor:
        cursor.execute("set lock_timeout = '5s'")
    documents.add_non_working_day(
        world.actor("command"), world.organisation("STAT"), day=add_working_days(clock.today(), 3),
        name={"lo": "ວັນພັກ", "en": "Day off"}, source="Notice 7",
    )  # fmt: skip
    assert operations.follow_calendar_everywhere() == 1
    changed.set()
    worker.join(timeout=60)
    letter = CallLetter.objects.get()
    assert not failures and Errand.objects.get(pk=errand.pk).state == "done"
    moved = Call.objects.get(pk=call.pk)
    assert letter.due_on == said < moved.due_on
    assert [row.now for row in standing_letters(world.actor("caller"), moved)] == [add_working_days(said, 1)]


@pytest.fixture
def answer_in_earnest(committed):
    """Number of a submitted assignment in a database where commits are real."""
    world = World()
    call = a_call(
        world, [operations.Asked(world.position("HEALTH-P01-data"))], due_on=clock.today() + timedelta(days=30)
    )
    assignment = call.assignments.get()
    operations.acknowledge(world.actor("owner"), assignment)
    operations.submit(world.actor("owner"), assignment, answer="answer")
    return assignment.pk


def a_call(world, asked, **due):
    call = operations.draft_call(
        world.actor("caller"), issuer=world.position("STAT-calls"), asked=asked, kind="data-call",
        title=Translated({"lo": "ຂໍ"}), purpose=Translated({"lo": "ເພື່ອ"}), instruction=Translated({"lo": "ສົ່ງ"}), **due,
    )  # fmt: skip
    operations.issue_call(world.actor("caller"), call)
    return call
