"""Answers are written out as columns while nobody waits, so that whole tables can be taken along quickly."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection, transaction

from sala.collection.layout import Table
from sala.collection.models import AnswerPart, Form, Reading
from sala.collection.queries.columns import read_live, tables_of
from sala.collection.tables import schema_of
from sala.core import clock
from sala.core.files import store

ROWS = 10_000  # answers in a part
GROUP = 2_500  # in one row group of its file, which is what is read at a time
AT_ONCE = 500  # in memory as dictionaries
SETTLED = timedelta(minutes=10)  # a reading is committed well within that after its hour
MOST_STALE = 500  # readings made anew, after which a part is written anew


def keep_all_parts(most: int = 20) -> int:
    """Write the parts that are due, of all forms. Returns how many."""
    made = 0
    for form in Form.objects.filter(readings__isnull=False).distinct().order_by("pk"):
        while made < most and keep_part(form):
            made += 1
    return made


@transaction.atomic
def keep_part(form: Form) -> bool:
    """Write the next part of a form that is due: one whose answers were read anew, else one more. False when none is."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"answer parts {form.pk}"])
    as_of = clock.now() - SETTLED
    rows = Reading.objects.filter(form=form, read_at__lte=as_of).order_by("pk")
    last = 0
    for part in AnswerPart.objects.filter(form=form, table="").order_by("number"):
        within = rows.filter(pk__gt=last, pk__lte=part.last)
        if within.filter(read_at__gt=part.as_of)[:MOST_STALE].count() == MOST_STALE:
            _write(form, part.number, last, list(within.values_list("pk", flat=True)), as_of)
            return True
        last = part.last
    ids = list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:ROWS])
    if len(ids) < ROWS:
        return False
    number = AnswerPart.objects.filter(form=form, table="").count() + 1
    _write(form, number, last, ids, as_of)
    return True


def _write(form: Form, number: int, after: int, ids: list[int], as_of: datetime) -> None:
    """One file for each table. What a part had before is let go of; the store keeps its file."""
    tables = tables_of(form)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{place}.parquet" for place in range(len(tables))]
        writers = [
            pq.ParquetWriter(path, schema_of(table), compression="zstd")
            for path, table in zip(paths, tables.values(), strict=True)
        ]
        counts = [0] * len(tables)
        for start in range(0, len(ids), GROUP):
            found = [_group(ids[start : start + GROUP], table) for table in tables.values()]
            for place, (writer, rows) in enumerate(zip(writers, found, strict=True)):
                writer.write_table(rows, row_group_size=max(rows.num_rows, 1))
                counts[place] += rows.num_rows
        for writer in writers:
            writer.close()
        kept = [store.keep(path)[0] for path in paths]
    AnswerPart.objects.filter(form=form, number=number).delete()
    AnswerPart.objects.bulk_create(
        AnswerPart(
            form=form, number=number, table=path, sha256=digest, rows=count, first=ids[0], last=ids[-1], as_of=as_of
        )
        for path, digest, count in zip(tables, kept, counts, strict=True)
    )  # fmt: skip


def _group(ids: list[int], table: Table) -> pa.Table:
    return pa.concat_tables(read_live(table, ids[start : start + AT_ONCE]) for start in range(0, len(ids), AT_ONCE))
