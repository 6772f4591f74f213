"""The keeper of the children that open files: one for a process, replaced when it is gone, gone with its process."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sala.core.errors import Unreadable
from sala.core.files import child, keeping
from tests.conftest import ROOT

READ = "sala.core.files.table:profile"


@pytest.fixture
def read(tmp_path):
    """read(rows) → how many rows the child found in a table of so many."""

    def reading(rows: int) -> int:
        folder = tmp_path / str(rows)
        folder.mkdir(exist_ok=True)
        path = folder / "x.csv"
        path.write_text("name;value\n" + "".join(f"a{number};{number}\n" for number in range(rows)))
        return child.run(READ, path, "x.csv", folder)["rows"]

    return reading


def ended(process: int) -> bool:
    """Whether it is gone, or waits only for its parent to notice."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "what was waited for did not happen"
        time.sleep(0.02)


def test_one_keeper_starts_the_children_of_many_files_asked_for_at_once(read):
    read(1)
    keeper = keeping._keeper.process.pid
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(read, range(2, 18))) == list(range(2, 18))
    assert keeping._keeper.process.pid == keeper


def test_a_keeper_that_was_killed_is_begun_anew(read):
    read(1)
    first = keeping._keeper.process
    first.kill()
    first.wait()
    assert read(3) == 3 and keeping._keeper.process.pid != first.pid


def test_a_child_ends_with_its_keeper_and_the_file_is_refused(tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)  # nobody writes: whoever opens it waits
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(child.run, "sala.core.files.gpx:read", path)
        wait_for(lambda: keeping._keeper.process and children_of(keeping._keeper.process.pid))
        keeper = keeping._keeper.process.pid
        (reader,) = children_of(keeper)
        os.kill(keeper, signal.SIGKILL)
        with pytest.raises(Unreadable):
            waiting.result(timeout=30)
    wait_for(lambda: ended(reader))


def children_of(parent: int) -> list[int]:
    told = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    return [int(number) for number in told.stdout.split()]


def test_a_keeper_ends_with_its_process(tmp_path):
    (tmp_path / "x.csv").write_text("name;value\na;1\n")
    code = (
        "import os, sys; from sala.core.files import child, keeping\n"
        f"child.run({READ!r}, {str(tmp_path / 'x.csv')!r}, 'x.csv', {str(tmp_path)!r})\n"
        "print(keeping._keeper.process.pid, flush=True); os._exit(0)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    wait_for(lambda: ended(int(done.stdout)))
