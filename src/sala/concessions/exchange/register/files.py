"""The register as files: CSV and a workbook with their dictionary, GeoJSON and GeoPackage of the areas."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from django.db.models import QuerySet
from django.utils import formats
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.concessions.exchange.register import shapes
from sala.concessions.exchange.register.columns import (
    CODES_HEADING,
    DICTIONARY_HEADING,
    columns,
    dictionary,
    listed,
)
from sala.concessions.exchange.register.rows import leaving, rows
from sala.concessions.models import Concession
from sala.concessions.queries.areas import collection
from sala.core import clock, numbers
from sala.core.csv_page import harmless
from sala.core.errors import TooLarge
from sala.core.files.export import write_book
from sala.core.files.sheet_size import fits_workbook, most_rows
from sala.core.models import Term
from sala.maps import taking
from sala.places.models import Level

TYPES = {
    "csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    **{kind: taking.TYPES[kind] for kind in ("geojson", "gpkg")},
}  # fmt: skip
SCHEMES = ("sector", "commodity", "concession-paper")
AT_ONCE = 500  # lines that are handed on at a time


def write_csv(actor: Actor, found: QuerySet[Concession], target: IO[bytes]) -> None:
    """Codes as headings and in the cells, for programs and for those who join tables; UTF-8 with its mark."""
    names = [each.code for each in columns()]
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(names)
    for number, row in enumerate(rows(actor, found), 1):
        writer.writerow([_text(row[name]) for name in names])
        if number % AT_ONCE == 0:
            _hand_on(buffer, target)
    _hand_on(buffer, target)


def _hand_on(buffer: io.StringIO, target: IO[bytes]) -> None:
    target.write(buffer.getvalue().encode())
    buffer.seek(0)
    buffer.truncate()


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list):
        value = ";".join(map(str, value))
    return harmless(value.isoformat() if isinstance(value, date) else value)


def write_workbook(
    actor: Actor, found: QuerySet[Concession], target: IO[bytes], asked: Sequence[tuple[str, str]]
) -> None:
    """Four sheets: the register in the reader's words, what it is, what the columns mean, what the codes stand for.

    asked  (name, value) of what narrowed the list        Raises TooLarge where a sheet cannot hold it.
    """
    number, described = leaving(found).order_by().count(), columns()
    if not fits_workbook(number, len(described)):
        words = _("%(count)s entries are more than a workbook of so many columns holds (%(limit)s). Narrow the list, or take CSV.")  # fmt: skip
        raise TooLarge(words % {"count": numbers.display(number), "limit": numbers.display(most_rows(len(described)))})
    codes = _codes()
    said = {(name, code): text for name, code, text in codes}
    about = [
        (_("The register"), _("Leases and concessions of land")), (_("As of"), formats.date_format(clock.today(), "DATE_FORMAT")),
        (_("Entries"), number), *((str(name), value) for name, value in asked),
        (_("Empty cells"), _("Not known, or closed to you: the column “Closed to you” names the fields that are closed in the row.")),
    ]  # fmt: skip
    write_book(target, [
        (_("The register"), [each.label for each in described], _in_words(rows(actor, found), said)),
        (_("About this table"), [_("What"), _("Says")], about),
        (_("Columns"), DICTIONARY_HEADING, dictionary()),
        (_("Codes"), CODES_HEADING, codes),
    ])  # fmt: skip


def _in_words(found: Iterator[dict[str, Any]], said: dict[tuple[str, str], str]) -> Iterator[list[Any]]:
    described = columns()
    for row in found:
        yield [_cell(row[each.code], each.codes, said) for each in described]


def _cell(value: Any, codes: str, said: dict[tuple[str, str], str]) -> Any:
    if isinstance(value, list):
        return "; ".join(said.get((codes, str(code)), str(code)) for code in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return said.get((codes, value), value) if codes and value else value


def _codes() -> list[tuple[str, str, str]]:
    terms = Term.objects.filter(scheme__in=SCHEMES).order_by("scheme", "order")
    return listed(list(terms), list(Level.objects.all()))


def write_dictionary(target: IO[bytes]) -> None:
    """Both lists that explain the CSV, one below the other: the columns, then the codes."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    for heading, lines in ((DICTIONARY_HEADING, dictionary()), (CODES_HEADING, _codes())):
        writer.writerow([harmless(cell) for cell in heading])
        writer.writerows([harmless(cell) for cell in line] for line in lines)
        writer.writerow([])
    target.write(buffer.getvalue().encode())


def write_areas(actor: Actor, found: QuerySet[Concession], kind: str, folder: Path) -> Path:
    """The current areas of these entries as GeoJSON or GeoPackage. Raises TooLarge."""
    return shapes.write(collection(actor, leaving(found)), kind, folder)
