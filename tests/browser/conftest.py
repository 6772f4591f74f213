"""The real server on a copy of the world, and Debian's Chromium. A missing browser is a failure, not a skip."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from config import demonstration
from sala.access import actor
from sala.core.pack import Pack
from tests.conftest import ROOT, connected_to, copy_database, execute
from tests.world import PACK

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
]  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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


@pytest.fixture(scope="package")
def served(world_template, django_db_blocker, tmp_path_factory):
    from django.conf import settings

    database, port = f"sala_served_{os.getpid()}", free_port()
    copy_database(world_template, database)
    with django_db_blocker.unblock(), connected_to(database):
        for load in (demonstration.boundaries, demonstration.datasets):
            load(actor.command(), Pack(PACK))
    static = tmp_path_factory.mktemp("static")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
        "SALA_DATABASE_NAME": database,
        "SALA_DATABASE_ROLE": "sala",
        "SALA_PACK": str(ROOT / "packs" / "demo"),
        "SALA_HOSTS": "*",
        "SALA_BASE_URL": f"http://127.0.0.1:{port}",
        "SALA_FILES": str(settings.FILES),
        "SALA_STATIC": str(static),
    }
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"],
        cwd=ROOT,
        env=environment,
        check=True,
    )
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "4", "--log-level", "error", "config.wsgi:application",
    ]  # fmt: skip
    log = Path(tmp_path_factory.mktemp("log") / "web.log").open("w")  # noqa: SIM115
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    for _attempt in range(600):
        try:
            urllib.request.urlopen(url + "/healthz", timeout=2)
            break
        except OSError:
            assert process.poll() is None, f"the server ended: {Path(log.name).read_text()[-2000:]}"
            time.sleep(0.1)
    else:
        raise AssertionError(f"the server does not answer: {Path(log.name).read_text()[-2000:]}")
    with django_db_blocker.unblock():
        yield Site(url, database)
    process.terminate()
    process.wait(timeout=30)
    log.close()
    execute(f"drop database if exists {database} with (force)")


@pytest.fixture(scope="package")
def chromium():
    """Ends with the last test of this folder: its event loop would keep every other test from waiting for one."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    assert path, "Chromium is missing. Run ./sala test, which installs it."
    # Playwright drives its own event loop; Django must not take it for an asynchronous view.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(chromium, served):
    """open_page(width, scripts, language) → a fresh page; `page.go(path)` visits, `page.sign_in(who)` uses a link."""
    contexts = []

    def make(width: int = 360, scripts: bool = False, language: str = "lo"):
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=scripts, locale=language,
            extra_http_headers={"Accept-Language": language},
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30000)

        def go(path: str):
            response = page.goto(served.url + path)
            assert response.status < 400, f"{path} answered {response.status}"
            return response

        def sign_in(who: str):
            page.goto(served.link(who))
            page.click("main button")

        press = page.click

        def click(selector: str, **options) -> None:
            """Press and wait for the whole answer: a click returns once a new page begins, not once it is read."""
            press(selector, **options)
            page.wait_for_load_state("load")

        page.go, page.sign_in, page.click = go, sign_in, click
        return page

    yield make
    for context in contexts:
        context.close()


AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def check_accessibility():
    """check_accessibility(page): no violation of WCAG 2.2 A and AA by axe-core."""

    def check(page) -> None:
        result = page.evaluate(
            AXE.read_text() + ";axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21aa','wcag22aa']})"
        )
        told = [
            f"{found['id']}: {found['help']} {json.dumps([node['target'] for node in found['nodes']])[:300]}"
            for found in result["violations"]
        ]
        assert told == [], f"{page.url}: {told}"

    return check
