"""Five thousand due reminders, written by a process that is killed twice: each is one row, and how many a second."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from bench.calls import POSTS, hold_all, issuer_and_posts, order
from config import database
from sala.core import clock
from sala.duties import operations
from sala.duties.due import AGAINST
from sala.duties.models import Assignment
from sala.people.models import Message

PACK = "laos"
LEAST = 200  # a second
PATIENCE = 120  # seconds for one process
CODE = "import django; django.setup(); from sala.core import clock; from sala.duties.operations import remind; remind(clock.today())"


def begin() -> subprocess.Popen:
    root = settings.ROOT
    environment = {
        **os.environ, "SALA_DATABASE_NAME": database.name(), "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": f"{root}{os.pathsep}{root / 'src'}",
    }  # fmt: skip
    return subprocess.Popen([sys.executable, "-c", CODE], cwd=root, env=environment)


def told() -> QuerySet[Message]:
    """Reminders of the last day before, for whichever due date."""
    return Message.objects.filter(wave__startswith=f"before-1{AGAINST}")


def written() -> int:
    return told().count()


def killed_when(count: int) -> None:
    """Run it until so many are written, then kill it where it stands."""
    process, end = begin(), time.monotonic() + PATIENCE
    while written() < count and process.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()


def run(report) -> None:
    actor, issuer, posts = issuer_and_posts()
    hold_all(posts)
    call = order(actor, issuer, [operations.Asked(post) for post in posts[:POSTS]])
    operations.issue_call(actor, call)
    Assignment.objects.filter(call=call).update(due_on=clock.today() + timedelta(days=1))
    connection.close()

    killed_when(POSTS // 5)
    killed_when(POSTS // 2)
    left = POSTS - written()
    process = begin()
    while written() == POSTS - left and process.poll() is None:  # its start is not its work
        time.sleep(0.005)
    first, start = written(), time.perf_counter()
    process.wait(timeout=PATIENCE)
    seconds = time.perf_counter() - start
    total = written()
    once = told().values("subject_id", "person").distinct().count()
    report.row("reminders", f"rows for {POSTS:,} reminders, killed twice", total, "", target=POSTS)
    report.row("reminders", "of them told once", once, "", target=POSTS, better="more")
    report.row(
        "reminders", "written a second, by the third run", (total - first) / seconds, "1/s", target=LEAST, better="more"
    )
