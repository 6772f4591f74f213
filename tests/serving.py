"""The real server on a copy of the world, for browsers and other clients."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import demonstration
from config.serving import free_port
from sala.access import actor
from sala.core.pack import Pack
from tests.conftest import ROOT, connected_to, copy_database, execute
from tests.world import PACK


class Site:
    """A served copy of the world: `url` and one-time sign-in links for the cast."""

    def __init__(self, url: str, database: str):
        self.url, self.database = url, database

    def link(self, who: str) -> str:
        from sala.people.models import SignInLink
        from sala.people.sign_in import make_link
        from tests.world import World

        with connected_to(self.database):
            path = make_link(World().person(who), SignInLink.SIGN_IN)
        return self.url + "/link/" + path.rsplit("/link/", 1)[1]


@contextmanager
def serve(world_template: str, blocker, make_folder) -> Iterator[Site]:
    """The server until the end of the block. make_folder(name) → a fresh folder."""
    from django.conf import settings

    database, port = f"sala_served_{os.getpid()}", free_port()
    copy_database(world_template, database)
    with blocker.unblock(), connected_to(database):
        for load in (demonstration.boundaries, demonstration.datasets, demonstration.maps):
            load(actor.command(), Pack(PACK))
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
        "SALA_DATABASE_NAME": database,
        "SALA_DATABASE_ROLE": "sala",
        "SALA_PACK": str(ROOT / "packs" / "demo"),
        "SALA_HOSTS": "*",
        "SALA_BASE_URL": url,
        "SALA_FILES": str(settings.FILES),
        "SALA_STATIC": str(make_folder("static")),
    }
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=ROOT, env=environment, check=True
    )
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "4", "--log-level", "error", "config.wsgi:application",
    ]  # fmt: skip
    log = Path(make_folder("log") / "web.log")
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait_for(url, process, log)
            yield Site(url, database)
        finally:
            process.terminate()
            process.wait(timeout=30)
    execute(f"drop database if exists {database} with (force)")


def _wait_for(url: str, process: subprocess.Popen, log: Path) -> None:
    for _attempt in range(600):
        try:
            urllib.request.urlopen(url + "/healthz", timeout=2)
            return
        except OSError:
            assert process.poll() is None, f"the server ended: {log.read_text()[-2000:]}"
            time.sleep(0.1)
    raise AssertionError(f"the server does not answer: {log.read_text()[-2000:]}")
