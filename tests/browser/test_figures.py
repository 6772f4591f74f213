"""Figures asked, in Lao, on a phone's width, without JavaScript: filled in, one returned, corrected, accepted."""

import io
from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from openpyxl import load_workbook

from sala.catalogue.operations.asking import Column, Row, lay_out_table
from sala.core import clock
from sala.core.language import Translated
from sala.duties import operations as duties
from sala.people.models import Appointment, Person, Position
from tests.conftest import connected_to
from tests.world import World

pytestmark = pytest.mark.browser
TEACHERS = {"female": "໑໒", "male": "8", "total": "20"}


@pytest.fixture
def asked_of_a_district(served):
    """Number of an assignment: the statistics bureau asks a district; the province reviews."""
    with connected_to(served.database):
        world = World()
        district = Person.objects.create(name="Test asked", email="asked@example.org", language="lo", is_invented=True)
        Appointment.objects.create(
            person=district, position=Position.objects.get(code="HEALTH-D0101-data"),
            valid=DateRange(date(2020, 1, 1), None),
        )  # fmt: skip
        caller = world.actor("caller")
        call = duties.draft_call(
            caller, issuer=world.position("STAT-calls"), kind="data-call", period="2026",
            asked=[duties.Asked(world.position("HEALTH-D0101-data"), checker=world.position("HEALTH-P01-data_review"),
                                area=world.area("0101"))],
            title=Translated(lo="ຈຳນວນຄູສອນ", en="Teachers asked"), purpose=Translated(lo="ສຳລັບບົດລາຍງານປະຈຳປີ"),
            instruction=Translated(lo="ນັບຄູສອນທີ່ປະຈຳການ ໃນທ້າຍສົກຮຽນ"), due_on=clock.today() + timedelta(days=30),
        )  # fmt: skip
        lay_out_table(
            caller, call, [Row("teachers", Translated(lo="ຄູສອນ", en="Teachers"), unit="ຄົນ", minimum=0)],
            [Column("female", Translated(lo="ຍິງ")), Column("male", Translated(lo="ຊາຍ")),
             Column("total", Translated(lo="ລວມ"), sums=["female", "male"])],
        )  # fmt: skip
        duties.issue_call(caller, call)
        return call.assignments.get().pk


def box(page, code):
    return page.locator(f"[id='cell-teachers.{code}']")


def test_a_district_fills_in_the_province_returns_one_figure_and_it_is_accepted(
    open_page, served, asked_of_a_district, tmp_path
):
    home = f"/datasets/asked/assignments/{asked_of_a_district}"
    page = open_page(width=360)
    page.sign_in("asked")
    page.go(f"{home}/fill-in/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for code, text in TEACHERS.items():
        box(page, code).locator("input").first.fill(text)
    box(page, "total").locator("input").first.fill("21")
    page.click("button[name=keep]")
    assert "12" in box(page, "female").inner_text() and "20" in box(page, "total").locator(".error").inner_text()
    page.click("button[name=submit]")
    assert page.locator(".notice.warn a[href='#cell-teachers.total']").count() == 1
    box(page, "total").locator("input").first.fill("20")
    page.click("button[name=submit]")
    assert page.get_attribute("#assignment-state", "data-state") == "submitted"

    province = open_page(width=360)
    province.sign_in("reviewer")
    province.go(f"{home}/given/")
    assert province.evaluate("document.documentElement.scrollWidth") <= 360
    line = box(province, "male")
    line.locator("summary").click()
    line.locator("input").fill("ຂາດໂຮງຮຽນບ້ານ")
    province.click("button:has-text('ສົ່ງຄືນ')")

    page.go(f"{home}/fill-in/")
    assert "ຂາດໂຮງຮຽນບ້ານ" in box(page, "male").locator(".error").inner_text()
    with page.expect_download() as download:
        page.click("#workbook a[download]")
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    book["figures"]["F7"], book["figures"]["F8"] = "໑໐", 22
    book.save(tmp_path / "back.xlsx")
    page.set_input_files("#workbook input[type=file]", tmp_path / "back.xlsx")
    page.click("#workbook button")
    page.click("button[name=submit]")
    assert page.get_attribute("#assignment-state", "data-state") == "submitted"

    province.go(f"{home}/given/")
    assert (
        province.locator("tr.marked").count() == 2 and "8" in box(province, "male").locator(".corrected").inner_text()
    )
    province.click("a.button[href$='/accept/']")
    province.click("main form button")
    assert province.get_attribute("#assignment-state", "data-state") == "accepted"
