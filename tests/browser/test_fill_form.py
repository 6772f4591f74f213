"""A form filled in on a phone's browser in Lao, with a line that is cut: nothing is lost, and it is sent once."""

import io
import uuid
from datetime import timedelta
from urllib.parse import urlparse
from xml.etree import ElementTree

import pytest
from PIL import Image

from tests.browser.line import Line
from tests.collection.conftest import write_workbook
from tests.conftest import connected_to

pytestmark = pytest.mark.browser

SURVEY = [
    ("type", "name", "label::Lao (lo)", "label::English (en)", "required", "constraint", "constraint_message::Lao (lo)", "constraint_message::English (en)", "choice_filter", "calculation"),
    ("start", "start", "", "", "", "", "", "", "", ""),
    ("end", "end", "", "", "", "", "", "", "", ""),
    ("select_one province", "province", "ແຂວງ", "Province", "yes", "", "", "", "", ""),
    ("select_one district", "district", "ເມືອງ", "District", "yes", "", "", "", "province=${province}", ""),
    ("integer", "people", "ຈຳນວນຄົນ", "People", "yes", ". >= 0", "", "", "", ""),
    ("integer", "women", "ຈຳນວນແມ່ຍິງ", "Women", "", ". <= ${people}", "ແມ່ຍິງຫຼາຍກວ່າຄົນທັງໝົດບໍ່ໄດ້", "There cannot be more women than people", "", ""),
    ("calculate", "men", "", "", "", "", "", "", "", "${people} - ${women}"),
    ("note", "told", "ຜູ້ຊາຍ ${men} ຄົນ", "${men} men", "", "", "", "", "", ""),
    ("date", "day", "ວັນທີ", "Day", "", "", "", "", "", ""),
    ("begin_repeat", "well", "ນ້ຳສ້າງ", "Well", "", "", "", "", "", ""),
    ("decimal", "depth", "ຄວາມເລິກ (ມ)", "Depth (m)", "", "", "", "", "", ""),
    ("end_repeat", "", "", "", "", "", "", "", "", ""),
    ("geopoint", "where", "ບ່ອນຢູ່", "Where", "", "", "", "", "", ""),
    ("image", "photo", "ຮູບ", "Photo", "", "", "", "", "", ""),
]  # fmt: skip
CHOICES = [
    ("list_name", "name", "label::Lao (lo)", "label::English (en)", "province"),
    ("province", "01", "ແຂວງ ໜຶ່ງ", "Province one", ""),
    ("province", "02", "ແຂວງ ສອງ", "Province two", ""),
    ("district", "0101", "ເມືອງ ກ", "District A", "01"),
    ("district", "0102", "ເມືອງ ຂ", "District B", "01"),
    ("district", "0201", "ເມືອງ ຄ", "District C", "02"),
]
FIRST_LOAD, PAGE_ALONE = 1_400_000, 40_000  # bytes on the wire
READY = "html[data-fill=ready]"


@pytest.fixture(scope="package")
def water_form(served, tmp_path_factory):
    """Address of a form in the served world that may be sent at any time."""
    from sala.collection import operations
    from tests.world import World

    path = write_workbook(
        tmp_path_factory.mktemp("form") / "water.xlsx",
        SURVEY,
        CHOICES,
        form_id="water_points",
        default_language="Lao (lo)",
    )
    with connected_to(served.database):
        world = World()
        form = operations.make_form(world.actor("owner"), world.organisation("HEALTH-P01"), path, path.name)
        operations.change_form(
            world.actor("owner"), form, about="nothing", level=None, facility_kind=None, is_standing=True,
            title={"lo": "ນ້ຳຂອງບ້ານ", "en": "Water of the village"},
        )  # fmt: skip
        operations.publish_version(world.actor("colleague"), form.versions.get())
        return form.slug


@pytest.fixture
def line(served):
    line = Line(served.url)
    yield line
    line.cut()


@pytest.fixture
def open_form(open_page, served, line):
    """open_form(path, who, …) → a page with the form open, over the line.

    page.asked: addresses it asked for, page.troubles: errors of the page, page.visit(path): another page
    """

    def go(path, who="owner", language="lo", width=360):
        page = open_page(width=width, scripts=True, language=language)
        page.context.grant_permissions(["geolocation"])
        page.context.set_geolocation({"latitude": 17.9757, "longitude": 102.6331, "accuracy": 4})
        page.asked, page.troubles = [], []
        page.on("console", lambda message: page.troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.troubles.append(str(error)))
        page.goto(line.url + urlparse(served.link(who)).path)
        page.click("main button")
        page.context.on("request", lambda request: page.asked.append(request.url))
        line.bytes = 0
        page.visit = lambda path: (page.goto(line.url + path), page.wait_for_selector(READY))
        page.visit(path)
        return page

    return go


def question(page, label: str):
    return page.locator(".question-container", has=page.get_by_text(label, exact=False)).last


def type_number(page, label: str, digits: str) -> None:
    field = question(page, label).locator("input").first
    field.click()
    field.press("Control+a")
    page.keyboard.type(digits)
    field.blur()  # going on to a day would open its calendar over the page


def choose(page, label: str, choice: str) -> None:
    question(page, label).get_by_text(choice, exact=True).click()


def photo() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (64, 48), (11, 79, 74)).save(target, "JPEG")
    return target.getvalue()


def sent(served, slug):
    """Answers to the form that the server has, with their files."""
    from sala.collection.models import Submission

    with connected_to(served.database):
        rows = Submission.objects.filter(form__slug=slug).prefetch_related("files").order_by("pk")
        return [(row.instance_id, row.xml, [(file.name, file.bytes) for file in row.files.all()]) for row in rows]


def values(xml: str) -> dict[str, list[str]]:
    """Texts of the answer's elements by name."""
    found: dict[str, list[str]] = {}
    for element in ElementTree.fromstring(xml).iter():
        found.setdefault(element.tag.rsplit("}", 1)[-1], []).append(element.text or "")
    return found


def draft_kept(page) -> None:
    """Waits until the page says that it keeps the draft as it is now."""
    page.locator("#told").evaluate("element => { element.textContent = ''; }")
    page.get_by_text(
        page.evaluate("JSON.parse(document.getElementById('fill-config').textContent).words.draftKept").split("{")[0]
    ).wait_for()


def fill_in(page) -> None:
    choose(page, "ແຂວງ", "ແຂວງ ໜຶ່ງ")
    assert question(page, "ເມືອງ").get_by_text("ເມືອງ ຄ").count() == 0, "the district of another province is offered"
    choose(page, "ເມືອງ", "ເມືອງ ກ")
    type_number(page, "ຈຳນວນຄົນ", "100")
    type_number(page, "ຈຳນວນແມ່ຍິງ", "150")
    page.get_by_text("ແມ່ຍິງຫຼາຍກວ່າຄົນທັງໝົດບໍ່ໄດ້").wait_for()
    type_number(page, "ຈຳນວນແມ່ຍິງ", "48")
    page.get_by_text("ຜູ້ຊາຍ 52 ຄົນ").wait_for()
    type_number(page, "ຄວາມເລິກ", "7.5")
    page.locator(".button-add-instance").click()
    type_number(page, "ຄວາມເລິກ", "12")
    question(page, "ບ່ອນຢູ່").locator("button").first.click()
    page.locator(".p-dialog .p-button").last.click()
    question(page, "ບ່ອນຢູ່").locator(".geopoint-value").wait_for()
    with page.expect_file_chooser() as asked:
        question(page, "ຮູບ").locator(".choose-image-button").click()
    asked.value.set_files({"name": "well.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    page.locator(".preview-captured-image img").wait_for()


def test_a_lao_form_is_filled_in_without_a_line_and_sent_once(open_form, served, line, water_form, check_accessibility):
    path = f"/forms/{water_form}/fill/"
    page = open_form(path)
    assert page.troubles == []
    assert {urlparse(url).netloc for url in page.asked if url.startswith("http")} == {urlparse(line.url).netloc}
    assert "Send" not in page.locator(".odk-form .footer").inner_text()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_load_state("networkidle")
    assert 100_000 < line.bytes <= FIRST_LOAD
    line.bytes = 0
    page.visit(path)
    page.wait_for_load_state("networkidle")
    assert line.bytes <= PAGE_ALONE, "more than the page itself came over the line the second time"
    check_accessibility(page)
    fill_in(page)
    check_accessibility(page)
    draft_kept(page)

    line.cut()
    page.reload()
    page.wait_for_selector(READY)
    page.locator("#resumed").wait_for()
    assert question(page, "ຈຳນວນແມ່ຍິງ").locator("input").first.input_value() == "48"
    page.locator(".preview-captured-image img").wait_for()
    type_number(page, "ຈຳນວນແມ່ຍິງ", "47")
    page.locator(".odk-form .footer button").click()
    page.locator("#done").wait_for()
    assert page.locator("#outbox").get_attribute("data-open") == "1"
    check_accessibility(page)

    line.mend()
    line.mute()  # the answer arrives, and the browser is not told so
    page.locator("#outbox button").first.click()
    for _attempt in range(100):
        if found := sent(served, water_form):
            break
        page.wait_for_timeout(100)
    line.cut()
    other = page.context.new_page()
    other.goto(line.url + path)  # a second page of the same person, without a line
    other.wait_for_selector(READY)
    assert other.locator("#outbox").get_attribute("data-open") == "1"
    line.mend()
    for each in (page, other):
        each.goto(line.url + path)
    other.locator("#outbox li[data-state=sent]").wait_for(state="attached")
    [(instance, xml, files)] = sent(served, water_form)
    assert instance == found[0][0]
    told = values(xml)
    assert told["district"] == ["0101"] and told["women"] == ["47"] and told["men"] == ["53"]
    assert [float(depth) for depth in told["depth"]] == [7.5, 12] and told["where"][0].startswith("17.9757 102.6331")
    assert told["photo"] == [files[0][0]] and len(files) == 1 and files[0][1] > 300
    assert told["instanceID"] == [instance] and "deprecatedID" not in told
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0


def returned_answer(served, slug) -> int:
    """An answer of the health office that its checker returned with words to one question."""
    from sala.collection.models import AnswerStep, Form, Reading
    from sala.collection.operations import Incoming, read_submission, receive
    from sala.core import clock
    from tests.world import World

    xml = (
        '<data xmlns:orx="http://openrosa.org/xforms" id="water_points" version="1"><province>02</province>'
        "<district>0201</district><people>90</people><women>40</women><well><depth>3</depth></well><well><depth>4</depth></well>"
        f"<photo>old.jpg</photo><orx:meta><orx:instanceID>uuid:{uuid.uuid4()}</orx:instanceID></orx:meta></data>"
    )
    with connected_to(served.database):
        file = Incoming("old.jpg", "image/jpeg", io.BytesIO(photo()))
        got = receive(World().actor("owner"), xml.encode(), [file], channel="phone", form=Form.objects.get(slug=slug))
        read_submission(got.submission)
        Reading.objects.filter(pk=got.submission.pk).update(state="returned")
        AnswerStep.objects.create(
            submission=got.submission, before="received", step="return", after="returned", at=clock.now(),
            remarks=[{"path": "/data/women", "label": "ຈຳນວນແມ່ຍິງ", "reason": "ໜ້ອຍກວ່າປີກາຍ"}],
        )  # fmt: skip
        return got.submission.pk


def test_a_returned_answer_opens_as_it_was_sent_and_its_correction_replaces_it(open_form, served, water_form, check_accessibility):  # fmt: skip
    first = returned_answer(served, water_form)
    page = open_form(f"/forms/{water_form}/fill/?answer={first}")
    assert "ໜ້ອຍກວ່າປີກາຍ" in page.locator(".notice.warn").first.inner_text()
    assert question(page, "ຈຳນວນແມ່ຍິງ").locator("input").first.input_value() == "40"
    assert page.locator(".odk-form").get_by_text("ຄວາມເລິກ (ມ)").count() == 2
    page.locator(".preview-captured-image img").wait_for()
    check_accessibility(page)
    type_number(page, "ຈຳນວນແມ່ຍິງ", "44")
    draft_kept(page)
    page.reload()
    page.wait_for_selector(READY)
    page.locator(".odk-form .footer button").click()
    page.locator("#outbox li[data-state=sent]").first.wait_for(state="attached")
    from sala.collection.models import Submission

    with connected_to(served.database):
        earlier, corrected = Submission.objects.get(pk=first), Submission.objects.get(root=first)
        assert corrected.deprecated_id == earlier.instance_id and corrected.number == 2
        assert values(corrected.xml)["women"] == ["44"] and values(corrected.xml)["district"] == ["0201"]
        assert corrected.files.get().sha256 == earlier.files.get().sha256
        assert (earlier.reading.state, corrected.reading.state) == ("replaced", "received")


def test_what_must_be_answered_is_said_in_english_and_nothing_is_finished(open_form, water_form, check_accessibility):
    page = open_form(f"/forms/{water_form}/fill/", language="en", width=1280)
    assert question(page, "Province").count() == 1
    page.locator(".odk-form .footer button").click()
    page.get_by_text("Questions to look at again: 3").wait_for()
    assert page.get_by_text("This question must be answered.").first.is_visible()
    assert page.locator("#done").is_hidden() and page.locator("#outbox").get_attribute("data-open") == "0"
    check_accessibility(page)


def test_an_answer_that_stands_against_another_is_opened_again_as_its_correction(open_form, served, water_form):
    page = open_form(f"/forms/{water_form}/fill/", language="en", width=1280)
    before = len(sent(served, water_form))
    refusal = {"title": "x", "detail": "Another answer with this number was received.", "status": 409}
    page.route("**/answers", lambda route: route.fulfill(status=409, json=refusal))
    choose(page, "Province", "Province one")
    choose(page, "District", "District A")
    type_number(page, "People", "5")
    page.locator(".odk-form .footer button").click()
    page.locator("#outbox li[data-state=conflict]").wait_for()
    assert "Another answer with this number" in page.locator("#outbox").inner_text()
    number = page.locator("#outbox li").first.get_attribute("data-id")
    page.unroute("**/answers")
    page.locator("#outbox li button.second").first.click()
    page.locator("#resumed").wait_for()
    page.wait_for_selector(READY)
    page.locator(".odk-form .footer button").click()
    page.locator("#outbox li[data-state=sent]").first.wait_for(state="attached")
    rows = sent(served, water_form)
    assert len(rows) == before + 1
    assert values(rows[-1][1])["deprecatedID"] == [number] and rows[-1][0] != number


def test_who_types_paper_in_says_when_by_whom_and_how_it_was_handed_in(open_form, served, water_form, check_accessibility):  # fmt: skip
    from sala.core import clock

    page = open_form(f"/forms/{water_form}/fill/?channel=paper")
    day, ahead = clock.today() - timedelta(days=3), clock.today() + timedelta(days=1)
    page.fill("[name=given_by]", "ທ້າວ ຄຳ")
    page.select_option("[name=handed_how]", "counter")
    page.fill("[name=handed_in_on]", f"{ahead}")
    choose(page, "ແຂວງ", "ແຂວງ ໜຶ່ງ")
    choose(page, "ເມືອງ", "ເມືອງ ກ")
    type_number(page, "ຈຳນວນຄົນ", "5")
    check_accessibility(page)
    draft_kept(page)
    page.reload()
    page.wait_for_selector(READY)
    assert page.input_value("[name=given_by]") == "ທ້າວ ຄຳ" and page.input_value("[name=handed_how]") == "counter"
    page.locator(".odk-form .footer button").click()
    page.wait_for_timeout(300)
    assert page.locator("#done").is_hidden(), "a day that is still to come was taken"
    page.fill("[name=handed_in_on]", f"{day}")
    page.locator(".odk-form .footer button").click()
    page.locator("#outbox li[data-state=sent]").first.wait_for(state="attached")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    from sala.collection.models import Submission

    with connected_to(served.database):
        found = Submission.objects.latest("pk")
        said = (found.channel, found.handed_in_on, found.given_by, found.handed_how)
        assert said == ("paper", day, "ທ້າວ ຄຳ", "counter")


def test_signing_out_throws_drafts_away(open_form, served, line, water_form):
    page = open_form(f"/forms/{water_form}/fill/", language="en", width=1280)
    choose(page, "Province", "Province one")
    draft_kept(page)
    page.click('form[action$="/sign-out/"] button')
    page.wait_for_url(line.url + "/")
    page.goto(line.url + urlparse(served.link("owner")).path)
    page.click("main button")
    page.visit(f"/forms/{water_form}/fill/")
    assert page.locator("#resumed").is_hidden()
