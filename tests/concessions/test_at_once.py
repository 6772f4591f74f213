"""Two who change the same concession at the same moment: one gets through, the other is told."""

import threading
from datetime import date

from django.db import connection

from sala.access.actor import command
from sala.concessions import operations
from sala.concessions.models import Change
from sala.core.errors import Conflict
from sala.core.language import Translated
from sala.core.models import Term
from tests.world import World


def test_of_two_who_change_at_the_same_moment_one_is_told(committed):
    world = World()
    made = operations.enter(
        command(), kind="lease", name=Translated(lo="ສອງຄົນ"), sector=Term.objects.get(scheme="sector", code="mining"),
        area=world.area("0101"), lead=world.organisation("LAND-D0101"),
    )  # fmt: skip
    together, told = threading.Barrier(2), []

    def edit(day):
        try:
            together.wait(timeout=20)
            operations.change(command(), made, 1, reason="At once", requested_on=date(2025, 1, day))
            told.append("done")
        except Conflict:
            told.append("conflict")
        finally:
            connection.close()

    both = [threading.Thread(target=edit, args=(day,)) for day in (1, 2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(told) == ["conflict", "done"]
    assert Change.objects.filter(concession=made, field="requested_on").count() == 1
