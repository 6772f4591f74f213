"""The completeness board: what is known of the concessions of each area, and how old it is."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from sala.access.request import Request
from sala.access.scope import visible
from sala.concessions.queries.completeness import completeness, whole
from sala.places.models import Area
from sala.places.queries import country


def completeness_board(request: Request) -> HttpResponse:
    """?place= one area with its parts; without it the reader's own, else the whole country."""
    code = request.GET.get("place", "")
    inside = (
        get_object_or_404(visible(request.actor, Area).select_related("parent"), code=code) if code else _own(request)
    )
    lines = completeness(request.actor, inside)
    context = {"inside": inside, "lines": lines, "whole": whole(lines)}
    return render(request, "concessions/completeness.html", context)


def _own(request: Request) -> Area:
    """The widest area in which the reader reads what offices keep to themselves."""
    paths = sorted(request.actor.areas_readable(), key=len)
    found = Area.objects.filter(path=paths[0]).first() if paths and paths[0] else None
    return found or country()
