"""The real server on a copy of the world, for browsers and other clients.

What takes long to make is kept for the next run: the world with its demonstration records, and the compressed files for
the browser.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import cluster
from config.demonstration.boundaries import boundaries
from config.demonstration.catalogue import datasets
from config.demonstration.maps import maps
from config.demonstration.rasters import rasters
from config.serving import free_port
from sala.access import actor
from sala.core.pack import Pack
from tests.conftest import KEPT, ROOT, connected_to, copy_database, execute, kept_world
from tests.world import PACK, enter_public_concession


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


def demonstrate() -> None:
    for load in (boundaries, datasets, rasters, maps):
        load(actor.command(), Pack(PACK))
    enter_public_concession()


def browser_files(environment: dict[str, str]) -> Path:
    """Folder of the files for the browser, as production serves them; collected when one of them changed."""
    from django.contrib.staticfiles.finders import get_finders

    sha = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for finder in get_finders():
        for path, storage in finder.list([]):
            sha.update(path.encode() + Path(storage.path(path)).read_bytes())
    folder, unfinished = KEPT / f"static_{sha.hexdigest()[:12]}", KEPT / "static_unfinished"
    with (cluster.STATE / "tests.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not folder.is_dir():
            shutil.rmtree(unfinished, ignore_errors=True)
            subprocess.run(
                [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=ROOT, check=True,
                env={**environment, "SALA_STATIC": str(unfinished)},
            )  # fmt: skip
            unfinished.rename(folder)
    return folder


@contextmanager
def serve(world_template: str, blocker, make_folder) -> Iterator[Site]:
    """The server until the end of the block. make_folder(name) → a fresh folder."""
    from django.conf import settings

    database, port = f"sala_served_{os.getpid()}", free_port()
    with kept_world("shown", world_template, demonstrate, blocker) as (name, files):
        copy_database(name, database)
        shutil.copytree(files, settings.FILES, dirs_exist_ok=True)
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
    }
    environment["SALA_STATIC"] = str(browser_files(environment))
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
