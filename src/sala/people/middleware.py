"""Puts the Actor on each request: from the session, from an API token, or the public.

A session whose second factor is still due acts for nobody and reaches only the pages that ask for it.
"""

from collections.abc import Callable
from typing import cast

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor, public
from sala.access.request import Request
from sala.core import clock
from sala.core.errors import SignInNeeded
from sala.core.middleware import answer, wants_json
from sala.people import policy, second_factor
from sala.people.models import ApiToken
from sala.people.queries import actor_for, actor_for_token, living_tokens
from sala.people.sign_in import DONE, DUE, FACTOR, hash_of

ACTING_AS = "acting_as"
SEEN, SEEN_AGAIN = "seen", 300  # seconds after which a session is noted as used once more
# what a session reaches whose second factor is due
WHILE_DUE = {
    "people:second_factor_check", "people:second_factor_set_up", "people:second_factor_codes", "people:sign_out",
    "site:portal_css", "site:portal_logo", "site:health",
}  # fmt: skip


class ActorMiddleware:
    def __init__(self, get_response: Callable[[Request], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        header = request.headers.get("Authorization", "")
        if header.startswith("Bearer "):
            token = live_token(header.removeprefix("Bearer ").strip())
            if token is None:
                return answer(
                    request,
                    SignInNeeded(
                        _("This API token is unknown, revoked or ended. Make a new one on the page of your post.")
                    ),
                )
            request.actor = actor_for_token(token)
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        else:
            request.actor = cast(Actor, SimpleLazyObject(lambda: session_actor(request)))
        return self.get_response(request)


class SecondFactorMiddleware:
    """Leads a session whose second factor is due to the page that asks for it, and notes when a session was used last."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Request, view: object, args: object, options: object) -> HttpResponse | None:
        by_session = settings.SESSION_COOKIE_NAME in request.COOKIES and "Authorization" not in request.headers
        if not by_session or not request.user.is_authenticated:
            return None
        _note_use(request)
        due = factor_due(request)
        if not due or request.resolver_match is None or request.resolver_match.view_name in WHILE_DUE:
            return None
        if wants_json(request):
            return answer(request, SignInNeeded(_("Give the code of your second factor on the sign-in page first.")))
        return redirect(due)


def factor_due(request: Request) -> str:
    """Name of the page this session must pass first: to give its code, or to set up a factor that the rule demands."""
    state = request.session.get(FACTOR)
    if state == DONE:
        return ""
    if state == DUE:
        return "people:second_factor_check"
    if not hasattr(request, "factor_demanded"):
        request.factor_demanded = second_factor.is_demanded(request.user)
    return "people:second_factor_set_up" if request.factor_demanded else ""


def _note_use(request: Request) -> None:
    now = clock.now()
    if now.timestamp() - request.session.get(SEEN, 0) > SEEN_AGAIN:
        request.session[SEEN] = int(now.timestamp())
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now)


def session_actor(request: Request) -> Actor:
    if request.user.is_authenticated and not factor_due(request):
        return actor_for(request.user, chosen=request.session.get(ACTING_AS))
    return public()


def live_token(secret: str, *, feed: bool = False) -> ApiToken | None:
    """The token with this secret. feed: one that stands in the address of a calendar, which opens nothing else."""
    now = clock.now()
    tokens = living_tokens().filter(secret_hash=hash_of(secret), door="")
    of_a_feed = {"verbs__contains": [policy.READ_CALENDAR]}
    token = (tokens.filter(**of_a_feed) if feed else tokens.exclude(**of_a_feed)).first()
    if token and (token.last_used_at is None or (now - token.last_used_at).total_seconds() > 60):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token
