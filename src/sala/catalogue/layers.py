"""What a layer edition looks like: its first shapes, coarse enough for a page."""

import pyarrow.parquet as parquet
import shapely

from sala.catalogue.models import Edition
from sala.core.files import store

MOST = 1500  # shapes drawn
STEPS = 400  # the width of the picture in the smallest step that is kept


def shapes_of(edition: Edition) -> list[shapely.Geometry]:
    """The first shapes of the layer, simplified to what a small map can show; empty ones are left out."""
    source = parquet.ParquetFile(store.path_of(edition.table_sha256))
    batch = next(source.iter_batches(batch_size=MOST, columns=["geometry"]), None)
    if batch is None:
        return []
    found = [
        shape for shape in shapely.from_wkb(batch.column(0).to_pylist()) if shape is not None and not shape.is_empty
    ]
    if not found:
        return []
    west, south, east, north = shapely.total_bounds(found)
    return list(shapely.simplify(found, max(east - west, north - south) / STEPS))
