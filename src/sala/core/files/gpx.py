"""GPS tracks as devices write them (GPX 1.0 and 1.1): the lines, with nothing else of the file.

Runs in the child. Imports nothing that needs settings.
"""

from pathlib import Path
from typing import Any
from xml.parsers import expat

from sala.core.files.refusals import Refused

MOST_BYTES = 20 * 1024**2
MOST_POINTS = 200_000
LINES = ("trkseg", "rte")  # elements whose points are one line
POINTS = ("trkpt", "rtept")


def read(path: str) -> dict[str, Any]:
    """{"lines": [[[longitude, latitude], …], …], "points": number}; lines of one point are left out.

    Raises Refused: too-large, entities, no-track, gpx-broken, gpx-outside, gpx-points.
    """
    content = Path(path).read_bytes()
    if len(content) > MOST_BYTES:
        raise Refused("too-large", size=len(content) // 1024**2 + 1, limit=MOST_BYTES // 1024**2)
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse_entities
    parser.StartElementHandler, parser.EndElementHandler = reader.begin, reader.end
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        raise Refused("gpx-broken", line=getattr(error, "lineno", 0)) from None
    lines = [line for line in reader.lines if len(line) > 1]
    if not lines:
        raise Refused("no-track")
    return {"lines": lines, "points": sum(len(line) for line in lines)}


def _refuse_entities(*_told: Any) -> None:
    raise Refused("entities")


class _Reader:
    def __init__(self) -> None:
        self.lines: list[list[list[float]]] = []
        self.count = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name in LINES:
            self.lines.append([])
        elif name in POINTS:
            self.count += 1
            if self.count > MOST_POINTS:
                raise Refused("gpx-points", limit=MOST_POINTS)
            longitude, latitude = float(attributes.get("lon", "nan")), float(attributes.get("lat", "nan"))
            if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
                raise Refused("gpx-outside", point=self.count)
            if not self.lines:
                self.lines.append([])
            self.lines[-1].append([longitude, latitude])

    def end(self, name: str) -> None:
        """Nothing is kept at the end of an element."""
