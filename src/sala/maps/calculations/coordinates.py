"""A point from text as people write it: degrees, degrees with minutes and seconds, or UTM with its zone."""

import re

from pyproj import Transformer

_DIGITS = str.maketrans("໐໑໒໓໔໕໖໗໘໙", "0123456789")
_UTM = re.compile(r"^(\d{1,2})\s*([C-HJ-NP-X]?)[\s,;]+(\d{5,7}(?:\.\d+)?)\s*(?:m?E)?[\s,;]+(\d{4,8}(?:\.\d+)?)\s*(?:m?N)?$", re.I)  # fmt: skip
_ANGLE = re.compile(
    r"([NSEW])?\s*([+-]?\d+(?:\.\d+)?)\s*(?:°|º|d|\s)?\s*(?:(\d+(?:\.\d+)?)\s*['′]\s*)?(?:(\d+(?:\.\d+)?)\s*(?:''|[\"″])\s*)?([NSEW])?",
    re.I,
)


def parsed(text: str) -> tuple[float, float]:
    """(longitude, latitude) in degrees. Raises ValueError where the text is no point on Earth.

    "17.97, 102.63" and "17°58'12"N 102°37'48"E" are latitude first; the letters decide where they stand.
    "48 Q 245000 1988000" is UTM zone, band (N to X are north; none means north), easting, northing in metres.
    """
    plain = text.translate(_DIGITS).strip()
    if found := _UTM.match(plain):
        return _from_utm(int(found[1]), found[2].upper(), float(found[3]), float(found[4]))
    angles = [match for match in _ANGLE.finditer(plain.replace(",", " ").replace(";", " ")) if match[2]]
    rest = _ANGLE.sub("", plain.replace(",", " ").replace(";", " ")).strip()
    if len(angles) != 2 or rest:
        raise ValueError(text)
    first, second = map(_angle, angles)
    if first[1] in ("E", "W") or second[1] in ("N", "S"):
        first, second = second, first
    if first[1] in ("E", "W") or second[1] in ("N", "S"):
        raise ValueError(text)
    latitude, longitude = first[0], second[0]
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError(text)
    return longitude, latitude


def _angle(match: re.Match[str]) -> tuple[float, str]:
    degrees, letter = float(match[2]), (match[1] or match[5] or "").upper()
    minutes, seconds = float(match[3] or 0), float(match[4] or 0)
    if minutes >= 60 or seconds >= 60:
        raise ValueError(match[0])
    size = abs(degrees) + minutes / 60 + seconds / 3600
    negative = degrees < 0 or letter in ("S", "W")
    return -size if negative else size, letter


def _from_utm(zone: int, band: str, easting: float, northing: float) -> tuple[float, float]:
    if not 1 <= zone <= 60 or not 100_000 <= easting <= 900_000:
        raise ValueError(zone)
    south = bool(band) and band < "N"
    longitude, latitude = Transformer.from_crs((32700 if south else 32600) + zone, 4326, always_xy=True).transform(
        easting, northing
    )
    return longitude, latitude


def as_utm(longitude: float, latitude: float) -> str:
    """The same point as "48N 245000 1988000"."""
    zone = int((longitude + 180) // 6) % 60 + 1
    easting, northing = Transformer.from_crs(4326, (32600 if latitude >= 0 else 32700) + zone, always_xy=True).transform(longitude, latitude)  # fmt: skip
    return f"{zone}{'N' if latitude >= 0 else 'S'} {easting:.0f} {northing:.0f}"
