"""The command itself, as the operator meets it at the terminal."""

import subprocess
import sys

from tests.conftest import ROOT

STOPPED_BY_THE_KEYBOARD = 130  # what shells expect: 128 and the number of the signal


def test_stopping_a_command_says_how_to_go_on_and_shows_no_program_text():
    interrupts_itself = "import os, signal; os.kill(os.getpid(), signal.SIGINT)"
    ended = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "shell", "-c", interrupts_itself], capture_output=True, text=True
    )
    assert ended.returncode == STOPPED_BY_THE_KEYBOARD
    assert "Start the same command again" in ended.stderr and "Traceback" not in ended.stderr
