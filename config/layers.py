"""Nouns whose rows are layers of the map as they are now. A part with shapes adds its noun here."""

from sala.concessions.layers import CONCESSIONS
from sala.maps.areas import AREA_POINTS, AREAS
from sala.maps.facilities import FACILITIES
from sala.maps.live import LiveNoun

LAYERS: list[LiveNoun] = [AREAS, AREA_POINTS, FACILITIES, CONCESSIONS]
