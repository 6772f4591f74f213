"""Features of a published layer, copied into the partitioned table so that the database can be asked about them."""

import json
from typing import Any

import pyarrow.parquet as parquet
from django.db import connection

from sala.catalogue.models import Distribution, Edition, Feature
from sala.catalogue.queries.columns import closed_columns
from sala.core.files import store

BATCH = 5000
OWN_COLUMNS = {"_row", "geometry", "area_ha", "length_km"}


def load_features(edition: Edition) -> int:
    """Copy the features of a layer edition by COPY, in the running transaction. Returns how many.

    Columns that are not open to all who see the dataset stay out: maps and tiles are made of these rows.
    """
    if not edition.is_layer:
        return 0
    drop_features(edition)
    total, left_out = 0, OWN_COLUMNS | closed_columns(edition.distribution)
    table = parquet.ParquetFile(store.path_of(edition.table_sha256))
    statement = "copy catalogue_feature (edition_id, number, geometry, area_ha, properties) from stdin"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for batch in table.iter_batches(batch_size=BATCH):
            columns = batch.to_pydict()
            names = [name for name in columns if name not in left_out]
            for position, geometry in enumerate(columns["geometry"]):
                if geometry is None:
                    continue
                properties = {name: columns[name][position] for name in names}
                area = columns["area_ha"][position] if "area_ha" in columns else None
                copy.write_row((edition.pk, columns["_row"][position], geometry.hex(), area, _json(properties)))
                total += 1
    return total


def reload_features(distribution: Distribution) -> None:
    """After it was changed who sees a column: the published layers anew, with the columns that are open now."""
    for edition in distribution.editions.filter(is_published=True):
        load_features(edition)


def drop_features(edition: Edition) -> None:
    Feature.objects.filter(edition_id=edition.pk).delete()


def _json(properties: dict[str, Any]) -> str:
    return json.dumps(properties, ensure_ascii=False, default=str)
