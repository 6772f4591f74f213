"""What a draft round tells beforehand: answers and minutes by office and place, and which round asks the same."""

import re

import pytest

from sala.collection import operations
from sala.collection.queries.burden import minutes_this_year
from sala.collection.queries.foreseen import foreseen
from sala.core import clock
from sala.duties.models import Assignment
from tests.collection.conftest import part_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(world, district_form):
    """Twenty minutes of each district."""
    return operations.change_form(world.actor("owner"), district_form(), minutes=20)


def cells(page, table):
    """Rows of a table of the page as texts."""
    body = page[page.index(f'id="{table}"') :]
    body = body[body.index("<tbody>") : body.index("</tbody>")]
    return [
        [re.sub("<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)]
        for row in re.findall("<tr.*?</tr>", body, re.S)
    ]


def test_the_draft_tells_minutes_of_offices_and_places_and_what_the_year_asks_already(world, visit, form, draft_round, open_round):  # fmt: skip
    first = open_round(form, posts=("HEALTH-P01-data",), period="2025")
    Assignment.objects.filter(call=first).update(due_on=clock.today())
    districts = part_of(first).expected_answers.count()
    draft = draft_round(form, posts=("HEALTH-P01-data", "LAND-P02-data"))
    found = foreseen(world.actor("caller"), draft, [form])
    by_office = {row.office.position.code: row for row in found.offices}
    assert (by_office["HEALTH-P01-data"].counts, by_office["HEALTH-P01-data"].minutes) == ([districts], 20 * districts)
    assert (found.elsewhere, found.rounds, found.minutes) == (0, [], 20 * sum(found.totals))
    asked = {row.area.code: (row.expected, row.minutes, row.this_year) for row in found.places}
    assert asked["0101"] == (1, 20, 20) and asked["0201"] == (1, 20, 0)
    assert minutes_this_year(world.actor("caller"), [world.area("0101"), world.area("0201")]) == {
        world.area("0101").pk: 20
    }
    page = visit("caller").get(f"/calls/{draft.reference}/forms/").content.decode()
    assert "What it asks of the places" in page and 'id="elsewhere"' not in page
    rows = {row[0].split(",")[0]: row[1:] for row in cells(page, "places")}
    assert rows[str(world.area("0101").name.text("en").text)] == ["1", "0", "20", "20"]
    total = cells(page, "offices")[0]
    assert total == ["All", str(sum(found.totals)), "0", str(found.minutes)]


def test_what_another_open_round_expects_already_is_named_and_costs_no_minutes(world, visit, form, draft_round, open_round):  # fmt: skip
    first = open_round(form, posts=("HEALTH-P01-data",))
    districts = part_of(first).expected_answers.count()
    draft = draft_round(form, posts=("HEALTH-P01-data", "LAND-P02-data"))
    found = foreseen(world.actor("caller"), draft, [form])
    assert (found.elsewhere, found.rounds, found.unnamed) == (districts, [(first, districts)], 0)
    assert found.minutes == 20 * (sum(found.totals) - districts)
    asked = {row.area.code: (row.elsewhere, row.minutes) for row in found.places}
    assert asked["0101"] == (1, 0) and asked["0201"] == (0, 20)
    assert found.places[0].area.code != "0101"  # the most asked first
    page = visit("caller", "lo").get(f"/calls/{draft.reference}/forms/").content.decode()
    assert first.reference in page[page.index('id="elsewhere"') :] and "ນາທີ" in page
    told = visit("caller").get(f"/api/v1/calls/{draft.reference}/foreseen?places=1").json()
    assert (told["elsewhere"], told["minutes"], told["place_count"]) == (districts, found.minutes, found.count)
    assert told["rounds"] == [{"reference": first.reference, "expected": districts}] and len(told["places"]) == 1
    assert {row["office"] for row in told["offices"]} == {"HEALTH-P01", "LAND-P02"}


def test_rounds_that_the_reader_does_not_see_are_counted_without_a_name(world, form, draft_round, open_round):
    open_round(form, posts=("HEALTH-P01-data",))
    draft = draft_round(form, posts=("HEALTH-P01-data",))
    found = foreseen(world.actor("citizen"), draft, [form])
    assert found.rounds == [] and found.unnamed == found.elsewhere > 0


def test_nobody_but_the_issuer_reads_a_draft(visit, form, draft_round, open_round):
    draft = draft_round(form)
    for who in ("stranger", "public"):
        assert visit(who).get(f"/api/v1/calls/{draft.reference}/foreseen").status_code == 404
    issued = open_round(form)
    assert visit("caller").get(f"/api/v1/calls/{issued.reference}/foreseen").status_code == 404
