"""The page on which a form is filled in, in a real browser: what its first load and the next one bring over the line."""

import shutil

from django.conf import settings
from django.core.management import CommandError

from bench.line import Line
from bench.pages import served, session_of
from bench.phones import QUESTIONS, make_form
from config.demonstration.people import people
from sala.access.actor import command
from sala.collection import operations, policy
from sala.core.pack import Pack
from sala.people.models import Person

PACK = "demo"
FIRST = 1_400  # kilobytes, all of it compressed as the server sends it
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
READY = "html[data-fill=ready]"


def run(report) -> None:
    try:
        from playwright.sync_api import sync_playwright  # a package of the tests, absent in production
    except ImportError as error:
        raise CommandError("Run ./sala test once; it installs what this needs.") from error
    browser_path = shutil.which("chromium")
    if not browser_path:
        raise CommandError("Chromium is missing: apt-get install chromium")
    form = make_form()
    operations.change_form(
        command(), form, title=form.title, about="nothing", level=None, facility_kind=None, is_standing=True
    )
    cookie, _equals, key = session_of(person()).partition("=")
    with served() as port, sync_playwright() as playwright:
        line = Line(f"http://127.0.0.1:{port}")
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        context = browser.new_context(viewport={"width": 360, "height": 800}, locale="lo")
        context.add_cookies([{"name": cookie, "value": key, "url": line.url}])
        page, path = context.new_page(), f"/forms/{form.slug}/fill/"
        page.set_default_timeout(120_000)

        def load() -> tuple[float, list[str]]:
            """Kilobytes that came over the line, and what else than the page itself was asked over it."""
            line.bytes, line.asked = 0, []
            page.goto(line.url + path)
            page.wait_for_selector(READY)
            page.wait_for_load_state("networkidle")
            return line.bytes / 1000, [asked for asked in line.asked if asked != path]

        whole, files = load()
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.wait_for_load_state("networkidle")
        whole = line.bytes / 1000
        report.row(
            "form_page", f"first load, {QUESTIONS} questions, {len(files) + 1} answers", whole, "kB", target=FIRST
        )
        again, files = load()
        report.row("form_page", "next load, files from the network besides the page", len(files), "", target=0)
        report.row("form_page", "next load, the page itself", again, "kB")
        line.cut()
        cut, _files = load()
        report.row("form_page", "next load with the line cut, from the network", cut, "kB", target=0)
        browser.close()


def person() -> Person:
    """An invented official of the demonstration who sends answers."""
    people(command(), Pack(settings.PACK))
    sending = Person.objects.filter(
        appointments__position__grants__role__verbs__contains=[policy.SEND], is_invented=True
    )
    return sending.order_by("pk")[0]
