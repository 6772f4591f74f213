"""Starting the web server and the worker: ports, static files, plain words when something is in the way."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from sala.core.errors import SalaError

ROOT = Path(__file__).resolve().parent.parent


class CannotServe(SalaError):
    code = "cannot-serve"


def check_port(port: int) -> None:
    """Raise CannotServe when another program has the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotServe(
                f"Port {port} is taken by another program. Choose another one: --port {port + 1}"
            ) from error


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
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def web_command(port: int, host: str = "127.0.0.1", workers: int = 2) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--no-ws",
        "--log-level", "warning", "config.wsgi:application",
    ]  # fmt: skip


def worker_command() -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), "worker"]


def environment(role: str = "sala") -> dict[str, str]:
    """Environment of a serving process: the role that owns nothing."""
    return {**os.environ, "SALA_DATABASE_ROLE": role, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}


def run_together(commands: list[list[str]]) -> int:
    """Run web and worker side by side until one ends or the operator stops them; then end both."""
    processes = [subprocess.Popen(command, cwd=ROOT, env=environment()) for command in commands]
    try:
        while True:
            for process in processes:
                try:
                    return process.wait(timeout=0.5)
                except subprocess.TimeoutExpired:
                    continue
    except KeyboardInterrupt:
        return 0
    finally:
        for process in processes:
            if process.poll() is None:
                process.terminate()
        for process in processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
