"""Template words for what surrounds a call: who may carry it on, its letters, the load it puts on offices."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings

from sala.access.scope import can
from sala.core import numbers
from sala.core.language import languages
from sala.documents import policy as documents
from sala.documents.models import IssuedDocument
from sala.duties.models import Call, CallState
from sala.duties.operations.speaking import speaks_for
from sala.duties.queries.letters import newest_letter, standing_letters, without_their_letter, written_languages
from sala.duties.queries.load import CallLoad, load_of_call, may_see_load
from sala.people.models import Organisation

register = template.Library()


@register.simple_tag(takes_context=True)
def speaks_for_call(context: template.Context, call: Call) -> bool:
    """Whether the reader may issue calls in the name of the post that issued this one."""
    actor: Any = context["actor"]
    return speaks_for(actor, call.issuer)


@register.simple_tag(takes_context=True)
def letters_of(context: template.Context, call: Call) -> dict[str, Any]:
    """Letters of a call that the reader may read, with what has changed since, and what the issuer may write."""
    actor: Any = context["actor"]
    rows = standing_letters(actor, call) if call.is_issued else []
    if call.state != CallState.ISSUED or not speaks_for(actor, call.issuer) or not may_write_letter_of(context, call):
        return {"rows": rows, "may_write": False}
    circular = newest_letter(call)
    unwritten = set(languages()) - set(written_languages(call))
    return {
        "rows": rows,
        "may_write": True,
        "needed": circular is None or any(row.now and row.letter == circular for row in rows),
        "waiting": without_their_letter(call),
        "unwritten": [name for code, name in settings.LANGUAGES if code in unwritten],
    }


@register.simple_tag(takes_context=True)
def may_write_letter_of(context: template.Context, call: Call) -> bool:
    """Whether the reader issues papers in the name of the office that issues the call."""
    actor: Any = context["actor"]
    return can(actor, documents.ISSUE, IssuedDocument(issuer=call.issuer.organisation, tier=call.tier))


@register.simple_tag
def load_on_offices(call: Call, due_on: date | None) -> CallLoad | None:
    """What a draft puts on the offices it asks; None for a call that was issued."""
    return load_of_call(call, due_on) if call.is_draft else None


@register.filter
def hours(minutes: int) -> str:
    """Minutes of work as hours, with one decimal where they are few."""
    whole = Decimal(minutes) / 60
    return numbers.display(whole, places=0 if whole >= 100 or whole == whole.to_integral_value() else 1)


@register.simple_tag(takes_context=True)
def may_see_load_of(context: template.Context, office: Organisation) -> bool:
    actor: Any = context["actor"]
    return may_see_load(actor, office)
