"""Home of a front door, its colours, and the page about this service."""

from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control

from sala.access.edit import edit
from sala.access.request import Request
from sala.access.scope import visible
from sala.catalogue.models import Dataset
from sala.core.language import current, sorted_by
from sala.core.models import Term
from sala.documents.models import Document
from sala.places.maps import svg_map
from sala.places.queries import current as current_areas
from sala.site import policy
from sala.site.forms import PortalForm
from sala.site.models import Portal

NEWEST = 5


def home(request: Request) -> HttpResponse:
    portal = request.portal
    place = portal.place if portal else None
    topics = {term.code: term for term in Term.objects.filter(scheme="topic", retired=False)}
    wanted = [topics[code] for code in (portal.topics if portal else topics) if code in topics]
    children = list(current_areas().filter(parent=place).order_by(sorted_by("name"))) if place else []
    datasets = visible(request.actor, Dataset).filter(is_published=True)
    documents = visible(request.actor, Document).filter(is_published=True)
    if place:
        datasets = datasets.filter(place__path__startswith=place.path)
    context = {
        "place": place,
        "topics": wanted,
        "children": children,
        "map": svg_map(place, children, current()) if place else "",
        "new_datasets": datasets.annotate(last=Max("distributions__editions__published_at"))
        .select_related("owner", "place")
        .order_by("-last")[:NEWEST],
        "new_documents": documents.order_by("-published_at")[:NEWEST],
    }
    return render(request, "site/home.html", context)


@cache_control(max_age=3600, public=True)
def portal_css(request: Request, code: str) -> HttpResponse:
    portal = get_object_or_404(Portal, code=code)
    return HttpResponse(f":root{{--brand:{portal.band}}}", content_type="text/css")


def edit_portal(request: Request, code: str) -> HttpResponse:
    """The name, texts, place, topics and colour of a front door."""
    portal = get_object_or_404(visible(request.actor, Portal), code=code)
    return edit(request, portal, PortalForm, verb=policy.EDIT)


def about(request: Request) -> HttpResponse:
    portals = visible(request.actor, Portal).filter(tier="public")
    return render(request, "site/about.html", {"portals": portals, "may_edit": request.actor.has_anywhere(policy.EDIT)})


def health(request: Request) -> HttpResponse:
    """Answers only when the database answers."""
    Term.objects.exists()
    return HttpResponse("ok\n", content_type="text/plain")
