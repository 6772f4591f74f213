"""One-time links: made, sent and used; sessions: begun, listed and ended. There are no passwords.

A link's secret is kept as a hash only; it works once and until its hour. Asking for a link answers the same whether
the address is known or not (`limits` says how often).
"""

import hashlib
import secrets
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.backends import BaseBackend
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.request import Request
from sala.core import clock
from sala.core.errors import Invalid
from sala.people import second_factor
from sala.people.models import Person, SignInLink

LIFETIMES = {
    SignInLink.INVITATION: timedelta(days=14),
    SignInLink.SIGN_IN: timedelta(minutes=30),
    SignInLink.REGISTRATION: timedelta(days=2),
    SignInLink.ADDRESS: timedelta(hours=2),
}
ADDRESSES = {SignInLink.ADDRESS: "people:confirm_address"}  # purpose → page of the link, where it does not sign in
FACTOR = "second_factor"  # in the session: DUE until the code was given, DONE afterwards
DUE, DONE = "due", "done"
LINK_WAY, PROVIDER_WAY = "link", "provider"  # how a session began


class LinkBackend(BaseBackend):
    """Only finds the person of a session; signing in itself happens in `use_link`."""

    def get_user(self, user_id: int) -> Person | None:
        return Person.objects.filter(pk=user_id, is_active=True).first()


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def make_link(person: Person, purpose: str, *, email: str = "") -> str:
    """Address that signs the person in once. The only place where the secret exists in the clear.

    email  for a link of the purpose ADDRESS, which signs nobody in: the address that it confirms
    """
    secret = secrets.token_urlsafe(32)
    now = clock.now()
    SignInLink.objects.create(
        person=person,
        purpose=purpose,
        email=email,
        secret_hash=hash_of(secret),
        made_at=now,
        expires_at=now + LIFETIMES[purpose],
    )
    return settings.BASE_URL.rstrip("/") + reverse(ADDRESSES.get(purpose, "people:use_link"), args=[secret])


def link_for(secret: str, *, to_confirm: bool = False) -> SignInLink:
    """The link, still usable. Raises Invalid saying how to get a new one.

    to_confirm  a link that confirms an address; else one that signs in
    """
    links = SignInLink.objects.select_related("person").filter(secret_hash=hash_of(secret))
    confirms = {"purpose": SignInLink.ADDRESS}
    link = (links.filter(**confirms) if to_confirm else links.exclude(**confirms)).first()
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


def enter(request: Request, person: Person, *, way: str) -> None:
    """Begin a session for the person. Who has a second factor is asked for it before anything else opens.

    way  how the person came: by a link, or by the identity provider
    """
    login(request, person, backend="sala.people.sign_in.LinkBackend")
    if second_factor.of(person):
        request.session[FACTOR] = DUE
    UserSession.objects.create_from_request(request)
    UserSession.objects.filter(session_key=request.session.session_key).update(data={"way": way})


def sessions_of(person: Person) -> list[UserSession]:
    """The person's sessions that are still open, the newest first. Those that ended are forgotten on the way."""
    listed = UserSession.objects.purge_and_list(person)
    return sorted(listed, key=lambda session: session.last_seen_at, reverse=True)


def end_sessions(person: Person, *, but: str | None = None) -> int:
    """Sign the person out everywhere (`but` the session with this key). Returns how many were ended."""
    ended = [session for session in UserSession.objects.filter(user=person) if session.session_key != but]
    for session in ended:
        session.end()
    return len(ended)
