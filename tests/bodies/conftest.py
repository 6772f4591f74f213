"""A steering committee with its secretariat in the government office, and meetings at every point of their way."""

from datetime import datetime, timedelta

import pytest
from django.utils.timezone import get_current_timezone

from sala.bodies import operations
from sala.bodies.models import AgendaItem, Meeting, Minutes
from sala.core import clock
from sala.core.language import Translated

LAO = {"lo": "ຄະນະຊີ້ນຳສຸຂະພາບ", "en": "Health steering committee"}


def at(days: int, hour: int = 9) -> datetime:
    """An hour of a day, counted from today, in the country's time."""
    day = clock.today() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, tzinfo=get_current_timezone())


@pytest.fixture
def committee(world):
    """committee(**changes) → a body with chair, secretary, members of three organisations and an observer."""

    def make(**changes):
        actor = world.actor("secretary")
        values = {"kind": "committee", "name": Translated(LAO), "area": world.area("DM"), "tier": "public"}
        body = operations.establish_body(actor, world.organisation("GOV"), **(values | changes))
        for code, role in (
            ("GOV-head", "chair"), ("GOV-secretary", "secretary"), ("HEALTH-head", "member"), ("LAND-head", "member"),
            ("HEALTH-P01-head", "member"), ("STAT-head", "observer"),
        ):  # fmt: skip
            operations.give_seat(
                actor, body, world.position(code), role=role, start=clock.today() - timedelta(days=400)
            )
        return body

    return make


@pytest.fixture
def drafted(world, committee):
    """drafted(body=None, days=30, **changes) → a meeting in preparation with one topic."""

    def make(body=None, days=30, **changes):
        actor = world.actor("secretary")
        values = {
            "title": Translated({"lo": "ກອງປະຊຸມຄັ້ງທີ 1", "en": "First meeting"}),
            "venue": Translated({"lo": "ຫ້ອງປະຊຸມໃຫຍ່", "en": "Main hall"}),
            "starts_at": at(days),
        }
        meeting = operations.draft_meeting(actor, body or committee(), **(values | changes))
        operations.add_item(actor, meeting, title=Translated({"lo": "ແຜນສຸກສາລາ", "en": "Plan of clinics"}))
        return meeting

    return make


@pytest.fixture
def called(world, drafted):
    def make(**changes):
        return operations.call_meeting(world.actor("secretary"), drafted(**changes))

    return make


@pytest.fixture
def held(world, drafted):
    """held(**changes) → a meeting that is held today. Its invitation is left out: making the letter takes a second."""

    def make(days=0, **changes):
        with clock.fixed(clock.now() - timedelta(days=30)):
            meeting = drafted(days=30 + days, **changes)
        Meeting.objects.filter(pk=meeting.pk).update(state="called", is_called=True)
        return operations.hold_meeting(world.actor("secretary"), meeting)

    return make


@pytest.fixture
def topic():
    """topic(meeting) → its one topic."""

    def find(meeting) -> AgendaItem:
        return meeting.items.get(kind="topic")

    return find


@pytest.fixture
def decided(world, held, topic):
    """decided(**changes) → a decision taken in a meeting that was held today."""

    def make(number="12/GOV", **changes):
        meeting = held(**changes)
        return operations.take_decision(
            world.actor("secretary"), topic(meeting), number=number,
            title=Translated({"lo": "ຂໍ້ຕົກລົງ ກ່ຽວກັບສຸກສາລາ", "en": "Decision on clinics"}),
            wording=Translated({"lo": "ທຸກແຂວງ ສົ່ງແຜນສຸກສາລາ", "en": "Every province sends a plan of its clinics"}),
        )  # fmt: skip

    return make


@pytest.fixture
def given_out(world, decided):
    """given_out(**changes) → an action of a decision that lies on the desk of the owner's post."""

    def make(position="HEALTH-P01-data", **changes):
        return operations.add_action(
            world.actor("secretary"), decided(**changes), position=world.position(position),
            wording=Translated({"lo": "ສົ່ງແຜນສຸກສາລາຂອງແຂວງ", "en": "Send the plan of clinics of the province"}),
            due_on=clock.today() + timedelta(days=60), issuer=world.position("GOV-secretary"),
        )  # fmt: skip

    return make


@pytest.fixture
def written(world, held, topic):
    """written(**changes) → minutes with a text under their topic."""

    def make(**changes) -> Minutes:
        meeting = held(**changes)
        return operations.write_minutes(
            world.actor("secretary"), meeting.minutes, summary=Translated({"lo": "ຕົກລົງເຫັນດີ", "en": "Agreed"}),
            texts={topic(meeting).pk: Translated({"lo": "ທີ່ປະຊຸມເຫັນດີ", "en": "The meeting agreed"})},
        )  # fmt: skip

    return make


@pytest.fixture
def circulated(world, written):
    """circulated(**changes) → minutes before the chair first, then a member."""

    def make(**changes) -> Minutes:
        chain = [world.position("GOV-head"), world.position("LAND-head")]
        return operations.circulate_minutes(world.actor("secretary"), written(**changes), chain=chain)

    return make
