"""Home of a front door, its colours, and the page about this service."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control

from sala.access.request import Request
from sala.core.language import sorted_by
from sala.core.models import Term
from sala.places.models import Area
from sala.site.models import Portal


def home(request: Request) -> HttpResponse:
    portal = request.portal
    place = portal.place if portal else None
    topics = {term.code: term for term in Term.objects.filter(scheme="topic", retired=False)}
    wanted = [topics[code] for code in (portal.topics if portal else topics) if code in topics]
    children = Area.objects.filter(parent=place, ended_on__isnull=True).order_by(sorted_by("name")) if place else []
    return render(request, "site/home.html", {"place": place, "topics": wanted, "children": children})


@cache_control(max_age=3600, public=True)
def portal_css(request: Request, code: str) -> HttpResponse:
    portal = get_object_or_404(Portal, code=code)
    return HttpResponse(f":root{{--brand:{portal.band}}}", content_type="text/css")


def about(request: Request) -> HttpResponse:
    return render(request, "site/about.html")


def health(request: Request) -> HttpResponse:
    """Answers only when the database answers."""
    Term.objects.exists()
    return HttpResponse("ok\n", content_type="text/plain")
