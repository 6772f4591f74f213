"""./sala screenshots"""

import shutil
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

ROOT = Path(__file__).resolve().parents[3]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking"]
# name → address, language, width in pixels
PAGES = {
    "home-lo-phone": ("/", "lo", 360),
    "place-en": ("/places/{place}/", "en", 1280),
    "place-lo-phone": ("/places/{place}/", "lo", 360),
    "search-lo": ("/search/?q={word}", "lo", 1280),
}


class Command(BaseCommand):
    help = "Make the pictures of the manual from a running server. Needs the packages of ./sala test and Chromium."

    def add_arguments(self, parser):
        parser.add_argument("--url", default="http://127.0.0.1:8000")
        parser.add_argument("--place", default="13", help="code of the place shown")
        parser.add_argument("--word", default="ທີ່ດິນ", help="word searched for")
        parser.add_argument("--into", type=Path, default=ROOT / "docs" / "images")

    def handle(self, *, url, place, word, into, **options):
        browser_path = shutil.which("chromium")
        try:
            from playwright.sync_api import sync_playwright  # a package of the tests, absent in production
        except ImportError as error:
            raise CommandError("Run ./sala test once; it installs what the pictures need.") from error
        if not browser_path:
            raise CommandError("Chromium is missing: apt-get install chromium")
        into.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
            for name, (address, language, width) in PAGES.items():
                page = browser.new_page(
                    viewport={"width": width, "height": 800},
                    locale=language,
                    extra_http_headers={"Accept-Language": language},
                )
                page.goto(url.rstrip("/") + address.format(place=place, word=word))
                page.screenshot(path=into / f"{name}.png", full_page=width > 400)
                self.stdout.write(f"{name}.png")
            browser.close()
