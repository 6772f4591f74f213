"""Whoever owes an edition is told: once when due, monthly while late, then the head too."""

from datetime import date

import pytest

from sala.catalogue import operations
from sala.catalogue.models import Dataset
from sala.catalogue.queries import overdue, promise_of
from sala.people.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def promised(world, dataset, deliver, release):
    release(deliver(period="2023"))
    Dataset.objects.filter(pk=dataset.pk).update(contact=world.position("HEALTH-P01-data"))
    return Dataset.objects.get(pk=dataset.pk)


def told(wave_part):
    return sorted(message.person.name for message in Message.objects.filter(wave__contains=wave_part))


def test_the_contact_post_is_told_once_when_the_edition_comes_due(promised):
    assert operations.remind_of_promises(date(2025, 2, 1)) == 1
    assert operations.remind_of_promises(date(2025, 2, 1)) == 0
    assert told("due") == ["Test owner"]


def test_the_head_is_told_too_when_it_is_long_overdue(promised):
    operations.remind_of_promises(date(2025, 6, 1))
    assert told("late-2025-06") == ["Test head", "Test owner"]


def test_nobody_is_told_in_time(promised):
    assert operations.remind_of_promises(date(2024, 12, 1)) == 0


def test_what_is_overdue_stands_on_the_public_list(promised, visit):
    assert promise_of(promised).state == "overdue"
    assert [dataset.slug for dataset, _promise in overdue(Dataset.objects.all())] == [promised.slug]
    assert promised.slug in visit().get("/datasets/overdue/").content.decode()


def test_a_retired_dataset_owes_nothing(world, promised):
    operations.retire_dataset(world.actor("head"), promised, reason="The survey ended.")
    assert overdue(Dataset.objects.all()) == []
