"""In whose name a call is issued."""

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import permitting, require
from sala.core.errors import NotPermitted
from sala.duties import policy
from sala.people.models import Position


def speaks_for(actor: Actor, issuer: Position) -> bool:
    """Whether the actor may issue calls in the name of this post: by a right over it, from within its organisation."""
    return actor.is_everything or any(
        holding.organisation_id == issuer.organisation_id for holding in permitting(actor, policy.ISSUE, issuer)
    )


def require_speaking_for(actor: Actor, issuer: Position) -> None:
    """A right that reaches over many organisations calls on them; it does not speak in their name."""
    require(actor, policy.ISSUE, issuer, acting=issuer.pk)
    if not speaks_for(actor, issuer):
        raise NotPermitted(_("A call is issued from within its own organisation. Issue one in the name of your post."))
