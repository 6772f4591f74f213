"""Direct connections for what Django's own connection is not made for: making, dumping, comparing, renaming databases."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

from config import cluster

# What a row's text depends on, held fixed so that two servers write the same row alike.
CANONICAL = {
    "DateStyle": "ISO, YMD",
    "TimeZone": "UTC",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "xmlbinary": "base64",
    "search_path": "public",
}


def is_private() -> bool:
    """Whether the database server is the one that the command makes itself."""
    return not os.environ.get("SALA_DATABASE_URL")


def name() -> str:
    """Name of the installation's database."""
    return settings.DATABASES["default"]["NAME"]


def parameters(database: str | None = None) -> dict[str, Any]:
    """psycopg's keyword arguments for a database of the installation's server (default: its own)."""
    given = settings.DATABASES["default"]
    wanted = {
        "host": given.get("HOST"),
        "port": given.get("PORT"),
        "user": given.get("USER"),
        "password": given.get("PASSWORD"),
        "dbname": database or given["NAME"],
    }
    return {key: value for key, value in wanted.items() if value}


def connect(database: str | None = None) -> psycopg.Connection:
    """A connection that commits each statement."""
    return psycopg.connect(**parameters(database), autocommit=True)


def program(tool: str, database: str) -> tuple[list[str], dict[str, str]]:
    """Command and environment of one of PostgreSQL's own programs, connecting to `database`."""
    given = parameters(database)
    command = [str(cluster.binaries() / tool), "-d", database, "-w"]
    for option, key in (("-h", "host"), ("-p", "port"), ("-U", "user")):
        if key in given:
            command += [option, str(given[key])]
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    if "password" in given:
        environment["PGPASSWORD"] = given["password"]
    return command, environment


@contextmanager
def using(database: str) -> Iterator[None]:
    """Point Django's own connection at another database for a while."""
    default = connections["default"]
    before = default.settings_dict["NAME"]
    default.close()
    default.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = database
    try:
        yield
    finally:
        default.close()
        default.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = before


def exists(database: str) -> bool:
    with connect(MAINTENANCE) as connection:
        return connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone() is not None


def drop(database: str) -> None:
    """Drop a database with the sessions in it. Silent when there is none."""
    with connect(MAINTENANCE) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))


def create(database: str) -> None:
    """A fresh database with the extensions and privileges that the program needs, but no table of its own."""
    template = cluster.TEMPLATE if is_private() else "template1"
    with connect(MAINTENANCE) as connection:
        connection.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(database), sql.Identifier(template))
        )
    if not is_private():
        with connect(database) as connection:
            for extension in cluster.EXTENSIONS:
                connection.execute(sql.SQL("create extension if not exists {}").format(sql.Identifier(extension)))


def others_connected(database: str) -> int:
    """How many sessions work in a database, this process's maintenance connection not counted."""
    with connect(MAINTENANCE) as connection:
        row = connection.execute("select count(*) from pg_stat_activity where datname = %s", [database]).fetchone()
    return row[0] if row else 0


# Every server has this one; it is used for statements about other databases.
MAINTENANCE = "postgres"
