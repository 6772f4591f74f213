"""The pages of the registers: the list and what narrows it, the forms as keeper, colleague, stranger and public."""

import csv
import io
import re
from datetime import date

import pytest
from django.contrib.gis.geos import Point
from openpyxl import load_workbook

from sala.core.language import Translated
from sala.places import operations
from sala.places.models import Facility, FacilityKind
from tests.places.conftest import read_gpkg

pytestmark = pytest.mark.django_db
STEPS = ["edit", "move", "close", "codes/new"]


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def schools(world):
    """Three primary schools and a market, entered by those who keep them."""
    made = []
    for kind, lo, en, area, who, point in (
        ("school-primary", "ໂຮງຮຽນປະຖົມ ໜອງໃສ", "Nongsai Primary School", "0101", "owner", (100.2, 20.5)),
        ("school-primary", "ໂຮງຮຽນປະຖົມ ຫ້ວຍຂາວ", "Huaykhao Primary School", "0102", "owner", None),
        ("school-primary", "ໂຮງຮຽນປະຖົມ ໂພນສູງ", "Phonsung Primary School", "0201", "stranger", (101.2, 20.5)),
        ("market", "ຕະຫຼາດໜອງໃສ", "Nongsai Market", "0101", "owner", None),
    ):
        made.append(operations.add_facility(
            world.actor(who), kind=FacilityKind.objects.get(code=kind), name=Translated(lo=lo, en=en), area=world.area(area),
            opened_on=date(2001, 9, 1), codes={"school-number": f"{area}-1"} if kind != "market" else {},
            point=Point(*point, srid=4326) if point else None, is_invented=True,
        ))  # fmt: skip
    return made


SENT = {
    "kind": "school-primary",
    "name_lo": "ໂຮງຮຽນ ທ່າແຄ",
    "name_en": "Thakhae School",
    "area": "0101",
    "opened_on": "2012-09-01",
}


# ---- the list ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("query", "found"), [
    ("", {0, 1, 2, 3}), ("kind=market", {3}), ("place=01", {0, 1, 3}), ("place=0101&kind=school-primary", {0}),
    ("q=nongsai", {0, 3}), ("q=ໜອງໃສ", {0, 3}), ("q=0201-1", {2}), ("q=໐໒໐໑-໑", {2}), ("state=closed", {1}),
    ("state=open", {0, 2, 3}), ("state=open&day=2019-01-01", {0, 1, 2, 3}), ("q=nothing", set()),
])  # fmt: skip
def test_the_register_is_narrowed(world, visit, schools, query, found):
    operations.close_facility(world.actor("owner"), schools[1], on=date(2020, 1, 1))
    text = visit().get(f"/facilities/?{query}").content.decode()
    codes = {number for number, school in enumerate(schools) if f"/facilities/{school.code}/" in text}
    assert codes == found


def test_a_place_that_may_mean_several_comes_back_to_choose_from(visit, schools):
    text = text_of(visit().get("/facilities/?place=ປາກນ້ຳ"))
    assert "Choose below which one is meant" in text and "0 facilities" in text


@pytest.mark.parametrize(("who", "may"), [("owner", True), ("colleague", False), ("public", False)])
def test_only_a_keeper_is_led_to_the_forms(visit, schools, who, may):
    browser = visit(who)
    assert ("/facilities/new/" in text_of(browser.get("/facilities/"))) == may
    assert (f"/facilities/{schools[0].code}/close/" in text_of(browser.get(f"/facilities/{schools[0].code}/"))) == may


def test_the_page_of_a_place_counts_what_works_there(world, visit, schools):
    operations.close_facility(world.actor("owner"), schools[1], on=date(2020, 1, 1))
    text = text_of(visit().get("/places/01/"))
    assert re.search(
        r"place=01&amp;kind=school-primary&amp;state=open\">Primary schools</a> <span class=\"muted\">\(1\)", text
    )
    assert "Markets" in text and "/facilities/new/" not in text
    assert "/facilities/new/?area=0101" in text_of(visit("owner").get("/places/0101/"))
    assert 'id="facilities"' not in text_of(visit().get("/places/03/"))


# ---- taking it along ---------------------------------------------------------------------------------------------


def test_the_narrowed_register_is_taken_along_as_a_table(visit, schools):
    answer = visit().get("/facilities/register.csv?place=01&kind=school-primary")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row["Name (en)"] for row in rows] == ["Nongsai Primary School", "Huaykhao Primary School"]
    assert rows[0]["School number"] == "0101-1" and rows[0]["Opened on"] == "2001-09-01"
    assert rows[0]["Code of the place"] == "0101" and rows[0]["Invented for demonstration"] == "yes"
    book = visit().get("/facilities/register.xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    assert sheet.max_row == 5


def test_those_with_a_point_are_taken_along_as_a_layer(visit, schools, tmp_path):
    answer = visit().get("/facilities/register.gpkg?place=DM")
    names = read_gpkg(b"".join(answer.streaming_content), tmp_path, "name_en")
    assert sorted(names) == [("Nongsai Primary School", (100.2, 20.5)), ("Phonsung Primary School", (101.2, 20.5))]


@pytest.mark.parametrize(("address", "status"), [
    ("/facilities/register.pdf", 404), ("/facilities/register.csv?place=ປາກນ້ຳ", 422),
])  # fmt: skip
def test_what_cannot_be_taken_along(visit, schools, address, status):
    assert visit().get(address).status_code == status


# ---- entering ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("registrar", 200), ("colleague", 403), ("public", 401)])
def test_who_opens_the_form_of_a_new_one(visit, world, who, status):
    assert visit(who).get("/facilities/new/").status_code == status


def test_a_new_school_is_entered_with_its_number_and_point(visit, world):
    more = {
        "system": "school-number",
        "value": "77",
        "latitude": "20,5",
        "longitude": "100.25",
        "accuracy_m": "8",
        "names": "TK",
    }
    answer = visit("owner").post("/facilities/new/", SENT | more)
    made = Facility.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/facilities/{made.code}/"
    assert (made.point.x, made.point.y, made.accuracy_m) == (100.25, 20.5, 8)
    assert made.codes.get().value == "77" and made.names.get().text == "TK"


@pytest.mark.parametrize(("change", "words"), [
    ({"name_lo": ""}, "missing"), ({"area": "nowhere"}, "Nothing was found"), ({"latitude": "20"}, "or neither"),
    ({"latitude": "100", "longitude": "20"}, "swapped"), ({"system": "school-number"}, "Give both"),
    ({"latitude": "x", "longitude": "20"}, "not a number"),
])  # fmt: skip
def test_what_is_wrong_comes_back_with_what_was_typed(visit, world, change, words):
    answer = visit("owner").post("/facilities/new/", SENT | change)
    assert answer.status_code == 200 and words in text_of(answer) and "Thakhae School" in text_of(answer)
    assert not Facility.objects.exists()


def test_a_place_outside_the_right_is_refused(visit, world):
    assert visit("owner").post("/facilities/new/", SENT | {"area": "0201"}).status_code == 403
    assert not Facility.objects.exists()


@pytest.mark.parametrize("change", [
    {"name_lo": "ປະຖົມໜອງໄສ", "name_en": "Nongsay School"},  # another spelling
    {"name_lo": "ຮຮ.ປະຖົມ ໜອງໃສ", "name_en": ""},  # the words of the kind differ
    {"latitude": "20.5003", "longitude": "100.2003"},  # 50 m away
    {"system": "school-number", "value": "101-1"},  # the same number without its zero
])  # fmt: skip
def test_the_same_school_under_another_spelling_is_shown_first(visit, schools, change):
    browser, before = visit("owner"), Facility.objects.count()
    answer = browser.post("/facilities/new/", SENT | change)
    assert answer.status_code == 200 and 'id="likes"' in text_of(answer) and schools[0].code in text_of(answer)
    assert Facility.objects.count() == before
    assert browser.post("/facilities/new/", SENT | change | {"seen": "on"}).status_code == 302
    assert Facility.objects.count() == before + 1


@pytest.mark.parametrize("change", [
    {"name_lo": "ໂຮງຮຽນປະຖົມ ໜອງໃສ 2", "name_en": "Nongsai Primary School 2"},  # a number tells two apart
    {"name_lo": "ໂຮງຮຽນປະຖົມ ໜອງໃສ", "name_en": "Nongsai Primary School", "area": "0102"},  # another district
    {"name_lo": "ໂຮງຮຽນມັດທະຍົມ ໜອງໃສ", "name_en": "Nongsai Secondary School", "kind": "school-secondary"},
])  # fmt: skip
def test_another_school_is_entered_at_once(visit, schools, change):
    assert visit("owner").post("/facilities/new/", SENT | change).status_code == 302


# ---- steps on one ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("who", "status"), [("owner", 200), ("registrar", 200), ("colleague", 403), ("stranger", 403), ("public", 401)]
)
def test_who_opens_the_steps(visit, schools, step, who, status):
    assert visit(who).get(f"/facilities/{schools[0].code}/{step}/").status_code == status


def test_a_correction_by_form_shows_first_what_is_there(visit, schools):
    browser, address = visit("owner", "lo"), f"/facilities/{schools[0].code}/edit/"
    text = browser.get(address).content.decode()
    assert 'value="2001-09-01"' in text and "20.500000" in text and "Nongsai Primary School" in text
    sent = {
        "kind": "school-primary",
        "name_lo": "ໂຮງຮຽນປະຖົມ ໃໝ່",
        "name_en": "New",
        "opened_on": "2001-09-01",
        "names": "NS",
    }
    assert browser.post(address, sent).status_code == 302
    school = Facility.objects.get(pk=schools[0].pk)
    assert school.name["en"] == "New" and school.point is None
    assert "NS" in set(school.names.values_list("text", flat=True))


def test_a_move_a_closing_and_a_new_opening_by_form(visit, schools):
    browser, school = visit("registrar"), schools[0]
    address = f"/facilities/{school.code}"
    assert browser.post(f"{address}/move/", {"area": "0201", "on": "2015-01-01"}).status_code == 302
    assert browser.post(f"{address}/close/", {"on": "2018-01-01", "successor": schools[2].code}).status_code == 302
    text = text_of(visit().get(f"{address}/"))
    assert "Closed since" in text and "Phonsung Primary School" in text and "Nongsai" in text
    assert browser.post(f"{address}/reopen/", {"on": "2017-01-01"}).status_code == 200
    assert browser.post(f"{address}/reopen/", {"on": "2019-01-01"}).status_code == 302
    assert browser.get(f"{address}/reopen/").status_code == 200
    assert "Closed since" not in text_of(visit().get(f"{address}/"))


def test_codes_by_form(visit, schools):
    browser, school = visit("owner"), schools[0]
    sent = {"system": "school-number", "value": "99", "start": "2020-01-01"}
    assert browser.post(f"/facilities/{school.code}/codes/new/", sent).status_code == 302
    taken = browser.post(f"/facilities/{school.code}/codes/new/", sent | {"value": "0201-1"})
    assert taken.status_code == 200 and "Phonsung Primary School" in text_of(taken)
    code = school.codes.get(value="99")
    assert (
        visit("stranger").post(f"/facilities/{school.code}/codes/{code.pk}/end/", {"on": "2021-01-01"}).status_code
        == 403
    )
    assert browser.post(f"/facilities/{schools[1].code}/codes/{code.pk}/end/", {"on": "2021-01-01"}).status_code == 404
    assert browser.post(f"/facilities/{school.code}/codes/{code.pk}/end/", {"on": "2021-01-01"}).status_code == 302
    assert school.codes.get(value="99").valid.upper == date(2021, 1, 1)


# ---- programs ----------------------------------------------------------------------------------------------------


def test_programs_read_the_register(world, visit, schools):
    operations.close_facility(world.actor("owner"), schools[1], on=date(2020, 1, 1), successor=schools[0])
    client = visit()
    found = client.get("/api/v1/facilities?place=01&kind=school-primary&size=1&page=2").json()
    assert found["count"] == 2 and found["items"][0]["code"] == schools[1].code
    assert found["items"][0]["closed_on"] == "2020-01-01" and found["items"][0]["successor"] == schools[0].code
    assert client.get("/api/v1/facilities?state=open&day=2019-12-31").json()["count"] == 4
    one = client.get(f"/api/v1/facilities/{schools[0].code}").json()
    assert one["codes"] == [{"system": "school-number", "value": "0101-1", "from": "2001-09-01", "before": None}]
    assert one["places"] == [{"code": "0101", "from": "2001-09-01", "before": None}] and one["point"] == [100.2, 20.5]
    assert client.get("/api/v1/facility-kinds").json()[0]["code"] == "school-primary"


@pytest.mark.parametrize(("address", "status"), [
    ("/api/v1/facilities/F99999", 404), ("/api/v1/facilities?state=torn", 422), ("/api/v1/facilities?size=5000", 422),
])  # fmt: skip
def test_programs_that_ask_wrongly_are_told(visit, world, address, status):
    assert visit().get(address).status_code == status


def test_a_program_that_asks_for_a_duplicate_gets_the_one_that_stays(world, visit, schools):
    double = operations.add_facility(
        world.actor("owner"), kind=schools[0].kind, name=Translated(lo="ໜອງໄສ", en="Nongsay"), area=schools[0].area
    )
    operations.merge_facilities(world.actor("owner"), double, into=schools[0])
    told = visit().get(f"/api/v1/facilities/{double.code}").json()
    assert (told["code"], told["duplicate_of"]) == (schools[0].code, schools[0].code)
    assert visit().get(f"/api/v1/facilities/{schools[0].code}").json()["duplicate_of"] is None


@pytest.mark.parametrize("words", ["Nongsai Primary", "ໜອງໃສ", "0101-1"])
def test_the_search_finds_a_school_by_its_name_and_its_number(visit, schools, words):
    items = visit().get("/api/v1/search", {"q": words, "noun": "facility"}).json()["items"]
    assert f"/facilities/{schools[0].code}/" in [item["url"] for item in items]
