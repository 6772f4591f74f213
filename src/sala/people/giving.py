"""What somebody who gives roles may pass on: nobody gives more than their own grant reaches.

A post with the right to give roles gives, within the area and the organisation of that right, the roles which its own
role names in the country pack (`gives`), and roles of which it holds every verb there itself. Whoever administers people
over all organisations of the whole country gives any role; nobody else gives one that opens operator sessions, and nobody
gives one to a post of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sala.access.actor import Actor, path_ids
from sala.access.scope import permitting
from sala.core.errors import NotPermitted
from sala.people import policy
from sala.people.models import Position, PositionGrant, Role
from sala.people.queries.holding import is_held_by, people_behind
from sala.places.models import Area


@dataclass(frozen=True)
class Giving:
    """One right to give roles, of one post of the giver, that reaches the post in question.

    verbs  held by that post over the same area and organisations
    """

    area_path: str
    organisation_path: str
    gives: frozenset[str]
    verbs: frozenset[str]

    @property
    def is_everywhere(self) -> bool:
        return self.organisation_path == "" and len(path_ids(self.area_path)) <= 1

    def reaches(self, area_path: str, organisation_path: str) -> bool:
        return area_path.startswith(self.area_path) and organisation_path.startswith(self.organisation_path)

    def allows(self, role: Role) -> bool:
        if self.is_everywhere:
            return True
        own = set(role.verbs) <= self.verbs
        return not _opens_everything(role) and (role.code in self.gives or own)


def givings(actor: Actor, position: Position) -> list[Giving]:
    """The rights to give roles by which the actor reaches a post."""
    holdings = {holding.position_id: holding for holding in permitting(actor, policy.GRANT, position)}
    rows = PositionGrant.objects.filter(position__in=holdings, role__verbs__contains=[policy.GRANT])
    found = []
    for row in rows.select_related("role", "area", "position__organisation__area"):
        house = row.position.organisation
        area_path = (row.area or house.area).path
        whose = "" if row.across_organisations else house.path
        held = [
            grant.verbs
            for grant in holdings[row.position_id].grants
            if area_path.startswith(grant.area_path) and whose.startswith(grant.organisation_path)
        ]
        found.append(Giving(area_path, whose, frozenset(row.role.gives), frozenset().union(*held)))
    where, path = position.organisation.area.path, position.organisation.path
    return [giving for giving in found if giving.reaches(where, path)]


def roles_to_give(actor: Actor, position: Position) -> list[Role]:
    """Roles that the actor may give to this post, within its own organisation and area at least."""
    roles = Role.objects.all()
    if actor.is_everything:
        return list(roles)
    rights, own = givings(actor, position), _is_own(actor, position)
    return [role for role in roles if _any_allows(rights, role) and not (own and _opens_everything(role))]


def may_give_across(actor: Actor, position: Position) -> bool:
    """Whether the actor may give this post some role over all organisations of its area."""
    if not position.organisation.is_government:
        return False
    return actor.is_everything or any(right.organisation_path == "" for right in givings(actor, position))


def require_giving(actor: Actor, position: Position, role: Role, *, area: Area | None, across: bool) -> None:
    """Raises NotPermitted with what reaches too far: the role, the area, or the organisations."""
    if across and not position.organisation.is_government:
        raise NotPermitted(
            _("Roles over all organisations are for posts of government. Give it within its own organisation.")
        )
    if actor.is_everything:
        return
    if _opens_everything(role) and _is_own(actor, position):
        raise NotPermitted(
            _("Nobody gives a post of their own a role that opens operator sessions. Ask somebody else.")
        )
    rights = givings(actor, position)
    if not _any_allows(rights, role):
        raise NotPermitted(
            _("You may not pass on the role “%(role)s”. Ask an administrator over all organisations to give it.")
            % {"role": role.name}
        )
    rights = [right for right in rights if right.allows(role)]
    if across and not any(right.organisation_path == "" for right in rights):
        raise NotPermitted(_("Only an administrator over all organisations may grant across organisations."))
    area_path = (area or position.organisation.area).path
    if not any(right.reaches(area_path, "" if across else position.organisation.path) for right in rights):
        raise NotPermitted(_("This area lies outside your own right to give roles. Choose an area within it."))


def _opens_everything(role: Role) -> bool:
    return policy.OPEN_OPERATOR in role.verbs


def _is_own(actor: Actor, position: Position) -> bool:
    """Whether whoever acts holds the post, or will: what opens everything takes two people."""
    return is_held_by(position, people_behind(actor))


def _any_allows(rights: Iterable[Giving], role: Role) -> bool:
    return any(right.allows(role) for right in rights)
