"""Answers to take along: a stream of CSV or JSON lines; Parquet, workbook and GeoPackage from a file made for it.

Texts that a spreadsheet would run are marked as text in CSV and workbooks (core.files.export).
"""

import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from django.utils import timezone
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.collection.layout import MANY, Column, Table
from sala.collection.queries.forms import texts_of
from sala.collection.queries.labels import words as words_of
from sala.collection.queries.taking import Taken
from sala.core.errors import Invalid, TooLarge
from sala.core.files import child
from sala.core.files.export import csv_heading, csv_lines
from sala.core.files.sheet_size import fits_workbook, most_rows
from sala.core.language import Translated
from sala.core.models import PackFact

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "gpkg": "application/geopackage+sqlite3",
}
GEOMETRY = "geometry"
MOST_CELLS_OF_A_LAYER = 20_000_000  # a GeoPackage is made of a table in memory


def headings(taken: Taken, words: bool) -> list[str]:
    """Names of the columns; with the words of choices beside their codes where they are asked for."""
    found = taken.own
    for column in taken.table.columns:
        found += [column.name, column.words] if words and column.words else [column.name]
    return found


def batches(taken: Taken, words: bool) -> Iterator[pa.Table]:
    """Rows by the names of headings()."""
    names = headings(taken, words)
    chosen = {column.name: column for column in taken.table.columns if words and column.words}
    said = {name: ChoiceWords(column, taken.language, taken.actor) for name, column in chosen.items()}
    for rows in taken.batches():
        arrays = []
        for name, array in zip(rows.column_names, rows.columns, strict=True):
            arrays.append(array)
            if name in said:
                arrays.append(_in_words(array.combine_chunks(), said[name], chosen[name].question.type in MANY))
        yield pa.Table.from_arrays(arrays, names)


class ChoiceWords:
    """Words of the choices of a column in a language, for one reader; those of a file as codes of it come up."""

    def __init__(self, column: Column, language: str, actor: Actor | None):
        self.question, self.language, self.actor = column.question, language, actor
        version = self.question.newest
        self.known = {
            code: self._said(texts_of(version, labels), code) for code, labels in self.question.choices.items()
        }

    def _said(self, words: Translated, code: str) -> str:
        return words.text(self.language).text or code

    def learn(self, codes: Iterable[str]) -> None:
        """Read the words of codes that did not come up before, in the newest version's file first."""
        missing = set(codes) - set(self.known)
        for version, field in self.question.beside:
            found = words_of(version, field, missing, self.actor)
            self.known |= {code: self._said(words, code) for code, words in found.items()}
            missing -= set(found)
        self.known |= {code: code for code in missing}


def _in_words(codes: pa.Array, said: ChoiceWords, many: bool) -> pa.Array:
    coded = codes.dictionary_encode()
    several = [code.split() if many else [code] for code in coded.dictionary.to_pylist()]
    said.learn(code for each in several for code in each)
    return pa.array(["; ".join(said.known[code] for code in each) for each in several], pa.string()).take(coded.indices)


def csv_stream(taken: Taken, words: bool = False) -> Iterator[bytes]:
    """UTF-8 with its mark, commas, decimal points."""
    yield csv_heading(headings(taken, words))
    for rows in batches(taken, words):
        yield csv_lines(rows).to_pybytes()


def json_stream(taken: Taken, words: bool = False) -> Iterator[bytes]:
    """An object a line; what was not answered is left out."""
    for rows in batches(taken, words):
        lines = [
            json.dumps({name: value for name, value in row.items() if value is not None}, ensure_ascii=False, default=_plain)
            for row in rows.to_pylist()
        ]  # fmt: skip
        yield "".join(f"{line}\n" for line in lines).encode()


def _plain(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def write_parquet(taken: Taken, target: Path, words: bool = False, local: bool = False) -> int:
    """local: hours of the country without their zone, as a workbook has them. Returns the rows."""
    count = 0
    writer = None
    for rows in batches(taken, words):
        rows = _local(rows) if local else rows
        writer = writer or pq.ParquetWriter(target, rows.schema, compression="zstd")
        writer.write_table(rows)
        count += rows.num_rows
    if writer is None:
        pq.write_table(empty(taken, words), target)
    else:
        writer.close()
    return count


def _local(rows: pa.Table) -> pa.Table:
    for place, each in enumerate(rows.schema):
        if pa.types.is_timestamp(each.type):
            hours = [value and timezone.localtime(value).replace(tzinfo=None) for value in rows[place].to_pylist()]
            rows = rows.set_column(place, each.name, pa.array(hours, pa.timestamp("ms")))
    return rows


def empty(taken: Taken, words: bool = False) -> pa.Table:
    return pa.table({name: pa.array([], pa.string()) for name in headings(taken, words)})


def write_xlsx(taken: Taken, target: Path, words: bool = True) -> None:
    """Raises TooLarge where a sheet does not hold them."""
    width = len(headings(taken, words))
    source = target.with_suffix(".parquet")
    if not taken.table.path and not fits_workbook(len(taken.ids), width):
        _too_large(len(taken.ids), width)
    rows = write_parquet(taken, source, words, local=True)
    if not fits_workbook(rows, width):
        _too_large(rows, width)
    child.run("sala.core.files.export:write_xlsx", source, target, headings(taken, words))


def _too_large(rows: int, width: int) -> None:
    told = _("%(rows)d rows are more than a workbook holds of this table (%(limit)d). Narrow the list, or take CSV or Parquet along.")  # fmt: skip
    raise TooLarge(told % {"rows": rows, "limit": most_rows(width)})


def points_of(table: Table) -> list[str]:
    """Names of the questions of a table that are answered with a point."""
    return [column.name.removesuffix("_lat") for column in table.columns if column.part == "lat"]


def write_gpkg(taken: Taken, target: Path, point: str = "") -> int:
    """Answers as points, by one question of theirs: the one named, else the first. Returns how many have a point.

    Raises Invalid where the table has no such question or no answer has a point, TooLarge where it would take too much
    memory.
    """
    known = points_of(taken.table)
    if not known or (point and point not in known):
        raise Invalid(_("No question of this table with that name is answered with a point."))
    if len(taken.ids) * len(taken.names) > MOST_CELLS_OF_A_LAYER:
        raise TooLarge(_("These are more answers than a layer holds. Narrow the list, or take CSV or Parquet along."))
    column = next(each for each in taken.table.columns if each.part == "lat" and each.name.removesuffix("_lat") == (point or known[0]))  # fmt: skip
    across = next(each for each in taken.table.columns if each.part == "lon" and each.question is column.question)
    source, count, writer = target.with_suffix(".parquet"), 0, None
    for rows in taken.batches():
        rows = rows.filter(pc.and_(pc.is_valid(rows[column.name]), pc.is_valid(rows[across.name])))
        if not rows.num_rows:
            continue
        shapes = shapely.to_wkb(shapely.points(rows[across.name].to_numpy(), rows[column.name].to_numpy()))
        rows = rows.append_column(GEOMETRY, pa.array(shapes.tolist(), pa.binary()))
        writer = writer or pq.ParquetWriter(source, rows.schema, compression="zstd")
        writer.write_table(rows)
        count += rows.num_rows
    if writer is None:
        raise Invalid(_("None of these answers has a point."))
    writer.close()
    child.run("sala.core.files.layer_export:write_gpkg", source, target, taken.names, notice=PackFact.notice())
    return count


def write(taken: Taken, kind: str, folder: str, words: bool) -> Path:
    """The file of one of the kinds that are not streamed."""
    target = Path(tempfile.mkdtemp(dir=folder)) / f"answers.{kind}"
    if kind == "xlsx":
        write_xlsx(taken, target, words)
    elif kind == "gpkg":
        write_gpkg(taken, target)
    else:
        write_parquet(taken, target, words)
    return target
