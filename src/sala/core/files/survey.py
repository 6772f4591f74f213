"""A first look at a delivered file: what it is, and how its table or layer would be read. One child process does both."""

import importlib
from typing import Any

from sala.core.files import detect

# format → module whose `profile` reads it; loaded only when needed, because each brings heavy libraries
READERS = {
    "csv": "sala.core.files.table",
    "xlsx": "sala.core.files.table",
    "gpkg": "sala.core.files.vector",
    "geojson": "sala.core.files.vector",
    "shapefile": "sala.core.files.vector",
    "geotiff": "sala.core.files.raster",
}


def survey(path: str, name: str, folder: str, options: dict[str, Any]) -> dict[str, Any]:
    """What detect.identify says, with `profile`: that of the table or layer, or an empty one for what is read as text."""
    found = detect.identify(path, name)
    reader = READERS.get(found["format"])
    if reader is None:
        return found | {"profile": {"columns": [], "questions": []}}
    given = options if reader.endswith("table") else {}
    return found | {"profile": importlib.import_module(reader).profile(path, name, folder, **given)}
