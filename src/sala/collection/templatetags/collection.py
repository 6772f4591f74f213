"""Template words of collection: whether the reader gives phones to a post, and the visits to a place."""

from typing import Any

from django import template

from sala.collection import policy
from sala.collection.operations import gives_phones
from sala.collection.queries.burden import visits_and_minutes
from sala.collection.queries.feedback import MOST, coming
from sala.core import clock
from sala.people.models import Position
from sala.places.models import Area

register = template.Library()


@register.simple_tag(takes_context=True)
def phones_allowed(context: template.Context, position: Position) -> bool:
    """The link to the phones of a post is for whoever gives them out."""
    return bool(gives_phones(context["actor"], position))


@register.inclusion_tag("collection/parts/place.html", takes_context=True)
def visits_to_place(context: template.Context, area: Area, has_smaller: bool) -> dict[str, Any]:
    """Visits to come, and of a place without smaller ones how many minutes offices ask of it this year."""
    actor = context["actor"]
    visits, minutes = (coming(actor, area), 0) if has_smaller else visits_and_minutes(actor, area)
    return {
        "area": area, "visits": visits[:MOST], "minutes": minutes, "year": clock.today().year,
        "may_plan": actor.has_anywhere(policy.VISIT),
    }  # fmt: skip
