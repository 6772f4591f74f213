"""Template words of access: what a tier is called, whether the reader may do a thing."""

from typing import Any

from django import template

from sala.access.actor import Actor
from sala.access.scope import TIER_NAMES, Tier, can
from sala.access.verbs import name_of

register = template.Library()


@register.filter
def tier(value: str) -> Any:
    return TIER_NAMES.get(Tier(value), value) if value else ""


@register.filter
def verb(value: str) -> Any:
    """A verb in words."""
    return name_of(value)


@register.filter
def verbs(values: Any) -> str:
    """Several verbs in words, each once, with semicolons between."""
    return "; ".join(dict.fromkeys(str(name_of(value)) for value in values))


@register.simple_tag
def allowed(actor: Actor, verb: str, subject: Any) -> bool:
    """Whether to show a control; the operation asks again."""
    return can(actor, verb, subject)
