"""The page on which a form is filled in, opened by Chromium: what the first visit brings over the line, and the next one.

The form is that of primary schools in the demonstration's pack, made one that may be sent at any time.
"""

import shutil
import time
from datetime import date

from django.conf import settings
from playwright.sync_api import BrowserContext, Page, sync_playwright

from bench.pages import served, session_of
from config.demonstration.collection import forms
from sala.access.actor import command
from sala.collection.models import Form
from sala.core.pack import Pack
from sala.people.models import Person, Position
from sala.people.operations import appoint

PACK = "demo"
FORM, POST = "school_primary", "HEALTH-P01-data"
FIRST, NEXT = 1400, 0  # kilobytes; of the next visit all but the page itself
READY = "html[data-fill=ready]"


def run(report) -> None:
    forms(command(), Pack(settings.PACK))
    Form.objects.filter(form_id=FORM).update(is_standing=True, about="nothing", level=None, facility_kind=None)
    form = Form.objects.get(form_id=FORM)
    person = Person.objects.create(name="Bench", email="bench@example.org", language="lo", is_invented=True)
    appoint(command(), Position.objects.get(code=POST), person, start=date(2020, 1, 1))
    name, _equals, value = session_of(person).partition("=")
    with served() as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 360, "height": 800}, locale="lo")
        context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{port}"}])
        page = context.new_page()
        line = Weighed(context, page)
        address = f"http://127.0.0.1:{port}/forms/{form.slug}/fill/"
        report.row("form_page", "first visit: ready after", line.visit(address), "s")
        report.row("form_page", "first visit", line.bytes() / 1000, "kB", target=FIRST)
        report.row("form_page", "first visit: requests", len(line.sizes), "")
        report.row("form_page", "next visit: ready after", line.visit(address), "s")
        report.row("form_page", "next visit, the page itself", line.bytes(address) / 1000, "kB")
        report.row("form_page", "next visit, all else", (line.bytes() - line.bytes(address)) / 1000, "kB", target=NEXT)
        browser.close()


class Weighed:
    """What came over the line since the last visit began, by address, as Chromium counts it: headings and packed bodies."""

    def __init__(self, context: BrowserContext, page: Page):
        self.page = page
        self.addresses: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.requestWillBeSent", lambda told: self.addresses.update({told["requestId"]: told["request"]["url"]}))  # fmt: skip
        network.on("Network.loadingFinished", lambda told: self.sizes.update({told["requestId"]: int(told["encodedDataLength"])}))  # fmt: skip

    def visit(self, address: str) -> float:
        """Seconds until the form can be filled in."""
        self.addresses.clear()
        self.sizes.clear()
        start = time.perf_counter()
        self.page.goto(address)
        self.page.wait_for_selector(READY)
        spent = time.perf_counter() - start
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.page.wait_for_load_state("networkidle")
        return spent

    def bytes(self, address: str | None = None) -> int:
        return sum(size for number, size in self.sizes.items() if address in (None, self.addresses.get(number)))
