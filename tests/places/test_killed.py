"""An import that is killed in the middle leaves nothing, and can then be done."""

import os
import signal
import subprocess
import sys
from io import StringIO

from django.core.management import call_command

from sala.places.models import Boundary, BoundaryImport, BoundarySet
from tests.conftest import ROOT
from tests.places.conftest import DEMO

KILLED = """
import sys, time
import django
django.setup()
from django.core.management import call_command
from sala.places.operations import boundaries

def stop(*arguments, **options):
    print("boundaries are written", flush=True)
    time.sleep(60)

boundaries._rows = stop
call_command("places", "import", sys.argv[1], "--level", "province")
"""


def test_a_process_killed_in_the_middle_leaves_nothing(committed):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings_test", "SALA_DATABASE_NAME": committed,
                   "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(DEMO)], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert "written" in process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not BoundarySet.objects.exists() and not Boundary.objects.exists() and not BoundaryImport.objects.exists()
    call_command("places", "import", str(DEMO), "--level", "province", stdout=StringIO())
    assert Boundary.objects.count() == 3
