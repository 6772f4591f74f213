"""What the fault tests share: a second private cluster of their own, and the environment of a program beside the tests."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT


def environment(database: str, **more: str) -> dict[str, str]:
    """Environment of a serving process on one of the tests' databases."""
    return {
        **os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "SALA_DATABASE_NAME": database,
        "SALA_DATABASE_ROLE": "sala", "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}", "PYTHONUNBUFFERED": "1", **more,
    }  # fmt: skip


class Cluster:
    """A cluster in a state folder of its own, driven from other processes as the command does it."""

    def __init__(self, state: Path):
        self.state = state

    def python(self, code: str) -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, "-c", f"from config import cluster\n{code}"], cwd=ROOT, text=True,
                              capture_output=True, check=False, env=self.environment())  # fmt: skip

    def begin(self, code: str) -> subprocess.Popen:
        return subprocess.Popen([sys.executable, "-c", f"from config import cluster\n{code}"], cwd=ROOT, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=self.environment())  # fmt: skip

    def environment(self) -> dict[str, str]:
        given = {name: value for name, value in os.environ.items() if not name.startswith("SALA_")}
        return {**given, "SALA_STATE": str(self.state), "PYTHONPATH": str(ROOT)}

    def ask(self, expression: str) -> str:
        done = self.python(f"print({expression})")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self) -> subprocess.CompletedProcess:
        return self.python("print(cluster.ensure_running())")

    def must_start(self) -> str:
        done = self.start()
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def sql(self, statement: str) -> str:
        return self.ask(f"cluster.psql({statement!r}, 'sala')")

    def data(self) -> Path:
        return Path(self.ask("cluster.data_directory()"))

    def processes(self) -> list[int]:
        return eval(self.ask("cluster._living_processes()"))

    def kill(self) -> None:
        """What a power cut does: every process of the server ends at once, without a word."""
        for process in self.processes():
            os.kill(process, signal.SIGKILL)
        for _attempt in range(50):
            if not self.processes():
                return
            time.sleep(0.05)

    def remove(self) -> None:
        self.python("cluster.stop()")
        home = Path(self.ask("cluster.home()"))
        socket = Path(self.ask("cluster.socket_directory()"))
        for folder in (socket, home, self.state):
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def new_cluster():
    """new_cluster(folder) → a cluster not yet made; removed at the end. Name the folder's fixture before this one."""
    made = []

    def make(state: Path) -> Cluster:
        made.append(Cluster(state))
        return made[-1]

    yield make
    for cluster in made:
        cluster.remove()


@pytest.fixture
def open_folder():
    """A folder that the database's own account may enter (pytest's are closed to it)."""
    folder = Path(tempfile.mkdtemp(prefix="sala-faults-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def second():
    """One running cluster that the tests of a module may kill."""
    folder = Path(tempfile.mkdtemp(prefix="sala-faults-"))
    folder.chmod(0o755)
    cluster = Cluster(folder / "state")
    unfinished = cluster.state / "pg.unfinished"  # as left by a making that was interrupted
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("15\n")
    cluster.must_start()
    cluster.sql("create table kept (number int)")
    cluster.sql("insert into kept values (7)")
    yield cluster
    cluster.remove()
    shutil.rmtree(folder, ignore_errors=True)
