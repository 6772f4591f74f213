"""Values of answers as columns (pyarrow), by the layout of their form."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from django.utils import timezone

from sala.collection import layout
from sala.collection.layout import Column, Table

ID = "_id"  # number of the submission

Row = dict[str, Any]


def rows_of(table: Table, values: Row) -> list[tuple[str, str, Row]]:
    """(turn, turn of the row around it, values) of the rows that one answer has in a table; one row for the form's."""
    found: list[tuple[str, str, Row]] = [("", "", values)]
    for path in table.chain:
        found = [
            (f"{turn}.{number}" if turn else str(number), turn, row)
            for turn, _around, scope in found
            for number, row in enumerate(_turns(scope, path), 1)
        ]
    return found


def _turns(scope: Row, path: str) -> list[Row]:
    turns = scope.get(path)
    return [row for row in turns if isinstance(row, dict)] if isinstance(turns, list) else []


def arrays_of(table: Table, answers: Iterable[tuple[int, Row]]) -> pa.Table:
    """Answers (number of the submission, Reading.values) as the rows of a table: _id, the turns, a column by each key."""
    ids: list[int] = []
    turns: list[str] = []
    around: list[str] = []
    rows: list[Row] = []
    for pk, values in answers:
        for turn, outer, row in rows_of(table, values):
            ids.append(pk)
            turns.append(turn)
            around.append(outer)
            rows.append(row)
    arrays = [pa.array(ids, pa.int64())]
    if table.path:
        arrays += [pa.array(turns, pa.string()), pa.array(around, pa.string())]
    arrays += [_array(column, rows) for column in table.columns]
    return pa.Table.from_arrays(arrays, schema=schema_of(table))


def schema_of(table: Table) -> pa.Schema:
    turns = [pa.field(name, pa.string()) for name in (layout.TURN, layout.PARENT)] if table.path else []
    columns = [pa.field(column.key, column.kind) for column in table.columns]
    return pa.schema([pa.field(ID, pa.int64()), *turns, *columns])


def _array(column: Column, rows: Sequence[Row]) -> pa.Array:
    path = column.question.path
    given = [row.get(path) for row in rows]
    if column.part:
        given = [point.get(column.part) if isinstance(point, dict) else None for point in given]
    read = _READ.get(column.kind, _text)
    return pa.array([None if value is None else read(value) for value in given], column.kind)


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) else int(value) if isinstance(value, float) and value.is_integer() else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_current_timezone())


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        if value and isinstance(value[0], dict):
            return _line(value)
        return " ".join(map(str, value))
    if isinstance(value, dict):
        return " ".join(str(value[name]) for name in ("lat", "lon", "altitude", "accuracy") if value.get(name) is not None)  # fmt: skip
    return str(value)


def _line(points: Sequence[Row]) -> str:
    """Points in their order as WKT: a ring where they close, else a line."""
    told = ", ".join(f"{point.get('lon')} {point.get('lat')}" for point in points)
    if len(points) == 1:
        return f"POINT ({told})"
    closes = len(points) > 3 and all(points[0].get(name) == points[-1].get(name) for name in ("lat", "lon"))
    return f"POLYGON (({told}))" if closes else f"LINESTRING ({told})"


_READ: dict[pa.DataType, Callable[[Any], Any]] = {
    layout.WHOLE: _whole, layout.NUMBER: _number, layout.DAY: _day, layout.MOMENT: _moment,
}  # fmt: skip
