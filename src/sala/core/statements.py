"""Statements that are asked so often that writing them anew takes longer than their answer.

Each is written once in a process, by the ORM and from the same conditions that say everywhere else which rows an actor
sees; after that only values are put in. What differs in more than values is another statement.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Field, Lookup, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

from sala.core import clock

M = TypeVar("M", bound=Model)

# Stands for the present instant while a statement is written; no row has anything to do with that year.
INSTANT = datetime(2, 3, 4, 5, 6, 7, 89, tzinfo=UTC)


@dataclass(frozen=True)
class _Place:
    name: str
    field: Field | None = None
    listed: bool = False


def given(name: str, field: Field | None = None) -> RawSQL:
    """Stands in a condition for a value that is told when the statement is asked. field: how that value is written."""
    return RawSQL("%s", [_Place(name, field)], field)


class _AnyOf(Lookup):
    """column = any(array): the planner then begins with those rows, however much is joined to them."""

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        column, before = self.process_lhs(compiler, connection)
        array, after = self.process_rhs(compiler, connection)
        return f"{column} = any({array})", (*before, *after)


def among(field: str, name: str) -> Lookup:
    """Condition that a field is one of the whole numbers that are told when the statement is asked."""
    return _AnyOf(F(field), RawSQL("%s::bigint[]", [_Place(name, listed=True)]))


def listed(numbers: Iterable[int]) -> RawSQL:
    """Whole numbers as one value of a statement, after `__in`; thousands as one each take longer to write than to answer."""
    return RawSQL("select unnest(%s::bigint[])", [array_of(numbers)])


def array_of(numbers: Iterable[int]) -> str:
    """As PostgreSQL writes them. The driver asks each number for its type, which takes ten times as long."""
    return f"{{{','.join(map(str, numbers))}}}"


@dataclass(frozen=True)
class _Written:
    """converters: (place in the row, function, what was selected there), as Django has them for the type of the column."""

    sql: str
    values: tuple[Any, ...]
    select: list[Any]
    converters: list[tuple[int, Callable, Any]]
    klass_info: Any
    annotations: dict[str, int]
    db: str

    @classmethod
    def of(cls, rows: QuerySet) -> "_Written":
        compiler = rows.query.get_compiler(rows.db)
        sql, values = compiler.as_sql()
        if any(isinstance(each, date) and each.year == INSTANT.year and each != INSTANT for each in values):
            raise TypeError(
                "A statement that is kept may ask for the present instant, but for no day reckoned from it."
            )
        found = compiler.get_converters([chosen[0] for chosen in compiler.select])
        converters = [(place, one, column) for place, (several, column) in found.items() for one in several]
        annotations = compiler.annotation_col_map or {}
        return cls(sql, tuple(values), compiler.select, converters, compiler.klass_info, annotations, rows.db)


class Statement(Generic[M]):
    """write: gives the rows, with `given` in the place of values. It may ask clock.now(), but for no day."""

    def __init__(self, write: Callable[[], QuerySet[M, Any]]):
        self._write = write
        self._written: _Written | None = None

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """What is selected, as QuerySet.values_list gives it."""
        return _read(self._ready(), values)

    def objects(self, **values: Any) -> list[M]:
        """The same as objects of the model, with those joined by select_related and with annotations."""
        written = self._ready()
        info = written.klass_info
        model, first, end = info["model"], info["select_fields"][0], info["select_fields"][-1] + 1
        names = [chosen[0].target.attname for chosen in written.select[first:end]]
        joined = get_related_populators(info, written.select, written.db)  # type: ignore[call-arg]  # of a later Django
        found = []
        for row in _read(written, values):
            one = model.from_db(written.db, names, row[first:end])
            for populator in joined:
                populator.populate(row, one)
            for name, place in written.annotations.items():
                setattr(one, name, row[place])
            found.append(one)
        return found

    def _ready(self) -> _Written:
        if self._written is None:
            with clock.fixed(INSTANT):
                self._written = _Written.of(self._write())
        return self._written


def _read(written: _Written, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(written.sql, [_told(value, values) for value in written.values])
        found = cursor.fetchall()
    return [_converted(row, written) for row in found] if written.converters else found


def _converted(row: tuple[Any, ...], written: _Written) -> tuple[Any, ...]:
    changed = list(row)
    for place, convert, column in written.converters:
        changed[place] = convert(changed[place], column, connection)
    return tuple(changed)


def _told(value: Any, values: dict[str, Any]) -> Any:
    if isinstance(value, _Place):
        told = array_of(values[value.name]) if value.listed else values[value.name]
        return value.field.get_db_prep_value(told, connection) if value.field else told
    return clock.now() if value == INSTANT else value
