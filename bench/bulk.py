"""Rows of any model into the database by COPY, for benchmarks that need very many of them."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql

AT_ONCE = 500  # the triggers of row history grow slower with every row that came in by the same statement


def ids(model: type[models.Model], count: int) -> Iterator[int]:
    """So many ids that the database will give to no other row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence(%s, %s)) from generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        return iter([number for (number,) in cursor.fetchall()])


def copy(rows: Sequence[models.Model], with_id: bool = True) -> None:
    """Write unsaved rows of one model; constraints and triggers hold as ever, `save` is not called.

    with_id  whether the rows bring their own ids, from `ids`; else the database numbers them
    """
    if not rows:
        return
    fields = [field for field in rows[0]._meta.local_concrete_fields if with_id or not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    statement = f"copy {rows[0]._meta.db_table} ({columns}) from stdin"
    for start in range(0, len(rows), AT_ONCE):
        with connection.cursor() as cursor, cursor.copy(statement) as into:
            for row in rows[start : start + AT_ONCE]:
                into.write_row([_value(field, row) for field in fields])


def repeat(row: models.Model, **values: Sequence[Any]) -> None:
    """Further rows like a stored one, made by the database itself: one for each of the values of every field named here."""
    fields = [field for field in row._meta.local_concrete_fields if field.attname in values or not field.primary_key]
    named = [field for field in fields if field.attname in values]
    statement = sql.SQL(
        "insert into {table} ({columns}) select {taken} from {table} pattern, unnest({lists}) as given ({named})"
        " where pattern.id = {id}"
    ).format(
        table=sql.Identifier(row._meta.db_table), columns=_names(fields), named=_names(named), id=sql.Literal(row.pk),
        taken=sql.SQL(", ").join(
            sql.Identifier("given" if field in named else "pattern", field.column) for field in fields
        ),
        lists=sql.SQL(", ").join(sql.SQL(f"%s::{field.db_type(connection)}[]") for field in named),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(values[field.attname]) for field in named])


def _names(fields: Sequence[models.Field]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(field.column) for field in fields)


def _value(field: models.Field, row: models.Model) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add=True), connection)
