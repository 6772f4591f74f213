"""Layers of the map, how they are drawn, their tiles, theme maps made of them; and analyses that were kept."""

from sala.maps.models.analysis import Analysis, AnalysisInput, AnalysisKind
from sala.maps.models.archive import ArchiveState, TileArchive
from sala.maps.models.layer import Layer, LayerKind
from sala.maps.models.style import Drawing, Method, Style
from sala.maps.models.theme_map import MapLayer, ThemeMap

__all__ = [
    "Analysis",
    "AnalysisInput",
    "AnalysisKind",
    "ArchiveState",
    "Drawing",
    "Layer",
    "LayerKind",
    "MapLayer",
    "Method",
    "Style",
    "ThemeMap",
    "TileArchive",
]
