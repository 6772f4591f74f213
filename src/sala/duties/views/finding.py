"""Looking a call up for a reader, and answering those who hold a right nowhere."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core.errors import NotPermitted, SignInNeeded
from sala.duties.models import Call


def call_or_404(actor: Actor, reference: str) -> Call:
    rows = visible(actor, Call).select_related("issuer__organisation__area", "area", "document", "replaces")
    return get_object_or_404(rows, reference=reference)


def need_anywhere(actor: Actor, verb: str) -> None:
    """Answer those who hold the right nowhere before they fill in a form; the operation asks again."""
    if not actor.is_signed_in and not actor.holdings:
        raise SignInNeeded(_("This needs a position in government. Sign in with your link."))
    if not actor.has_anywhere(verb):
        raise NotPermitted(_("None of your posts may do this. Ask your administrator for the right."))
