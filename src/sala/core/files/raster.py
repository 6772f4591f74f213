"""GeoTIFF in the child: what a raster is, whether it can be used, and the same cells as a COG with a picture.

A raster is read window by window, so its size on disk or in cells never decides how much memory it takes. Only the
GeoTIFF driver is let near it, with no look at files beside it.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from pyproj import Transformer
from rasterio.enums import ColorInterp
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader
from rasterio.shutil import copy as write_copy

from sala.core.files import detect
from sala.core.files.raster_picture import write_picture
from sala.core.files.raster_statistics import GUESSED_CLASSES, MOST_CLASSES, Tally
from sala.core.files.refusals import Refused

MOST_CELLS = 1_000_000_000  # a country of 900 km by 900 km in cells of 30 m
COG = {"driver": "COG", "compress": "DEFLATE", "level": 6, "predictor": "YES", "blocksize": 512, "num_threads": 2}
CATEGORICAL, CONTINUOUS = "categorical", "continuous"

CACHE = 256 * 2**20  # bytes of blocks that are kept, so that a strip is not unpacked again for each window
CLOSED = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_PAM_ENABLED": "NO", "GDAL_CACHEMAX": CACHE, "VRT_SHARED_SOURCE": "0",
    "GDAL_HTTP_PROXY": "127.0.0.1:9", "GTIFF_IGNORE_READ_ERRORS": "NO",
}  # fmt: skip


def profile(path: str, name: str, folder: str) -> dict[str, Any]:
    """What the raster is, from its header alone: no cell is read.

    Returns {"format", "width", "height", "epsg", "crs", "cell" [x, y in units of the system], "bounds" (WGS 84: west,
    south, east, north), "dtype", "nodata", "unit", "kind" (guessed), "rows" None, "columns" [], "questions" []}.
    Raises Refused: raster-no-crs, raster-no-place, raster-rotated, raster-too-large, raster-bands, raster-complex.
    """
    format = detect.identify(path, name)["format"]
    if format != "geotiff":
        raise Refused("unknown-type", found=format, allowed=".tif (GeoTIFF)")
    with rasterio.Env(**CLOSED), _opened(path) as raster:
        return {"format": format, **_header(raster), "rows": None, "columns": [], "questions": []}


def convert(path: str, name: str, folder: str, unit: str | None = None, kind: str | None = None) -> dict[str, Any]:
    """Write folder/data.tif (COG with overviews) and folder/picture.png of a raster.

    unit, kind  what the sender says where the file is silent or wrong; kind is "categorical" or "continuous"
    Returns what profile does, with "statistics" (min, max, mean, deviation over cells with a value; "valid" and
    "cells" are counts), "classes" [{"value", "cells", "colour"}] of a categorical one, and "legend".
    Raises Refused as profile does, and raster-empty where no cell has a value.
    """
    with rasterio.Env(**CLOSED), _opened(path) as raster:
        found = _header(raster)
        if unit:
            found["unit"] = unit
        tally = _counted(raster, kind or (CATEGORICAL if found["kind"] == CATEGORICAL else ""))
        if not tally.valid:
            raise Refused("raster-empty", cells=raster.width * raster.height)
        found["kind"] = CATEGORICAL if tally.classes is not None else CONTINUOUS
        found["statistics"] = tally.statistics()
        resampling = "NEAREST" if found["kind"] == CATEGORICAL else "AVERAGE"
        write_copy(raster, str(Path(folder) / "data.tif"), overview_resampling=resampling, bigtiff="IF_SAFER", **COG)
    with rasterio.Env(**CLOSED), rasterio.open(Path(folder) / "data.tif", driver="GTiff") as written:
        found |= write_picture(written, Path(folder) / "picture.png", tally, found["kind"])
    return found


def _opened(path: str) -> DatasetReader:
    try:
        return rasterio.open(path, driver="GTiff")
    except RasterioError as error:
        raise Refused("damaged", detail=str(error)[:120]) from None


def _header(raster: DatasetReader) -> dict[str, Any]:
    if raster.width * raster.height > MOST_CELLS:
        raise Refused("raster-too-large", width=raster.width, height=raster.height, limit=MOST_CELLS // 1_000_000)
    if raster.crs is None:
        raise Refused("raster-no-crs")
    if raster.transform.is_identity:
        raise Refused("raster-no-place")
    if raster.transform.b or raster.transform.d or raster.transform.a <= 0 or raster.transform.e >= 0:
        raise Refused("raster-rotated")
    if raster.count != 1:
        raise Refused("raster-bands", count=raster.count)
    if raster.dtypes[0].startswith("complex"):
        raise Refused("raster-complex")
    nodata = raster.nodata
    return {
        "width": raster.width, "height": raster.height, "epsg": raster.crs.to_epsg(), "crs": raster.crs.to_wkt(),
        "cell": [raster.transform.a, -raster.transform.e], "bounds": _world_bounds(raster), "dtype": raster.dtypes[0],
        "nodata": None if nodata is None else "nan" if math.isnan(nodata) else nodata, "unit": raster.units[0] or "",
        "kind": CATEGORICAL if _has_palette(raster) else CONTINUOUS,
    }  # fmt: skip


def _world_bounds(raster: DatasetReader) -> list[float]:
    try:
        transformer = Transformer.from_crs(raster.crs.to_wkt(), 4326, always_xy=True)
        found = transformer.transform_bounds(*raster.bounds)
    except Exception:  # whatever a strange coordinate system makes the library raise
        raise Refused("raster-no-crs") from None
    if not all(map(math.isfinite, found)) or found[0] < -181 or found[2] > 181 or found[1] < -91 or found[3] > 91:
        raise Refused("raster-no-place")
    return [round(each, 6) for each in found]


def _has_palette(raster: DatasetReader) -> bool:
    return raster.colorinterp[0] == ColorInterp.palette


def _counted(raster: DatasetReader, kind: str) -> Tally:
    """Statistics over all cells, window by window. Where nobody says the kind, few small whole values make classes."""
    small = np.dtype(raster.dtypes[0]).kind in "iu" and np.dtype(raster.dtypes[0]).itemsize == 1
    tally = Tally(kind == CATEGORICAL or (not kind and small), MOST_CLASSES if kind else GUESSED_CLASSES)
    try:
        tally.colours = raster.colormap(1)
    except ValueError:
        tally.colours = {}
    for window in windows(raster.width, raster.height):
        try:
            cells = raster.read(1, window=window)
            mask = raster.read_masks(1, window=window) != 0
        except RasterioError as error:
            raise Refused("damaged", detail=str(error)[:120]) from None
        if np.issubdtype(cells.dtype, np.floating):
            mask &= np.isfinite(cells)
        tally.add(cells[mask], cells.size)
    return tally


def windows(width: int, height: int, side: int = 2048) -> list[rasterio.windows.Window]:
    """The squares in which a raster of this size is read, a multiple of the blocks of a COG."""
    return [
        rasterio.windows.Window(left, top, min(side, width - left), min(side, height - top))
        for top in range(0, height, side)
        for left in range(0, width, side)
    ]
