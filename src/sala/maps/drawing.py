"""An area that somebody drew, pasted or uploaded. It is read in the child process, and made one valid shape."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as parquet
import shapely
from django.utils.translation import gettext as _

from sala.core.errors import Invalid
from sala.core.files import child
from sala.core.files.child import Limits

MOST_BYTES = 5 * 1024**2
MOST_CORNERS = 100_000
WIDEST = 30.0  # degrees; a drawing wider or higher than this went round the world by mistake
LIMITS = Limits(memory=1024**3, seconds=30, output=256 * 1024**2)


@dataclass(frozen=True)
class Drawing:
    """shape in WGS 84; mended: it crossed itself and was made valid, so its size may not be what was meant."""

    shape: shapely.Geometry
    mended: bool


def from_text(text: str) -> Drawing:
    """A polygon pasted as GeoJSON, or posted by the map."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "drawing.geojson"
        path.write_text(text, encoding="utf-8")
        return from_file(path, "drawing.geojson")


def from_file(path: Path, name: str) -> Drawing:
    """GeoJSON, GeoPackage or zipped shapefile; all its polygons together are the area. Raises Invalid, Unreadable."""
    if path.stat().st_size > MOST_BYTES:
        raise Invalid(_("The drawing is larger than 5 MB. Draw it with fewer corners, or send the layer as a dataset."))
    with tempfile.TemporaryDirectory() as folder:
        found = child.run("sala.core.files.vector:convert", path, name, folder, limits=LIMITS, crossing=False, most_vertices=MOST_CORNERS)  # fmt: skip
        codes = found["counts"]["faults"]
        if codes.get("swapped-axis") or codes.get("far-away"):
            raise Invalid(_("The drawing lies outside the world. Check the order of its coordinates: longitude first, then latitude, in degrees."))  # fmt: skip
        if codes.get("invalid-geometry"):
            raise Invalid(_("The drawing crosses itself, so that it is not clear what lies inside. Draw it without crossing lines and send it again."))  # fmt: skip
        table = parquet.read_table(Path(folder) / "features.parquet", columns=["geometry"])
        shapes = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
    polygons = [each for each in shapes if each is not None and each.geom_type.endswith("Polygon")]
    if not polygons:
        raise Invalid(_("There is no area in the drawing. Draw a polygon that encloses something and send it again."))
    return Drawing(checked(shapely.union_all(polygons)), bool(codes.get("mended")))


def checked(shape: shapely.Geometry) -> shapely.Geometry:
    west, south, east, north = shape.bounds
    if east - west > WIDEST or north - south > WIDEST:
        raise Invalid(_("The drawing spans a great part of the world. Draw the area that is meant and send it again."))
    return shape
