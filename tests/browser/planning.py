"""Steps of a planner with the maps: a theme map, an area drawn on it, two scenarios, the link. Each takes a page."""

import re
from urllib.parse import urlsplit

import pypdfium2

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


def hectares_in(text: str) -> float:
    """The first number of hectares that a page in Lao tells."""
    return float(re.search(r"([\d.]+,\d\d) ຮຕ", text)[1].replace(".", "").replace(",", "."))


def make_theme_map(page, title: str, *, owner: str, layers: tuple[str, ...]) -> str:
    page.go("/map/maps/new/")
    page.fill("[name^=title_] >> nth=0", title)
    page.select_option("[name=owner]", owner)
    page.select_option("[name=tier]", "public")
    press(page)
    press(page, "main a[href$='/layers/'].button")
    for number, layer in enumerate(layers):
        page.select_option(f"[name=layer{number}]", layer)
    press(page)
    return urlsplit(page.url).path


def publish_theme_map(page, address: str) -> None:
    page.go(address)
    press(page, "main a[href$='/publish/']")
    press(page)


def draw_and_look(page, address: str, bbox: str) -> None:
    """Four corners on the moving map, then the button that asks what lies in them."""
    page.go(f"{address}?bbox={bbox}")
    page.wait_for_selector(IDLE, timeout=60000)
    page.click("#measure")
    canvas = page.locator("#moving canvas")
    box = canvas.bounding_box()
    for right, down in ((0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.3, 0.6)):
        canvas.click(position={"x": right * box["width"], "y": down * box["height"]})
    page.wait_for_selector("#drawn:not([hidden])")
    press(page, "#drawn button")


def keep_it(page, title: str) -> str:
    """Keep what was found in the area; its address."""
    page.fill("[name=title]", title)
    press(page, "button[name=keep]")
    return urlsplit(page.url).path


def reckon(page, start: str, title: str, weights: dict[str, str], *, place: str, cell: str, owner: str) -> str:
    page.go(f"/suitability/?start={start}")
    page.fill("[name=place]", place)
    page.fill("[name=cell]", cell)
    press(page, "main form[method=get] > button")
    page.fill("[name=title]", title)
    page.fill("[name=owner]", owner)
    page.select_option("[name=weighing]", "hand")
    for legend, weight in weights.items():
        page.locator(f"fieldset:has(legend:has-text('{legend}')) [name^=weight_]").fill(weight)
    press(page, "main form[method=post] p.row button:not([name])")
    return urlsplit(page.url).path


def reference(address: str) -> str:
    """Of a kept analysis, from its address."""
    return address.split("/")[2]


def compare(page, title: str, *, first: str) -> str:
    """From the page of the second scenario: set beside the first, kept; its address."""
    press(page, f"main a[href*='second={reference(first)}']")
    assert page.locator("table tbody tr").count() > 6
    page.fill("[name=title]", title)
    press(page, "main form[method=post] > button")
    return urlsplit(page.url).path


def open_to_government(page, address: str) -> None:
    page.go(address)
    page.select_option("[name=tier]", "government")
    press(page, "form[action$='/open/'] button")


def overflow_of(page) -> int:
    """Pixels by which the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
