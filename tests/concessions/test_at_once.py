"""Two who change the same concession at the same moment: one gets through, the other is told."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from sala.access.actor import command
from sala.concessions import operations
from sala.concessions.models import Change, Raised
from sala.concessions.operations import raising
from sala.core import clock
from sala.core.errors import Conflict
from sala.core.language import Translated
from sala.core.models import Term
from sala.ledger.models import Charge
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


def _owing(world):
    """A concession of which a year has begun that was not charged yet."""
    made = operations.enter(
        command(), kind="lease", name=Translated(lo="ຮຽກເກັບ"), sector=Term.objects.get(scheme="sector", code="mining"),
        area=world.area("0101"), lead=world.organisation("LAND-D0101"),
    )  # fmt: skip
    holder = operations.enter_party(
        command(), name=Translated(lo="ຜູ້ຖື"), kind="company", keeper=made.lead, area=made.area
    )  # fmt: skip
    start = clock.today() - timedelta(days=30)
    operations.grant(command(), made, holder=holder, granted_ha=Decimal(10), starts_on=start, term_months=120)
    operations.enter_due(
        command(), made, kind=Term.objects.get(scheme="charge-kind", code="rent"), basis="rate", area_basis="granted",
        rate=Decimal(30), currency="XTS", starts_on=start, books=world.organisation("FIN-P01"),
    )  # fmt: skip
    return made


def test_charged_by_two_at_the_same_moment_a_period_is_charged_once(committed):
    made = _owing(World())
    together, told = threading.Barrier(2), []

    def charge():
        try:
            together.wait(timeout=20)
            told.append(len(operations.raise_charges(command(), made)))
        finally:
            connection.close()

    both = [threading.Thread(target=charge) for _one in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(told) == [0, 1] and Charge.objects.count() == 1


def test_a_night_that_is_broken_off_leaves_nothing_half_and_the_next_goes_on(committed, monkeypatch):
    """The first concession is charged, the second breaks after its charges were written: those are gone with it."""
    first, second = _owing(World()), _owing(World())
    record = raising.record

    def killed(actor, verb, subject, **told):
        if subject.pk == second.pk:
            raise KeyboardInterrupt
        return record(actor, verb, subject, **told)

    monkeypatch.setattr(raising, "record", killed)
    with pytest.raises(KeyboardInterrupt):
        operations.raise_all(command())
    assert [row.due.concession_id for row in Raised.objects.all()] == [first.pk] and Charge.objects.count() == 1
    monkeypatch.undo()
    assert operations.raise_all(command()).charges == 1 and Charge.objects.count() == 2
