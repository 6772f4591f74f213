"""Home of a front door, its colours, and the page about this service."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from sala.access.form_page import form_page
from sala.access.request import Request
from sala.access.scope import visible
from sala.core.language import current, sorted_by
from sala.core.models import Term
from sala.places.maps import svg_map
from sala.places.queries import current as current_areas
from sala.site import operations
from sala.site.forms import PortalForm
from sala.site.models import Portal
from sala.site.queries import narrowing_of, newest_datasets, newest_documents


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
        "new_datasets": newest_datasets(request.actor, narrowing),
        "new_documents": newest_documents(request.actor, narrowing),
    }
    return render(request, "site/home.html", context)


@cache_control(max_age=3600, public=True)
def portal_css(request: Request, code: str) -> HttpResponse:
    portal = get_object_or_404(Portal, code=code)
    return HttpResponse(f":root{{--brand:{portal.band}}}", content_type="text/css")


def edit_portal(request: Request, code: str) -> HttpResponse:
    """The name, texts, place, topics and colour of a front door."""
    portal = get_object_or_404(visible(request.actor, Portal).select_related("owner", "place"), code=code)
    operations.require_house(request.actor, portal)
    form = PortalForm(request.POST or None, instance=portal, reader=request.actor)
    return form_page(
        request,
        form,
        lambda data: operations.change_portal(request.actor, portal, **data),
        heading=_("Edit"),
        back=portal,
    )


def about(request: Request) -> HttpResponse:
    rows = visible(request.actor, Portal).select_related("owner", "place")
    if not request.actor.is_government and not request.actor.is_everything:
        rows = rows.filter(tier="public")
    portals = [(row, operations.may_edit(request.actor, row)) for row in rows]
    return render(request, "site/about.html", {"portals": portals})


def health(request: Request) -> HttpResponse:
    """Answers only when the database answers."""
    Term.objects.exists()
    return HttpResponse("ok\n", content_type="text/plain")
