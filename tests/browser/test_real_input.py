"""The same walks on real boundaries, statistics, documents and deals, as the operator's own commands take them in.

Asked with --full where the folder of real data lies beside the checkout: an own state is made from nothing, which takes
some minutes.
"""

import os
import re
import subprocess

import pytest

from config.serving import free_port
from tests.conftest import ROOT, SHARED

pytestmark = [pytest.mark.browser, pytest.mark.full, pytest.mark.shared, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    """(address, sign-in links by the English word of the sample) of a served installation with the real folder in it."""
    port, state = free_port(), tmp_path_factory.mktemp("real") / "var"
    told = {**os.environ, "SALA_STATE": str(state), "SALA_ALLOW_ROOT": "1", "LC_ALL": "C.UTF-8"}
    for name in ("SALA_DATABASE_URL", "DJANGO_SETTINGS_MODULE", "SALA_PACK"):
        told.pop(name, None)
    asked = [str(ROOT / "sala"), "demo", "--pack", str(ROOT / "packs/laos"), "--with", str(SHARED), "--port", str(port)]
    done = subprocess.run([*asked, "--no-serve"], env=told, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    links = dict(re.findall(r"^  (\S.*?)\s{2,}(http\S+/link/\S+)$", done.stdout, re.M))
    server = subprocess.Popen([str(ROOT / "sala"), "serve", "--port", str(port)], env=told, process_group=0,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        subprocess.run(["curl", "-s", "--retry", "60", "--retry-connrefused", "--retry-delay", "1", "-o", "/dev/null",
                        f"http://127.0.0.1:{port}/healthz"], check=True)  # fmt: skip
        yield f"http://127.0.0.1:{port}", links
    finally:
        os.killpg(server.pid, 15)
        server.wait(timeout=60)
        subprocess.run([str(ROOT / "sala"), "db", "stop"], env=told, capture_output=True)


@pytest.fixture
def reader(chromium, country):
    """A phone of 360 pixels, in Lao, without scripts."""
    context = chromium.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False, locale="lo")
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def words(page) -> str:
    return page.inner_text("main").replace("\u200b", "")


def test_savannakhet_shows_its_outline_its_districts_and_the_deals_that_name_it(reader, country):
    reader.goto(f"{country[0]}/places/13/")
    assert "ສະຫວັນນະເຂດ" in reader.inner_text("h1")
    drawn = reader.locator("svg.map").text_content().replace("\u200b", "")
    assert all(name in drawn for name in ("ເຊໂປນ", "ພິນ", "ນອງ", "ຊົນບູລີ"))
    assert reader.locator("main a[href^='/places/13']").count() == 15
    reader.click("main a[href^='/datasets/land-matrix-deals/'][href*='place=13']")
    reader.wait_for_load_state("load")
    assert reader.locator("table tbody tr").count() >= 3


def test_the_country_shows_its_series_and_a_figure_opens_its_cell(reader, country):
    reader.goto(f"{country[0]}/places/LA/")
    assert "ພົນລະເມືອງ" in words(reader)
    reader.click("dl.figures .value a >> nth=0")
    reader.wait_for_load_state("load")
    assert reader.locator("tr.marked").count() == 1


def test_a_word_inside_a_document_finds_it(reader, country):
    reader.goto(f"{country[0]}/search/?q=ວັດຈະນານຸກົມ")
    assert reader.locator("main a[href*='/documents/']").count() >= 1


def test_what_lies_in_a_drawn_area_is_told_by_district(reader, country):
    """Four corners around the middle of the province: hectares, and the districts with their shares."""
    box = '{"type":"Polygon","coordinates":[[[105,16.3],[105.8,16.3],[105.8,16.9],[105,16.9],[105,16.3]]]}'
    reader.goto(f"{country[0]}/here/")
    reader.fill("[name=drawing]", box)
    reader.click("main form button:has-text('ເບິ່ງ')")
    reader.wait_for_load_state("load")
    told = words(reader)
    hectares = float(re.search(r"([\d.]+,\d\d) ຮຕ", told)[1].replace(".", "").replace(",", "."))
    assert 500_000 < hectares < 650_000 and "ພິນ" in told and "ສະຫວັນນະເຂດ" in told
