"""Layers and theme maps as one reader sees them."""

from sala.maps.queries.finding import find_layer, find_theme_map
from sala.maps.queries.layers import Shown, collection_of, layers_of_dataset, shown_layers
from sala.maps.queries.legend import Entry, legend_of, legend_shown
from sala.maps.queries.offered import front_doors, maps_of_home, maps_offered

__all__ = [
    "Entry",
    "Shown",
    "collection_of",
    "find_layer",
    "find_theme_map",
    "front_doors",
    "layers_of_dataset",
    "legend_of",
    "legend_shown",
    "maps_of_home",
    "maps_offered",
    "shown_layers",
]
