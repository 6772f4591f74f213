"""Requests of people for what is closed to them: one's own, and those of the offices one reads."""

from django.db.models import Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.models import PersonRequest

RELATED = ("owner", "person", "position__organisation__area")


def own_requests(actor: Actor) -> QuerySet[PersonRequest]:
    """What the person asked, newest first; nothing for whoever has not signed in."""
    return PersonRequest.objects.filter(person=actor.person_id or 0).select_related(*RELATED)


def requests_seen(actor: Actor) -> QuerySet[PersonRequest]:
    """One's own, and those to the offices of the reader."""
    seen = Q(person=actor.person_id or 0) | Q(pk__in=visible(actor, PersonRequest).order_by().values("pk"))
    return PersonRequest.objects.filter(seen).select_related(*RELATED)
