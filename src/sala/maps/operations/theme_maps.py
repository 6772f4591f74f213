"""Making, arranging and publishing theme maps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require, visible
from sala.core.checking import check, free_address
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.journal.operations import changed_fields, record
from sala.maps import policy
from sala.maps.models import Layer, MapLayer, ThemeMap
from sala.people.models import Organisation


@dataclass(frozen=True)
class Placed:
    """A layer as it lies in a theme map; opacity in per cent."""

    layer: Layer
    opacity: int = 80
    is_on: bool = True


@operation
def make_theme_map(actor: Actor, owner: Organisation, *, title: Mapping[str, str], layers: Sequence[Placed] = (),
                   code: str = "", **described: Any) -> ThemeMap:  # fmt: skip
    """A new theme map of this organisation, not yet before its readers."""
    made = ThemeMap(owner=owner, title=title, **described)
    require(actor, policy.EDIT, made)
    made.code = code or free_address(ThemeMap, made.title, "map", field="code", reserved=policy.RESERVED)
    check(made)
    made.save()
    _place(actor, made, layers)
    record(actor, policy.EDIT, made, change="made")
    return made


@operation
def change_theme_map(actor: Actor, theme_map: ThemeMap, **described: Any) -> ThemeMap:
    """Change what is said of it, and where it opens."""
    theme_map = lock(theme_map)
    require(actor, policy.EDIT, theme_map)
    before = ThemeMap.objects.get(pk=theme_map.pk)
    for name, value in described.items():
        setattr(theme_map, name, value)
    check(theme_map)
    theme_map.save()
    record(actor, policy.EDIT, theme_map, change="changed", fields=changed_fields(before, theme_map))
    return theme_map


@operation
def arrange(actor: Actor, theme_map: ThemeMap, layers: Sequence[Placed]) -> None:
    """Say which layers it has, the first one on top."""
    theme_map = lock(theme_map)
    require(actor, policy.EDIT, theme_map)
    _place(actor, theme_map, layers)
    record(actor, policy.EDIT, theme_map, change="layers arranged", layers=[placed.layer.code for placed in layers])


def _place(actor: Actor, theme_map: ThemeMap, layers: Sequence[Placed]) -> None:
    seen = set(visible(actor, Layer).filter(pk__in=[placed.layer.pk for placed in layers]).values_list("pk", flat=True))
    if len(seen) < len(layers):
        words = _("A layer is named twice, or is not open to you. Choose from the list.")
        raise Invalid(words, {"layers": [words]})
    theme_map.layers.all().delete()
    MapLayer.objects.bulk_create(
        MapLayer(theme_map=theme_map, layer=placed.layer, order=order, opacity=placed.opacity, is_on=placed.is_on)
        for order, placed in enumerate(layers)
    )


@operation
def publish_theme_map(actor: Actor, theme_map: ThemeMap) -> None:
    """Put it before its readers; each of them gets the layers that are open to them."""
    theme_map = lock(theme_map)
    require(actor, policy.PUBLISH, theme_map)
    if not theme_map.layers.exists():
        raise Conflict(_("This map has no layer yet. Add one first."))
    theme_map.is_published = True
    theme_map.save(update_fields=["is_published"])
    record(actor, policy.PUBLISH, theme_map, change="published")


@operation
def withdraw_theme_map(actor: Actor, theme_map: ThemeMap) -> None:
    """Take it back to be worked on; only its house sees it until it is published again."""
    theme_map = lock(theme_map)
    require(actor, policy.PUBLISH, theme_map)
    theme_map.is_published = False
    theme_map.save(update_fields=["is_published"])
    record(actor, policy.PUBLISH, theme_map, change="withdrawn")
