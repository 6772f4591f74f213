"""A planner of a province makes a theme map, draws an area, prints what is there, weighs two scenarios and sends the link."""

import re
from urllib.parse import urlsplit

import pypdfium2
import pytest

pytestmark = pytest.mark.browser

IDLE = '.explorer[data-map="idle"]'


def press(page, selector="main form[method=post] p.row button, main form[method=post] > button"):
    """Click and wait for the page it leads to."""
    with page.expect_navigation():
        page.click(selector)


def words_of(page, address: str) -> str:
    """What a PDF says, fetched as the reader of the page."""
    answer = page.request.get(address)
    assert answer.ok and answer.headers["content-type"] == "application/pdf", address
    return "".join(
        "".join(each.get_textpage().get_text_range().split()) for each in pypdfium2.PdfDocument(answer.body())
    )


def plain(text: str) -> str:
    return text.replace("\u200b", "")


def make_theme_map(page, title: str) -> str:
    page.go("/map/maps/new/")
    page.fill("[name^=title_] >> nth=0", title)
    page.select_option("[name=owner]", "HEALTH-P01")
    page.select_option("[name=tier]", "public")
    press(page)
    press(page, "main a[href$='/layers/'].button")
    for number, layer in enumerate(("land-cover", "districts")):
        page.select_option(f"[name=layer{number}]", layer)
    press(page)
    return urlsplit(page.url).path


def draw_and_look(page, address: str, served) -> None:
    """Four corners on the moving map, then the button that asks what lies in them."""
    page.go(f"{address}?bbox=99.9,20,101.1,21.1")
    page.wait_for_selector(IDLE, timeout=60000)
    page.click("#measure")
    canvas = page.locator("#moving canvas")
    box = canvas.bounding_box()
    for right, down in ((0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.3, 0.6)):
        canvas.click(position={"x": right * box["width"], "y": down * box["height"]})
    page.wait_for_selector("#drawn:not([hidden])")
    press(page, "#drawn button")


def reckon(page, place: str, start: str, weights: dict[str, str], title: str) -> str:
    page.go(f"/suitability/?start={start}")
    page.fill("[name=place]", place)
    page.fill("[name=cell]", "2000")
    press(page, "main form[method=get] > button")
    page.fill("[name=title]", title)
    page.fill("[name=owner]", "HEALTH-P01")
    page.select_option("[name=weighing]", "hand")
    for legend, weight in weights.items():
        page.locator(f"fieldset:has(legend:has-text('{legend}')) [name^=weight_]").fill(weight)
    press(page, "main form[method=post] p.row button:not([name])")
    return urlsplit(page.url).path


def open_to_government(page, address: str) -> None:
    page.go(address)
    page.select_option("[name=tier]", "government")
    press(page, "form[action$='/open/'] button")


def test_a_planner_goes_from_a_theme_map_to_two_scenarios_in_the_hands_of_the_governor(open_page, served):
    planner = open_page(width=1280, scripts=True, language="lo")
    planner.sign_in("owner")
    address = make_theme_map(planner, "ປ່າໄມ້ ແລະ ທີ່ດິນ ຂອງແຂວງ")
    publisher = open_page()
    publisher.sign_in("colleague")
    publisher.go(address)
    press(publisher, "main a[href$='/publish/']")
    press(publisher)

    draw_and_look(planner, address, served)
    here = plain(planner.inner_text("main"))
    hectares = float(re.search(r"([\d.]+,\d\d) ຮຕ", here)[1].replace(".", "").replace(",", "."))
    assert 50_000 < hectares < 400_000 and "forest" in here
    planner.fill("[name=title]", "ເຂດທີ່ແຕ້ມ")
    press(planner, "button[name=keep]")
    kept = urlsplit(planner.url).path
    assert kept.startswith("/analyses/")
    paper = words_of(planner, f"{served.url}{kept}paper.pdf")
    assert kept.split("/")[2] in paper and "forest" in paper and kept in paper

    names = ("ຄວາມຊັນ", "ຄວາມເລິກ", "ບ້ານ")
    first = reckon(planner, "01", "template:rubber", dict(zip(names, ("5", "3", "1"), strict=True)), "ຢາງພາລາ: ຕາມດິນ")
    start = f"kept:{first.split('/')[2]}"
    second = reckon(planner, "01", start, dict(zip(names, ("1", "1", "6"), strict=True)), "ຢາງພາລາ: ໃກ້ບ້ານ")
    assert first != second
    press(planner, f"main a[href*='second={first.split('/')[2]}']")
    assert planner.locator("table tbody tr").count() > 6
    planner.fill("[name=title]", "ສອງທາງເລືອກ")
    press(planner, "main form[method=post] > button")
    comparison = urlsplit(planner.url).path
    for each in (first, second, comparison):
        open_to_government(planner, each)
    link = planner.input_value("#address")
    assert urlsplit(link).path == comparison

    governor = open_page(width=360)  # an old phone, without JavaScript
    governor.goto(link)
    assert "ສອງທາງເລືອກ" not in plain(governor.inner_text("body"))
    governor.sign_in("chair")
    governor.goto(link)
    seen = plain(governor.inner_text("main"))
    assert "ສອງທາງເລືອກ" in seen and "ໜອງໃສ" in seen and "S1" in seen
    overflow = governor.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    assert governor.locator("figure img").evaluate("each => each.naturalWidth") > 50
    printed = words_of(governor, f"{link}paper.pdf")
    assert comparison.split("/")[2] in printed and "S1" in printed
