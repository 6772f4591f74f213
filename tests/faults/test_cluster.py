"""The private database server survives what machines do to it, and says in plain words what it cannot mend.

All of it happens to a second cluster of these tests' own.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from config import serving
from tests.conftest import ROOT

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can arrange this")


def test_a_killed_server_starts_again_with_everything_it_had(second):
    second.kill()
    assert second.must_start() == "True"
    assert second.sql("select number from kept") == "7"


def test_a_stale_process_file_that_names_another_program_does_not_block(second):
    data = second.data()
    second.kill()
    lines = (data / "postmaster.pid").read_text().splitlines()
    (data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    socket_folder = Path(second.ask("cluster.socket_directory()"))
    lock = socket_folder / ".s.PGSQL.5432.lock"
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert second.must_start() == "True"
    assert second.sql("select number from kept") == "7"


def test_a_second_start_finds_it_running(second):
    second.must_start()
    assert second.must_start() == "False"


def test_two_starts_at_once_end_with_one_server(second):
    second.kill()
    both = [second.begin("print(cluster.ensure_running())") for _number in range(2)]
    said = sorted(process.communicate(timeout=60)[0].strip() for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert said == ["False", "True"]
    postmasters = [pid for pid in second.processes() if _parent(pid) not in second.processes()]
    assert len(postmasters) == 1


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def test_a_server_that_was_killed_while_its_parent_sleeps_on_is_no_obstacle(second):
    """A container whose first process reaps nobody keeps the killed server as a zombie for ever."""
    second.python("cluster.stop()")
    data, log = second.data(), second.ask("cluster.log_file()")
    binary = Path(second.ask("cluster.binaries()")) / "postgres"
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    code = (
        "import os, subprocess, sys, time\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        f"    handle = os.open({log!r}, os.O_WRONLY | os.O_APPEND)\n"
        "    os.dup2(handle, 1); os.dup2(handle, 2)\n"
        f"    os.execv({str(binary)!r}, ['postgres', '-D', {str(data)!r}])\n"
        "print(child, flush=True)\n"
        "time.sleep(120)\n"
    )
    keeper = subprocess.Popen([*user, sys.executable if not user else "/usr/bin/python3", "-c", code],
                              stdout=subprocess.PIPE, text=True, cwd="/", start_new_session=True)  # fmt: skip
    try:
        server = int(keeper.stdout.readline())
        for _attempt in range(100):
            if second.ask("cluster.answers()") == "True":
                break
        second.kill()
        assert Path(f"/proc/{server}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
        assert second.must_start() == "True"
        assert second.sql("select number from kept") == "7"
    finally:
        os.killpg(keeper.pid, signal.SIGKILL)
        keeper.communicate()


def test_a_server_that_lives_but_does_not_answer_is_never_pushed_aside(second):
    """Two servers on one folder would destroy it, so its guard file stays and the operator is told."""
    second.must_start()
    data = second.data()
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
        (Path(second.ask("cluster.socket_directory()")) / name).unlink()
    done = second.python("cluster.PATIENCE = 0.5\nprint(cluster.ensure_running())")
    assert done.returncode != 0 and "does not answer" in done.stderr and "end process" in done.stderr
    assert (data / "postmaster.pid").exists()
    second.kill()
    second.must_start()
    assert second.sql("select number from kept") == "7"


def test_a_long_path_gets_a_short_socket(open_folder, new_cluster):
    deep = open_folder / ("long-" * 12) / ("folder-" * 8)
    cluster = new_cluster(deep)
    assert cluster.must_start() == "True"
    assert len(cluster.ask("cluster.socket_directory()")) < 90 < len(str(deep))
    assert cluster.sql("select 1") == "1"


@as_root
def test_a_state_under_a_closed_folder_lives_where_the_server_may_enter(open_folder, new_cluster):
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    cluster = new_cluster(closed / "state")
    assert cluster.must_start() == "True"
    assert cluster.ask("cluster.home()").startswith("/var/lib/sala/")
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root
def test_a_cluster_of_another_account_is_left_to_that_account(second):
    second.python("cluster.stop()")
    data = second.data()
    shutil.chown(data, "nobody")
    try:
        done = second.start()
        assert (
            done.returncode != 0 and "belongs to the account nobody" in done.stderr and "sudo -u nobody" in done.stderr
        )
    finally:
        shutil.chown(data, "postgres")
    assert second.must_start() == "True"


@pytest.fixture
def small_disk():
    """A disk of 20 MB, on which no cluster fits."""
    folder = Path(tempfile.mkdtemp(prefix="sala-small-"))
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m,mode=755", "tmpfs", folder], check=False).returncode:
        folder.rmdir()
        pytest.skip("this machine lets nobody make a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)
    folder.rmdir()


@as_root
def test_a_full_disk_is_said_in_plain_words_and_leaves_no_half_cluster(small_disk, new_cluster):
    cluster = new_cluster(small_disk / "state")
    done = cluster.start()
    assert done.returncode != 0 and "The disk is full" in done.stderr
    assert not (small_disk / "state" / "pg").exists()


def test_what_an_interrupted_making_left_is_not_taken_for_a_cluster(second):
    assert not (second.state / "pg.unfinished").exists()
    assert second.data().name == "pg"


def test_a_taken_port_names_a_free_way():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(serving.CannotServe, match=f"Port {port} is taken.*--port {port + 1}"):
            serving.check_port(port)
    serving.check_port(port)


@as_root
def test_the_web_server_does_not_run_as_root_in_production(monkeypatch):
    monkeypatch.delenv("SALA_ALLOW_ROOT", raising=False)
    with pytest.raises(serving.CannotServe, match="service account"):
        serving.refuse_root()
    monkeypatch.setenv("SALA_ALLOW_ROOT", "1")
    serving.refuse_root()


def test_a_program_without_the_database_says_so(tmp_path):
    """manage.py with a server that does not exist: one line, no traceback of ours to read."""
    environment = {**os.environ, "SALA_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    done = subprocess.run([sys.executable, "manage.py", "demo", "--no-serve"], cwd=ROOT, env=environment, text=True,
                          capture_output=True, check=False)  # fmt: skip
    assert done.returncode == 1 and "The database cannot be used" in done.stderr and "Traceback" not in done.stderr
