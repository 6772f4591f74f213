"""Areas as GeoJSON or GeoPackage: typed columns, handed in batches to the limited child that writes the file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
from django.contrib.gis.db.models.functions import AsWKB
from django.db.models import F
from django.utils.translation import gettext as _

from sala.core.errors import TooLarge
from sala.core.files import child
from sala.core.models import PackFact
from sala.maps.collections import Collection
from sala.maps.taking import MOST, WRITERS

AT_ONCE = 500  # areas that are held at a time
TYPES = {
    "area_id": pa.int64(), "version": pa.int64(), "stated_ha": pa.float64(), "mapped_ha": pa.float64(), "loan": pa.int64(), "is_invented": pa.bool_(),
}  # fmt: skip


def write(collection: Collection, kind: str, folder: Path) -> Path:
    """The features of a collection as a file of the kind, in the folder. Raises TooLarge."""
    if collection.rows.order_by()[: MOST + 1].count() > MOST:
        raise TooLarge(_("That is more than can be made at once. Narrow the list, and take it along in parts."))
    source, target = folder / "areas.parquet", folder / f"areas.{kind}"
    write_parquet(collection, source)
    child.run(WRITERS[kind], source, target, list(collection.names), notice=PackFact.notice())
    return target


def write_parquet(collection: Collection, target: Path) -> int:
    """Shapes (WKB, column "geometry") and properties, each column of one type also where all is empty. Returns how many."""
    schema = pa.schema(
        [("geometry", pa.binary()), *((name, TYPES.get(name, pa.string())) for name in collection.names)]
    )
    number = 0
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in _batches(collection):
            writer.write_batch(pa.RecordBatch.from_pylist(batch, schema))
            number += len(batch)
    return number


def _batches(collection: Collection) -> Iterator[list[dict[str, Any]]]:
    found = collection.rows.order_by(collection.number).annotate(wkb=AsWKB(F(collection.geometry)))
    batch: list[dict[str, Any]] = []
    for wkb, shown in found.values_list("wkb", "shown").iterator(chunk_size=AT_ONCE):
        batch.append({"geometry": bytes(wkb), **shown})
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
