"""Founding, moving and closing organisations and posts."""

from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.language import Translated
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people import policy
from sala.people.models import Organisation, Position
from sala.places.models import Area


@operation
def found_organisation(actor: Actor, *, parent: Organisation | None, code: str, name: Translated, kind: str, area: Area,
                       **more) -> Organisation:  # fmt: skip
    """Enter a new organisation under its parent. Without a parent only an administrator over everything may."""
    organisation = Organisation(code=code, name=name, kind=kind, parent=parent, area=area, path="", **more)
    organisation.path = parent.path if parent else "/"
    require(actor, policy.EDIT, organisation)
    organisation.full_clean(exclude=["path"])
    organisation.save()
    organisation.path = f"{parent.path if parent else '/'}{organisation.pk}/"
    organisation.save(update_fields=["path"])
    record(actor, policy.EDIT, organisation, change="founded", code=code)
    return organisation


@operation
def move_organisation(actor: Actor, organisation: Organisation, *, parent: Organisation | None, reason: str) -> None:
    """Put an organisation with all its units under another parent; rights and work follow the new place."""
    organisation = lock(organisation)
    require(actor, policy.EDIT, organisation)
    if parent and parent.path.startswith(organisation.path):
        raise Invalid(_("An organisation cannot be placed under one of its own units. Choose another parent."))
    old_path, old_parent = organisation.path, organisation.parent_id
    new_path = f"{parent.path if parent else '/'}{organisation.pk}/"
    organisation.parent = parent
    organisation.save(update_fields=["parent"])
    units = Organisation.objects.filter(path__startswith=old_path)
    units.update(path=Concat(Value(new_path), Substr(F("path"), len(old_path) + 1)))
    organisation.path = new_path
    record(
        actor,
        policy.EDIT,
        organisation,
        change="moved",
        reason=reason,
        parents=[old_parent, parent.pk if parent else None],
    )


@operation
def create_position(actor: Actor, organisation: Organisation, *, code: str, title: Translated, is_head: bool = False,
                    **more) -> Position:  # fmt: skip
    """Enter a new post in an organisation."""
    position = Position(organisation=organisation, code=code, title=title, is_head=is_head, **more)
    require(actor, policy.EDIT, position)
    position.full_clean()
    position.save()
    record(actor, policy.EDIT, position, change="created", code=code)
    return position


@operation
def abolish_position(actor: Actor, position: Position, *, reason: str) -> None:
    """Close a post. Refused while somebody holds it; its history and its past work stay."""
    position = lock(position)
    require(actor, policy.EDIT, position)
    if position.closed_on:
        raise Conflict(_("This post was abolished already."))
    if position.appointments.filter(valid__contains=clock.today()).exists():
        raise Conflict(_("Somebody holds this post. End the appointment first, then abolish the post."))
    position.closed_on = clock.today()
    position.save(update_fields=["closed_on"])
    record(actor, policy.EDIT, position, change="abolished", reason=reason)
