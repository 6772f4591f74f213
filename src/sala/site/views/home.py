"""Home of a front door, and the page about this service."""

from django.http import HttpResponse
from django.shortcuts import render

from sala.access.request import Request
from sala.core.language import current, sorted_by
from sala.core.models import Term
from sala.maps.queries import maps_of_home
from sala.places.maps import svg_map
from sala.places.queries import current as current_areas
from sala.site import policy
from sala.site.queries import known_portals, narrowing_of, newest_datasets, newest_documents


def home(request: Request) -> HttpResponse:
    portal = request.portal
    place = portal.place if portal else None
    topics = {term.code: term for term in Term.objects.filter(scheme="topic", retired=False)}
    wanted = [topics[code] for code in (portal.topics if portal else topics) if code in topics]
    children = list(current_areas().filter(parent=place).order_by(sorted_by("name"))) if place else []
    narrowing = narrowing_of(portal)
    context = {
        "place": place,
        "topics": wanted,
        "children": children,
        "map": svg_map(place, children, current()) if place else "",
        "maps": maps_of_home(request.actor, portal.code if portal else "", narrowing.topics),
        "new_datasets": newest_datasets(request.actor, narrowing),
        "new_documents": newest_documents(request.actor, narrowing),
    }
    return render(request, "site/home.html", context)


def about(request: Request) -> HttpResponse:
    context = {"portals": known_portals(request.actor), "may_make": request.actor.has_anywhere(policy.EDIT)}
    return render(request, "site/about.html", context)


def health(request: Request) -> HttpResponse:
    """Answers only when the database answers."""
    Term.objects.exists()
    return HttpResponse("ok\n", content_type="text/plain")
