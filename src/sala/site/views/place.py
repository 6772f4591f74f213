"""Everything known of one place."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from sala.access.request import Request
from sala.access.scope import visible
from sala.core.language import sorted_by
from sala.places.models import Area


def place(request: Request, code: str) -> HttpResponse:
    area = get_object_or_404(visible(request.actor, Area).select_related("level", "parent"), code=code)
    children = area.children.filter(ended_on__isnull=True).select_related("level").order_by(sorted_by("name"))
    return render(request, "site/place.html", {"area": area, "children": children})
