"""Steps of the schema of the books that are taken back."""

from importlib import import_module

import pytest
from django.db import connection

CHECKS = ("ledger_check", "ledger_check_entry")


def bodies() -> dict[str, str]:
    """name → body, of the functions that check the books as they are in the database."""
    with connection.cursor() as cursor:
        cursor.execute("select proname, prosrc from pg_proc where proname = any(%s)", [list(CHECKS)])
        return {name: body.strip() for name, body in cursor.fetchall()}


@pytest.mark.django_db
def test_taking_the_writing_by_functions_back_leaves_the_checks_as_they_were():
    kept = import_module("sala.ledger.migrations.0002_books_are_kept").GUARD
    step = import_module("sala.ledger.migrations.0004_posting")
    now = bodies()
    assert all(body not in kept for body in now.values())
    with connection.cursor() as cursor:
        cursor.execute("set local role none")  # the schema is its owner's
        cursor.execute(step.UNDO)
    assert set(bodies()) == set(CHECKS) and all(body in kept for body in bodies().values())
    with connection.cursor() as cursor:
        cursor.execute(step.FUNCTIONS)
    assert bodies() == now
