"""An office stands for a class of fields. A later change of the class takes the confirmation back by itself."""

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.concessions import policy
from sala.concessions.models import Concession, Confirmation, FieldClass
from sala.concessions.operations import changes
from sala.concessions.operations.releases import follow_one
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people.models import Position


@operation
def confirm(
    actor: Actor, concession: Concession, *field_classes: str, version: int | None = None
) -> list[Confirmation]:
    """Confirm classes of fields as they are now, in the name of the post's office. What it had confirmed already stays.

    version  of the concession that was read, so that nobody stands for what changed while reading
    """
    concession = lock(concession)
    require(actor, policy.CONFIRM, concession)
    changes.require_version(concession, version)
    wanted = [FieldClass(name) for name in field_classes if name in FieldClass.values]
    if not wanted:
        raise Invalid(_("Tick what you confirm."), {"classes": [_("Tick at least one.")]})
    if concession.same_as_id:
        raise Conflict(_("This entry is a double of another one. Confirm that one."))
    level = level_of(actor, concession)
    standing = concession.confirmations.filter(level=level, withdrawn_at__isnull=True)
    known = set(standing.values_list("field_class", flat=True))
    made = Confirmation.objects.bulk_create(
        Confirmation(
            concession=concession,
            field_class=name,
            level=level,
            position_id=actor.position_id,
            confirmed_at=clock.now(),
        )
        for name in wanted
        if name not in known
    )
    if made:
        follow_one(concession)
        record(
            actor,
            policy.CONFIRM,
            concession,
            change="fields confirmed",
            classes=[row.field_class for row in made],
            level=level,
        )
    return made


@operation
def take_back(actor: Actor, concession: Concession, field_class: str, *, reason: str) -> None:
    """Take back what the own level confirmed, because it turned out to be wrong."""
    concession = lock(concession)
    require(actor, policy.CONFIRM, concession)
    level = level_of(actor, concession)
    rows = concession.confirmations.filter(field_class=field_class, level=level, withdrawn_at__isnull=True)
    if not rows.update(withdrawn_at=clock.now()):
        raise Conflict(_("Your level has not confirmed this."))
    follow_one(concession)
    record(
        actor,
        policy.CONFIRM,
        concession,
        change="confirmation taken back",
        classes=[field_class],
        level=level,
        reason=reason,
    )


def level_of(actor: Actor, concession: Concession) -> str:
    """Code of the level of places of the acting post's office; of the whole country's for the command line."""
    post = Position.objects.filter(pk=actor.position_id or 0).select_related("organisation__area__level").first()
    return post.organisation.area.level.code if post else concession.area.level.code
