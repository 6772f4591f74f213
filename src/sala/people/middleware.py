"""Puts the Actor on each request: from the session, from an API token, or the public."""

from collections.abc import Callable
from typing import cast

from django.http import HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor, public
from sala.access.request import Request
from sala.core import clock
from sala.core.errors import SignInNeeded
from sala.core.middleware import answer
from sala.people import policy
from sala.people.models import ApiToken
from sala.people.queries import actor_for, actor_for_token
from sala.people.sign_in import hash_of

ACTING_AS = "acting_as"


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


def session_actor(request: Request) -> Actor:
    if request.user.is_authenticated:
        return actor_for(request.user, chosen=request.session.get(ACTING_AS))
    return public()


def live_token(secret: str, *, feed: bool = False) -> ApiToken | None:
    """The token with this secret. feed: one that stands in the address of a calendar, which opens nothing else."""
    now = clock.now()
    tokens = ApiToken.objects.filter(secret_hash=hash_of(secret), revoked_at__isnull=True, expires_at__gt=now)
    of_a_feed = {"verbs__contains": [policy.READ_CALENDAR]}
    token = (tokens.filter(**of_a_feed) if feed else tokens.exclude(**of_a_feed)).first()
    if token and (token.last_used_at is None or (now - token.last_used_at).total_seconds() > 60):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token
