"""Binding a person to an identity that the government's provider confirmed, and loosening it again."""

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.core.errors import Conflict
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people import policy
from sala.people.models import Person


@operation
def link_identity(actor: Actor, person: Person, *, issuer: str, subject: str) -> None:
    """From now on this subject of this provider is this person. One of each: a second one must be loosened first."""
    person = lock(person)
    held = SocialAccount.objects.filter(provider=issuer, uid=subject).first()
    if held and held.user_id == person.pk:
        return
    if SocialAccount.objects.filter(provider=issuer, user=person).exists():
        raise Conflict(_("Another account of this provider is linked to you. Unlink it on your own page first."))
    try:
        with transaction.atomic():
            SocialAccount.objects.create(provider=issuer, uid=subject, user=person)
    except IntegrityError as error:
        raise Conflict(_("This account is linked to somebody else. Tell your administrator.")) from error
    record(actor, policy.SIGN_IN, person, change="identity linked")


@operation
def unlink_identity(actor: Actor, person: Person, *, issuer: str) -> None:
    """The person signs in by links only."""
    person = lock(person)
    if SocialAccount.objects.filter(provider=issuer, user=person).delete()[0]:
        record(actor, policy.SIGN_IN, person, change="identity unlinked")
