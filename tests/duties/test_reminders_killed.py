"""A process is killed in the middle of its reminders, twice; nobody is told twice and nobody is left out."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

from sala.core import clock
from sala.core.language import Translated
from sala.duties import operations
from sala.duties.models import Assignment
from sala.people.models import Appointment, Message, Person, Position
from tests.conftest import ROOT
from tests.world import World

BATCH, PERSONS = 4, 24
# One line a batch, after its commit; then it waits for the parent, which may kill it.
CODE = f"""
import sys, django
django.setup()
from sala.core import clock
from sala.duties.operations import reminders
reminders.AT_ONCE = {BATCH}
batches = reminders._batches
def halting(states):
    for rows in batches(states):
        yield rows
        print(len(rows), flush=True)
        sys.stdin.readline()
reminders._batches = halting
reminders.remind(clock.today())
"""


def remind_and_kill_after(database: str, batches: int | None) -> None:
    environment = {
        **os.environ, "SALA_DATABASE_NAME": database, "DJANGO_SETTINGS_MODULE": "config.settings",
        "SALA_PACK": str(ROOT / "packs" / "demo"), "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-c", CODE], cwd=ROOT, env=environment, text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    for seen, _line in enumerate(process.stdout, start=1):
        if seen == batches:
            process.send_signal(signal.SIGKILL)
            break
        process.stdin.write("\n")
        process.stdin.flush()
    process.communicate()
    assert (process.returncode == 0) == (batches is None)


def test_every_reminder_is_one_row_though_the_process_was_killed_twice(committed):
    world, posts = World(), list(Position.objects.filter(code__endswith="-data").order_by("pk")[:PERSONS])
    for number, post in enumerate(posts):
        if not post.appointments.exists():
            person = Person.objects.create(name=f"Holder {number}", email=f"holder-{number}@example.org")
            Appointment.objects.create(person=person, position=post, valid=(clock.today(), None))
    call = operations.draft_call(
        world.actor("caller"), issuer=world.position("STAT-calls"), asked=[operations.Asked(post) for post in posts],
        kind="data-call", title=Translated({"lo": "ຂໍ"}), purpose=Translated({"lo": "ເພື່ອ"}),
        instruction=Translated({"lo": "ສົ່ງ"}), due_on=clock.today() + timedelta(days=30),
    )  # fmt: skip
    operations.issue_call(world.actor("caller"), call)
    Assignment.objects.filter(call=call).update(due_on=clock.today() + timedelta(days=1))
    remind_and_kill_after(committed, 1)
    first = Message.objects.filter(wave__startswith="before-1/").count()
    remind_and_kill_after(committed, 3)
    second = Message.objects.filter(wave__startswith="before-1/").count()
    assert 0 < first < second < len(posts)
    remind_and_kill_after(committed, None)
    rows = Message.objects.filter(wave__startswith="before-1/")
    assert rows.count() == len(posts) == rows.values("subject_id").distinct().count()
    assert rows.values("message_id").distinct().count() == len(posts)
