"""Two people decide on one answer at the same moment: one wins, the other is told."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from sala.core import clock
from sala.core.errors import Conflict
from sala.core.language import Translated
from sala.duties import operations
from sala.duties.models import Assignment
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


@pytest.fixture
def answer_in_earnest(committed):
    """Number of a submitted assignment in a database where commits are real."""
    world = World()
    call = operations.draft_call(
        world.actor("caller"), issuer=world.position("STAT-calls"), asked=[operations.Asked(world.position("HEALTH-P01-data"))],
        kind="data-call", title=Translated({"lo": "ຂໍ"}), purpose=Translated({"lo": "ເພື່ອ"}),
        instruction=Translated({"lo": "ສົ່ງ"}), due_on=clock.today() + timedelta(days=30),
    )  # fmt: skip
    operations.issue_call(world.actor("caller"), call)
    assignment = call.assignments.get()
    operations.acknowledge(world.actor("owner"), assignment)
    operations.submit(world.actor("owner"), assignment, answer="answer")
    return assignment.pk
