"""Layers: the list, one layer with its table of features, one feature, taking a piece along; making and styling."""

import tempfile
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sala.access.form_page import form_page, need_anywhere
from sala.access.request import Request
from sala.catalogue.operations import count_use
from sala.core.errors import Missing
from sala.maps import operations, policy
from sala.maps.calculations.metres import in_metres
from sala.maps.forms.layers import ChangeLayerForm, LayerForm, NewLayerForm, StyleForm
from sala.maps.models import Layer, LayerKind
from sala.maps.operations.layers import may_edit_layer
from sala.maps.queries import collection_of, find_layer, legend_shown, shown_layers
from sala.maps.queries.layers import all_layers
from sala.maps.queries.view import Choice, in_view, read_box
from sala.maps.taking import KINDS, TYPES
from sala.maps.taking import take as taken


def index(request: Request) -> HttpResponse:
    """Every layer that the reader sees, by topic."""
    layers = list(all_layers(request.actor))
    context = {"layers": layers, "may_make": request.actor.has_anywhere(policy.EDIT)}
    return render(request, "maps/layers.html", context)


def layer(request: Request, code: str) -> HttpResponse:
    """What a layer is, its legend, tiles and first features."""
    found = find_layer(request.actor, code)
    shown = shown_layers(request.actor, [found])[0]
    box = shown.bounds()
    context = {
        "layer": found, "shown": shown, "legend": legend_shown(shown), "kinds": KINDS,
        "views": in_view([shown], box) if box else [], "may_edit": may_edit_layer(request.actor, found),
    }  # fmt: skip
    return render(request, "maps/layer.html", context)


def feature(request: Request, code: str, number: int) -> HttpResponse:
    """One feature: all that may be shown of it, where it lies in degrees and in metres."""
    found = find_layer(request.actor, code)
    collection = collection_of(request.actor, found)
    row = collection.rows.filter(**{collection.number: number}).first() if collection else None
    if collection is None or row is None:
        raise Missing(_("This feature is not in the newest edition of the layer. Look at the layer’s table."))
    shape = getattr(row, collection.geometry)
    point = shape.point_on_surface
    values = row.shown or {}
    context = {
        "layer": found, "number": number, "values": [(label, name, values.get(name)) for name, label in collection.columns],
        "point": point, "metres": in_metres(point.x, point.y), "area_ha": getattr(row, "area_ha", None),
        "collection": collection, "box": ",".join(f"{x:.5f}" for x in _wider(shape.extent)),
        "choice": Choice(found.code),
    }  # fmt: skip
    template = "maps/feature_panel.html" if request.GET.get("panel") else "maps/feature.html"
    return render(request, template, context)


def _wider(extent: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    west, south, east, north = extent
    side = max(east - west, north - south, 0.01) / 2
    return max(-180.0, west - side), max(-90.0, south - side), min(180.0, east + side), min(90.0, north + side)


def take(request: Request, code: str, kind: str) -> FileResponse:
    """The features of a layer in ?bbox=, as a file."""
    found = find_layer(request.actor, code)
    collection = collection_of(request.actor, found)
    if kind not in KINDS or collection is None:
        raise Missing(_("Check the address, or search for what you need."))
    box = read_box(request.GET.get("bbox", ""))
    with tempfile.TemporaryDirectory() as folder:
        path = taken(collection, box, kind, Path(folder))
        response = FileResponse(path.open("rb"), content_type=TYPES[kind])
    if found.dataset:
        count_use(request.actor, found.dataset, "download")
    response["Content-Disposition"] = f'attachment; filename="{found.code}{"-part" if box else ""}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


# ---- making ------------------------------------------------------------------------------------------------------------


def new(request: Request) -> HttpResponse:
    need_anywhere(request.actor, policy.EDIT)
    form = NewLayerForm(request.POST or None, actor=request.actor, initial={"source": request.GET.get("source", "")})
    return form_page(
        request, form, lambda data: operations.make_layer(request.actor, **form.described()), heading=_("New layer")
    )


def _own(request: Request, code: str) -> Layer:
    found = find_layer(request.actor, code)
    operations.require_on_layer(request.actor, found)
    return found


def change(request: Request, code: str) -> HttpResponse:
    found = _own(request, code)
    every = _every_column(request, found)
    if found.is_live or found.kind == LayerKind.RASTER:
        form: Any = LayerForm(request.POST or None, initial=_initial(found))
    else:
        collection = collection_of(request.actor, found)
        form = ChangeLayerForm(request.POST or None, collection=collection, every=every, initial=_initial(found))
    return form_page(
        request, form, lambda data: operations.change_layer(request.actor, found, **data), heading=_("Edit"), back=found
    )


def _initial(found: Layer) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("title", "description", "topic", "columns", "label")}


def _every_column(request: Request, found: Layer) -> list[tuple[str, str]]:
    """All columns of the newest edition, also those that the layer leaves out."""
    whole = Layer(distribution=found.distribution, live=found.live, part=found.part, is_live=found.is_live)
    collection = collection_of(request.actor, whole)
    return [(name, str(label) or name) for name, label in (collection.columns if collection else ())]


def style(request: Request, code: str) -> HttpResponse:
    found = _own(request, code)
    collection = collection_of(request.actor, found)
    if collection is None:
        raise Missing(_("This layer has no edition that is open to you."))
    form = StyleForm(request.POST or None, collection=collection, initial=_style_initial(found))
    return form_page(
        request, form, lambda data: operations.set_style(request.actor, found, **data) and found, heading=_("How it is drawn"),
        back=found, template="maps/style.html", legend=legend_shown(shown_layers(request.actor, [found])[0]),
    )  # fmt: skip


def _style_initial(found: Layer) -> dict[str, Any]:
    now = getattr(found, "style", None)
    if now is None:
        return {}
    colour = now.entries[0]["colour"] if now.entries else ""
    outline = bool(now.entries and now.entries[0].get("outline"))
    return {"drawing": now.drawing, "column": now.column, "method": now.method, "colour": colour, "outline": outline}
