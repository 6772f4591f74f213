"""One-time links: made, sent and used. There are no passwords.

A link's secret is kept as a hash only; it works once and until its hour. Asking for a link answers the same whether
the address is known or not, and is limited per address and per caller.
"""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.core import clock
from sala.core.errors import Invalid, TooMany
from sala.people.models import Person, SignInLink

LIFETIMES = {
    SignInLink.INVITATION: timedelta(days=14),
    SignInLink.SIGN_IN: timedelta(minutes=30),
    SignInLink.REGISTRATION: timedelta(days=2),
}
LIMIT, WINDOW = 5, 900  # links asked for per quarter of an hour


class LinkBackend(BaseBackend):
    """Only finds the person of a session; signing in itself happens in `use_link`."""

    def get_user(self, user_id: int) -> Person | None:
        return Person.objects.filter(pk=user_id, is_active=True).first()


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def make_link(person: Person, purpose: str) -> str:
    """Address that signs the person in once. The only place where the secret exists in the clear."""
    secret = secrets.token_urlsafe(32)
    now = clock.now()
    SignInLink.objects.create(
        person=person,
        purpose=purpose,
        secret_hash=hash_of(secret),
        made_at=now,
        expires_at=now + LIFETIMES[purpose],
    )
    return settings.BASE_URL.rstrip("/") + reverse("people:use_link", args=[secret])


def link_for(secret: str) -> SignInLink:
    """The link, still usable. Raises Invalid saying how to get a new one."""
    link = SignInLink.objects.select_related("person").filter(secret_hash=hash_of(secret)).first()
    if link is None or link.used_at or link.expires_at <= clock.now() or not link.person.is_active:
        raise Invalid(_("This link was used already or has ended. Ask for a new one with your e-mail address."))
    return link


def use_link(secret: str) -> Person:
    """Mark the link used and return its person. Of two uses at once only one succeeds."""
    link = link_for(secret)
    now = clock.now()
    if not SignInLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=now):
        raise Invalid(_("This link was used already or has ended. Ask for a new one with your e-mail address."))
    if link.person.verified_at is None:
        Person.objects.filter(pk=link.person_id).update(verified_at=now)
    return link.person


def limit_requests(*keys: str) -> None:
    """Raise TooMany when one of these callers or addresses asked too often."""
    for key in keys:
        name = f"sign-in:{hash_of(key)}"
        cache.add(name, 0, WINDOW)
        if cache.incr(name) > LIMIT:
            raise TooMany(_("Too many links were asked for. Wait a quarter of an hour, then try again."))
