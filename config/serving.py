"""Starting the web server and the worker: ports, static files, plain words when something is in the way."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from sala.core.errors import SalaError

ROOT = Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG = 1


class CannotServe(SalaError):
    code = "cannot-serve"


def check_port(port: int, host: str = "127.0.0.1") -> None:
    """Raise CannotServe when another program has the port, or this account may not have it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise CannotServe(f"Port {port} is for the system's own account only. Choose one above 1023.") from error
        except OSError as error:
            if answers(port):
                raise CannotServe(
                    f"Sala runs already at http://127.0.0.1:{port}. Open it there, or choose another port: --port {port + 1}"
                ) from error
            raise CannotServe(
                f"Port {port} is taken by another program. Choose another one: --port {port + 1}"
            ) from error


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def refuse_root() -> None:
    """In production the server has its own account (docs/run.md); only the demonstration may run as root."""
    if os.geteuid() == 0 and not os.environ.get("SALA_ALLOW_ROOT"):
        raise CannotServe(
            "serve does not run as root. Use the service account that docs/run.md describes, or set SALA_ALLOW_ROOT=1 for a trial."
        )


def collect_static() -> None:
    """Gather and compress the files for the browser when any of them changed."""
    sources = [*(ROOT / "src").glob("sala/*/static/**/*"), *(Path(settings.STATICFILES_DIRS[0])).rglob("*")]
    newest = max((path.stat().st_mtime for path in sources if path.is_file()), default=0)
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and float(stamp.read_text()) == newest:
        return
    call_command("collectstatic", "--noinput", "--clear", verbosity=0)
    stamp.write_text(str(newest))


def unapplied_migrations() -> list[str]:
    """Steps of the database's structure that this program knows and the database does not have yet."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def web_command(port: int, host: str = "127.0.0.1", workers: int = 2) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--no-ws",
        "--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "8",
        "--log-level", "warning", "config.wsgi:application",
    ]  # fmt: skip


def worker_command() -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), "worker"]


def environment(role: str = "sala") -> dict[str, str]:
    """Environment of a serving process: the role that owns nothing."""
    return {**os.environ, "SALA_DATABASE_ROLE": role, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}


def _end_with_parent() -> None:
    """In a child, before its program starts: be told to end when the parent is killed, so that no port stays taken."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def answers(port: int, timeout: float = 1) -> bool:
    """Whether our own server answers on the port."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=timeout) as answer:
            return answer.status == 200
    except OSError:
        return False


def _begin(command: list[str]) -> subprocess.Popen:
    # A group of its own, so that whatever it started can be ended with it.
    return subprocess.Popen(command, cwd=ROOT, env=environment(), preexec_fn=_end_with_parent, process_group=0)


def run_together(commands: dict[str, list[str]], port: int, ready: Callable[[], object]) -> int:
    """Run programs side by side until one ends or the operator stops them; then end all.

    commands  name → command; the first is the web server, the others begin when it answers on `port`
    ready     called once, at that moment
    Returns 0 when the operator stopped them, else 1.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    first, *waiting = commands
    processes = {first: _begin(commands[first])}
    try:
        while True:
            for name, process in processes.items():
                if process.poll() is not None:
                    sys.stderr.write(
                        f"sala: the {name} process ended by itself ({process.returncode}); all is stopped.\n"
                    )
                    return 1
            if waiting and answers(port):  # pages first: the others only take the processor from them
                processes |= {name: _begin(commands[name]) for name in waiting}
                waiting.clear()
                ready()
            time.sleep(0.1)
    except KeyboardInterrupt:
        return 0
    finally:
        _end(list(processes.values()))


def _end(processes: list[subprocess.Popen]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
