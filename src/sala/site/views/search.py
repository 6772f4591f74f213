"""One search over everything: the page, the same list as a table, and a feed of what is new."""

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.core import language, numbers
from sala.core.csv_page import csv_response
from sala.search.api import box
from sala.search.filters import NEWEST, RELEVANCE, Filters, sees_tiers
from sala.search.queries import MOST_A_PAGE, SIZE, find
from sala.search.results import Facet, Item, Results
from sala.search.suggestions import suggest
from sala.site.queries import narrowing_of

NARROWING = ("noun", "kind", "topic", "place", "owner", "year", "tier")
MOST_IN_A_TABLE = 1_000
IN_A_FEED = 30
FACET_LINKS = 12


def search(request: Request) -> HttpResponse:
    text, filters = request.GET.get("q", "").strip(), filters_of(request)
    if request.GET.get("format") == "csv":
        return _table(request, text, filters)
    results = find(request.actor, text, filters, page=_whole(request.GET.get("page")) or 1, size=SIZE)
    context = {
        "query": text,
        "results": results,
        "facets": [_links(request, facet) for facet in results.facets if _helps(facet)],
        "chosen": _chosen(request, results),
        "kept": [(name, request.GET[name]) for name in (*NARROWING, "bbox") if request.GET.get(name)],
        "home": _home_name(request, filters),
        "shows_tiers": sees_tiers(request.actor),
        "most_in_a_table": MOST_IN_A_TABLE,
        "suggestions": suggest(request.actor, text) if text and not results.count else [],
    }
    return render(request, "site/search.html", context)


def filters_of(request: Request) -> Filters:
    """What the address narrows to. The front door's own place and topics come in where nothing else is asked."""
    asked: QueryDict = request.GET
    values: dict[str, Any] = {name: asked.get(name, "") for name in NARROWING if name != "year"}
    return Filters(
        **values, year=_whole(asked.get("year")), bbox=box(asked.get("bbox", "")),
        sort=NEWEST if asked.get("sort") == NEWEST else RELEVANCE, **_home(request),
    )  # fmt: skip


def _home(request: Request) -> dict[str, Any]:
    portal = request.portal
    if portal is None or request.GET.get("everywhere"):
        return {}
    home: dict[str, Any] = {}
    narrowing = narrowing_of(portal)
    if narrowing.place and not request.GET.get("place"):
        home["home_place"] = narrowing.place.code
    if narrowing.topics and not request.GET.get("topic"):
        home["home_topics"] = narrowing.topics
    return home


def _home_name(request: Request, filters: Filters) -> Any:
    """What the front door narrows to, for the reader to see; empty when it does not."""
    if filters.home_place:
        return request.portal.place.name
    return request.portal.name if filters.home_topics else ""


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None


def _helps(facet: Facet) -> bool:
    """A facet with a single value that everything has helps nobody choose."""
    return len(facet.values) > 1 or facet.chosen is not None


def _links(request: Request, facet: Facet) -> dict[str, Any]:
    values = [
        {"label": value.label, "number": value.number, "is_chosen": value.is_chosen,
         "address": _address(request, facet.name, value.value)}
        for value in facet.values[:FACET_LINKS]
    ]  # fmt: skip
    return {"label": facet.label, "values": values}


def _address(request: Request, name: str, value: str) -> str:
    """This page with one filter set, or with an empty value taken away."""
    query = request.GET.copy()
    query.pop("page", None)
    query.pop(name, None)
    if value:
        query[name] = value
    return f"{request.path}?{query.urlencode()}"


def _chosen(request: Request, results: Results) -> list[dict[str, Any]]:
    """The filters in force, each by its name; codes that are nowhere are shown as typed."""
    facets = {facet.name: facet for facet in results.facets}
    chosen = []
    for name in NARROWING:
        value = getattr(results.filters, name)
        if value:
            facet = facets.get(name)
            label = results.names.get(str(value)) or (facet.chosen.label if facet and facet.chosen else value)
            chosen.append({"label": label, "address": _address(request, name, "")})
    if results.filters.bbox:
        west, south, east, north = (numbers.display(round(side, 3)) for side in results.filters.bbox)
        words = _("In the box %(west)s–%(east)s east, %(south)s–%(north)s north")
        label = words % {"west": west, "east": east, "south": south, "north": north}
        chosen.append({"label": label, "address": _address(request, "bbox", "")})
    return chosen


# ---- as a table --------------------------------------------------------------------------------------------------


def _table(request: Request, text: str, filters: Filters) -> HttpResponse:
    heading = [_("Type"), _("Title"), _("Address"), _("Place"), _("Owner"), _("Date"), _("Open to")]
    rows = (
        [
            item.type, item.plain_title, settings.BASE_URL + item.url, item.place, item.owner,
            item.dated.isoformat() if item.dated else "", item.tier_name if sees_tiers(request.actor) else "",
        ]
        for item in _all_items(request, text, filters)
    )  # fmt: skip
    return csv_response("search.csv", heading, rows)


def _all_items(request: Request, text: str, filters: Filters) -> Iterator[Item]:
    for number in range(1, MOST_IN_A_TABLE // MOST_A_PAGE + 1):
        results = find(request.actor, text, filters, page=number, size=MOST_A_PAGE)
        yield from results.items
        if number >= results.last_page:
            return


# ---- as a feed ---------------------------------------------------------------------------------------------------


def feed(request: Request) -> HttpResponse:
    """The newest of what these words and filters find."""
    text, filters = request.GET.get("q", "").strip(), filters_of(request)
    results = find(request.actor, text, Filters(**{**vars(filters), "sort": NEWEST}), size=IN_A_FEED)
    page = reverse("site:search")
    query = request.GET.urlencode()
    atom = Atom1Feed(
        title=f"{request.portal.name if request.portal else 'Sala'}: {text or _('new')}",
        link=settings.BASE_URL + (f"{page}?{query}" if query else page),
        description="",
        language=language.current(),
        feed_url=settings.BASE_URL + request.get_full_path(),
    )
    for item in results.items:
        dated = timezone.make_aware(datetime.combine(item.dated, time())) if item.dated else None
        atom.add_item(
            title=item.plain_title, link=settings.BASE_URL + item.url, description=item.plain_snippet,
            unique_id=settings.BASE_URL + item.url, updateddate=dated, pubdate=dated,
        )  # fmt: skip
    return HttpResponse(atom.writeString("utf-8"), content_type=f"{atom.content_type}")
