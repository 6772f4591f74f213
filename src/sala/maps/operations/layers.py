"""Making and changing a layer. Who may: whoever holds the right on its dataset; on a live layer, over the whole country."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, require, visible
from sala.catalogue.models import Dataset, Distribution
from sala.core.checking import check, free_address
from sala.core.errors import Invalid
from sala.core.models import Term
from sala.core.operation import lock, operation
from sala.journal.operations import changed_fields, record
from sala.maps import policy
from sala.maps.calculations.colours import KINDS
from sala.maps.collections import newest_edition, newest_raster
from sala.maps.live import live_nouns
from sala.maps.models import Layer, LayerKind, Style
from sala.maps.models.style import Drawing
from sala.places.queries import country


def require_on_layer(actor: Actor, layer: Layer) -> None:
    require(actor, policy.EDIT, layer.dataset or country())


def may_edit_layer(actor: Actor, layer: Layer) -> bool:
    return can(actor, policy.EDIT, layer.dataset or country())


@operation
def make_layer(actor: Actor, *, title: Mapping[str, str], distribution: Distribution | None = None, live: str = "", part: str = "",
               topic: Term | None = None, code: str = "", **described: Any) -> Layer:  # fmt: skip
    """Put a part of a dataset, or a noun as it is now, on the map. It is drawn in one colour until a style is set."""
    layer = Layer(
        title=title, distribution=distribution, live=live, part=part, is_live=bool(live), topic=topic, **described
    )
    if distribution and newest_edition(actor, distribution) is None and newest_raster(actor, distribution):
        layer.kind = LayerKind.RASTER
    require_on_layer(actor, layer)
    _check_source(actor, layer)
    layer.code = code or free_address(Layer, layer.title, "layer", field="code", reserved=policy.RESERVED)
    check(layer)
    layer.save()
    if layer.kind == LayerKind.RASTER:  # it is drawn in the colours that its edition brings
        record(actor, policy.EDIT, layer, change="made")
        return layer
    used = Layer.objects.count()
    entry = {"colour": KINDS[(used - 1) % len(KINDS)], "label": dict(layer.title)}
    Style.objects.create(layer=layer, drawing=Drawing.SINGLE, entries=[entry])
    record(actor, policy.EDIT, layer, change="made")
    return layer


@operation
def change_layer(actor: Actor, layer: Layer, *, columns: Sequence[str] | None = None, **described: Any) -> Layer:
    """Change what is said of a layer. With other columns its published tiles are made anew under another address."""
    layer = lock(layer)
    require_on_layer(actor, layer)
    before = Layer.objects.get(pk=layer.pk)
    if columns is not None:
        layer.columns = list(columns)
    for name, value in described.items():
        setattr(layer, name, value)
    _check_source(actor, layer)
    check(layer)
    layer.save()
    record(actor, policy.EDIT, layer, change="changed", fields=changed_fields(before, layer))
    return layer


def _check_source(actor: Actor, layer: Layer) -> None:
    """Raises Invalid where there is nothing to draw, or a column is named that is not there."""
    if layer.distribution:
        if not visible(actor, Dataset).filter(pk=layer.distribution.dataset_id).exists():
            raise _wrong("distribution", _("This part is not known. Choose a part of a dataset that you can open."))
        edition = (
            newest_raster(actor, layer.distribution)
            if layer.kind == LayerKind.RASTER
            else newest_edition(actor, layer.distribution)
        )
        if edition is None:
            raise _wrong(
                "distribution", _("This part has no published edition with shapes or cells yet. Publish one first.")
            )
        names = {column["name"] for column in edition.columns}
    else:
        noun = live_nouns().get(layer.live)
        if noun is None or layer.part not in {key for key, _name in noun.parts()}:
            raise _wrong("live", _("There is no such live layer. Choose one of the list."))
        names = {name for name, _label in noun.columns(layer.part)}
    for field, wanted in (("columns", set(layer.columns)), ("label", {layer.label} - {""})):
        if wanted - names:
            told = {"names": ", ".join(sorted(wanted - names)), "known": ", ".join(sorted(names))}
            raise _wrong(field, _("There is no column %(names)s. There are: %(known)s.") % told)


def _wrong(field: str, words: str) -> Invalid:
    return Invalid(words, {field: [words]})
