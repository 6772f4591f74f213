"""Layers and theme maps for programs; the tiles stand at the addresses given here."""

from typing import Any

from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.core.api import PageQuery
from sala.maps.models import LayerKind, MapLayer, ThemeMap
from sala.maps.queries import Shown, find_layer, find_theme_map, legend_shown, shown_layers
from sala.maps.queries.layers import all_layers

router = Router(tags=["maps"])


class LegendOut(Schema):
    colour: str
    label: dict[str, str]


class LayerOut(Schema):
    """tiles: address of Mapbox vector tiles, of PNG tiles for a raster."""

    code: str
    url: str
    title: dict[str, str]
    description: dict[str, str]
    topic: str
    kind: str
    dataset: str | None
    is_live: bool
    is_invented: bool
    tiles: str


class LayerDetail(LayerOut):
    """edition: the newest one that the caller sees; archive: the published PMTiles file, where there is one; columns: what features carry; bounds: west, south, east, north."""

    edition: str | None
    archive: str | None
    bounds: list[float] | None
    columns: dict[str, dict[str, str]]
    source: str
    legend: list[LegendOut]


class LayersOut(Schema):
    count: int
    items: list[LayerOut]


class PlacedOut(Schema):
    layer: str
    opacity: int
    is_on: bool


class ThemeMapOut(Schema):
    code: str
    url: str
    title: dict[str, str]
    description: dict[str, str]
    topic: str
    owner: str
    portal: str
    tier: str
    is_published: bool
    is_invented: bool
    extent: list[float] | None
    layers: list[PlacedOut]


class ThemeMapsOut(Schema):
    count: int
    items: list[ThemeMapOut]


def _layer(layer: Any) -> dict[str, Any]:
    return {
        "code": layer.code, "url": layer.get_absolute_url(), "title": dict(layer.title), "description": dict(layer.description),
        "topic": layer.topic.code if layer.topic else "", "kind": layer.kind,
        "dataset": layer.dataset.slug if layer.dataset else None, "is_live": layer.is_live, "is_invented": layer.is_invented,
        "tiles": f"/tiles/{layer.code}/{{z}}/{{x}}/{{y}}.{'png' if layer.kind == LayerKind.RASTER else 'mvt'}",
    }  # fmt: skip


def _detail(shown: Shown) -> dict[str, Any]:
    collection = shown.collection
    bounds, edition = shown.bounds(), shown.raster or (collection.edition if collection else None)
    return _layer(shown.layer) | {
        "edition": edition.get_absolute_url() if edition else None,
        "archive": shown.archive.get_absolute_url() if shown.archive else None,
        "bounds": list(bounds) if bounds else None,
        "columns": {name: dict(label) for name, label in (collection.columns if collection else ())},
        "source": shown.source,
        "legend": [{"colour": entry.colour, "label": dict(entry.label)} for entry in legend_shown(shown)],
    }


def _theme_map(request: Request, found: ThemeMap) -> dict[str, Any]:
    rows = MapLayer.objects.filter(theme_map=found, layer__in=all_layers(request.actor).order_by()).select_related(
        "layer"
    )
    return {
        "code": found.code, "url": found.get_absolute_url(), "title": dict(found.title), "description": dict(found.description),
        "topic": found.topic.code if found.topic else "", "owner": found.owner.code, "portal": found.portal, "tier": found.tier,
        "is_published": found.is_published, "is_invented": found.is_invented,
        "extent": list(found.extent) if found.extent else None,
        "layers": [{"layer": row.layer.code, "opacity": row.opacity, "is_on": row.is_on} for row in rows],
    }  # fmt: skip


@router.get("/layers", response=LayersOut, summary="Layers of the map")
def layers(request: Request, paging: Query[PageQuery], topic: str = "", dataset: str = ""):
    rows = all_layers(request.actor)
    if topic:
        rows = rows.filter(topic__code=topic)
    if dataset:
        rows = rows.filter(distribution__dataset__slug=dataset)
    return {"count": rows.count(), "items": [_layer(row) for row in rows[paging.slice()]]}


@router.get("/layers/{code}", response=LayerDetail, summary="One layer with its columns, legend and tiles")
def layer(request: Request, code: str):
    return _detail(shown_layers(request.actor, [find_layer(request.actor, code)])[0])


@router.get("/maps", response=ThemeMapsOut, summary="Theme maps")
def theme_maps(request: Request, paging: Query[PageQuery], topic: str = "", portal: str = ""):
    """portal: code of a front door, for what it offers"""
    rows = visible(request.actor, ThemeMap).select_related("topic", "owner")
    if portal:
        rows = rows.filter(portal__in=["", portal])
    if topic:
        rows = rows.filter(topic__code=topic)
    return {"count": rows.count(), "items": [_theme_map(request, row) for row in rows[paging.slice()]]}


@router.get("/maps/{code}", response=ThemeMapOut, summary="One theme map with the layers that the caller sees")
def theme_map(request: Request, code: str):
    return _theme_map(request, find_theme_map(request.actor, code))
