"""Degrees as metres of their UTM zone."""

from dataclasses import dataclass

from pyproj import Transformer


@dataclass(frozen=True)
class Metres:
    """Universal Transverse Mercator on WGS 84: zone, hemisphere N or S, metres east and north."""

    zone: int
    hemisphere: str
    east: float
    north: float

    def __str__(self) -> str:
        return f"{self.zone}{self.hemisphere} {self.east:.0f} {self.north:.0f}"


def zone_of(longitude: float) -> int:
    """The UTM zone (1–60) in which a longitude lies."""
    return min(60, int((longitude + 180) // 6) + 1)


def in_metres(longitude: float, latitude: float) -> Metres:
    zone, southern = zone_of(longitude), latitude < 0
    to_metres = Transformer.from_crs(4326, (32700 if southern else 32600) + zone, always_xy=True)
    east, north = to_metres.transform(longitude, latitude)
    return Metres(zone, "S" if southern else "N", east, north)
