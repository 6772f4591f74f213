"""Editions in other formats: written once for each set of columns, and kept beside the store by hash.

A small one is written while its reader waits; the worker writes a large one, and its address tells that it is being
prepared until it is there.
"""

import tempfile
from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.types import JSONValue

from sala.catalogue.models import Edition
from sala.core import clock
from sala.core.errands import ONE_AT_A_TIME
from sala.core.files import child, store
from sala.core.models import PackFact

TASK = "catalogue.write_download"
FAILED_LATELY = timedelta(hours=1)  # after which it is tried again
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "tif": "image/tiff; application=geotiff; profile=cloud-optimized",
}
NOTED = ("geojson", "gpkg")  # kinds that carry the disclaimer on boundaries; another one is another file
WRITERS = {
    "csv": "sala.core.files.export:write_csv",
    "xlsx": "sala.core.files.export:write_xlsx",
    "parquet": "sala.core.files.export:write_parquet",
    "geojson": "sala.core.files.layer_export:write_geojson",
    "gpkg": "sala.core.files.layer_export:write_gpkg",
}


def formats_of(edition: Edition) -> list[str]:
    """Formats in which an edition can be had besides the original."""
    if edition.raster:
        return ["tif"]
    if not edition.is_table:
        return []
    if edition.is_layer:
        return ["gpkg", "geojson", "parquet"]
    return ["csv", *(["xlsx"] if edition.fits_workbook else []), "parquet"]


def place_of(edition: Edition, kind: str, hidden: Collection[str] = ()) -> Path:
    """Where the edition lies in a format without the hidden columns, whether or not it was written yet."""
    source = store.path_of(edition.table_sha256)
    if kind == "parquet" and not hidden:
        return source
    names = [column["name"] for column in edition.columns if column["name"] not in hidden]
    notice = "." + sha256(PackFact.notice().encode()).hexdigest()[:8] if kind in NOTED else ""
    seen = "." + sha256("\n".join(names).encode()).hexdigest()[:16] if hidden else ""
    return source.with_name(f"{source.name}{seen}{notice}.{kind}")


def is_ready(edition: Edition, kind: str, hidden: Collection[str] = ()) -> bool:
    """Whether it can be handed out at once: it is written, or small enough to be written now."""
    return place_of(edition, kind, hidden).exists() or edition.bytes <= settings.ERRAND_AT_ONCE


def written(edition: Edition, kind: str, hidden: Collection[str] = ()) -> Path:
    """The file, written where it was not yet. It appears whole or not at all."""
    target = place_of(edition, kind, hidden)
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            fresh = Path(folder) / f"out.{kind}"
            labelled = [
                {"name": column["name"], "label": column["label"]}
                for column in edition.columns
                if column["name"] not in hidden
            ]
            told: dict[str, Any] = {"notice": PackFact.notice()} if kind in NOTED else {}
            child.run(WRITERS[kind], store.path_of(edition.table_sha256), fresh, labelled, **told)
            fresh.replace(target)
    return target


def prepare(edition: Edition, kind: str, hidden: Collection[str] = ()) -> bool:
    """Have the worker write it; asked by many at once it is written once. False when the worker failed over it lately."""
    lock = f"download {place_of(edition, kind, hidden).name}"
    jobs = ProcrastinateJob.objects.filter(queueing_lock=lock)
    lately = clock.now() - FAILED_LATELY
    if ProcrastinateEvent.objects.filter(job__in=jobs.filter(status="failed"), type="failed", at__gt=lately).exists():
        return False
    if not jobs.filter(status__in=["todo", "doing"]).exists():
        job, columns = app.configure_task(TASK, lock=ONE_AT_A_TIME, queueing_lock=lock), cast(JSONValue, sorted(hidden))
        with suppress(AlreadyEnqueued):  # somebody else asked in the same moment
            job.defer(edition=edition.pk, kind=kind, hidden=columns)
    return True
