"""The same walks on real boundaries, statistics, documents and deals, as the operator's own commands take them in.

Asked with --full where the folder of real data lies beside the checkout: an own state is made from nothing, which takes
some minutes.
"""

import os
import re
import subprocess
from urllib.parse import urlsplit

import pytest

from config.serving import free_port
from tests.browser import planning
from tests.browser.conftest import opening
from tests.browser.invented_land import write_folder
from tests.conftest import ROOT, SHARED

pytestmark = [pytest.mark.browser, pytest.mark.full, pytest.mark.shared, pytest.mark.timeout(1800)]


OFFICE = "MONRE-P13"  # of the planner


class Country:
    """A served installation with the real folder in it: address, sign-in links by the English word of the sample."""

    def __init__(self, state, port: int):
        self.url, self.links = f"http://127.0.0.1:{port}", {}
        self.told = {**os.environ, "SALA_STATE": str(state), "SALA_ALLOW_ROOT": "1", "LC_ALL": "C.UTF-8"}
        for name in ("SALA_DATABASE_URL", "DJANGO_SETTINGS_MODULE", "SALA_PACK"):
            self.told.pop(name, None)

    def run(self, *asked: str) -> str:
        """What an operator's command prints."""
        done = subprocess.run([str(ROOT / "sala"), *asked], env=self.told, capture_output=True, text=True)
        assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
        return done.stdout


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    port = free_port()
    made = Country(tmp_path_factory.mktemp("real") / "var", port)
    asked = ["demo", "--pack", str(ROOT / "packs/laos"), "--with", str(SHARED), "--port", str(port), "--no-serve"]
    made.links = dict(re.findall(r"^  (\S.*?)\s{2,}(http\S+/link/\S+)$", made.run(*asked), re.M))
    server = subprocess.Popen([str(ROOT / "sala"), "serve", "--port", str(port)], env=made.told, process_group=0,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        subprocess.run(["curl", "-s", "--retry", "60", "--retry-connrefused", "--retry-delay", "1", "-o", "/dev/null",
                        f"{made.url}/healthz"], check=True)  # fmt: skip
        yield made
    finally:
        os.killpg(server.pid, 15)
        server.wait(timeout=60)
        subprocess.run([str(ROOT / "sala"), "db", "stop"], env=made.told, capture_output=True)


@pytest.fixture
def open_page(chromium, country):
    with opening(chromium, country.url, country.links.__getitem__) as make:
        yield make


@pytest.fixture
def reader(chromium, country):
    """A phone of 360 pixels, in Lao, without scripts."""
    context = chromium.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False, locale="lo")
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def words(page) -> str:
    return planning.plain(page.inner_text("main"))


def test_savannakhet_shows_its_outline_its_districts_and_the_deals_that_name_it(reader, country):
    reader.goto(f"{country.url}/places/13/")
    assert "ສະຫວັນນະເຂດ" in reader.inner_text("h1")
    drawn = reader.locator("svg.map").text_content().replace("\u200b", "")
    assert all(name in drawn for name in ("ເຊໂປນ", "ພິນ", "ນອງ", "ຊົນບູລີ"))
    assert reader.locator("main a[href^='/places/13']").count() == 15
    reader.click("main a[href^='/datasets/land-matrix-deals/'][href*='place=13']")
    reader.wait_for_load_state("load")
    assert reader.locator("table tbody tr").count() >= 3


def test_the_country_shows_its_series_and_a_figure_opens_its_cell(reader, country):
    reader.goto(f"{country.url}/places/LA/")
    assert "ພົນລະເມືອງ" in words(reader)
    reader.click("dl.figures .value a >> nth=0")
    reader.wait_for_load_state("load")
    assert reader.locator("tr.marked").count() == 1


def test_a_word_inside_a_document_finds_it(reader, country):
    reader.goto(f"{country.url}/search/?q=ວັດຈະນານຸກົມ")
    assert reader.locator("main a[href*='/documents/']").count() >= 1


def test_what_lies_in_a_drawn_area_is_told_by_district(reader, country):
    """Four corners around the middle of the province: hectares, and the districts with their shares."""
    box = '{"type":"Polygon","coordinates":[[[105,16.3],[105.8,16.3],[105.8,16.9],[105,16.9],[105,16.3]]]}'
    reader.goto(f"{country.url}/here/")
    reader.fill("[name=drawing]", box)
    reader.click("main form button:has-text('ເບິ່ງ')")
    reader.wait_for_load_state("load")
    told = words(reader)
    assert 500_000 < planning.hectares_in(told) < 650_000 and "ພິນ" in told and "ສະຫວັນນະເຂດ" in told


def draw_layer(page, dataset: str, column: str) -> str:
    """Put a dataset on the map, a colour for each kind; the code of the layer."""
    page.go("/map/layers/new/")
    source = page.locator(f"[name=source] option:has-text('{dataset}')").get_attribute("value")
    page.select_option("[name=source]", source)
    page.fill("[name^=title_] >> nth=0", dataset)
    planning.press(page)
    address = urlsplit(page.url).path
    page.go(f"{address}style/")
    page.select_option("[name=drawing]", "categories")
    page.select_option("[name=column]", column)
    planning.press(page)
    return address.split("/")[3]


def test_a_planner_of_savannakhet_weighs_two_scenarios_over_its_real_boundaries_and_sends_the_link(
    open_page, country, tmp_path
):
    """The province and its districts are real; slope, soil, roads and protected areas are made up and say so."""
    told = country.run("catalogue", "add", str(write_folder(tmp_path, owner=OFFICE, place="13")))
    assert "0 refused" in told

    planner = open_page(width=1280, scripts=True)
    planner.set_default_timeout(60_000)
    planner.sign_in("planner of a province")
    layer = draw_layer(planner, "ປ່າສະຫງວນ (ສົມມຸດ)", "class")
    address = planning.make_theme_map(planner, "ປ່າສະຫງວນ ແລະ ເມືອງ", owner=OFFICE, layers=(layer, "districts"))
    publisher = open_page()
    publisher.sign_in("publisher of maps of a province")
    planning.publish_theme_map(publisher, address)

    planning.draw_and_look(planner, address, "105.0,16.1,106.0,16.9")
    here = words(planner)
    assert 50_000 < planning.hectares_in(here) < 1_500_000 and "conservation" in here
    kept = planning.keep_it(planner, "ເຂດທີ່ແຕ້ມ")
    paper = planning.words_of(planner, f"{country.url}{kept}paper.pdf")
    assert planning.reference(kept) in paper and "conservation" in paper and "ສົມມຸດ" in paper

    said = {"place": "13", "cell": "1000", "owner": OFFICE}
    by_soil = {"ຄວາມຊັນ": "5", "ຄວາມເລິກ": "3", "ກ້ອນຫີນ": "2", "ທາງຫຼວງ": "1"}
    first = planning.reckon(planner, "template:rubber", "ຢາງພາລາ: ຕາມດິນ", by_soil, **said)
    start = f"kept:{planning.reference(first)}"
    second = planning.reckon(planner, start, "ຢາງພາລາ: ໃກ້ທາງ", by_soil | {"ຄວາມຊັນ": "1", "ທາງຫຼວງ": "8"}, **said)
    assert first != second
    comparison = planning.compare(planner, "ສອງທາງເລືອກ", first=first)
    for each in (first, second, comparison):
        planning.open_to_government(planner, each)
    link = planner.input_value("#address")
    assert urlsplit(link).path == comparison

    head = open_page()
    head.goto(link)
    assert "ສອງທາງເລືອກ" not in planning.plain(head.inner_text("body"))
    head.sign_in("head of unit")
    head.goto(link)
    seen = words(head)
    assert "ສອງທາງເລືອກ" in seen and "ເຊໂປນ" in seen and "ພິນ" in seen and "S1" in seen
    assert planning.overflow_of(head) <= 0
    printed = planning.words_of(head, f"{link}paper.pdf")
    assert planning.reference(comparison) in printed and "S1" in printed
