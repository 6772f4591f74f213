"""Small invented rasters, made by the tests themselves and marked as invented in the file."""

from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin

INVENTED = {"TIFFTAG_IMAGEDESCRIPTION": "Invented for tests"}


def write_raster(path: Path, cells, *, west=100.0, north=21.0, cell=0.01, epsg: int | None = 4326, nodata=None, unit="",
                 palette=None, **options) -> Path:  # fmt: skip
    """A GeoTIFF of one band with these cells (rows from the north), each `cell` units of the coordinate system wide."""
    cells = np.asarray(cells)
    size = {"width": cells.shape[1], "height": cells.shape[0], "count": 1, "dtype": cells.dtype.name}
    transform = options.pop("transform", from_origin(west, north, cell, cell))
    crs = f"EPSG:{epsg}" if epsg else None
    with rasterio.open(
        path, "w", driver="GTiff", crs=crs, transform=transform, nodata=nodata, **size, **options
    ) as made:
        made.write(cells, 1)
        made.update_tags(**INVENTED)
        if unit:
            made.units = (unit,)
        if palette:
            made.write_colormap(1, palette)
    return path


def slope_cells(height=40, width=40) -> np.ndarray:
    """From 0 in the west to 39 in the east, a row of no data (-9999) at the top."""
    cells = np.tile(np.arange(width, dtype="float32"), (height, 1))
    cells[0] = -9999
    return cells
