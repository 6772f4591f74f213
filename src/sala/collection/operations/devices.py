"""Phones that send answers: each is bound to one post, opens nothing but the addresses for phones, and is revocable."""

import secrets
from datetime import timedelta

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, require
from sala.collection import policy
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people import policy as people_policy
from sala.people.models import ApiToken, Position
from sala.people.sign_in import hash_of

LIFE = timedelta(days=366)
MOST = 50  # living phones of one post


def gives_phones(actor: Actor, position: Position) -> str:
    """The verb by which the actor gives phones to this post and takes them back; empty where none allows it.

    Those who may name its holder or manage its keys, and those who may send answers for its organisation.
    """
    for verb in (people_policy.MANAGE_TOKENS, people_policy.APPOINT, policy.SEND):
        if can(actor, verb, position):
            return verb
    return ""


@operation
def give_phone(actor: Actor, position: Position, *, name: str) -> tuple[ApiToken, str]:
    """A phone that sends answers for the post. Returns it with its secret, which exists in the clear only now."""
    position = lock(position)
    require(actor, gives_phones(actor, position) or policy.SEND, position)
    if position.closed_on:
        raise Conflict(_("This post was abolished. Give the phone to another post."))
    now = clock.now()
    living = position.tokens.filter(door=policy.DOOR, revoked_at__isnull=True, expires_at__gt=now)
    if living.filter(name=name).exists():
        raise Invalid(
            fields={"name": [_("Another phone of this post has that name. Choose one that tells them apart.")]}
        )
    if living.count() >= MOST:
        words = _("This post has %(count)s phones already. Withdraw those that are not used any more.")
        raise Conflict(words % {"count": MOST})
    secret = secrets.token_urlsafe(32)
    phone = ApiToken.objects.create(
        position=position, name=name, verbs=[policy.SEND], door=policy.DOOR, made_by_id=actor.position_id,
        secret_hash=hash_of(secret), made_at=now, expires_at=now + LIFE,
    )  # fmt: skip
    record(actor, policy.SEND, position, change="phone given", token=phone.pk, until=phone.expires_at)
    return phone, secret


@operation
def revoke_phone(actor: Actor, phone: ApiToken) -> ApiToken:
    """The phone opens nothing from now on. What it sent stays."""
    phone = lock(phone)
    require(actor, gives_phones(actor, phone.position) or policy.SEND, phone.position)
    if phone.revoked_at is None:
        phone.revoked_at = clock.now()
        phone.save(update_fields=["revoked_at"])
        record(actor, policy.SEND, phone.position, change="phone revoked", token=phone.pk)
    return phone
