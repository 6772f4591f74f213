"""What pages of other parts show of the map."""

from typing import Any

import shapely
from django import template
from django.utils.safestring import SafeString

from sala.access.scope import can
from sala.catalogue.models import Dataset
from sala.core import numbers
from sala.core.language import current
from sala.maps import policy
from sala.maps.queries import layers_of_dataset
from sala.maps.queries.layers import is_mappable
from sala.maps.where import place_of, shape_of
from sala.places.maps import layer_map
from sala.places.queries import country

register = template.Library()


@register.filter
def property_value(value: Any) -> str:
    """What a feature says of itself: fractions as the reader writes them, whole numbers as they are (they may be codes)."""
    if isinstance(value, float):
        return numbers.display(value, places=2)
    return "–" if value is None or value == "" else str(value)


@register.simple_tag
def map_of(where: dict[str, Any]) -> SafeString:
    """The small map of where an analysis looks, in the language of the page or paper."""
    shape = shapely.from_wkb(bytes(shape_of(where).wkb))
    return layer_map([shape], place_of(where) or country(), current())


@register.inclusion_tag("maps/of_dataset.html", takes_context=True)
def layers_of(context: template.Context, dataset: Dataset) -> dict[str, Any]:
    """Links to the map with each layer of a dataset; to those who may, a door to a new one."""
    actor = context["actor"]
    layers = list(layers_of_dataset(actor, dataset))
    may_make = not layers and can(actor, policy.EDIT, dataset) and is_mappable(actor, dataset)
    return {"layers": layers, "may_make": may_make}
