"""What pages of other parts show of the map."""

from typing import Any

from django import template

from sala.access.scope import can
from sala.catalogue.models import Dataset
from sala.core import numbers
from sala.maps import policy
from sala.maps.queries import layers_of_dataset
from sala.maps.queries.layers import is_mappable

register = template.Library()


@register.filter
def property_value(value: Any) -> str:
    """What a feature says of itself: fractions as the reader writes them, whole numbers as they are (they may be codes)."""
    if isinstance(value, float):
        return numbers.display(value, places=2)
    return "–" if value is None or value == "" else str(value)


@register.inclusion_tag("maps/of_dataset.html", takes_context=True)
def layers_of(context: template.Context, dataset: Dataset) -> dict[str, Any]:
    """Links to the map with each layer of a dataset; to those who may, a door to a new one."""
    actor = context["actor"]
    layers = list(layers_of_dataset(actor, dataset))
    may_make = not layers and can(actor, policy.EDIT, dataset) and is_mappable(actor, dataset)
    return {"layers": layers, "may_make": may_make}
