"""A call from the statistics bureau to the data contact point of a health department, and steps along its way."""

from datetime import timedelta

import pytest

from sala.core import clock
from sala.core.language import Translated
from sala.duties import operations
from sala.duties.models import Assignment
from sala.people import operations as people
from sala.people.models import Role

LAO = {"lo": "ຂໍຂໍ້ມູນການເກີດ", "en": "Births asked"}


def answering(world, code):
    """Let one more post of an office answer calls."""
    role = Role.objects.get(code="data_reporter")
    people.grant_role(world.actor("admin"), world.position(code), role)
    return world.position(code)


@pytest.fixture
def drafted(world):
    """drafted(**changes) → a draft that could be issued, from the caller to the owner's post.

    position, validating_position say who is asked and who checks; `asked` says it of many.
    """

    def make(who="caller", **changes):
        post = changes.pop("position", world.position("HEALTH-P01-data"))
        checker = changes.pop("validating_position", None)
        values = {
            "issuer": world.position("STAT-calls"),
            "asked": [operations.Asked(post, checker=checker)] if post else [],
            "kind": "data-call",
            "title": Translated(LAO),
            "purpose": Translated({"lo": "ສຳລັບບົດລາຍງານ"}),
            "instruction": Translated({"lo": "ສົ່ງຈຳນວນການເກີດ ຕໍ່ເມືອງ"}),
            "due_on": clock.today() + timedelta(days=30),
        }
        return operations.draft_call(world.actor(who), **(values | changes))

    return make


@pytest.fixture
def issued(world, drafted):
    """issued(**changes) → the assignment of a call that was just issued."""

    def make(who="caller", **changes):
        call = drafted(who, **changes)
        operations.issue_call(world.actor(who), call)
        return Assignment.objects.get(call_id=call.pk)

    return make


@pytest.fixture
def submitted(world, issued):
    """submitted(**changes) → an assignment whose answer was given by the owner."""

    def make(**changes):
        assignment = issued(**changes)
        operations.acknowledge(world.actor("owner"), assignment)
        return operations.submit(world.actor("owner"), assignment, answer="124 births")

    return make
