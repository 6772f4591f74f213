"""A fact of the pack is asked for once a page, and never kept beyond it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sala.core.models import PackFact, facts_once

pytestmark = pytest.mark.django_db


def test_a_page_asks_for_each_fact_once(world, visit):
    browser = visit()
    browser.get("/places/01/")
    with CaptureQueriesContext(connection) as asked:
        assert browser.get("/places/01/").status_code == 200
    facts = [query["sql"] for query in asked if "core_packfact" in query["sql"]]
    assert facts and len(facts) == len(set(facts))


def test_what_a_later_page_needs_is_asked_for_again(db):
    PackFact.objects.update_or_create(key="motto", defaults={"value": "first"})
    with facts_once():
        assert (PackFact.get("motto"), PackFact.get("nothing", "else")) == ("first", "else")
        PackFact.objects.filter(key="motto").update(value="second")
        assert PackFact.get("motto") == "first"
    assert PackFact.get("motto") == "second"
    with facts_once():
        assert PackFact.get("motto") == "second"
