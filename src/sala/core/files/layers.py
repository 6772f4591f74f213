"""The layers in a file of shapes, opened through GDAL, and their coordinate systems.

GDAL reads the file at hand and nothing else: drivers that follow a file to another one or to the network are switched
off by the child's environment, and only whole numbers (EPSG) name a coordinate system.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
from charset_normalizer import from_bytes
from pyogrio.errors import CRSError as PyogrioCRSError
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from sala.core.files import archive, detect
from sala.core.files.characters import OLD_ENCODINGS
from sala.core.files.refusals import Refused

WORLD = 4326
SAMPLE = 128 * 1024  # bytes of a shapefile's table from which its encoding is told
MOST_VERTICES = 1_000_000  # in one shape
GEOJSON_OBJECT = 200  # megabytes that GDAL may spend on one shape of a GeoJSON file; enough for 1.2 million points

_LANGUAGE_BYTE = 29  # of a .dbf: the code page, 0 where it is not told
_NOWHERE = "127.0.0.1:9"  # a proxy that is never there: GDAL would fetch a coordinate system that is named by address
_CLOSED = {
    "GDAL_HTTP_PROXY": _NOWHERE, "GDAL_HTTPS_PROXY": _NOWHERE, "GDAL_HTTP_MAX_RETRY": "0", "GDAL_HTTP_TIMEOUT": "1",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none", "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
    "OGR_GEOJSON_MAX_OBJ_SIZE": str(GEOJSON_OBJECT), "SHAPE_RESTORE_SHX": "NO",
}  # fmt: skip
_FAILURES = (
    DataSourceError,
    DataLayerError,
    FeatureError,
    FieldError,
    GeometryError,
    PyogrioCRSError,
    pa.ArrowException,
)

# layer name → (path, name of the layer in it)
Sources = dict[str, tuple[str, str | None]]


def sources(path: str, name: str, folder: str) -> tuple[str, Sources]:
    """The format of a file and its layers with shapes. A zipped shapefile is unpacked into `folder`. Raises Refused."""
    format = detect.identify(path, name)["format"]
    if format not in ("gpkg", "geojson", "shapefile"):
        raise Refused("unknown-type", found=format, allowed=".gpkg, .geojson, .zip (shapefile)")
    pyogrio.set_gdal_config_options(_CLOSED)
    if format == "shapefile":
        unpacked = archive.unpack_shapefiles(path, folder)
        for shape in unpacked.values():
            _say_encoding(shape)
        return format, {title: (str(shape), None) for title, shape in unpacked.items()}
    path = str(Path(path).resolve())
    with asking():
        layers = pyogrio.list_layers(path)
    found: Sources = {str(title): (path, str(title)) for title, kind in layers if kind is not None}
    if format == "geojson" and len(found) == 1:
        found = {Path(name).stem: (path, None)}
    if not found:
        raise Refused("no-layer")
    return format, found


@contextmanager
def asking() -> Iterator[None]:
    """GDAL's errors as refusals."""
    try:
        yield
    except UnboundLocalError:  # pyogrio's own, where GDAL cannot write down the coordinate system it read
        raise Refused("no-crs", found="–") from None
    except _FAILURES as error:
        if "too complex/large" in str(error):
            raise Refused("too-many-vertices", limit=MOST_VERTICES) from None
        raise Refused("damaged", detail=str(error).split(";")[0][-150:]) from None


def information(source: str, layer: str | None, *, count: bool = False) -> dict[str, Any]:
    """What GDAL knows about a layer: crs, fields, dtypes, geometry_type; features and total_bounds with `count`."""
    with asking():
        return pyogrio.read_info(source, layer=layer, force_feature_count=count, force_total_bounds=count)


def _say_encoding(shape: Path) -> None:
    """Where a shapefile does not say how its letters are written, find out and say so; GDAL would not recode them."""
    table = shape.with_suffix(".dbf").read_bytes()
    content = table[int.from_bytes(table[8:10], "little") :]
    if shape.with_suffix(".cpg").exists() or content.isascii():
        return
    try:
        content.decode("utf-8")
        name = "UTF-8"
    except UnicodeDecodeError:
        if table[_LANGUAGE_BYTE]:
            return
        best = from_bytes(content[:SAMPLE], cp_isolation=OLD_ENCODINGS).best()
        name = best.encoding.upper() if best else OLD_ENCODINGS[0].upper()
    shape.with_suffix(".cpg").write_text(name)


def known(epsg: int) -> int:
    """The number again when it names a coordinate system; else Refused."""
    try:
        CRS.from_epsg(int(epsg))
    except (CRSError, ValueError, TypeError):
        raise Refused("unknown-epsg", epsg=epsg) from None
    return int(epsg)


def epsg_of(crs: str | None) -> int | None:
    """The EPSG number of what a file says about its coordinate system; None where it is none that is known."""
    if not crs:
        return None
    try:
        return CRS.from_user_input(crs).to_epsg()
    except CRSError:
        return None


def no_crs(crs: str | None) -> Refused:
    """The refusal of a layer without a known coordinate system, with what it says of itself."""
    try:
        name = CRS.from_user_input(crs).name[:60] if crs else "–"
    except CRSError:
        name = "–"
    return Refused("no-crs", found=name)


def world_bounds(bounds: Any, epsg: int) -> list[float]:
    """West, south, east, north in degrees of bounds in another system."""
    west, south, east, north = (float(each) for each in bounds)
    if epsg != WORLD:
        moved = Transformer.from_crs(epsg, WORLD, always_xy=True).transform_bounds(west, south, east, north)
        west, south, east, north = moved
    return [round(each, 6) for each in (west, south, east, north)]
