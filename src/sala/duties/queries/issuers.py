"""In whose name somebody may issue, for the forms that ask."""

from django.db.models import QuerySet

from sala.access.actor import Actor
from sala.duties import policy
from sala.people.models import Position


def posts_to_issue_for(actor: Actor) -> QuerySet[Position]:
    """Posts that the actor holds with the right to issue; every post for the operator."""
    every = Position.objects.filter(closed_on__isnull=True).select_related("organisation")
    if actor.is_everything:
        return every
    held = [one.position_id for one in actor.holdings if any(policy.ISSUE in grant.verbs for grant in one.grants)]
    return every.filter(pk__in=held)
