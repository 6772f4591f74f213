"""Whoever owes an edition is told: once when due, monthly while late, then the head too."""

from datetime import date, timedelta

import pytest

from sala.access import actor
from sala.catalogue import operations
from sala.catalogue.forms.datasets import DatasetForm
from sala.catalogue.models import Dataset, PromisedEdition
from sala.catalogue.queries import overdue, promise_of
from sala.core.models import Term
from sala.people.models import Message
from tests.catalogue.conftest import CLINICS

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
    assert [dataset.slug for dataset in overdue(Dataset.objects.all())] == [promised.slug]
    assert promised.slug in visit().get("/datasets/overdue/").content.decode()


def test_a_retired_dataset_owes_nothing(world, promised):
    operations.retire_dataset(world.actor("head"), promised, reason="The survey ended.")
    assert not overdue(Dataset.objects.all())


# ---- the day is kept, and stays true ------------------------------------------------------------------------------


def late_on(day):
    return [dataset.slug for dataset in overdue(Dataset.objects.all(), day)]


def test_a_dataset_becomes_late_by_the_passing_of_days_alone(promised):
    due = promise_of(promised).due
    assert late_on(due) == []
    assert late_on(due + timedelta(days=1)) == [promised.slug]


def test_the_next_edition_puts_the_day_off_and_taking_it_back_brings_it_back(promised, deliver, release):
    first = promise_of(promised).due
    edition = release(deliver(CLINICS.replace("2024;14", "2024;15"), period="2024"))
    assert late_on(first + timedelta(days=1)) == []
    assert kept(promised) == promise_of(promised).due > first
    operations.withdraw_edition(actor.command(), edition, reason="A column was wrong.")
    assert kept(promised) == first and late_on(first + timedelta(days=1)) == [promised.slug]


def test_another_rhythm_or_more_days_of_grace_move_the_day(world, promised, visit):
    before = kept(promised)
    change = {"grace_days": promised.grace_days + 10}
    operations.change_dataset(world.actor("owner"), promised, DatasetForm, change)
    assert kept(promised) == before + timedelta(days=10)
    Term.objects.filter(pk=promised.frequency_id).update(data={"months": 1})
    operations.keep_all_promises()
    assert kept(promised) < before


def test_a_dataset_without_a_rhythm_is_on_no_list(world, promised):
    Dataset.objects.filter(pk=promised.pk).update(frequency=None)
    operations.keep_all_promises()
    assert not PromisedEdition.objects.filter(dataset=promised).exists()
    assert late_on(date(2090, 1, 1)) == []


def kept(dataset):
    return PromisedEdition.objects.get(dataset=dataset).due_on
