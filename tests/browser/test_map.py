"""The moving map as it is drawn: colours of the legend, Lao names with their marks stacked, weight, accessibility."""

import io
import unicodedata
import urllib.request

import pytest
from PIL import Image

pytestmark = pytest.mark.browser

FOREST, RICE = (11, 79, 74), (138, 90, 0)  # as packs/demo/maps.yaml says
IDLE = '.explorer[data-map="idle"]'
WEIGHT = 500  # kilobytes on the wire, all files of a first view
MARKED = "ນ້ຳ"  # tone over vowel over letter
BARE = "".join(letter for letter in MARKED if unicodedata.category(letter) != "Mn").replace("ຳ", "າ")


@pytest.fixture
def open_map(open_page):
    """open_map(address, width) → a page whose moving map is at rest."""

    def go(address: str, width: int = 360, language: str = "lo"):
        page = open_page(width=width, scripts=True, language=language)
        page.weights = []
        page.context.on("response", lambda response: page.weights.append(response))
        page.go(address)
        page.wait_for_selector(IDLE, timeout=60000)
        page.wait_for_load_state("networkidle")
        return page

    return go


def pixels(page, selector: str = "#moving") -> Image.Image:
    return Image.open(io.BytesIO(page.locator(selector).screenshot())).convert("RGB")


def count_of(image: Image.Image, colour: tuple[int, int, int]) -> int:
    return sum(number for number, found in image.getcolors(image.width * image.height) if found == colour)


def ink(image: Image.Image) -> tuple[int, int]:
    """Width and height of what is dark in a picture."""
    box = image.convert("L").point(lambda light: 255 if light < 128 else 0).getbbox()
    assert box, "nothing is drawn"
    return box[2] - box[0], box[3] - box[1]


@pytest.mark.parametrize("width", [360, 1280])
def test_the_map_is_drawn_in_the_colours_of_its_legend(open_map, check_accessibility, width):
    page = open_map("/map/?layers=land-cover:100:1,provinces:40:1", width)
    image = pixels(page)
    assert count_of(image, FOREST) > 400 and count_of(image, RICE) > 200
    assert page.locator("#still").is_hidden() and page.locator("#moving canvas").count() == 1
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    check_accessibility(page)
    if width == 360:
        assert page.locator("#moving").bounding_box()["y"] < page.locator(".cards-of-layers").bounding_box()["y"]
        assert weight_of(page) <= WEIGHT


def weight_of(page) -> float:
    """Kilobytes of all answers, with the worker's program, which the page's own record leaves out."""
    sizes = {response.url: response.request.sizes()["responseBodySize"] for response in page.weights}
    worker = page.evaluate("JSON.parse(document.getElementById('map-config').textContent).worker")
    address = page.evaluate("location.origin") + worker
    if address not in sizes:
        request = urllib.request.Request(address, headers={"Accept-Encoding": "br"})
        sizes[address] = len(urllib.request.urlopen(request).read())
    return sum(sizes.values()) / 1000


def test_lao_names_stand_with_their_marks_stacked_as_the_page_itself_writes_them(open_map):
    page = open_map("/map/?layers=provinces:100:1&place=01")
    page.evaluate("""() => { const map = window.__map; document.querySelector('.explorer').dataset.map = '';
        for (const id of ['provinces-fill', 'provinces-edge']) map.setLayoutProperty(id, 'visibility', 'none');
        map.setLayoutProperty('provinces-label', 'text-size', 40);
        map.setFilter('provinces-label', ['==', ['get', 'code'], '01']);
        for (const each of document.querySelectorAll('.maplibregl-control-container')) each.remove(); }""")

    def on_map(text: str) -> tuple[int, int]:
        page.evaluate(
            "text => { document.querySelector('.explorer').dataset.map = ''; window.__map.setLayoutProperty('provinces-label', 'text-field', text); }",
            text,
        )
        page.wait_for_selector(IDLE, timeout=30000)
        image = pixels(page)
        return ink(image.crop((4, 4, image.width - 4, image.height - 4)))

    def on_page(text: str) -> tuple[int, int]:
        page.evaluate(
            """text => { const word = document.getElementById('told'); word.textContent = text;
            word.style.cssText = 'font-size:40px;line-height:3;background:#fff;color:#000'; }""",
            text,
        )
        return ink(pixels(page, "#told"))

    marked, bare, wanted, plain = on_map(MARKED), on_map(BARE), on_page(MARKED), on_page(BARE)
    assert abs(marked[0] - bare[0]) <= 4, "the marks stand beside their letters"
    assert abs((marked[1] - bare[1]) - (wanted[1] - plain[1])) <= 4 and wanted[1] - plain[1] > 8
    assert abs(marked[0] - wanted[0]) <= 5 and abs(marked[1] - wanted[1]) <= 5


def test_a_layer_that_fails_says_so_on_its_card_and_the_other_is_drawn(open_page):
    page = open_page(width=360, scripts=True, language="en")
    page.route("**/tiles/rivers/**", lambda route: route.fulfill(status=500, body="no"))
    page.go("/map/?layers=rivers,land-cover:100:1")
    page.wait_for_selector(IDLE, timeout=60000)
    assert "could not be loaded" in page.locator('.card[data-code="rivers"] .fault').inner_text()
    assert page.locator('.card[data-code="land-cover"] .fault').is_hidden()
    assert count_of(pixels(page), FOREST) > 400


def test_cards_change_the_map_the_address_and_the_list_and_a_touch_tells_of_the_feature(open_map):
    page = open_map("/map/?layers=land-cover:100:1,provinces:40:1&place=01", language="en")
    page.locator('.card[data-code="land-cover"] .on').uncheck()
    page.wait_for_selector("#in-view a[data-layer=land-cover]", state="detached")
    assert "land-cover%3A100%3A0" in page.url or "land-cover:100:0" in page.url
    page.locator('.card[data-code="land-cover"] .on').check()
    page.locator('.card[data-code="land-cover"] .down').click()
    assert page.url.index("provinces") < page.url.index("land-cover")
    page.wait_for_selector("#in-view a[data-layer=land-cover]")
    page.locator("#in-view a[data-layer=land-cover]").first.click()
    page.wait_for_selector("#feature:not([hidden])")
    assert "UTM 47N" in page.locator("#feature").inner_text()
    assert page.locator("#feature a[href*='/here/?point=']").count() == 1
    assert page.locator("#picked").is_hidden()
    page.locator("#moving canvas").click(position={"x": 60, "y": 60})
    assert "/here/?point=2" in page.locator("#picked a").get_attribute("href")
    page.locator("#picked a").wait_for()
    page.locator("#measure").click()
    for right, down in ((80, 80), (200, 80), (200, 200)):
        page.locator("#moving canvas").click(position={"x": right, "y": down})
    told = page.locator("#told").inner_text()
    assert "km" in told and "ha" in told


def test_with_data_saving_on_the_map_waits_for_a_button(open_page):
    page = open_page(width=360, scripts=True, language="en")
    page.add_init_script("Object.defineProperty(navigator, 'connection', {value: {saveData: true}})")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.go("/map/?layers=land-cover")
    page.wait_for_selector("#waiting:not([hidden])")
    assert not any("maplibre" in url for url in asked) and "kB" in page.locator("#load").inner_text()
    page.locator("#load").click()
    page.wait_for_selector(IDLE, timeout=60000)
