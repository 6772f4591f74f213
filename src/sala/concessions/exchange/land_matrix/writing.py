"""Writing the modern zip: six tables, columns in order, English labels, one pass over rows that were read in advance.

Knows nothing of the database: `exchange.giving` hands over rows as dictionaries of heading → text; a heading that is
left out is an empty cell.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import IO

from sala.concessions.exchange.land_matrix.headings import TABLES
from sala.core.files.export import harmless

AT_ONCE = 500  # lines handed on at a time

Rows = Iterable[Mapping[str, str]]


def write(target: IO[bytes], tables: Mapping[str, Rows]) -> dict[str, int]:
    """Write the zip with all six files, also those without rows. Returns how many rows of each kind."""
    counts = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
        for kind, (file, _sheet, headings) in TABLES.items():
            with archive.open(file, "w", force_zip64=True) as output:
                counts[kind] = _write(output, headings, tables.get(kind, ()))
    return counts


def _write(output: IO[bytes], headings: tuple[str, ...], rows: Rows) -> int:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings)
    count = 0
    for row in rows:
        writer.writerow([harmless(text) if (text := row.get(heading, "")) else "" for heading in headings])
        count += 1
        if count % AT_ONCE == 0:
            output.write(buffer.getvalue().encode())
            buffer.seek(0)
            buffer.truncate()
    output.write(buffer.getvalue().encode())
    return count
