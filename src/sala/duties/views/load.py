"""The load of an office: what waits for its posts, and whose calls take how much of its year."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import visible
from sala.core.errors import NotPermitted, SignInNeeded
from sala.duties.queries.load import asked_of_office, may_see_load, posts_of_office, units_of_office
from sala.people.models import Organisation


def load(request: Request, code: str) -> HttpResponse:
    """For the office itself and those above it, so that a head can shift work and speak with who asks too much."""
    office = get_object_or_404(visible(request.actor, Organisation).select_related("area", "parent"), code=code)
    if not may_see_load(request.actor, office):
        if not request.actor.is_signed_in and not request.actor.holdings:
            raise SignInNeeded(_("This needs a position in government. Sign in with your link."))
        raise NotPermitted(_("The load of an office is open to the office itself and to those above it. Ask its head."))
    context = {
        "office": office,
        "posts": posts_of_office(office),
        "units": units_of_office(office),
        "years": asked_of_office(office),
    }
    return render(request, "duties/load.html", context)
