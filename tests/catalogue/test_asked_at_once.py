"""Two offices ask a post for the same figures at the same moment: it is asked once, and both calls wait for it."""

import threading
from datetime import timedelta

from django.db import connection

from sala.catalogue.models import AskedFigure
from sala.catalogue.operations.asking import Row, lay_out_table
from sala.core import clock
from sala.core.language import Translated
from sala.duties import operations as duties
from sala.duties.models import Assignment, Attachment, Call
from tests.world import World

CALLS = 3


def drafted(world) -> int:
    caller = world.actor("caller")
    call = duties.draft_call(
        caller, issuer=world.position("STAT-calls"), asked=[duties.Asked(world.position("HEALTH-P01-data"))], period="2026",
        kind="data-call", title=Translated(lo="ຂໍ"), purpose=Translated(lo="ເພື່ອ"), instruction=Translated(lo="ສົ່ງ"),
        due_on=clock.today() + timedelta(days=30),
    )  # fmt: skip
    lay_out_table(caller, call, [Row("births", Translated(lo="ການເກີດ")), Row("deaths", Translated(lo="ການຕາຍ"))])
    return call.pk


def test_calls_issued_at_once_make_one_assignment(committed):
    calls = [drafted(World()) for _each in range(CALLS)]
    together, outcomes = threading.Barrier(CALLS), []

    def issue(pk):
        try:
            actor, call = World().actor("caller"), Call.objects.get(pk=pk)
            together.wait(timeout=20)
            duties.issue_call(actor, call)
            outcomes.append("issued")
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=issue, args=(pk,)) for pk in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert outcomes == ["issued"] * CALLS
    assignment = Assignment.objects.get()
    assert Attachment.objects.filter(assignment=assignment).count() == CALLS - 1
    assert AskedFigure.objects.filter(is_open=True, given_in__isnull=True).count() == 2
