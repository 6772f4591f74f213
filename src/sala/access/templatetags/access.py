"""Template words of access: what a tier is called, whether the reader may do a thing."""

from typing import Any

from django import template

from sala.access.actor import Actor
from sala.access.scope import TIER_NAMES, Tier, can

register = template.Library()


@register.filter
def tier(value: str) -> Any:
    return TIER_NAMES.get(Tier(value), value) if value else ""


@register.simple_tag
def allowed(actor: Actor, verb: str, subject: Any) -> bool:
    """Whether to show a control; the operation asks again."""
    return can(actor, verb, subject)
