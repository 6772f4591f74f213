"""The main job, in Lao, on a phone's width, without JavaScript: from a word to a place, to a figure, to its cell."""

import pytest

pytestmark = pytest.mark.browser


def test_a_citizen_goes_from_the_name_of_a_place_to_the_cell_of_a_figure(open_page):
    page = open_page(width=360)
    page.go("/")
    page.fill("main input[name=q]", "ແຂວງພູທອງ")
    page.click("main button")
    page.click("main a[href='/places/01/']")
    assert page.inner_text("h1") == "ແຂວງພູທອງ"
    assert page.locator("svg.map path").count() >= 2 and "ເມືອງໜອງໃສ" in page.inner_html("svg.map")
    page.click("dl.figures .value a >> nth=0")
    marked = page.locator("tr.marked")
    assert marked.count() == 1 and "2025" in marked.inner_text() and "67627" in marked.inner_text().replace(".", "")
    page.click(".crumbs a[href^='/datasets/population']")
    assert page.inner_text("h1").startswith("ພົນລະເມືອງ")
    with page.expect_download() as download:
        page.click("main a[href$='/download/csv/']")
    assert "population" in download.value.suggested_filename


def test_a_word_inside_a_document_finds_its_page(open_page):
    page = open_page(width=360)
    page.go("/documents/")
    page.click("main a[href^='/documents/'] >> nth=0")
    words = page.inner_text("main")
    page.go("/search/?q=ນ້ຳສະອາດ")
    found = page.locator("main a[href*='/documents/']")
    assert found.count() >= 1, words[:200]
    page.click("main a[href*='/documents/'] >> nth=0")
    assert "ນ້ຳສະອາດ" in page.inner_text("main").replace("\u200b", "").replace("ນໍ້າ", "ນ້ຳ")


def test_two_places_are_compared_and_one_is_printed(open_page, served):
    page = open_page(width=360)
    page.go("/places/01/compare/02/")
    assert page.locator("tbody tr").count() >= 2
    answer = page.request.get(served.url + "/places/01/?format=pdf")
    assert answer.ok and answer.body().startswith(b"%PDF")


def test_an_office_enters_data_and_a_colleague_publishes_it(open_page, tmp_path):
    """The data contact point describes and sends; the publisher releases; the public sees it on the place's page."""
    file = tmp_path / "wells.csv"
    file.write_text("ລະຫັດ;ປີ;ບໍ່ນ້ຳ\n0101;2025;31\n0102;2025;17\n", encoding="utf-8")
    page = open_page(width=360)
    page.sign_in("owner")
    page.go("/datasets/new/")
    page.fill("[name^=title_] >> nth=0", "ບໍ່ນ້ຳ ຂອງແຂວງພູທອງ")
    page.fill("[name^=title_] >> nth=1", "Wells of Phuthong")
    page.select_option("[name=licence]", index=1)
    page.select_option("[name=tier]", "public")
    page.click("main form p.row button, main form > button")
    page.fill("[name^=name_] >> nth=0", "ຕາຕະລາງ")
    page.click("main form p.row button, main form > button")
    page.set_input_files("[name=file]", str(file))
    page.fill("[name=period]", "2025")
    page.click("main form p.row button, main form > button")
    page.select_option("[name='role_ລະຫັດ']", "area")
    page.select_option("[name='role_ປີ']", "period")
    page.click("main form[method=post] button")
    assert page.locator("tbody tr").count() == 2
    page.click("a[href$='/submit/do/']")
    page.click("main form p.row button, main form > button")
    address = page.url
    other = open_page(width=360)
    other.sign_in("colleague")
    other.goto(address)
    other.click("a[href$='/publish/do/']")
    other.click("main form p.row button, main form > button")
    public = open_page(width=360)
    public.go("/places/01/")
    assert "ບໍ່ນ້ຳ ຂອງແຂວງພູທອງ" in public.inner_text("main")
