"""Who is to be appointed: somebody who is known, or somebody who is invited."""

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can
from sala.core import language
from sala.core.errors import NotPermitted
from sala.people import operations, policy
from sala.people.models import Person, PersonKind, Position


def known_or_invited(actor: Actor, position: Position, *, name: str, email: str) -> tuple[Person, bool]:
    """The person with this address, and whether an invitation went out.

    Whoever may appoint and not invite, such as a head of unit, names officials who are known. Raises NotPermitted for an
    address that is not.
    """
    if can(actor, policy.INVITE, position):
        return operations.invite(actor, position, name=name, email=email, language=language.current()), True
    known = Person.objects.filter(email__iexact=email, kind=PersonKind.OFFICIAL, is_active=True).first()
    if known is None:
        raise NotPermitted(
            _(
                "No official is known by this e-mail address. Correct it, or ask who administers people to invite them first."
            )
        )
    return known, False
