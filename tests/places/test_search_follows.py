"""The search follows boundary files: what lies by an area that came or went, and nothing else."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from sala.journal.models import Event
from sala.places import operations
from sala.places.jobs import follow_boundaries
from sala.places.models import Area, RowState
from sala.search.models import SearchRow
from sala.search.operations import reindex
from sala.search.placed import PLACED
from tests.places.conftest import DEMO

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(load, world):
    """A file of districts of which the row of 0102 waits for a person; the search has followed the rest."""
    load(DEMO, "province")
    batch = load(DEMO, "district")[0].batch
    row = batch.rows.get(area=world.area("0102"))
    kept = row.area.boundaries.get()
    row.state, row.area, row.geometry, row.coarse = RowState.PROPOSED, None, kept.geometry, kept.coarse
    kept.delete()
    row.save()
    reindex(PLACED)
    ProcrastinateJob.objects.all().delete()
    return row


def last_job() -> tuple[ProcrastinateJob, int]:
    """(the job that was queued for the last event, what it returns)."""
    job = ProcrastinateJob.objects.get(args__event_id=Event.objects.latest("pk").pk)
    return job, follow_boundaries(**job.args)


def box_of(area: Area) -> tuple[float, ...]:
    return SearchRow.objects.get(noun="area", subject_id=area.pk).extent.extent


def test_a_confirmed_row_brings_its_own_area_up_to_date_and_no_other(waiting, world):
    area, other = world.area("0102"), world.area("0101")
    SearchRow.objects.filter(noun="area", subject_id=other.pk).update(digest="not looked at")
    here = area.facilities.count() + area.datasets.count() + area.documents.count()
    operations.confirm_row(world.actor("registrar"), waiting, area)
    job, count = last_job()
    assert job.task_name == job.lock == "places.follow_boundaries"  # one at a time
    assert count == 1 + here
    assert box_of(area) == pytest.approx(area.boundaries.get().geometry.extent)
    assert SearchRow.objects.get(noun="area", subject_id=other.pk).digest == "not looked at"


def test_a_refused_row_changes_nothing(waiting, world):
    before = dict(SearchRow.objects.values_list("pk", "digest"))
    operations.refuse_row(world.actor("registrar"), waiting, "Not ours")
    assert last_job()[1] == 0 and dict(SearchRow.objects.values_list("pk", "digest")) == before


def test_a_file_that_comes_or_is_withdrawn_is_followed_for_all_its_areas(load, world):
    reindex(PLACED)
    province, country = world.area("01"), world.area("DM")
    SearchRow.objects.filter(noun="area", subject_id=country.pk).update(digest="not looked at")
    before = SearchRow.objects.get(noun="area", subject_id=province.pk).extent
    batch = load(DEMO, "province")[0].batch
    assert last_job()[1] >= 3 and box_of(province) == pytest.approx(province.boundaries.get().geometry.extent)
    operations.withdraw_import(world.actor("registrar"), batch, "Wrong day")
    assert last_job()[1] >= 3 and SearchRow.objects.get(noun="area", subject_id=province.pk).extent == before
    assert SearchRow.objects.get(noun="area", subject_id=country.pk).digest == "not looked at"
