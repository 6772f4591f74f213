"""./sala screenshots"""

import shutil
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

ROOT = Path(__file__).resolve().parents[3]
SETTLING = 2000  # milliseconds, for a map to draw its tiles
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking"]
# name → address, language, width and height in pixels; 0: the whole page, however long
PAGES = {
    "home-lo-phone": ("/", "lo", 360, 720),
    "place-en": ("/places/{place}/", "en", 1280, 0),
    "place-lo-phone": ("/places/{place}/", "lo", 360, 720),
    "search-lo": ("/search/?q={word}", "lo", 1280, 900),
    "map-en": ("/map/?layers=provinces:40:1,districts:20:1&place={place}", "en", 1280, 820),
}
# the same for whoever the link of --link signs in
SIGNED = {
    "concessions-lo": ("/concessions/", "lo", 1280, 1000),
}


class Command(BaseCommand):
    help = "Make the pictures of the manual from a running server. Needs the packages of ./sala test and Chromium."

    def add_arguments(self, parser):
        parser.add_argument("--url", default="http://127.0.0.1:8000")
        parser.add_argument("--place", default="13", help="code of the place shown")
        parser.add_argument("--word", default="ທີ່ດິນ", help="word searched for")
        parser.add_argument(
            "--link", help="one-time link of a keeper of concessions, for the pictures of that register"
        )
        parser.add_argument("--into", type=Path, default=ROOT / "docs" / "images")

    def handle(self, *, url, place, word, link, into, **options):
        browser_path = shutil.which("chromium")
        try:
            from playwright.sync_api import sync_playwright  # a package of the tests, absent in production
        except ImportError as error:
            raise CommandError("Run ./sala test once; it installs what the pictures need.") from error
        if not browser_path:
            raise CommandError("Chromium is missing: apt-get install chromium")
        into.mkdir(parents=True, exist_ok=True)
        words = {"place": place, "word": word}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
            self.take(browser.new_context(), url, PAGES, words, into)
            if link:
                signed = browser.new_context()
                page = signed.new_page()
                page.goto(link)
                page.locator("main form button").first.click()
                self.take(signed, url, SIGNED, words, into)
            browser.close()

    def take(self, context, url, pages, words, into):
        for name, (address, language, width, height) in pages.items():
            page = context.new_page()
            page.set_extra_http_headers({"Accept-Language": language})
            page.set_viewport_size({"width": width, "height": height or 800})
            page.goto(url.rstrip("/") + address.format(**words), wait_until="networkidle")
            page.wait_for_timeout(SETTLING)
            page.screenshot(path=into / f"{name}.png", full_page=not height)
            self.stdout.write(f"{name}.png")
            page.close()
