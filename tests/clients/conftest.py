"""A served site, asked by programs that others wrote. None of our own readers or writers takes part."""

import pytest

from tests.serving import serve


@pytest.fixture(scope="package")
def served(world_template, django_db_blocker, tmp_path_factory):
    with serve(world_template, django_db_blocker, tmp_path_factory.mktemp) as site:
        yield site
