"""What the program itself asks of a table edition: places, figures, broken rules, differences.

Names are checked, values bound. What readers ask is in queries.table_query and queries.table_answers.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
from django.utils.translation import gettext as _

from sala.catalogue.joining import BETWEEN
from sala.catalogue.models import Edition
from sala.catalogue.table_engine import ROW, connected, source_of
from sala.core.errors import Invalid


def names(edition: Edition) -> list[str]:
    return [column["name"] for column in edition.columns]


def checked(edition: Edition, name: str) -> str:
    """The column's name as a quoted identifier. Raises Invalid for a name the table does not have."""
    if name != ROW and name not in names(edition):
        raise Invalid(_("The table has no column “%(name)s”. See its list of columns.") % {"name": name})
    return '"' + name.replace('"', '""') + '"'


def source(edition: Edition) -> str:
    """The FROM part: our own file, named by its hash."""
    return source_of(edition.table_sha256)


def place_key(edition: Edition) -> str:
    """Expression of the key under which a row's place stands in the edition's area_map."""
    place = f"coalesce(cast({checked(edition, edition.area_column)} as varchar), '')"
    if not edition.country_column:
        return place
    country = f"coalesce(cast({checked(edition, edition.country_column)} as varchar), '')"
    return f"{place} || chr({ord(BETWEEN)}) || {country}"


def in_places(edition: Edition, places: Sequence[str]) -> tuple[str, list[Any]]:
    """SQL that is true for rows about one of these places, keys of the edition's area_map, with its values."""
    return f"{place_key(edition)} in ({', '.join('?' * len(places)) or 'null'})", list(places)


def condition(edition: Edition, equals: dict[str, Any]) -> tuple[str, list[Any]]:
    """WHERE text and its values for column = value, or column in a list of values."""
    parts: list[str] = []
    values: list[Any] = []
    for name, value in equals.items():
        column = checked(edition, name)
        if isinstance(value, (list, tuple, set)):
            chosen = [str(item) for item in value]
            parts.append(f"cast({column} as varchar) in ({', '.join('?' * len(chosen)) or 'null'})")
            values += chosen
        elif value in (None, ""):
            parts.append(f"{column} is null")
        else:
            parts.append(f"cast({column} as varchar) = ?")
            values.append(str(value))
    return (" where " + " and ".join(parts) if parts else ""), values


def _one(connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any]) -> Any:
    found = connection.execute(query, list(values)).fetchone()
    return found[0] if found else None


def distinct_places(edition: Edition, limit: int = 200_000) -> list[tuple[str, int]]:
    """Keys of the places that the rows name, with how often each stands."""
    query = f"select {place_key(edition)}, count(*) from {source(edition)} group by 1 order by 1 limit ?"
    with connected(edition.table_sha256) as connection:
        return connection.execute(query, [limit]).fetchall()


def select(edition: Edition, wanted: Sequence[str], equals: dict[str, Any] | None = None) -> list[tuple]:
    """Row number, key of the place (null without one) and these columns, of every row that fits."""
    where, values = condition(edition, equals or {})
    place = place_key(edition) if edition.area_column else "null"
    columns = ", ".join([ROW, place, *(checked(edition, name) for name in wanted)])
    with connected(edition.table_sha256) as connection:
        return connection.execute(f"select {columns} from {source(edition)}{where} order by {ROW}", values).fetchall()


def failing(edition: Edition, test: str, values: Sequence[Any], sample: int = 20) -> tuple[int, list[dict[str, Any]]]:
    """How many rows meet a failure test (SQL over checked names, bound values), and the first of them."""
    with connected(edition.table_sha256) as connection:
        total = _one(connection, f"select count(*) from {source(edition)} where {test}", values)
        rows = connection.execute(
            f"select {ROW} from {source(edition)} where {test} order by {ROW} limit {int(sample)}", list(values)
        ).fetchall()
    return total, [{"row": row[0]} for row in rows]


@dataclass
class Difference:
    """Rows of the newer edition against the older by key columns; columns that came or went."""

    added: int
    removed: int
    changed: int
    new_columns: list[str]
    lost_columns: list[str]
    sample: list[dict[str, Any]]


def difference(old: Edition, new: Edition, keys: Sequence[str], hidden: Collection[str] = ()) -> Difference:
    """What changed between two editions. Raises Invalid when a key column is missing in one of them.

    hidden  columns that are left out of the comparison, because the reader does not see them
    """
    before, after = ([name for name in names(edition) if name not in hidden] for edition in (old, new))
    shared = [name for name in after if name in before and name not in keys]
    match = " and ".join(f"o.{checked(old, key)} is not distinct from n.{checked(new, key)}" for key in keys)
    unequal = (
        " or ".join(f"o.{checked(old, name)} is distinct from n.{checked(new, name)}" for name in shared) or "false"
    )
    joined = f"from {source(old)} o full join {source(new)} n on {match}"
    with connected(old.table_sha256, new.table_sha256) as connection:
        counts = connection.execute(
            f"select count(*) filter (o.{ROW} is null), count(*) filter (n.{ROW} is null),"
            f" count(*) filter (o.{ROW} is not null and n.{ROW} is not null and ({unequal})) {joined}"
        ).fetchone()
        rows = connection.execute(
            f"select o.{ROW}, n.{ROW} {joined} where o.{ROW} is null or n.{ROW} is null or {unequal}"
            f" order by coalesce(n.{ROW}, o.{ROW}) limit 20"
        ).fetchall()
    assert counts
    return Difference(
        added=counts[0],
        removed=counts[1],
        changed=counts[2],
        new_columns=[name for name in after if name not in before],
        lost_columns=[name for name in before if name not in after],
        sample=[{"old": old_row, "new": new_row} for old_row, new_row in rows],
    )
