"""A worker that is killed, or loses the database, loses no work and leaves none half done."""

import os
import signal
import subprocess
import sys
import time

import pytest
from asgiref.sync import async_to_sync
from django.db import connection

from config.jobs import SILENCE, retry_stalled
from sala.people.jobs import deliver
from sala.people.models import Message, MessageState
from sala.people.operations import queue_message
from tests.conftest import ROOT
from tests.faults.conftest import environment
from tests.world import World


def rows(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def worker(committed, tmp_path):
    """worker(*arguments) → a real worker process whose messages leave through the slow gateway."""
    begun = []

    def begin(*arguments):
        begun.append(subprocess.Popen(
            [sys.executable, "manage.py", "worker", *arguments], cwd=ROOT, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=environment(committed, SALA_MESSAGE_GATEWAY="tests.faults.gateways.Slow", TEST_FOLDER=str(tmp_path)),
        ))  # fmt: skip
        return begun[-1]

    yield begin
    for process in begun:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("what was waited for did not happen")


def give_message(wave):
    """A message, and a job to hand it over now (the periodic one may wait in the queue beside it)."""
    world = World()
    queue_message(world.person("owner"), world.area("01"), wave=wave, title="Title", body="Body")
    deliver.configure(queueing_lock=wave).defer(timestamp=0)
    connection.close()


def test_a_job_of_a_killed_worker_is_done_by_the_next_one_and_only_once(committed, worker, tmp_path):
    give_message("first")
    (tmp_path / "stall").touch()
    first = worker("--once")
    wait_for((tmp_path / "begun").exists)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()

    message = Message.objects.get(wave="first")
    assert (message.state, message.attempts) == (MessageState.WAITING, 0)
    assert rows("select status from procrastinate_jobs where queueing_lock = 'first'") == [("doing",)]

    rows("update procrastinate_workers set last_heartbeat = now() - %s * interval '1 second'", SILENCE + 1)
    async_to_sync(retry_stalled.func)(timestamp=0)
    (tmp_path / "stall").unlink()
    connection.close()
    assert worker("--once").wait(timeout=60) == 0

    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.SENT, 1)
    assert (tmp_path / "sent").read_text().splitlines() == [message.message_id]
    assert rows("select count(*) from procrastinate_jobs where queueing_lock = 'first'") == [(0,)]


def test_a_worker_told_to_stop_finishes_the_job_in_hand(committed, worker, tmp_path):
    (tmp_path / "stall").touch()
    give_message("second")
    process = worker()
    wait_for((tmp_path / "begun").exists)
    process.terminate()
    time.sleep(0.3)
    assert process.poll() is None
    (tmp_path / "stall").unlink()
    assert process.wait(timeout=60) == 0
    assert Message.objects.get(wave="second").state == MessageState.SENT


def test_a_worker_whose_connections_are_cut_goes_on_working(committed, worker, tmp_path):
    process = worker()
    wait_for(lambda: rows("select count(*) from procrastinate_workers")[0][0] == 1)
    rows("set role none")
    rows("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
         " and pid <> pg_backend_pid()")  # fmt: skip
    rows("set role sala")
    give_message("third")
    wait_for((tmp_path / "sent").exists)
    assert process.poll() is None
