"""The overview of a place: each number is that of the list behind it, for every reader; on the page and on paper."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pypdfium2
import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from sala.concessions import operations
from sala.concessions.forms.narrow import NarrowForm
from sala.concessions.models import Concession
from sala.concessions.operations.findings import reckon
from sala.concessions.operations.inspections import enter_inspection
from sala.concessions.operations.orders import Words, draft_order, send_order
from sala.concessions.queries.overview import overview
from sala.concessions.queries.panels import panels
from sala.concessions.queries.register import register, totals
from sala.core import clock
from sala.core.language import Translated
from sala.duties.models import Assignment

from .conftest import square

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(cast, concession, granted, drawn, party, term):
    """Concessions of two provinces, several sectors, years, levels and states."""
    made = [
        granted(100, concession("A"), holder=party("A")),
        granted(300, concession("B", sector=term("sector", "mining"), kind="lease"), holder=party("B"), level="district", decided_on=date(2014, 12, 1), starts_on=date(2015, 1, 1)),
        granted(50, concession("C"), holder=party("C"), level="", starts_on=date.today() - timedelta(days=330), term_months=12, decided_on=date(2016, 5, 5)),
        concession("D"),
        concession("E", who="other_district", area=cast.area("0201"), lead=cast.organisation("LAND-D0201")),
    ]  # fmt: skip
    drawn(made[0])
    drawn(made[0], square(degrees=0.004), purpose="implementation")
    drawn(made[1], square(100.3), purpose="implementation")
    reckon(cast.actor("command"), [row.pk for row in made])
    return made


def list_of(actor, query, place):
    """What the list finds for an address, as its page does."""
    form = NarrowForm(QueryDict(f"place={place}&{query}" if not query.startswith("place=") else query), actor=actor)
    assert form.is_valid(), form.errors
    return totals(actor, register(actor, form.narrowing()))


@pytest.mark.parametrize("who", ["ministry", "province", "district", "company", "inspector"])
@pytest.mark.parametrize("place", ["DM", "01", "0101"])
def test_every_number_is_that_of_the_list_it_leads_to(cast, many, tree_company, who, place):
    operations.grant(cast.actor("district"), many[3], holder=tree_company, granted_ha=Decimal(7), decided_on=date(2021, 1, 1), starts_on=date(2021, 1, 1), term_months=12)  # fmt: skip
    actor = cast.actor(who)
    found = overview(actor, cast.area(place))
    assert found.whole.number == list_of(actor, "", place).number > 0
    lines = [line for group in found.groups for line in group.lines]
    assert len(found.groups) >= 4
    for line in lines:
        behind = list_of(actor, line.query, place)
        assert (line.number, line.granted, line.developed) == (behind.number, behind.granted, behind.developed), line


def test_a_country_a_province_and_a_district_are_told_with_what_is_developed(cast, many):
    whole = overview(cast.actor("ministry"), cast.area("DM"))
    assert (whole.whole.number, whole.whole.granted, whole.whole.counted) == (5, 450, 3)
    assert 0.25 < whole.whole.share < 0.35
    assert {line.key: line.number for line in whole.group("place").lines} == {"01": 4, "02": 1}
    assert {line.key: line.number for line in whole.group("sector").lines} == {"tree_plantation": 4, "mining": 1}
    assert {line.key: line.number for line in whole.group("level").lines} == {"province": 1, "district": 1}
    years = {line.key: line.number for line in whole.group("year").lines}
    assert years["2015"] == 1 and sum(years.values()) == 3
    province = overview(cast.actor("ministry"), cast.area("02"))
    assert province.whole.number == 1 and province.whole.granted is None
    assert overview(cast.actor("province"), cast.area("02")).whole.number == 0


def test_everybody_is_told_of_open_entries_only_and_of_no_fewer_than_three(cast, many, paper, visit, stand_for):
    public, place = cast.actor("public"), cast.area("DM")
    assert overview(public, place).groups == [] and "No entry of this place" in visit().get("/concessions/overview/").content.decode()  # fmt: skip
    stand_for("basics", "place")
    for field_class in ("basics", "place"):
        operations.open_class(cast.actor("ministry"), field_class=field_class, decision=paper(owner="LAND"), start=date(2020, 1, 1))  # fmt: skip
    found = overview(public, place)
    assert found.whole.number == 5 and found.whole.granted is None and found.whole.developed is None
    assert found.group("situation") is None and found.group("level") is None and found.group("year") is None
    sectors = {line.key: line for line in found.group("sector").lines}
    assert sectors["mining"].is_few and sectors["mining"].number == 0
    assert sectors["tree_plantation"].is_few  # else the one that is few could be reckoned from the whole
    shown = visit().get("/concessions/overview/").content.decode()
    assert "fewer than 3" in shown and "450" not in shown


def test_hidden_hectares_are_in_no_sum(cast, many, paper, stand_for):
    place = cast.area("DM")
    stand_for("basics", "place", "hectares")
    for field_class in ("basics", "place", "hectares"):
        operations.open_class(cast.actor("ministry"), field_class=field_class, decision=paper(owner="LAND"), start=date(2020, 1, 1))  # fmt: skip
    assert overview(cast.actor("public"), place).whole.granted == 450
    operations.change(cast.actor("ministry"), many[1], Concession.objects.get(pk=many[1].pk).version, reason="Secret", is_confidential=True, confidential_reason="Law")  # fmt: skip
    found = overview(cast.actor("public"), place)
    assert found.whole.number == 4 and found.whole.granted is None  # of two only
    assert overview(cast.actor("company"), place).whole.granted == 150


def test_deadlines_changes_and_what_is_lacking_lead_to_their_lists(cast, many, visit):
    actor, place = cast.actor("ministry"), cast.area("01")
    told = {words: (number, url) for panel in panels(actor, place) for words, number, url in panel.lines}
    assert len(told) >= 4
    for words, (number, url) in told.items():
        shown = visit("ministry").get(url).content.decode()
        assert re.search(rf"\b{number} found", shown) or "findings" in url, (words, number, url)
    ending = visit("ministry").get("/concessions/?ending=12").content.decode()
    assert many[2].reference in ending and many[0].reference not in ending
    Concession.objects.filter(pk=many[0].pk).update(changed_at=clock.now() - timedelta(days=30))
    week = (clock.today() - timedelta(days=7)).isoformat()
    changed = visit("ministry").get(f"/concessions/?since={week}").content.decode()
    assert many[0].reference not in changed and many[1].reference in changed


def test_findings_and_situations_are_for_those_who_read_judgements(cast, many):
    place = cast.area("DM")
    titles = {
        who: [str(panel.title) for panel in panels(cast.actor(who), place)] for who in ("ministry", "company", "public")
    }
    assert "Open findings" in titles["ministry"]
    assert "Open findings" not in titles["company"] and not titles["public"]
    assert overview(cast.actor("company"), place).group("situation") is None


@pytest.mark.parametrize("language", ["lo", "en"])
def test_the_page_is_there_for_every_reader_without_script(many, visit, language):
    for who in ("public", "company", "district", "province", "ministry", "inspector"):
        page = visit(who, language).get("/concessions/overview/")
        assert page.status_code == 200, who
    shown = visit("ministry", language).get("/concessions/overview/?place=01").content.decode()
    assert "<svg" in shown and 'id="granted-map"' in shown and "/concessions/?place=01&amp;sector=mining" in shown
    assert shown.count("<script") == visit("ministry", language).get("/concessions/releases/").content.decode().count(
        "<script"
    )
    assert visit("ministry").get("/concessions/overview/?place=none").status_code == 404


@pytest.mark.parametrize(("language", "words"), [("en", "Developedofgranted"), ("lo", "ອະນຸມັດ")])
def test_the_paper_says_the_same(many, visit, language, words):
    answer = visit("ministry", language).get("/concessions/overview.pdf?place=01")
    assert answer["Content-Type"] == "application/pdf"
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.content))
    assert words in "".join(text.replace("\u200b", "").split()) and "450" in text


def test_statements_do_not_grow_with_entries(visit, cast, concession, granted, party, drawn):
    client = visit("ministry")
    drawn(granted(10, concession("First"), holder=party("H0")))
    client.get("/concessions/overview/")

    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/concessions/overview/?place=01").status_code == 200
        return len(captured)

    before = statements()
    for number in range(1, 5):
        drawn(granted(10, concession(f"More {number}"), holder=party(f"H{number}")), square(100.2 + number / 20))
    assert statements() == before < 65


def test_programs_get_the_same_numbers(many, visit, cast):
    told = visit("ministry").get("/api/v1/concessions/overview?place=01").json()
    page = overview(cast.actor("ministry"), cast.area("01"))
    assert told["whole"]["number"] == page.whole.number and float(told["whole"]["granted_ha"]) == 450
    assert {line["key"]: line["number"] for line in told["by"]["sector"]} == {
        line.key: line.number for line in page.group("sector").lines
    }
    assert visit().get("/api/v1/concessions/overview").json()["by"] == {}
    assert visit("ministry").get("/api/v1/concessions/overview?place=none").status_code == 404


def test_inspections_and_late_orders_are_told_to_those_who_read_them(cast, many, visit):
    enter_inspection(
        cast.actor("inspector"),
        many[0],
        inspected_on=clock.today() - timedelta(days=2),
        activity="no",
        team="Two of the office",
    )
    made = draft_order(
        cast.actor("province"), Concession.objects.filter(pk=many[0].pk), issuer=cast.position("LAND-P01-confirms"), kind="act",
        addressee="keeper", words=Words(*[Translated(lo="ແຈ້ງ", en="Act")] * 3), due_on=clock.today() + timedelta(days=40),
    )  # fmt: skip
    send_order(cast.actor("province"), made)
    told = lambda who: {str(panel.title): panel.lines for panel in panels(cast.actor(who), cast.area("01"))}  # noqa: E731
    assert next(number for _words, number, _url in told("ministry")["Inspections"]) == "1" and "Orders" not in told(
        "province"
    )
    Assignment.objects.filter(call=made.call).update(due_on=clock.today() - timedelta(days=3))
    assert [number for _words, number, _url in told("province")["Orders"]] == ["1"]
    assert not {"Inspections", "Orders"} & set(told("company")) and not told("public")
    (_words, _number, url) = told("ministry")["Inspections"][0]
    assert many[0].reference in visit("ministry").get(url).content.decode()
