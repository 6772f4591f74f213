"""The tree of places and the review of imported boundaries."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from sala.access.request import Request
from sala.access.scope import visible
from sala.core.language import sorted_by
from sala.places.models import Area, BoundaryImport


def index(request: Request) -> HttpResponse:
    """Country, provinces and districts, in the order a reader expects."""
    areas = visible(request.actor, Area).filter(ended_on__isnull=True, level__rank__lte=2)
    children: dict[int | None, list[Area]] = {}
    for area in areas.select_related("level").order_by(sorted_by("name")):
        children.setdefault(area.parent_id, []).append(area)
    tree = [
        (top, [(area, children.get(area.pk, [])) for area in children.get(top.pk, [])])
        for top in children.get(None, [])
    ]
    return render(request, "places/index.html", {"tree": tree})


def imports(request: Request) -> HttpResponse:
    return render(request, "places/imports.html", {"imports": visible(request.actor, BoundaryImport)})


def review(request: Request, pk: int) -> HttpResponse:
    batch = get_object_or_404(visible(request.actor, BoundaryImport), pk=pk)
    return render(request, "places/review.html", {"batch": batch})
