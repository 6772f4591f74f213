"""Features of a published layer, copied into the partitioned table so that the database can be asked about them."""

import json
from typing import Any

import pyarrow.parquet as parquet
from django.db import connection

from sala.catalogue.models import Edition, Feature
from sala.core.files import store

BATCH = 5000
OWN_COLUMNS = {"_row", "geometry", "area_ha", "length_km"}


def load_features(edition: Edition) -> int:
    """Copy the features of a layer edition by COPY, in the running transaction. Returns how many."""
    if not edition.is_layer:
        return 0
    drop_features(edition)
    total = 0
    table = parquet.ParquetFile(store.path_of(edition.table_sha256))
    statement = "copy catalogue_feature (edition_id, number, geometry, area_ha, properties) from stdin"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for batch in table.iter_batches(batch_size=BATCH):
            columns = batch.to_pydict()
            names = [name for name in columns if name not in OWN_COLUMNS]
            for position, geometry in enumerate(columns["geometry"]):
                if geometry is None:
                    continue
                properties = {name: columns[name][position] for name in names}
                area = columns["area_ha"][position] if "area_ha" in columns else None
                copy.write_row((edition.pk, columns["_row"][position], geometry.hex(), area, _json(properties)))
                total += 1
    return total


def drop_features(edition: Edition) -> None:
    Feature.objects.filter(edition_id=edition.pk).delete()


def _json(properties: dict[str, Any]) -> str:
    return json.dumps(properties, ensure_ascii=False, default=str)
