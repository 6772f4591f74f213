"""What waits for my posts, and the printed sheet of a hand-over."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import visible
from sala.core.errors import SignInNeeded
from sala.people.models import HandOver


def desk(request: Request) -> HttpResponse:
    if not request.actor.is_signed_in:
        raise SignInNeeded(_("The desk is for holders of a post. Sign in with your link."))
    return render(request, "site/desk.html")


def hand_over_sheet(request: Request, pk: int) -> HttpResponse:
    sheet = get_object_or_404(visible(request.actor, HandOver), pk=pk)
    return render(request, "site/hand_over_sheet.html", {"sheet": sheet})
