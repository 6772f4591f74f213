"""The calendar of a year, its public feed, and the feed of one's own post."""

from datetime import date
from itertools import groupby

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sala.access.actor import public
from sala.access.request import Request
from sala.access.scope import require, visible
from sala.core import clock
from sala.core.calendar import Entry, entries, feed
from sala.duties.rhythm import shifted
from sala.people import operations, policy
from sala.people.middleware import live_token
from sala.people.models import ApiToken, Position
from sala.people.queries import actor_for_token, still_holds

FIRST_YEAR, LAST_YEAR = 1990, 2100
LIFE = 366  # days until the address of a post's calendar must be made anew


def calendar(request: Request) -> HttpResponse:
    """What the reader may see of a year, month by month."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() else clock.today().year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    rows = entries(request.actor, date(year, 1, 1), date(year, 12, 31))
    months = [(month, list(group)) for month, group in groupby(rows, key=lambda entry: entry.day.replace(day=1))]
    context = {
        "year": year, "months": months, "today": clock.today(), "before": year - 1, "after": year + 1,
        "feed": settings.BASE_URL.rstrip("/") + reverse("site:calendar_feed"),
        "posts": Position.objects.filter(pk__in=request.actor.position_ids).select_related("organisation"),
    }  # fmt: skip
    return render(request, "site/calendar.html", context)


def _window() -> tuple[date, date]:
    """What a feed holds: from half a year ago to the end of next year."""
    today = clock.today()
    return shifted(today.replace(day=1), -6), date(today.year + 1, 12, 31)


def calendar_feed(request: Request) -> HttpResponse:
    """What everybody may see, whoever asks: a feed is fetched by programs that nobody signs in."""
    rows = entries(public(), *_window())
    return _answer(rows, _("Calendar"), "public, max-age=3600")


def calendar_private(request: Request, secret: str) -> HttpResponse:
    """The work of the post whose calendar this address was made for; it ends when the post gets another holder."""
    token = live_token(secret, feed=True)
    if token is None or not still_holds(token):
        raise Http404
    actor = actor_for_token(token)
    rows = entries(actor, *_window(), own=True)
    return _answer(rows, " · ".join(holding.label for holding in actor.holdings), "private, no-store")


def _answer(rows: list[Entry], name: str, cache: str) -> HttpResponse:
    response = HttpResponse(feed(rows, name=name, host=settings.BASE_URL), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = cache
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return response


# ---- the address of a post's calendar ----------------------------------------------------------------------------


def _position(request: Request, code: str) -> Position:
    """One's own post, or one whose tokens one administers."""
    position = get_object_or_404(visible(request.actor, Position).select_related("organisation__area"), code=code)
    if position.pk not in request.actor.position_ids:
        require(request.actor, policy.MANAGE_TOKENS, position)
    return position


def post_calendar(request: Request, code: str) -> HttpResponse:
    """Addresses of a post's calendar: make one, which is shown once, and revoke one."""
    position = _position(request, code)
    address = ""
    if request.method == "POST":
        _token, secret = operations.make_token(
            request.actor, position, name=_("Calendar"), verbs=[policy.READ_CALENDAR], days=LIFE
        )
        address = settings.BASE_URL.rstrip("/") + reverse("site:calendar_private", args=[secret])
    feeds = visible(request.actor, ApiToken).filter(position=position, verbs__contains=[policy.READ_CALENDAR])
    context = {
        "position": position, "address": address, "now": clock.now(),
        "may_make": request.actor.is_everything or position.pk in request.actor.position_ids,
        "feeds": feeds.filter(revoked_at__isnull=True),
    }  # fmt: skip
    return render(request, "site/post_calendar.html", context)


@require_POST
def revoke_calendar(request: Request, code: str, pk: int) -> HttpResponse:
    position = _position(request, code)
    rows = visible(request.actor, ApiToken).filter(position=position, verbs__contains=[policy.READ_CALENDAR])
    operations.revoke_token(request.actor, get_object_or_404(rows, pk=pk))
    messages.success(request, _("Withdrawn. This address opens nothing any more."))
    return redirect("site:post_calendar", code)
