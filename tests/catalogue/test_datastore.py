"""datastore_search with lists that are long or odd, tables that are wide, and words without end."""

import itertools
import re
from time import perf_counter

import pytest

from sala.catalogue.exchange.datastore import ways, written

from .conftest import CLINICS

pytestmark = pytest.mark.django_db

SEARCH = "/api/3/action/datastore_search"
RESOURCE = "clinics-of-phuthong.table"
WIDE = 250  # columns, more than one question may name
# what the two readings meant when they were written as patterns; too slow for a long text
BETWEEN = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')
SORT = re.compile(r"(?P<name>.+?)(?:\s+(?P<way>asc|desc))?(?:\s+nulls\s+last)?", re.IGNORECASE | re.DOTALL)


@pytest.fixture
def ask(visit, deliver, release):
    """ask(**sent) → status and JSON of what anybody gets; the table is released first."""
    release(deliver(CLINICS.replace("district;", '"part, of it";'), period="2024"))

    def send(**sent):
        answer = visit().post(SEARCH, {"resource_id": RESOURCE} | sent, content_type="application/json")
        return answer.status_code, answer.json()

    return send


@pytest.mark.parametrize(
    "sent",
    [
        {"fields": "code," * 40_000}, {"fields": '"' * 200_000}, {"fields": 'a",' * 66_000}, {"sort": "code," * 40_000},
        {"sort": "code" + " " * 200_000 + "desc"}, {"sort": ["code" + " \t" * 100_000 + "x"]},
        {"sort": ["code" + " nulls" * 33_000]}, {"fields": ["code"] * 40_000},
    ],
    ids=["fields", "marks", "odd marks", "sort", "spaces", "more spaces", "nulls", "a list"],
)  # fmt: skip
def test_a_list_without_end_is_answered_or_refused_at_once(ask, sent):
    ask(limit=1)
    start = perf_counter()
    status, told = ask(limit=1, **sent)
    assert perf_counter() - start < 1.0
    assert status == (200 if isinstance(sent.get("fields"), list) else 409)
    assert status == 200 or (set(told["error"]) & set(sent) and len(str(told["error"])) < 1000)


def test_a_text_is_cut_at_the_same_commas_as_before():
    for size in range(8):
        for letters in itertools.product('a,"', repeat=size):
            text = "".join(letters)
            assert written(text) == [part for part in BETWEEN.split(text) if part], text


@pytest.mark.parametrize("name", ["year", "desc", "nulls last", '"a desc"', "a b", "asc desc", "x\nnulls", "nulls"])
def test_the_direction_is_read_as_before(name):
    for way, last in itertools.product(["", " asc", "  DESC", "\tdesc", "desc"], ["", " nulls last", " NULLS\tLast", "last"]):  # fmt: skip
        text = f"{name}{way}{last}"
        said = SORT.fullmatch(text)
        assert ways(text) == (said["name"].strip(), (said["way"] or "asc").lower()), text


def test_a_name_with_a_comma_stands_in_quotation_marks(ask):
    status, told = ask(fields='"part, of it",year', sort='"part, of it" desc nulls last, year', limit=2)
    assert status == 200
    assert told["result"]["records"] == [
        {"part, of it": "Nongsai", "year": 2023},
        {"part, of it": "Nongsai", "year": 2024},
    ]
    for empty in ({"sort": [""]}, {"sort": ['"']}, {"fields": '""'}):
        assert ask(**empty)[0] == 409


def test_a_table_with_more_columns_than_can_be_named_is_read_whole(visit, deliver, release):
    more = [f"c{number}" for number in range(WIDE)]
    rows = [["code", "year", *more], ["0101", "2024", *map(str, range(WIDE))]]
    release(deliver("\n".join(";".join(row) for row in rows) + "\n", roles={"code": "area", "year": "period"}))

    def send(**sent):
        return visit().post(SEARCH, {"resource_id": RESOURCE} | sent, content_type="application/json")

    for distinct in (False, True):
        [record] = send(distinct=distinct).json()["result"]["records"]
        assert {name: record[name] for name in ("code", "c0", "c249")} == {"code": "0101", "c0": 0, "c249": 249}
        assert len(record) == WIDE + 2 + (not distinct)
    assert list(send(fields=["_id", *more[:200]]).json()["result"]["records"][0]) == ["_id", *more[:200]]
    refused = send(fields=more[:201])
    assert refused.status_code == 409 and "200" in refused.json()["error"]["fields"][0]


def test_every_word_counts_or_the_question_is_refused(ask):
    found = ask(q="nongsai " * 99 + "2024")[1]["result"]["records"]
    assert [(row["code"], row["year"]) for row in found] == [("0101", 2024)]
    for q in ("nongsai " * 100 + "nowhere", {"name": "nongsai " * 60, "code": "01 " * 41}):
        status, told = ask(q=q)
        assert status == 409 and "At most 100 comparisons" in str(told["error"]["q"])
    assert ask(q={"name": "nongsai " * 60, "code": "01 " * 40})[1]["result"]["total"] == 2


@pytest.mark.parametrize("number", [float("inf"), "9" * 5000, "many", -1], ids=["endless", "long", "word", "negative"])
def test_a_limit_that_is_no_number_is_refused(ask, number):
    status, told = ask(limit=number)
    assert status == 409 and told["error"]["limit"]
