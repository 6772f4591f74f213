"""What the registers have within a shape: as far as each reader may know it, with hectares, names and the nearest."""

import json
from datetime import date

import pypdfium2
import pytest
from django.contrib.gis.geos import Point

from sala.access.actor import command
from sala.concessions.models import Release
from sala.maps.models import Analysis
from sala.places.models import FacilityKind
from sala.places.operations.facilities import add_facility
from tests.maps.conftest import square
from tests.world import enter_public_concession

pytestmark = pytest.mark.django_db
OVER = {"type": "Polygon", "coordinates": square(101.2, 20.4, 101.205, 20.41)["coordinates"]}  # half of the concession


def registers(answer) -> dict[tuple[str, str], dict]:
    assert answer.status_code == 200
    return {(row["noun"], row["part"]): row for row in answer.context["found"]["registers"]}


@pytest.fixture
def dam(world):
    enter_public_concession()


@pytest.fixture
def school(world):
    return add_facility(
        command(), kind=FacilityKind.objects.get(code="school-primary"), name={"lo": "ໂຮງຮຽນ ທົດລອງ", "en": "Trial school"},
        area=world.area("0201"), code="S-0201-99", opened_on=date(2020, 1, 1), point=Point(101.202, 20.405, srid=4326), is_invented=True,
    )  # fmt: skip


def drawn() -> dict:
    return {"drawing": json.dumps(OVER)}


def test_a_granted_area_is_told_with_the_hectares_that_lie_within(dam, boundaries, visit):
    answer = visit().post("/here/", drawn())
    granted = registers(answer)["concessions", "granted"]
    assert granted["count"] == 1 and granted["share"] == pytest.approx(1, abs=1e-4)
    assert granted["ha"] == pytest.approx(answer.context["found"]["ha"], rel=1e-4)
    assert granted["rows"][0]["url"].startswith("/concessions/") and granted["rows"][0]["name"]["en"] == "Invented dam"
    html = answer.content.decode()
    assert "Invented dam" in html and "Register of leases and concessions" in html
    assert "ເຂື່ອນສົມມຸດ" in visit("public", "lo").post("/here/", drawn()).content.decode()


def test_what_is_not_open_to_the_reader_is_not_told(dam, boundaries, visit):
    Release.objects.all().delete()
    assert ("concessions", "granted") not in registers(visit().post("/here/", drawn()))
    assert ("concessions", "granted") not in registers(visit("citizen").post("/here/", drawn()))


def test_a_facility_is_named_and_the_nearest_told_where_none_lies_within(school, boundaries, visit):
    assert registers(visit().post("/here/", drawn()))["facilities", "school-primary"]["rows"][0]["code"] == "S-0201-99"
    there = registers(visit().get("/here/?point=20.405, 101.302"))["facilities", "school-primary"]
    assert there["count"] == 0 and there["km"] == pytest.approx(10.4, abs=0.2)


def test_it_is_told_as_it_is_today_and_is_no_part_of_what_is_kept(dam, boundaries, cover, visit):
    browser = visit("owner")
    browser.post("/here/", drawn() | {"keep": "1", "title": "Land", "owner": "HEALTH-P01"})
    kept = Analysis.objects.get()
    assert "registers" not in kept.result
    assert "Invented dam" in browser.get(kept.get_absolute_url()).content.decode()
    paper = pypdfium2.PdfDocument(b"".join(browser.get(f"{kept.get_absolute_url()}paper.pdf")))
    assert "Invented dam" not in "".join(page.get_textpage().get_text_range() for page in paper)
    again = browser.post(f"{kept.get_absolute_url()}again/", follow=True)
    assert "same to the last digit" in again.content.decode()


def test_the_api_tells_the_same_of_a_place_a_point_and_a_drawing(dam, school, boundaries, cover, visit):
    page = visit().post("/here/", drawn()).context["found"]
    told = visit().post("/api/v1/here", OVER, content_type="application/json").json()
    assert told["ha"] == page["ha"] and told["layers"] == json.loads(json.dumps(page["layers"]))
    assert [row["part"] for row in told["registers"]] == [row["part"] for row in page["registers"]]
    point = visit().get("/api/v1/here", {"point": "20.405, 101.202"}).json()
    assert point["places"][-1]["code"] == "0201" and point["ha"] == 0
    assert visit().get("/api/v1/here", {"place": "02"}).json()["places"][1]["code"] == "02"
    nothing = visit().get("/api/v1/here")
    assert nothing.status_code == 422 and "Say where" in nothing.json()["detail"]
    crossed = {"type": "Polygon", "coordinates": [[[500, 1], [501, 1], [501, 2], [500, 1]]]}
    assert visit().post("/api/v1/here", crossed, content_type="application/json").status_code == 422
