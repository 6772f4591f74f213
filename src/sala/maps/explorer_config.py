"""What the script of the explorer is told: layers with their tiles and colours, words, fonts, the part to open on."""

from typing import Any

import shapely
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from sala.core.language import current, languages
from sala.maps.calculations.colours import OUTLINE
from sala.maps.collections import Box
from sala.maps.queries.colours import expression_of, is_outline
from sala.maps.queries.layers import Shown, label_of
from sala.maps.tiles.grid import DEEPEST
from sala.places.maps import outline

LIVE_DEEPEST = 14  # beyond it tiles are enlarged


def layer_config(shown: Shown) -> dict[str, Any]:
    layer = shown.layer
    archive = shown.archive
    name = "maps:picture_tile" if shown.raster else "maps:tile"
    address = reverse(name, args=[layer.code, 0, 0, 0]).replace("/0/0/0.", "/{z}/{x}/{y}.")
    return {
        "code": layer.code, "kind": layer.kind, "title": str(layer.title), "tiles": address,
        "bounds": shown.bounds(),
        "minzoom": archive.min_zoom if archive else 0,
        "maxzoom": min(DEEPEST, archive.max_zoom if archive else LIVE_DEEPEST),
        "colour": expression_of(layer), "hollow": is_outline(layer), "label": label_of(layer, shown.collection), "labels": f"{layer.code}-labels" if archive is None or archive.has_labels else "",
        "opacity": shown.opacity, "on": shown.is_on, "empty": shown.is_empty,
        "feature": reverse("maps:feature", args=[layer.code, 0]).replace("/0/", "/{number}/"),
    }  # fmt: skip


def explorer_config(layers: list[Shown], box: Box) -> dict[str, Any]:
    return {
        "library": static("maplibre/maplibre-gl.mjs"), "worker": static("maplibre/maplibre-gl-worker.mjs"),
        "sheet": static("maplibre/maplibre-gl.css"),
        "fonts": [
            {"url": static("fonts/noto-sans-lao-400.woff2"), "unicode-range": ["U+0E80-0EFF"]},
            {"url": static("fonts/noto-sans-latin-400.woff2"), "unicode-range": ["U+0020-024F"]},
        ],
        "languages": languages(), "language": current(), "box": box, "outline": OUTLINE,
        "ground": [shapely.geometry.mapping(shape) for shape in outline()],
        "layers": [layer_config(shown) for shown in layers], "view": reverse("maps:in_view"), "words": words(),
    }  # fmt: skip


def words() -> dict[str, str]:
    return {
        "failed": _("This layer could not be loaded. The others are not touched; try again."),
        "noMap": _("This browser cannot draw the moving map; the picture and the table say the same."),
        "measure": _("Touch the map for each corner; touch the button again to end. From three corners on you can ask what is in the area."),
        "distance": _("Length"), "area": _("Area"), "ha": _("ha"), "km": _("km"), "copied": _("The link is copied."),
        "copy": _("Copy this link:"), "zoomIn": _("Closer"), "zoomOut": _("Further away"), "north": _("North up"),
        "close": _("Close"), "map": _("Map"), "latitude": _("Latitude"), "longitude": _("Longitude"),
    }  # fmt: skip
