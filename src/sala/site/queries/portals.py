"""Which front doors there are, and what one is for: a place of the country, some of the topics, or everything."""

from dataclasses import dataclass

from django.db.models import QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core.models import Term
from sala.places.models import Area
from sala.site.models import Portal


def known_portals(actor: Actor) -> QuerySet[Portal]:
    """Front doors that the actor can use; those for government are named to officials only."""
    return visible(actor, Portal).select_related("owner__area", "place")


@dataclass(frozen=True)
class Narrowing:
    """place: with all below it; None: the whole country. topics: codes; none: every topic."""

    place: Area | None = None
    topics: tuple[str, ...] = ()


def narrowing_of(portal: Portal | None) -> Narrowing:
    """A front door that names every topic, or none of those there are, narrows nothing by topic."""
    if portal is None:
        return Narrowing()
    every = set(Term.objects.filter(scheme="topic", retired=False).values_list("code", flat=True))
    narrows = portal.topics and every - set(portal.topics)
    return Narrowing(portal.place if portal.place.parent_id else None, tuple(portal.topics) if narrows else ())
