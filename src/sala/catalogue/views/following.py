"""Following things and hearing no more of them; the list of feeds."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sala.access.request import Request
from sala.catalogue.operations.following import follow, follow_of_link, unfollow
from sala.catalogue.queries.following import followed_by
from sala.core.errors import SignInNeeded
from sala.core.models import Term


def feeds(request: Request) -> HttpResponse:
    """Where the feeds are."""
    topics = Term.objects.filter(scheme="topic", retired=False)
    return render(request, "catalogue/exchange/feeds.html", {"topics": topics})


def mine(request: Request) -> HttpResponse:
    """What I follow."""
    if not request.actor.is_signed_in:
        raise SignInNeeded(_("This page is your own. Sign in first."))
    return render(request, "catalogue/exchange/following.html", {"rows": followed_by(request.actor)})


@require_POST
def change(request: Request, kind: str, pk: int) -> HttpResponse:
    """Follow, or with do=end hear no more of it; then back to where the button stood."""
    if request.POST.get("do") == "end":
        unfollow(request.actor, kind, pk)
        messages.success(request, _("You will hear no more of this."))
    else:
        follow(request.actor, kind, pk)
        messages.success(request, _("You follow this. A message is sent for each new edition."))
    back = request.POST.get("back", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "exchange:following")


@never_cache
def end(request: Request, secret: str) -> HttpResponse:
    """The link of a message. Opening it shows a button, so that a mail scanner ends nothing."""
    row = follow_of_link(secret)
    if request.method == "POST":
        row.delete()
    return render(request, "catalogue/exchange/end_following.html", {"done": request.method == "POST"})
