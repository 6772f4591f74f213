"""The map: a picture and tables without script, the moving map with it. The address holds the whole state."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from sala.access.request import Request
from sala.access.scope import can, visible
from sala.maps import policy
from sala.maps.explorer_config import explorer_config
from sala.maps.models import ThemeMap
from sala.maps.picture import picture
from sala.maps.queries import Shown, find_theme_map, legend_shown, maps_offered
from sala.maps.queries.layers import all_layers, shown_layers
from sala.maps.queries.view import Box, Choice, box_around, chosen_layers, read_box
from sala.maps.queries.view import in_view as found_in_view
from sala.places.models import Area
from sala.places.queries import latest_boundaries


def explorer(request: Request) -> HttpResponse:
    """/map/?layers=forest:80:1,roads&bbox=…, or ?place= for where a place lies."""
    if "layers" not in request.GET:
        return _page(request, _first_layer(request))
    return _page(request, chosen_layers(request.actor, Choice.read(request.GET["layers"])))


def theme_map(request: Request, code: str) -> HttpResponse:
    """A curated map; ?layers= and ?bbox= say what the reader changed."""
    found = find_theme_map(request.actor, code)
    choices = Choice.read(request.GET.get("layers", "")) if "layers" in request.GET else choices_of(found)
    return _page(request, chosen_layers(request.actor, choices), theme_map=found)


def choices_of(found: ThemeMap) -> list[Choice]:
    rows = found.layers.select_related("layer")
    return [Choice(row.layer.code, row.opacity, row.is_on) for row in rows]


def _first_layer(request: Request) -> list[Shown]:
    """Where the address names none: the first live layer in which there is something that the reader sees."""
    for layer in all_layers(request.actor).filter(is_live=True):
        shown = shown_layers(request.actor, [layer])
        if any(one.collection and one.collection.rows.order_by().exists() for one in shown):
            return shown
    return []


def offered(request: Request) -> Any:
    """Theme maps of this front door that the reader sees."""
    return maps_offered(request.actor, request.portal.code if request.portal else "")


def _box(request: Request, layers: list[Shown], theme_map: ThemeMap | None) -> Box:
    asked = read_box(request.GET.get("bbox", ""))
    if asked:
        return asked
    if request.GET.get("place"):
        area = visible(request.actor, Area).filter(code=request.GET["place"]).first()
        boundary = latest_boundaries([area]).get(area.pk) if area else None
        if boundary and boundary.coarse:
            return boundary.coarse.extent
    if theme_map and theme_map.extent:
        return theme_map.extent
    return box_around(layers)


def _page(request: Request, layers: list[Shown], theme_map: ThemeMap | None = None) -> HttpResponse:
    box = _box(request, layers, theme_map)
    used = {shown.layer.pk for shown in layers}
    context = {
        "theme_map": theme_map, "layers": [(shown, legend_shown(shown)) for shown in layers], "box": ",".join(f"{x:.5f}" for x in box),
        "others": [layer for layer in all_layers(request.actor) if layer.pk not in used], "maps": offered(request),
        "picture": picture(layers, box), "views": found_in_view(layers, box), "config": explorer_config(layers, box),
        "state": ",".join(str(Choice(shown.layer.code, shown.opacity, shown.is_on)) for shown in layers),
        "may_make": request.actor.has_anywhere(policy.EDIT),
        "may_edit": theme_map is not None and can(request.actor, policy.EDIT, theme_map),
        "may_publish": theme_map is not None and can(request.actor, policy.PUBLISH, theme_map),
    }  # fmt: skip
    return render(request, "maps/explorer.html", context)


def in_view(request: Request) -> HttpResponse:
    """The table alone, for the moving map: ?layers= and ?bbox=."""
    layers = chosen_layers(request.actor, Choice.read(request.GET.get("layers", "")))
    box = read_box(request.GET.get("bbox", "")) or box_around(layers)
    return render(request, "maps/in_view.html", {"views": found_in_view(layers, box)})
