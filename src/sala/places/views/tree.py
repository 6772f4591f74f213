"""The tree of places."""

from django.http import HttpResponse
from django.shortcuts import render

from sala.access.request import Request
from sala.access.scope import visible
from sala.core.language import sorted_by
from sala.places import policy
from sala.places.models import Area
from sala.places.queries import current


def index(request: Request) -> HttpResponse:
    """Country, provinces and districts of today, in the order a reader expects."""
    areas = visible(request.actor, Area).filter(pk__in=current(), level__rank__lte=2)
    children: dict[int | None, list[Area]] = {}
    for area in areas.select_related("level").order_by(sorted_by("name")):
        children.setdefault(area.parent_id, []).append(area)
    tree = [
        (top, [(area, children.get(area.pk, [])) for area in children.get(top.pk, [])])
        for top in children.get(None, [])
    ]
    may = {
        name: request.actor.has_anywhere(verb)
        for name, verb in (("may_import", policy.IMPORT), ("may_add", policy.ADD))
    }
    return render(request, "places/index.html", {"tree": tree, **may})
