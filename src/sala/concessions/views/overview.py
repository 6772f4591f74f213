"""The overview of a place, for leaders: as a page, and as a paper of A4."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import visible
from sala.concessions.queries.granted_map import granted_map
from sala.concessions.queries.overview import overview
from sala.concessions.queries.panels import panels
from sala.core import clock
from sala.core.language import current
from sala.documents.pdf import pdf_response
from sala.places.models import Area
from sala.places.queries import country


def shown(request: Request) -> HttpResponse:
    """?place= a province or a district; without it the reader's own area, else the country."""
    return render(request, "concessions/overview.html", told(request))


def paper(request: Request) -> HttpResponse:
    """The same on paper, in the reader's language."""
    found = told(request)
    found["title"] = f"{_('Leases and concessions of land')}: {found['place'].name}"
    name = f"concessions-{found['place'].code}-{clock.today():%Y-%m-%d}.pdf"
    return pdf_response("concessions/pdf/overview.html", found, name, current())


def told(request: Request) -> dict[str, Any]:
    place = _place(request)
    found = overview(request.actor, place)
    return {
        "place": place, "whole": found.whole, "groups": found.groups, "panels": panels(request.actor, place),
        "map": granted_map(request.actor, place), "on": clock.today(), "ancestors": _above(place),
    }  # fmt: skip


def _place(request: Request) -> Area:
    areas = visible(request.actor, Area).select_related("parent", "level")
    if code := request.GET.get("place", ""):
        return get_object_or_404(areas, code=code)
    paths = sorted(request.actor.areas_readable(), key=len)
    own = areas.filter(path=paths[0]).first() if paths and paths[0] else None
    return own or areas.get(pk=country().pk)


def _above(place: Area) -> list[Area]:
    ids = [int(part) for part in place.path.split("/") if part and int(part) != place.pk]
    found = Area.objects.in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]
