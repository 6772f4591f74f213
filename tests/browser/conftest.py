"""The real server and Debian's Chromium. A missing browser is a failure, not a skip."""

import json
import os
import shutil
from contextlib import contextmanager

import pytest

from tests.conftest import ROOT
from tests.serving import serve

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
]  # fmt: skip


@pytest.fixture(scope="package")
def served(world_template, django_db_blocker, tmp_path_factory):
    with serve(world_template, django_db_blocker, tmp_path_factory.mktemp) as site, django_db_blocker.unblock():
        yield site


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


def new_page(context, url: str, link_of):
    """A page of a reader: `page.go(path)` visits, `page.sign_in(who)` uses the one-time link that link_of(who) gives."""
    page = context.new_page()
    page.set_default_timeout(30000)

    def go(path: str):
        response = page.goto(url + path)
        assert response.status < 400, f"{path} answered {response.status}"
        return response

    def sign_in(who: str):
        page.goto(link_of(who))
        page.click("main button")

    press = page.click

    def click(selector: str, **options) -> None:
        """Press and wait for the whole answer: a click returns once a new page begins, not once it is read."""
        press(selector, **options)
        page.wait_for_load_state("load")

    page.go, page.sign_in, page.click = go, sign_in, click
    return page


@contextmanager
def opening(chromium, url: str, link_of):
    """open_page(width, scripts, language) → a fresh page of one reader; all are closed at the end."""
    contexts = []

    def make(width: int = 360, scripts: bool = False, language: str = "lo"):
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=scripts, locale=language,
            extra_http_headers={"Accept-Language": language},
        )  # fmt: skip
        contexts.append(context)
        return new_page(context, url, link_of)

    try:
        yield make
    finally:
        for context in contexts:
            context.close()


@pytest.fixture
def open_page(chromium, served):
    with opening(chromium, served.url, served.link) as make:
        yield make


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
