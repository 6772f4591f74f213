"""Template words of bodies: what a post was trained in and sits in, what goes on in a place, a frozen text."""

from typing import Any

from django import template
from django.db.models import Q
from django.utils.safestring import SafeString, mark_safe

from sala.access.actor import path_ids
from sala.access.scope import visible
from sala.bodies.models import Body, Minutes, Project, Seat
from sala.bodies.queries.projects import within
from sala.bodies.queries.training import trained
from sala.core import clock
from sala.core.language import current, required_language
from sala.people.models import Position
from sala.places.models import Area

register = template.Library()
MOST = 12


@register.inclusion_tag("bodies/parts/post.html", takes_context=True)
def post_in_bodies(context: template.Context, position: Position) -> dict[str, Any]:
    """Bodies in which a post sits today, and courses that somebody of the post attended."""
    actor = context["actor"]
    seats = Seat.objects.filter(position=position, valid__contains=clock.today(), body__in=visible(actor, Body))
    return {"seats": seats.select_related("body"), "trainings": trained(actor, position)}


@register.inclusion_tag("bodies/parts/place.html", takes_context=True)
def bodies_of_place(context: template.Context, area: Area) -> dict[str, Any]:
    """Projects that work in a place, and bodies that work in it or around it, as far as the reader sees them."""
    actor = context["actor"]
    bodies = visible(actor, Body).filter(Q(area__in=path_ids(area.path)), dissolved_on__isnull=True)
    found = visible(actor, Project).filter(pk__in=Project.objects.filter(within(area)).values("pk"))
    projects = list(found.select_related("owner").order_by("-starts_on")[:MOST])
    return {
        "area": area,
        "projects": projects,
        "project_count": found.count() if len(projects) == MOST else len(projects),
        "bodies": bodies.order_by("-area__level__rank", "slug")[:MOST],
        "most": MOST,
    }


@register.filter
def frozen(minutes: Minutes) -> SafeString:
    """The endorsed text in the reader's language. Our own template wrote it, with everything typed escaped."""
    text = minutes.frozen.get(current()) or minutes.frozen.get(required_language()) or ""
    return mark_safe(text)  # noqa: S308
