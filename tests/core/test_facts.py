"""Facts of the pack: read once for an answer, fresh for the next one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sala.core.models import PackFact

pytestmark = pytest.mark.django_db


def test_an_answer_reads_them_in_one_statement(django_assert_num_queries):
    PackFact.objects.create(key="colour", value="green")
    with django_assert_num_queries(1), PackFact.read_once():
        assert PackFact.get("colour") == "green" and PackFact.get("nowhere", 7) == 7
        assert PackFact.words("nowhere") == {}


def test_the_next_answer_sees_what_was_loaded_since():
    with PackFact.read_once():
        assert PackFact.get("colour") is None
    PackFact.objects.create(key="colour", value="green")
    assert PackFact.get("colour") == "green"
    with PackFact.read_once():
        assert PackFact.get("colour") == "green"


def test_a_page_asks_for_them_once(world, visit):
    browser = visit("public")
    with CaptureQueriesContext(connection) as asked:
        assert browser.get("/places/0101/").status_code == 200
    assert sum("core_packfact" in query["sql"] for query in asked) == 1
