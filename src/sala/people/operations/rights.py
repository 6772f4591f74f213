"""Invitations, registration, tokens and operator sessions."""

import secrets
from datetime import timedelta

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people import policy
from sala.people.models import (
    KIND_OF_MEMBERS,
    ApiToken,
    OperatorSession,
    Person,
    PersonKind,
    Position,
    SignInLink,
)
from sala.people.operations.messages import queue_message
from sala.people.sign_in import hash_of, make_link

LONGEST_OPERATOR_SESSION = timedelta(hours=4)
LONGEST_TOKEN = timedelta(days=366)


@operation
def invite(actor: Actor, position: Position, *, name: str, email: str, language: str) -> Person:
    """Make a person known and send a link that signs them in once. The appointment is a step of its own."""
    require(actor, policy.INVITE, position)
    person = Person.objects.filter(email__iexact=email).first()
    if person is None:
        kind = KIND_OF_MEMBERS.get(position.organisation.kind, PersonKind.OFFICIAL)
        person = Person.objects.create(name=name, email=email, language=language, kind=kind)
        person.set_unusable_password()
        person.save(update_fields=["password"])
    if not person.is_active:
        raise Conflict(_("The account with this e-mail address was closed. Open it again first."))
    link = make_link(person, SignInLink.INVITATION)
    queue_message(
        person, position, wave=f"invitation-{clock.now().isoformat()}", title=_("Invitation to Sala"),
        body=_("You are invited to sign in. The link works once and for 14 days:\n%(link)s") % {"link": link},
    )  # fmt: skip
    record(actor, policy.INVITE, position, person=person.pk)
    return person


@operation
def register(actor: Actor, *, name: str, email: str, kind: str, sex: str = "", language: str = "") -> None:
    """A citizen, researcher or other user without a post. Nothing tells a stranger whether the address was known."""
    if kind == PersonKind.OFFICIAL:
        raise Invalid(_("Officials are invited by their own organisation. Ask your administrator for a link."))
    person = Person.objects.filter(email__iexact=email).first()
    purpose = SignInLink.SIGN_IN
    if person is not None and not person.is_active:
        return
    if person is None:
        person = Person(name=name, email=email, kind=kind, sex=sex, language=language)
        person.set_unusable_password()
        person.save()
        purpose = SignInLink.REGISTRATION
    link = make_link(person, purpose)
    queue_message(
        person, person, wave=f"link-{clock.now().isoformat()}", title=_("Your link to Sala"),
        body=_("Open this link to sign in. It works once:\n%(link)s") % {"link": link},
    )  # fmt: skip


@operation
def make_token(actor: Actor, position: Position, *, name: str, verbs: list[str], days: int) -> tuple[ApiToken, str]:
    """An API key bound to the position. Returns it with its secret, which is shown this once.

    Only its holder makes one: whoever makes it may use it, with all the rights of the post. A key makes no other key.
    """
    if not actor.is_everything:
        if position.pk not in actor.position_ids or actor.kind == "token":
            raise NotPermitted(_("A token is made by whoever holds the post. Ask the holder to make it."))
        actor.position_id = position.pk
    life = timedelta(days=days)
    if not timedelta(0) < life <= LONGEST_TOKEN:
        raise Invalid(_("A token lives between one day and one year."))
    secret = "sala_" + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        position=position, name=name, verbs=verbs, secret_hash=hash_of(secret), made_at=clock.now(),
        expires_at=clock.now() + life,
    )  # fmt: skip
    record(actor, policy.MANAGE_TOKENS, position, token=token.pk, verbs=verbs, until=token.expires_at)
    return token, secret


@operation
def revoke_token(actor: Actor, token: ApiToken) -> None:
    token = lock(token)
    if token.position_id not in actor.position_ids:
        require(actor, policy.MANAGE_TOKENS, token.position)
    token.revoked_at = token.revoked_at or clock.now()
    token.save(update_fields=["revoked_at"])
    record(actor, policy.MANAGE_TOKENS, token.position, token=token.pk, change="revoked")


@operation
def open_operator_session(
    actor: Actor, person: Person, position: Position, *, reason: str, minutes: int
) -> OperatorSession:
    """Open everything to this person for a limited time, with a reason on record."""
    require(actor, policy.OPEN_OPERATOR, position)
    if len(reason.strip()) < 10:
        raise Invalid(
            _("Say in a sentence why the session is needed."),
            {"reason": [_("Say in a sentence why the session is needed.")]},
        )
    life = timedelta(minutes=minutes)
    if not timedelta(0) < life <= LONGEST_OPERATOR_SESSION:
        raise Invalid(_("An operator session lasts at most four hours."))
    now = clock.now()
    session = OperatorSession.objects.create(
        person=person, position=position, reason=reason, opened_at=now, expires_at=now + life
    )
    record(actor, policy.OPEN_OPERATOR, position, session=session.pk, reason=reason, until=session.expires_at)
    return session


@operation
def close_operator_session(actor: Actor, session: OperatorSession) -> None:
    session = lock(session)
    session.closed_at = session.closed_at or clock.now()
    session.save(update_fields=["closed_at"])
    record(actor, policy.OPEN_OPERATOR, session.position, session=session.pk, change="closed")
