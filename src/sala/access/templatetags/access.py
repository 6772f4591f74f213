"""Template words of access: what a tier is called, whether the reader may do a thing."""

from html import unescape
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import TIER_NAMES, Tier, can
from sala.access.verbs import name_of

register = template.Library()
ASK_ACCESS = "catalogue:ask_access"  # the page that asks an office
MAY_ASK = "calls.issue"  # verb of posts that ask another office


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


@register.simple_tag(takes_context=True)
def ask_access(context: template.Context, wanted: Any = "") -> str:
    """A link beside something that is named here and closed to the reader, for people without a post of government and for
    posts that may ask another office; nothing for others. wanted: what to ask for, as far as the page may say it."""
    actor: Actor = context["actor"]
    is_person = actor.is_signed_in and not actor.is_government
    if not is_person and not actor.has_anywhere(MAY_ASK):
        return ""
    query = "?" + urlencode({"wanted": unescape(str(wanted)).strip()[:300]}) if wanted else ""
    return format_html(' <a class="no-print" href="{}{}">{}</a>', reverse(ASK_ACCESS), query, _("Ask for access"))
