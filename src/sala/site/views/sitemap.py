"""What search engines may read: robots.txt, and the addresses of what is public, a part of it a file."""

from collections.abc import Callable
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from sala.access.actor import public
from sala.access.request import Request
from sala.access.scope import visible
from sala.catalogue.models import Dataset
from sala.core.errors import Missing
from sala.documents.models import Document
from sala.people.models import Organisation
from sala.places.queries import current, find_facilities

SIZE = 10_000  # addresses in one file
SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

ROWS: dict[str, Callable[[], QuerySet]] = {
    "datasets": lambda: visible(public(), Dataset).filter(is_published=True),
    "documents": lambda: visible(public(), Document).filter(is_published=True),
    "places": current,
    "facilities": lambda: find_facilities(public()),
    "organisations": lambda: visible(public(), Organisation).filter(closed_on__isnull=True),
}


def robots(request: Request) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /search/", "Disallow: /api/", f"Sitemap: {settings.BASE_URL}{reverse('site:sitemap')}"]  # fmt: skip
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def sitemap(request: Request) -> HttpResponse:
    """The list of the files."""
    files = [
        settings.BASE_URL + reverse("site:sitemap_part", args=[noun, page])
        for noun, rows in ROWS.items()
        for page in range(1, max(1, -(-rows().count() // SIZE)) + 1)
    ]
    return _answer("sitemapindex", "sitemap", files)


def part(request: Request, noun: str, page: int) -> HttpResponse:
    if noun not in ROWS or not 1 <= page <= 10_000:
        raise Missing(_("Check the address, or search for what you need."))
    rows = ROWS[noun]().order_by("pk")[(page - 1) * SIZE : page * SIZE]
    return _answer("urlset", "url", [settings.BASE_URL + row.get_absolute_url() for row in rows])


def _answer(root: str, entry: str, addresses: list[str]) -> HttpResponse:
    entries = "".join(f"<{entry}><loc>{escape(address)}</loc></{entry}>\n" for address in addresses)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{SPACE}">\n{entries}</{root}>\n'
    return HttpResponse(text, content_type="application/xml; charset=utf-8")
