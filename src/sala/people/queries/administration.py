"""What waits for those who administer posts."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sala.access.actor import Actor
from sala.access.scope import permitted
from sala.core.desk import DeskRow, Group
from sala.people import policy
from sala.people.models import Position, PositionGrant


def roles_to_confirm(actor: Actor) -> QuerySet[PositionGrant]:
    """Roles that passed to the successor of an area or an office that ended, of posts whose roles the actor gives."""
    posts = permitted(actor, policy.GRANT, Position).filter(closed_on__isnull=True)
    rows = PositionGrant.objects.filter(to_confirm=True, position__in=posts.order_by().values("pk"))
    return rows.select_related("role", "area", "position__organisation__area").order_by("position__code", "pk")


def desk_rows(actor: Actor) -> Iterator[DeskRow]:
    """One row for all roles to confirm."""
    if not actor.has_anywhere(policy.GRANT) or not actor.has_post:
        return
    count = roles_to_confirm(actor).count()
    if count:
        words = ngettext("%(count)d role to confirm", "%(count)d roles to confirm", count) % {"count": count}
        yield DeskRow(
            Group.DECIDE, _("Roles of areas and offices that ended"), reverse("people:roles_to_confirm"), note=words
        )
