"""Looking on while the worker does what was asked on a page."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from sala.access.request import Request
from sala.core import clock
from sala.core.errands import before
from sala.core.models import Errand, ErrandState

LOOK_AGAIN = 4  # seconds until the browser asks again
LONG = 120  # seconds of waiting after which the page says whom to ask


def errand_of(request: Request, pk: UUID) -> Errand:
    """The errand, for whoever asked for it and for an operator."""
    found = Errand.objects.filter(pk=pk).first()
    actor = request.actor
    mine = found and actor.is_signed_in and found.asker.get("person") == actor.person_id
    if found is None or not (mine or actor.is_everything):
        raise Http404
    return found


def errand(request: Request, pk: UUID) -> HttpResponse:
    """How far it is; when it is done, what came of it."""
    found = errand_of(request, pk)
    if found.state == ErrandState.DONE:
        return redirect(found.result)
    waited = (clock.now() - (found.began_at or found.asked_at)).total_seconds()
    context = {
        "errand": found,
        "before": before(found),
        "waited": int(waited),
        "is_long": waited > LONG and found.state == ErrandState.WAITING,
    }
    response = render(request, "site/errand.html", context)
    if found.is_open:
        response["Refresh"] = str(LOOK_AGAIN)
    response["Cache-Control"] = "no-store"
    return response
