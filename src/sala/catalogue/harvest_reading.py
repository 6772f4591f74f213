"""Reading a source page by page, through the guarded door and the limited child, until it is whole or something stops it."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from sala.catalogue.models import HarvestSource, SourceKind
from sala.core import fetching
from sala.core.errors import SalaError
from sala.core.files import child

ROWS = 200  # descriptions asked of a CKAN at once
MOST_PAGES = 1000
MOST_ITEMS = 100_000
MOST_SECONDS = 3600
PAGE = fetching.Bounds(size=30 * 1024**2, seconds=120)
CHILD = child.Limits(memory=1024**3, seconds=120)
SYNTAXES = {
    "text/turtle": "turtle", "application/x-turtle": "turtle", "application/ld+json": "json-ld", "application/json": "json-ld",
}  # fmt: skip


@dataclass
class Read:
    """What was read, by id. Only of a whole reading may anybody conclude that something is missing."""

    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    is_whole: bool = False
    words: str = ""


def read_source(source: HarvestSource) -> Read:
    """Read all pages. Raises SalaError when not even the first could be read; later faults leave it incomplete."""
    read, total, until = Read(), None, time.monotonic() + MOST_SECONDS
    pages = _ckan(source) if source.kind == SourceKind.CKAN else _dcat(source)
    try:
        for number, page in enumerate(pages, 1):
            before = len(read.items)
            read.items.update({item["id"]: item for item in page["items"]})
            read.refused += page["refused"]
            total = page["total"] if page["total"] is not None else total
            last = len(read.items) + len(read.refused) >= total if total is not None else not page["next"]
            if last and not page["next"]:
                break
            if len(read.items) == before and not page["refused"]:
                raise fetching.Unfetched(_("A page of the catalogue brought nothing new before all was read."))
            if number >= MOST_PAGES or len(read.items) > MOST_ITEMS or time.monotonic() > until:
                raise fetching.Unfetched(_("The catalogue is larger than what is read at once."))
    except SalaError as error:
        if not read.items:
            raise
        read.words = str(error)
        return read
    if total is not None and len(read.items) + len(read.refused) < total:
        read.words = _("The catalogue says that it has %(total)s descriptions, but gave %(found)s.") % {
            "total": total, "found": len(read.items),
        }  # fmt: skip
        return read
    read.is_whole = True
    return read


def _ckan(source: HarvestSource) -> Iterator[dict[str, Any]]:
    start = 0
    while True:
        query = urlencode({"rows": ROWS, "start": start, "sort": "id asc"})
        address = f"{source.address.rstrip('/')}/api/3/action/package_search?{query}"
        page, _answer = _page(address, "application/json", lambda path, answer: ("ckan_page", [path]))
        yield page
        start += len(page["items"]) + len(page["refused"])


def _dcat(source: HarvestSource) -> Iterator[dict[str, Any]]:
    address, passed = source.address, set()
    while address:
        if address in passed:
            raise fetching.Unfetched(_("The pages of the catalogue lead in a circle."))
        passed.add(address)
        page, _answer = _page(address, "text/turtle, application/ld+json;q=0.9", _dcat_task)
        yield page
        address = page["next"]


def _dcat_task(path: Path, answer: fetching.Answer) -> tuple[str, list[Any]]:
    named = "json-ld" if answer.url.split("?")[0].endswith((".jsonld", ".json")) else "turtle"
    return "dcat_page", [path, SYNTAXES.get(answer.media_type, named), answer.url]


def _page(address: str, accept: str, task: Any) -> tuple[dict[str, Any], fetching.Answer]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page"
        with path.open("wb") as handle:
            answer = fetching.fetch(address, handle, accept=accept, bounds=PAGE)
        name, arguments = task(path, answer)
        return child.run(f"sala.catalogue.harvest_answers:{name}", *arguments, limits=CHILD), answer
