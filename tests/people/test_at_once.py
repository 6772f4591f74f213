"""Two at the tree of organisations or its heads at the same moment: the later one waits and meets what the first has done."""

import threading

import pytest
from django.db import connection, transaction

from sala.access.actor import command
from sala.core import clock
from sala.core.errors import SalaError
from sala.core.language import Translated
from sala.people import operations
from sala.people.models import Organisation, Position
from tests.world import World


def meanwhile(first, second):
    """Do the second while the first is done and not yet committed. Returns what the second raised."""
    raised = []

    def work():
        try:
            second()
        except SalaError as error:
            raised.append(error)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    with transaction.atomic():
        first()
        worker.start()
        worker.join(timeout=1.5)
    worker.join(timeout=30)
    assert not worker.is_alive()
    return raised


def whole_tree():
    """Every path is its parent's and the own number."""
    rows = Organisation.objects.select_related("parent")
    return all(row.path == f"{row.parent.path if row.parent else '/'}{row.pk}/" for row in rows)


def move(code, parent):
    world = World()
    operations.move_organisation(
        command(), world.organisation(code), parent=world.organisation(parent), reason="Decree 7"
    )


def found(parent):
    world = World()
    operations.found_organisation(
        command(), parent=world.organisation(parent), code="NEW", kind="unit", area=world.area("0101"),
        name=Translated(lo="ໃໝ່", en="New"),
    )  # fmt: skip


def close(code, successor):
    world = World()
    operations.close_organisation(
        command(), world.organisation(code), on=clock.today(), reason="x", successor=world.organisation(successor)
    )


def test_two_at_once_leave_the_tree_whole_and_one_head(committed):
    assert whole_tree()
    assert meanwhile(lambda: move("HEALTH", "LAND"), lambda: move("LAND", "HEALTH"))  # which would be a circle
    assert whole_tree() and World().organisation("LAND").parent is None
    assert meanwhile(lambda: move("HEALTH-P01", "STAT"), lambda: found("HEALTH-P01")) == []
    assert whole_tree()
    assert meanwhile(lambda: close("LAND-P02", "FIN-P02"), lambda: found("LAND-P02"))  # it is closed by now
    assert whole_tree() and Organisation.objects.filter(code="NEW").count() == 1

    def head(code):
        return lambda: operations.make_head(command(), World().position(code))

    Position.objects.filter(organisation__code="HEALTH-P01").update(is_head=False)
    assert meanwhile(head("HEALTH-P01-data"), head("HEALTH-P01-records")) == []
    heads = Position.objects.filter(organisation__code="HEALTH-P01", is_head=True)
    assert [post.code for post in heads] == ["HEALTH-P01-records"]


@pytest.mark.django_db
def test_what_was_read_before_the_tree_changed_is_read_anew(world):
    read_before, clinic = world.organisation("HEALTH-P01"), world.organisation("LAND-P01")
    operations.move_organisation(
        command(), world.organisation("HEALTH-P01"), parent=world.organisation("STAT"), reason="x"
    )
    operations.move_organisation(command(), clinic, parent=read_before, reason="x")
    operations.close_organisation(
        command(), world.organisation("FIN-P01"), on=clock.today(), reason="x", successor=read_before
    )
    assert whole_tree()
