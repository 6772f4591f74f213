"""From a meeting to a desk and back to the next meeting, walked in Lao, on a phone's width, without JavaScript."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.browser

MOMENT = "%Y-%m-%dT%H:%M"


def sign_in(open_page, who, **options):
    page = open_page(width=360, **{"scripts": False, "language": "lo"} | options)
    page.sign_in(who)
    return page


def press(page, selector="main form[method=post] p.row button, main form[method=post] > button"):
    """Click and wait for the page it leads to."""
    with page.expect_navigation():
        page.click(selector)


def fill(page, **values):
    """Fill and choose by the names of the boxes, and press the button of the form."""
    for name, value in values.items():
        box = page.locator(f"main [name={name}]")
        if box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)
    press(page)


def set_up_committee(page, name):
    page.go("/bodies/new/")
    fill(page, name_lo=name, kind="committee", secretariat="GOV", area="DM", tier="public")
    body = urlsplit(page.url).path
    press(page, "a[href$='/seats/new/']")
    fill(page, position="GOV-head", role="chair")
    return body


def prepare_meeting(page, body, title, days):
    page.go(f"{body}meetings/new/")
    at = (datetime.now() + timedelta(days=days)).strftime(MOMENT)
    fill(page, title_lo=title, starts_at=at, venue_lo="ຫ້ອງປະຊຸມໃຫຍ່")
    return urlsplit(page.url).path


def hold_today(page, meeting):
    """Called with the notice that the rule asks, then moved to today: it was held earlier."""
    press(page, "#go-item")
    fill(page, title_lo="ແຜນສຸກສາລາ")
    press(page, "#go-call")
    press(page)
    page.go(f"{meeting}edit/")
    fill(page, starts_at=datetime.now().strftime(MOMENT))
    press(page, "#go-held")
    press(page)
    assert page.get_attribute("#meeting-state", "data-state") == "held"


def test_a_decision_becomes_work_on_a_desk_is_answered_with_proof_and_opens_on_the_next_agenda(open_page):
    secretary = sign_in(open_page, "secretary")
    body = set_up_committee(secretary, "ຄະນະຊີ້ນຳສຸກສາລາ")
    first = prepare_meeting(secretary, body, "ກອງປະຊຸມຄັ້ງທີໜຶ່ງ", days=30)
    hold_today(secretary, first)
    press(secretary, ".go-decide")
    fill(secretary, title_lo="ຂໍ້ຕົກລົງກ່ຽວກັບສຸກສາລາ", wording_lo="ທຸກແຂວງສົ່ງແຜນ", number="21/ສລ")
    press(secretary, ".go-act")
    due = (datetime.now() + timedelta(days=60)).date().isoformat()
    fill(secretary, wording_lo="ສົ່ງແຜນສຸກສາລາຂອງແຂວງ", position="HEALTH-P01-data", due_on=due)
    assert secretary.get_attribute("main [data-state=issued]", "data-state") == "issued"
    decision = secretary.get_attribute("main a[href^='/documents/']", "href")

    owner = sign_in(open_page, "owner")
    owner.go("/desk/")
    press(owner, "section#acknowledge h3 a:has-text('ສົ່ງແຜນສຸກສາລາຂອງແຂວງ')")
    press(owner, "#moves a[data-step=acknowledge]")
    press(owner, "main form p.row button, main form > button")
    assignment = urlsplit(owner.url).path
    owner.go(decision)
    number = owner.get_attribute("a[href^='/journal/document/']", "href").strip("/").rsplit("/", 1)[1]
    owner.go(assignment)
    press(owner, "#moves a[data-step=submit]")
    fill(owner, answer="ແຜນສຸກສາລາ ສີ່ແຫ່ງ", evidence=f"document:{number}")

    prepare_meeting(secretary, body, "ກອງປະຊຸມຄັ້ງທີສອງ", days=90)
    item = secretary.locator("ol.agenda li:has([data-kind=follow_up])")
    assert item.count() == 1 and "ສົ່ງແຜນສຸກສາລາຂອງແຂວງ" in item.inner_text()
    assert item.locator("[data-state=submitted]").count() == 1
    assert "ແຜນສຸກສາລາ ສີ່ແຫ່ງ" in item.locator(".answer").inner_text()
    assert item.locator(f".proofs a[href='{decision}']").count() == 1
    second = secretary.url

    press(secretary, "ol.agenda a[href^='/assignments/']")
    press(secretary, "#moves a[data-step=accept]")
    press(secretary, "main form p.row button, main form > button")
    secretary.goto(second)
    assert secretary.locator("ol.agenda [data-state=accepted]").count() == 1
    prepare_meeting(secretary, body, "ກອງປະຊຸມຄັ້ງທີສາມ", days=120)
    assert secretary.locator("ol.agenda [data-kind=follow_up]").count() == 0


def test_minutes_are_endorsed_by_the_chair_and_become_a_numbered_report(open_page, served, check_accessibility):
    secretary = sign_in(open_page, "secretary", scripts=True)
    body = set_up_committee(secretary, "ຄະນະຊີ້ນຳນ້ຳສະອາດ")
    meeting = prepare_meeting(secretary, body, "ກອງປະຊຸມນ້ຳສະອາດ", days=30)
    hold_today(secretary, meeting)
    secretary.go(f"{meeting}attendance/")
    secretary.locator("main input[name^=women_]").first.fill("໒")
    press(secretary)
    press(secretary, "#go-write")
    fill(secretary, summary_lo="ທີ່ປະຊຸມຕົກລົງເຫັນດີ")
    for path in ("/bodies/", "/meetings/", body, meeting, f"{meeting}agenda/", f"{meeting}minutes/", f"{meeting}attendance/",
                 "/bodies/new/", "/projects/", "/projects/new/", "/courses/", f"{body}meetings/new/"):  # fmt: skip
        secretary.go(path)
        overflow = secretary.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{path} is {overflow} px wider than the screen"
        check_accessibility(secretary)
    secretary.go(meeting)
    press(secretary, "#go-circulate")
    press(secretary)
    assert secretary.get_attribute("#minutes-state", "data-state") == "circulated"

    chair = sign_in(open_page, "chair")
    chair.go("/desk/")
    press(chair, "section#review h3 a:has-text('ກອງປະຊຸມນ້ຳສະອາດ')")
    press(chair, "#go-endorse")
    assert "ທີ່ປະຊຸມຕົກລົງເຫັນດີ" in chair.inner_text("main").replace("\u200b", "")
    press(chair)

    secretary.go(meeting)
    assert secretary.get_attribute("#meeting-state", "data-state") == "approved"
    press(secretary, "#go-report")
    press(secretary)
    number = urlsplit(secretary.url).path.strip("/").rsplit("/", 1)[1]
    assert number.startswith("GOV-R-")
    public = open_page(width=360)
    public.go(meeting)
    public.click(
        "main a[href^='/issued/']"
        if public.locator("main a[href^='/issued/']").count()
        else f"main a:has-text('{number}')"
    )
    assert public.request.get(f"{served.url}/verify/{number}/").ok
