"""An office explains the difference between the register and a published figure."""

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import sees
from sala.concessions import policy
from sala.concessions.models import FigureExplanation
from sala.concessions.queries.published import held
from sala.core import clock
from sala.core.checking import check
from sala.core.errors import Invalid
from sala.core.models import Term
from sala.core.operation import operation
from sala.documents.models import Document
from sala.journal.operations import record
from sala.people.models import Position
from sala.people.queries import actor_of_post


@operation
def explain_figure(actor: Actor, figure: Term, *, text: str, document: Document) -> FigureExplanation:
    """Keep an office's words on a difference with the document that shows it, and the total that the post reads at this moment."""
    post = actor.acting_post(policy.CONFIRM)
    if not sees(actor, document):
        raise Invalid(
            _("Choose a document that is open to you."), {"document": [_("Choose a document that is open to you.")]}
        )
    actor.position_id = post.position_id
    position = Position.objects.get(pk=post.position_id)
    (now,) = held(actor_of_post(position), [figure])  # who reads as the post does is told it later
    row = FigureExplanation(
        figure=figure, owner_id=post.organisation_id, position=position, text=text.strip(), document=document,
        ours=now.held.ours if now.held else 0, written_at=clock.now(),
    )  # fmt: skip
    check(row)
    row.save()
    record(actor, policy.CONFIRM, row, change="figure explained", figure=figure.code, document=document)
    return row
