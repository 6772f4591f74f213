"""Making and changing a front door: the house that runs it decides, or an operator."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import permitting, require
from sala.core.checking import check, free_address
from sala.core.errors import NotPermitted, SignInNeeded
from sala.core.operation import lock, operation
from sala.journal.operations import changed_fields, record
from sala.people.models import Organisation
from sala.site import policy
from sala.site.models import Portal

RESERVED = ("new",)  # an address beside those of front doors


@operation
def make_portal(
    actor: Actor, owner: Organisation, *, name: Mapping[str, str], code: str = "", **described: Any
) -> Portal:
    """A new front door that this organisation runs. Raises Invalid with each fault at its field."""
    _one_at_a_time()
    made = Portal(owner=owner, name=name, **described)
    require_house(actor, made)
    made.code = code or free_address(Portal, made.name, "door", field="code", reserved=RESERVED)
    check(made)
    made.save()
    record(actor, policy.EDIT, made, change="made", host=made.host)
    return made


def _one_at_a_time() -> None:
    """No two that overlap are written in the same moment: whether hosts overlap is seen by looking at all of them."""
    list(Portal.objects.select_for_update(of=("self",)).order_by("pk"))


@operation
def change_portal(actor: Actor, portal: Portal, **described: Any) -> Portal:
    """Change what is said of a front door. Raises Invalid with each fault at its field."""
    _one_at_a_time()
    portal = lock(portal)
    require_house(actor, portal)
    before = Portal.objects.get(pk=portal.pk)
    for name, value in described.items():
        setattr(portal, name, value)
    check(portal)
    require_house(actor, portal)  # also of the place and of the house that are to be
    portal.save()
    if difference := changed_fields(before, portal):
        record(actor, policy.EDIT, portal, change="edited", fields=difference)
    return portal


def may_edit(actor: Actor, portal: Portal) -> bool:
    """Whether the actor is an operator, or holds the right in the house that runs it (or above that house)."""
    owner = portal.owner
    return actor.is_everything or (
        owner is not None
        and any(owner.path.startswith(holding.organisation_path) for holding in permitting(actor, policy.EDIT, portal))
    )


def require_house(actor: Actor, portal: Portal) -> None:
    """A right that covers the place is not enough: another ministry holds it over the same country."""
    if may_edit(actor, portal):
        require(actor, policy.EDIT, portal)
        return
    if not actor.is_signed_in and not actor.holdings:
        raise SignInNeeded(_("This needs a position in government. Sign in with your link, then send it again."))
    if portal.owner is None:
        raise NotPermitted(
            _(
                "No organisation runs this front door yet. Ask an operator to name it in the country pack and to load it."
            )
        )
    if portal._state.adding:
        raise NotPermitted(
            _(
                "A front door is made by the organisation that will run it, for a place that its right covers. Ask %(office)s."
            )
            % {"office": portal.owner}
        )
    raise NotPermitted(
        _("This front door is run by %(office)s. Ask its data publisher to change it.") % {"office": portal.owner}
    )
