"""One layer or theme map by its address; what was withdrawn is told from what never was."""

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import once_visible, visible
from sala.core.errors import Gone, Missing
from sala.maps.models import Layer, ThemeMap

RELATED = ("distribution__dataset__owner", "distribution__dataset__place", "style", "topic")


def find_layer(actor: Actor, code: str) -> Layer:
    """Raises Gone for a layer whose dataset was withdrawn and which the actor could have seen, Missing otherwise."""
    found = visible(actor, Layer).select_related(*RELATED).filter(code=code).first()
    if found is not None:
        return found
    withdrawn = once_visible(actor, Layer).filter(code=code, distribution__dataset__state="withdrawn").first()
    if withdrawn is None:
        raise Missing(_("Check the address, or search for what you need."))
    raise Gone(_("The data of the layer “%(title)s” were withdrawn.") % {"title": withdrawn.title})


def find_theme_map(actor: Actor, code: str) -> ThemeMap:
    found = visible(actor, ThemeMap).select_related("owner__area", "topic").filter(code=code).first()
    if found is None:
        raise Missing(_("Check the address, or search for what you need."))
    return found
