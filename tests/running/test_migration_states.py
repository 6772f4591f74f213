"""Migrating quickly makes the same tables as Django's own way."""

import subprocess

import pytest
from django.core.management import call_command
from django.core.management.commands.migrate import Command as Plainly

from config import cluster
from tests.conftest import connected_to, copy_database, execute

pytestmark = pytest.mark.full


def test_the_quick_way_makes_what_the_plain_way_makes(django_db_blocker):
    made = []
    for name, command in (("sala_test_quick", "migrate"), ("sala_test_plain", Plainly())):
        copy_database(cluster.TEMPLATE, name)
        try:
            with django_db_blocker.unblock(), connected_to(name, as_owner=True):
                call_command(command, verbosity=0)
            made.append(schema(name))
        finally:
            execute(f"drop database if exists {name} with (force)")
    assert made[0] == made[1] and len(made[0]) > 10_000


def schema(name):
    """Lines of the dump of a database's structure, without what differs between any two dumps."""
    dump = ["pg_dump", "-s", "-h", str(cluster.socket_directory()), "-U", "sala_owner", name]
    lines = subprocess.run(dump, capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in lines if not line.startswith("\\")]
