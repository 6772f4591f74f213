"""Invitations, registration, roles, tokens and operator sessions."""

import secrets
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import permitting, require
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
    PositionGrant,
    Role,
    SignInLink,
)
from sala.people.operations.messages import queue_message
from sala.people.sign_in import hash_of, make_link
from sala.places.models import Area

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
def grant_role(actor: Actor, position: Position, role: Role, *, area: Area | None = None,
               across_organisations: bool = False) -> PositionGrant:  # fmt: skip
    """Give a position a role. Nobody gives more than their own grant reaches."""
    position = lock(position)
    require(actor, policy.GRANT, position)
    if across_organisations and not _reaches_across(actor, position):
        raise NotPermitted(_("Only an administrator over all organisations may grant across organisations."))
    if area and not area.path.startswith(position.organisation.area.path) and not _reaches_across(actor, position):
        raise NotPermitted(_("This area lies outside the area of the organisation. Choose an area within it."))
    try:
        with transaction.atomic():
            grant = PositionGrant.objects.create(
                position=position, role=role, area=area, across_organisations=across_organisations
            )
    except IntegrityError as error:
        raise Conflict(_("The position has this role here already.")) from error
    record(
        actor,
        policy.GRANT,
        position,
        role=role.code,
        area=area.code if area else None,
        across=across_organisations,
    )
    return grant


def _reaches_across(actor: Actor, position: Position) -> bool:
    return actor.is_everything or any(
        grant.organisation_path == "" and policy.GRANT in grant.verbs
        for holding in permitting(actor, policy.GRANT, position)
        for grant in holding.grants
    )


@operation
def revoke_role(actor: Actor, grant: PositionGrant) -> None:
    position = lock(grant.position)
    require(actor, policy.GRANT, position)
    record(actor, policy.GRANT, position, revoked=grant.role.code, area=grant.area.code if grant.area else None)
    grant.delete()


@operation
def make_token(actor: Actor, position: Position, *, name: str, verbs: list[str], days: int) -> tuple[ApiToken, str]:
    """An API key bound to the position. Returns it with its secret, which is shown this once."""
    if position.pk not in actor.position_ids:
        require(actor, policy.MANAGE_TOKENS, position)
    else:
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


@operation
def pass_grants(actor: Actor, ended: Area, *, successors: list[Area]) -> int:
    """Give the roles granted on an area that ended to the same posts on its successors, marked to be confirmed.

    Returns how many are new; running it twice gives none twice.
    """
    count = 0
    for grant in PositionGrant.objects.filter(area=ended).select_related("position", "role"):
        for area in successors:
            passed, made = PositionGrant.objects.get_or_create(
                position=grant.position, role=grant.role, area=area,
                defaults={"across_organisations": grant.across_organisations, "to_confirm": True},
            )  # fmt: skip
            if made:
                count += 1
                record(
                    actor, policy.GRANT, passed.position, role=grant.role.code, area=area.code, instead_of=ended.code
                )
    return count
