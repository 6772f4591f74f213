"""Changes of layers, styles, archives and theme maps."""

from sala.maps.operations.archives import build_archive, build_missing
from sala.maps.operations.layers import change_layer, make_layer, require_on_layer
from sala.maps.operations.styles import set_style
from sala.maps.operations.theme_maps import (
    arrange,
    change_theme_map,
    make_theme_map,
    publish_theme_map,
    withdraw_theme_map,
)

__all__ = [
    "arrange",
    "build_archive",
    "build_missing",
    "change_layer",
    "change_theme_map",
    "make_layer",
    "make_theme_map",
    "publish_theme_map",
    "require_on_layer",
    "set_style",
    "withdraw_theme_map",
]
