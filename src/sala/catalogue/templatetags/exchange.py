"""Template words for what people exchange about datasets: following, questions, evidence of use."""

from typing import Any

from django import template

from sala.catalogue.queries.following import follows

register = template.Library()


@register.inclusion_tag("catalogue/exchange/follow.html", takes_context=True)
def follow_box(context: template.Context, kind: str, pk: int, feed: str) -> dict[str, Any]:
    """A button to follow the row, and the address of its feed.

    feed  address of the Atom feed
    """
    actor, request = context["actor"], context.get("request")
    return {
        "kind": kind, "pk": pk, "feed": feed, "signed_in": actor.is_signed_in, "back": request.path if request else "",
        "following": actor.is_signed_in and follows(actor, kind, pk), "csrf_token": context.get("csrf_token"),
    }  # fmt: skip
