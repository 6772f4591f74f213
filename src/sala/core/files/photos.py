"""Photos that came with answers: a small copy to look at, and when and where the camera says it was taken.

Runs in the child. Imports nothing that needs settings.
"""

import warnings
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageOps

from sala.core.files.refusals import Refused

SIDE = 480  # pixels of the longer side of the small copy
MOST_PIXELS = 200_000_000  # a phone's largest; beyond, the picture is there to fill the memory
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")

_QUALITY = 78


def look(path: str, target: str) -> dict[str, Any]:
    """Write a small JPEG without any of the camera's notes to `target`.

    Returns {"width", "height": in pixels as it is meant to be seen, "taken": ISO text (with a zone only where the camera
    gave one) or "", "lat", "lon": degrees or None}. Raises Refused when it is no picture that can be opened.
    """
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as picture:
                notes = picture.getexif()
                told = {"taken": _taken(notes), **_where(notes)}
                picture.draft("RGB", (SIDE * 2, SIDE * 2))
                upright = ImageOps.exif_transpose(picture)
                width, height = _size(picture, notes)
                upright.thumbnail((SIDE, SIDE))
                upright.convert("RGB").save(Path(target), "JPEG", quality=_QUALITY, optimize=True)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("damaged", detail=str(error)[-80:]) from None
    return {"width": width, "height": height, **told}


def _size(picture: Image.Image, notes: Any) -> tuple[int, int]:
    width, height = picture.size
    return (height, width) if notes.get(ExifTags.Base.Orientation) in (5, 6, 7, 8) else (width, height)


def _taken(notes: Any) -> str:
    more = notes.get_ifd(ExifTags.IFD.Exif)
    text = more.get(ExifTags.Base.DateTimeOriginal) or notes.get(ExifTags.Base.DateTime) or ""
    try:
        moment = datetime.strptime(str(text).strip("\x00 "), "%Y:%m:%d %H:%M:%S")
        return moment.replace(tzinfo=_zone(str(more.get(ExifTags.Base.OffsetTimeOriginal) or ""))).isoformat()
    except ValueError:
        return ""


def _zone(text: str) -> timezone | None:
    """Of an offset such as +07:00."""
    try:
        hours, minutes = text.strip("\x00 ").split(":")
        return timezone(timedelta(hours=int(hours), minutes=int(minutes) * (-1 if hours.startswith("-") else 1)))
    except ValueError:
        return None


def _where(notes: Any) -> dict[str, float | None]:
    place = notes.get_ifd(ExifTags.IFD.GPSInfo)
    lat = _degrees(place.get(ExifTags.GPS.GPSLatitude), place.get(ExifTags.GPS.GPSLatitudeRef), "S", 90)
    lon = _degrees(place.get(ExifTags.GPS.GPSLongitude), place.get(ExifTags.GPS.GPSLongitudeRef), "W", 180)
    known = lat is not None and lon is not None and (lat, lon) != (0, 0)
    return {"lat": lat if known else None, "lon": lon if known else None}


def _degrees(parts: Any, side: Any, negative: str, most: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
        value = degrees + minutes / 60 + seconds / 3600
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not 0 <= value <= most:  # also when it is no number at all
        return None
    return -value if str(side).strip("\x00 ").upper() == negative else value
