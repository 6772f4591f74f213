"""Lasting numbers of concessions and parties, from sequences of the database: never given twice, with gaps allowed."""

from django.db import connection


def next_numbers(sequence: str, prefix: str, count: int = 1) -> list[str]:
    """The next numbers, such as LC-000001. A change that is undone leaves its number unused."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(%s) from generate_series(1, %s)", [sequence, count])
        return [f"{prefix}-{number:06d}" for (number,) in cursor.fetchall()]


def next_references(count: int = 1) -> list[str]:
    return next_numbers("concessions_reference", "LC", count)


def next_party_numbers(count: int = 1) -> list[str]:
    return next_numbers("concessions_party_number", "LP", count)
