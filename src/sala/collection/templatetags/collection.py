"""Template words of forms: whether the reader gives phones to a post."""

from django import template

from sala.collection.operations import gives_phones
from sala.people.models import Position

register = template.Library()


@register.simple_tag(takes_context=True)
def phones_allowed(context: template.Context, position: Position) -> bool:
    """The link to the phones of a post is for whoever gives them out."""
    return bool(gives_phones(context["actor"], position))
