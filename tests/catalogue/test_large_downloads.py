"""A large table in another format is written by the worker; its address says so until it is there. A small one comes at once."""

import csv
import io

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from sala.catalogue import exports, jobs
from sala.catalogue.models import Column
from sala.core import clock

pytestmark = pytest.mark.django_db
BROWSER = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def edition(settings, tmp_path, deliver, release):
    """In a store of its own, where no test before has written it in another format."""
    settings.FILES = tmp_path / "store"
    return release(deliver())


@pytest.fixture
def large(settings, edition):
    settings.ERRAND_AT_ONCE = 10
    return edition


def waiting():
    return list(ProcrastinateJob.objects.filter(task_name=exports.TASK, status="todo").order_by("id"))


def work_off():
    """What the worker does, here and now."""
    for job in waiting():
        jobs.write_download.func(**job.args)


def address(edition, kind="csv"):
    return f"{edition.get_absolute_url()}download/{kind}/"


def test_a_small_one_comes_at_once(visit, edition):
    answer = visit().get(address(edition), headers=BROWSER)
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    assert waiting() == []


def test_a_large_one_is_written_once_by_the_worker_and_its_address_leads_to_it(visit, large):
    first, second = (visit(who).get(address(large), headers=BROWSER) for who in ("citizen", "public"))
    assert [first.status_code, second.status_code] == [202, 202] and first["Refresh"] == "4"
    page = first.content.decode()
    assert "Being prepared" in page and f'href="{address(large)}"' in page
    assert len(waiting()) == 1 and not exports.place_of(large, "csv").exists()
    assert "downloaded 0" in " ".join(visit().get(large.dataset.get_absolute_url()).content.decode().split())
    work_off()
    answer = visit().get(address(large), headers=BROWSER)
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert answer.status_code == 200 and len(rows) == 1 + large.rows and "Nongsai" in rows[1]
    assert "downloaded 1" in " ".join(visit().get(large.dataset.get_absolute_url()).content.decode().split())


def test_a_program_is_told_when_to_ask_again(visit, large):
    answer = visit().get(address(large), headers={"accept": "*/*"})
    assert answer.status_code == 503 and answer["Retry-After"] == "60"
    work_off()
    assert visit().get(address(large), headers={"accept": "*/*"}).status_code == 200


def test_what_lies_there_already_needs_no_writing(visit, large):
    assert visit().get(address(large, "parquet"), headers=BROWSER).status_code == 200
    assert visit().get(address(large, "original"), headers=BROWSER).status_code == 200
    assert waiting() == []


def test_readers_who_see_fewer_columns_wait_for_a_file_of_their_own(visit, large):
    Column.objects.filter(distribution=large.distribution, name="staff").update(tier="own")
    for who in ("public", "owner"):
        assert visit(who).get(address(large), headers=BROWSER).status_code == 202
    assert len(waiting()) == 2
    work_off()
    text = {
        who: b"".join(visit(who).get(address(large), headers=BROWSER).streaming_content).decode("utf-8-sig")
        for who in ("public", "owner")
    }
    assert "84" in text["owner"] and "84" not in text["public"]


def test_what_is_not_open_is_not_prepared(visit, large):
    type(large.dataset).objects.filter(pk=large.dataset.pk).update(tier="own")
    for who in ("public", "stranger"):
        assert visit(who).get(address(large), headers=BROWSER).status_code == 404
    assert waiting() == []


def test_a_file_that_cannot_be_written_is_not_promised_again_and_again(visit, large):
    visit().get(address(large), headers=BROWSER)
    with connection.cursor() as cursor:
        for status in ("doing", "failed"):
            cursor.execute("update procrastinate_jobs set status = %s where task_name = %s", [status, exports.TASK])
    answer = visit().get(address(large), headers=BROWSER)
    assert answer.status_code == 503 and "Take another format along" in answer.content.decode()
    assert "Retry-After" not in answer.headers and waiting() == []
    with clock.fixed(clock.now() + 2 * exports.FAILED_LATELY):
        assert visit().get(address(large), headers=BROWSER).status_code == 202
    assert len(waiting()) == 1
