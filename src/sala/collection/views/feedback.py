"""The sheet that gives a place its own numbers back: as a page, and on paper to be read aloud."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from sala.access.request import Request
from sala.access.scope import visible
from sala.collection.queries.feedback import FEWEST, answered, coming, decided
from sala.collection.views.papers import language_of
from sala.core import clock
from sala.documents.pdf import pdf_response, qr
from sala.places.models import Area


def feedback(request: Request, code: str) -> HttpResponse:
    area = _area(request, code)
    return render(request, "collection/visits/feedback.html", _context(request, area))


def feedback_sheet(request: Request, code: str) -> HttpResponse:
    """In the country's language, unless the address asks for another with ?in="""
    area = _area(request, code)
    language = language_of(request)
    context = _context(request, area) | {
        "title": area.name.text(language).text, "made_on": clock.today(),
        "qr": qr(settings.BASE_URL.rstrip("/") + area.get_absolute_url()),
    }  # fmt: skip
    return pdf_response("collection/pdf/feedback.html", context, f"{area.code}-feedback.pdf", language)


def _area(request: Request, code: str) -> Area:
    return get_object_or_404(visible(request.actor, Area).select_related("level", "parent"), code=code)


def _context(request: Request, area: Area) -> dict[str, Any]:
    actor = request.actor
    return {
        "area": area, "answered": answered(actor, area), "decisions": decided(actor, area), "visits": coming(actor, area),
        "fewest": FEWEST,
    }  # fmt: skip
