"""Giving roles to posts, withdrawing them, and confirming those that passed to the successor of an area or an office."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core.errors import Conflict
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people import policy
from sala.people.giving import require_giving
from sala.people.models import Position, PositionGrant, Role
from sala.places.models import Area


@operation
def grant_role(actor: Actor, position: Position, role: Role, *, area: Area | None = None,
               across_organisations: bool = False) -> PositionGrant:  # fmt: skip
    """Give a position a role. Nobody gives more than their own grant reaches (people.giving)."""
    position = lock(position)
    require(actor, policy.GRANT, position)
    require_giving(actor, position, role, area=area, across=across_organisations)
    if position.closed_on:
        raise Conflict(_("This post was abolished. Choose another post."))
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


@operation
def revoke_role(actor: Actor, grant: PositionGrant) -> None:
    position = lock(grant.position)
    require(actor, policy.GRANT, position)
    record(actor, policy.GRANT, position, revoked=grant.role.code, area=grant.area.code if grant.area else None)
    grant.delete()


@operation
def confirm_role(actor: Actor, grant: PositionGrant) -> PositionGrant:
    """Say that a role which passed to the successor of an area or an office is right there. Whoever may give it may confirm it."""
    position = lock(grant.position)
    require(actor, policy.GRANT, position)
    grant = lock(grant)
    if not grant.to_confirm:
        raise Conflict(_("This role was confirmed already."))
    require_giving(actor, position, grant.role, area=grant.area, across=grant.across_organisations)
    grant.to_confirm = False
    grant.save(update_fields=["to_confirm"])
    record(actor, policy.GRANT, position, change="role confirmed", role=grant.role.code,
           area=grant.area.code if grant.area else None)  # fmt: skip
    return grant


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
