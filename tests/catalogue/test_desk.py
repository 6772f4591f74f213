"""What of the catalogue waits on whose desk."""

from datetime import UTC, datetime

import pytest

from sala.catalogue import operations
from sala.catalogue.models import Dataset, Edition
from sala.catalogue.queries.desk import desk_rows
from sala.core import clock

pytestmark = pytest.mark.django_db


def waiting(world, who):
    return [row.group.value for row in desk_rows(world.actor(who))]


def test_a_submitted_edition_waits_for_the_publisher_of_the_house_and_nobody_else(world, deliver, visit):
    edition = deliver(period="2024")
    operations.submit_edition(world.actor("owner"), edition)
    assert waiting(world, "colleague") == ["review"]
    assert waiting(world, "stranger") == [] and waiting(world, "citizen") == [] and waiting(world, "owner") == []
    assert edition.get_absolute_url() in visit("colleague").get("/desk/").content.decode()


def test_a_returned_edition_waits_for_whoever_sends(world, deliver):
    edition = deliver(period="2024")
    operations.submit_edition(world.actor("owner"), edition)
    operations.return_edition(world.actor("reviewer"), Edition.objects.get(), reason="Two rows are missing.")
    assert [(row.group.value, row.note) for row in desk_rows(world.actor("owner"))] == [
        ("returned", "Two rows are missing.")
    ]


def test_a_promised_edition_waits_for_the_contact_post_when_it_is_due(world, dataset, deliver, release):
    release(deliver(period="2023"))
    Dataset.objects.update(contact=world.position("HEALTH-P01-data"))
    with clock.fixed(datetime(2025, 2, 1, tzinfo=UTC)):
        assert waiting(world, "owner") == ["work"]
    with clock.fixed(datetime(2024, 2, 1, tzinfo=UTC)):
        assert waiting(world, "owner") == []
