"""Concessions with their dues, inspections, orders, assessments and accounts: page, API, list and search agree on who may
know of what, for owner, colleague, stranger, holder and public."""

import re

import pytest

from sala.search.operations import reindex
from tests.concessions import conftest as concessions
from tests.maps import conftest as maps

from .register import COUNTED, EVERYBODY, KNOWN_TO, LISTS, READERS, make_register, pages_of

pytestmark = pytest.mark.django_db
cast, paper, term = concessions.cast, concessions.paper, concessions.term
boundaries, read_once = maps.boundaries, maps.read_once


@pytest.fixture
def made(cast, paper, boundaries):
    rows = make_register(cast, paper)
    reindex(["concession", "party"])
    return rows


def named(response) -> set[str]:
    """The marks on a page or in a file."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return set(re.findall(r"zirkon-([a-z]+-(?:open|closed|both))", content.decode(errors="ignore")))


def known_to(who: str) -> set[str]:
    return {mark for mark, readers in KNOWN_TO.items() if who in readers}


def test_pages_and_api_rows_are_there_for_those_who_may_know_and_name_nothing_that_is_hidden(made, visit):
    wrong = []
    for who in READERS:
        browser, knows = visit(who), known_to(who)
        for page in pages_of(made):
            response = browser.get(page.address)
            if (response.status_code == 200) != (who in page.readers) or response.status_code not in (200, 404):
                wrong.append((who, page.address, response.status_code))
            elif response.status_code == 200:
                marks = named(response)
                if marks - knows - {"bank-both"} or (page.names & knows) - marks:
                    wrong.append((who, page.address, marks - knows, (page.names & knows) - marks))
    assert not wrong, wrong


def test_lists_tables_desk_and_search_name_what_the_reader_may_know_and_no_more(made, visit):
    wrong = []
    for who in READERS:
        browser, knows = visit(who), known_to(who)
        for address, names in LISTS.items():
            response = browser.get(address)
            if response.status_code != 200:
                if response.status_code not in (302, 401, 403) or names & knows:
                    wrong.append((who, address, response.status_code))
                continue
            marks = named(response)
            if marks - knows - {"bank-both"} or (names & knows) - marks:
                wrong.append((who, address, marks - knows, (names & knows) - marks))
    assert not wrong, wrong


def test_the_api_counts_and_lists_the_rows_that_the_reader_may_know(made, visit):
    names = {made[which]["concession"].reference: f"concession-{which}" for which in ("open", "closed")}
    names |= {made[which]["account"].code: f"account-{which}" for which in ("open", "closed")}
    for who in EVERYBODY:
        browser, knows = visit(who), known_to(who)
        for address, (key, noun) in COUNTED.items():
            response = browser.get(address)
            if response.status_code != 200:
                assert who == "public" and response.status_code in (401, 403), (who, address)
                continue
            answer = response.json()
            values = [one[key]["lo"] if isinstance(one[key], dict) else one[key] for one in answer["items"]]
            found = [names.get(value, value.removeprefix("zirkon-")) for value in values]
            assert set(found) == {mark for mark in knows if mark.startswith(f"{noun}-")}, (who, address)
            few = (
                who in ("public", "other_district", "far_cashier", "company") and len(found) < 3
            )  # not told to everybody
            assert answer["count"] == len(found) or (few and answer["count"] is None), (who, address)
