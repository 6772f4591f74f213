"""Fingerprints of a whole database: per table a hash over its rows, in the order of the primary key.

They are computed inside the database, so a large table never travels. Two databases with equal fingerprints hold the
same rows. Tables that belong to an extension are left out.
"""

from dataclasses import dataclass

import psycopg
from psycopg import sql

from config.database import CANONICAL

ROWS_AT_ONCE = 5000  # a hash over hashes of so many rows keeps each aggregate small

TABLES = """
select n.nspname, c.relname, coalesce((
    select array_agg(a.attname || case when t.typcategory = 'S' then '|text' else '' end order by k.place)
    from pg_index i
    cross join lateral unnest(i.indkey::int[]) with ordinality k(number, place)
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
    join pg_type t on t.oid = a.atttypid
    where i.indrelid = c.oid and i.indisprimary), '{}')
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
order by 1, 2
"""
HASH = """
select coalesce(sum(number), 0), encode(sha256(coalesce(string_agg(part, ''::bytea order by place), ''::bytea)), 'hex')
from (select (n - 1) / {at_once} as place, count(*) as number,
             sha256(string_agg(sha256(convert_to(line, 'UTF8')), ''::bytea order by n)) as part
      from (select row_number() over (order by {order}) as n, t::text as line from {table} t) numbered
      group by 1) parts
"""


@dataclass(frozen=True)
class Table:
    """Number of rows and SHA-256 (hex) over them."""

    rows: int
    sha256: str


def has_tables(connection: psycopg.Connection) -> bool:
    return connection.execute(TABLES).fetchone() is not None


def tables(connection: psycopg.Connection) -> dict[str, Table]:
    """Fingerprint of each table, by "schema.table". Sees what the connection's transaction sees."""
    for setting, value in CANONICAL.items():
        connection.execute("select set_config(%s, %s, false)", [setting, value])
    found = {}
    for schema, name, key in connection.execute(TABLES).fetchall():
        statement = sql.SQL(HASH).format(
            at_once=sql.Literal(ROWS_AT_ONCE), order=_order(key), table=sql.Identifier(schema, name)
        )
        row = connection.execute(statement).fetchone()
        assert row is not None
        found[f"{schema}.{name}"] = Table(int(row[0]), row[1])
    return found


def _order(key: list[str]) -> sql.Composable:
    """By primary key, texts by bytes so that the server's sorting rules do not matter; without a key by the whole row."""
    if not key:
        return sql.SQL('t::text collate "C"')
    parts = []
    for column in key:
        name, _bar, kind = column.partition("|")
        parts.append(sql.SQL('t.{} collate "C"' if kind else "t.{}").format(sql.Identifier(name)))
    return sql.SQL(", ").join(parts)


def sequences(connection: psycopg.Connection) -> dict[str, int]:
    """Last value of each sequence that was used, by "schema.sequence"."""
    rows = connection.execute(
        "select schemaname || '.' || sequencename, last_value from pg_sequences where last_value is not null order by 1"
    )
    return {name: int(value) for name, value in rows.fetchall()}
