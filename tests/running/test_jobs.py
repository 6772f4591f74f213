"""Periodic work: found by the worker, harmless when done twice, and taken up again after a worker was killed."""

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app

from config.jobs import MOST_ATTEMPTS, retry_stalled
from sala.journal.jobs import publish_head, seal
from sala.journal.models import Head, Unsealed
from sala.journal.operations import record
from sala.journal.queries import verify
from sala.people.jobs import deliver
from sala.people.models import Message, MessageState
from sala.people.operations import queue_message
from tests.world import World


def rows(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def test_the_worker_finds_every_periodic_job():
    known = {name for name, _id in app.periodic_registry.periodic_tasks}
    assert {"sala.journal.jobs.seal", "sala.journal.jobs.publish_head", "sala.people.jobs.deliver",
            "config.jobs.retry_stalled"} <= known  # fmt: skip


def test_no_periodic_job_waits_twice_in_the_queue():
    periodic = {task.task for task in app.periodic_registry.periodic_tasks.values()}
    assert [task.name for task in periodic if not task.queueing_lock] == []


@pytest.mark.django_db
def test_sealing_leaves_no_event_waiting_and_a_day_has_one_head(world):
    record(world.actor("registrar"), "places.edit", world.area("01"), number=1)
    seal(timestamp=0)
    assert not Unsealed.objects.exists()
    publish_head(timestamp=0)
    record(world.actor("registrar"), "places.edit", world.area("01"), number=2)
    publish_head(timestamp=0)
    assert Head.objects.count() == 1 and verify().faults == []


@pytest.mark.django_db
def test_messages_leave_once_however_often_the_job_runs(world):
    from sala.people.gateways import Memory

    queue_message(world.person("owner"), world.area("01"), wave="first", title="Title", body="Body")
    deliver(timestamp=0)
    deliver(timestamp=0)
    assert [message.title for message in Memory.sent] == ["Title"]
    assert Message.objects.get(title="Title").state == MessageState.SENT


class Stalled:
    """A job that a worker took and never finished; `silence` seconds since that worker's last sign of life."""

    def __init__(self, silence: int, attempts: int = 0, lock: str | None = None):
        worker = rows("insert into procrastinate_workers (last_heartbeat) values (now() - %s * interval '1 second')"
                      " returning id", silence)[0][0]  # fmt: skip
        self.id = rows(
            "insert into procrastinate_jobs (queue_name, task_name, args, status, attempts, queueing_lock, worker_id)"
            " values ('default', 'sala.people.jobs.deliver', '{\"timestamp\": 0}', 'doing', %s, %s, %s) returning id",
            attempts, lock, worker,
        )[0][0]  # fmt: skip

    @property
    def status(self):
        found = rows("select status from procrastinate_jobs where id = %s", self.id)
        return found[0][0] if found else None


def reap():
    async_to_sync(retry_stalled.func)(timestamp=0)


def test_a_job_of_a_silent_worker_goes_back_into_the_queue(committed):
    job = Stalled(silence=60)
    reap()
    assert job.status == "todo"


def test_a_job_of_a_living_worker_is_left_alone(committed):
    job = Stalled(silence=20)
    reap()
    assert job.status == "doing"


def test_a_job_that_ends_its_worker_each_time_is_given_up(committed):
    job = Stalled(silence=60, attempts=MOST_ATTEMPTS)
    reap()
    assert job.status == "failed"


def test_a_job_whose_successor_waits_already_is_dropped(committed):
    job = Stalled(silence=60, lock="people.deliver")
    deliver.defer(timestamp=1)
    reap()
    assert job.status is None
    assert rows("select count(*) from procrastinate_jobs where status = 'todo'") == [(1,)]


def test_the_queue_is_worked_off_by_a_real_worker(committed):
    import subprocess
    import sys

    from tests.conftest import ROOT
    from tests.faults.conftest import environment

    World()
    record(World().actor("registrar"), "places.edit", World().area("01"), number=1)
    last = seal.defer(timestamp=0)
    connection.close()
    subprocess.run([sys.executable, "manage.py", "worker", "--once"], cwd=ROOT, env=environment(committed), check=True)
    # when a minute ends meanwhile, the worker queues what runs every minute, and that may wait
    left = rows("select count(*) from procrastinate_jobs where id <= %s", last)
    assert not Unsealed.objects.exists() and left == [(0,)]
