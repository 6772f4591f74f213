"""Data that waits to be released counts in "Where papers wait", for the office that returned or released it."""

from datetime import timedelta

import pytest

from sala.catalogue import operations
from sala.core import clock

pytestmark = pytest.mark.django_db


def days_ago(number):
    return clock.fixed(clock.now() - timedelta(days=number))


def test_each_return_and_release_is_a_wait_of_the_office_that_took_it(world, visit, deliver):
    with days_ago(20):
        edition = deliver()
        operations.submit_edition(world.actor("owner"), edition)
    with days_ago(16):
        operations.return_edition(world.actor("reviewer"), edition, reason="Mend the names")
    with days_ago(10):
        again = deliver(reason="Mended")
        operations.submit_edition(world.actor("owner"), again)
    page = visit("owner").get("/where-papers-wait/").content.decode()
    assert "4.0 (1)" in page
    with days_ago(4):
        operations.publish_edition(world.actor("colleague"), again)
    year = (clock.now() - timedelta(days=20)).year
    page = visit("owner").get(f"/where-papers-wait/?year={year}").content.decode()
    assert "Health Department" in page and "5.0 (2)" in page
    assert "No paper" in visit("owner").get("/where-papers-wait/?year=2001").content.decode()


def test_data_that_a_reader_may_not_see_is_not_counted(world, visit, deliver):
    with days_ago(8):
        edition = deliver()
        operations.submit_edition(world.actor("owner"), edition)
    operations.return_edition(world.actor("reviewer"), edition, reason="Mend the names")
    assert "8.0 (1)" in visit("owner").get("/where-papers-wait/").content.decode()
    assert "8.0 (1)" not in visit("stranger").get("/where-papers-wait/").content.decode()
