"""One call from draft to acceptance, walked in Lao, on a phone's width, without JavaScript."""

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.browser


TITLE = "ຂໍຂໍ້ມູນການເກີດ ປະຈຳໄຕມາດ"


def fill_call(page):
    page.fill("[name=title_lo]", TITLE)
    page.fill("[name=purpose_lo]", "ສຳລັບບົດລາຍງານປະຈຳປີ")
    page.fill("[name=instruction_lo]", "ສົ່ງຈຳນວນການເກີດ ແຍກຕາມເມືອງ")
    page.fill("[name=position]", "HEALTH-P01-data")
    page.fill("[name=due_on]", (date.today() + timedelta(days=60)).isoformat())
    page.click("main form details summary")
    page.fill("[name=period]", "2026-Q1")
    page.click("main form > button")


def sign_in(open_page, who):
    page = open_page(width=360, scripts=False, language="lo")
    page.sign_in(who)
    return page


def from_the_desk(page, group):
    page.go("/desk/")
    assert page.get_attribute("html", "lang") == "lo"
    page.click(f"section#{group} h3 a:has-text('{TITLE}')")


def take(page, step, **answers):
    page.click(f"#moves a[data-step={step}]")
    for name, text in answers.items():
        page.fill(f"[name={name}]", text)
    page.click("main form > button, main form p.row button")


def state(page):
    return page.get_attribute("#assignment-state", "data-state")


def test_a_call_is_issued_answered_returned_answered_again_and_accepted(open_page):
    caller = sign_in(open_page, "caller")
    caller.go("/calls/new/")
    fill_call(caller)
    caller.click("#go-issue")
    caller.click("main form > button, main form p.row button")
    reference = caller.url.rstrip("/").rsplit("/", 1)[1]

    owner = sign_in(open_page, "owner")
    from_the_desk(owner, "acknowledge")
    take(owner, "acknowledge")
    assert state(owner) == "acknowledged"
    take(owner, "submit", answer="ການເກີດ 124")
    assert state(owner) == "submitted" and owner.locator("#moves").count() == 0

    from_the_desk(caller, "review")
    take(caller, "return", reason="ກະລຸນາແຍກຕາມເມືອງ")
    assert state(caller) == "returned"

    from_the_desk(owner, "returned")
    assert "ກະລຸນາແຍກຕາມເມືອງ" in owner.inner_text("main")
    take(owner, "submit", answer="ເມືອງ ກ 100; ເມືອງ ຂ 24")

    from_the_desk(caller, "review")
    take(caller, "accept")
    assert state(caller) == "accepted"
    caller.go(f"/calls/{reference}/")
    assert caller.get_attribute("#call-state", "data-state") == "closed"
    caller.go("/desk/")
    assert caller.locator(f"section#review h3 a:has-text('{TITLE}')").count() == 0


def test_the_form_says_what_is_wrong_without_javascript(open_page):
    page = sign_in(open_page, "caller")
    page.go("/calls/new/")
    page.fill("[name=title_en]", "Only English")
    page.click("main form > button")
    assert page.locator("[role=alert] a[href='#field-title']").count() == 1
    assert page.input_value("[name=title_en]") == "Only English"


def test_pages_with_work_on_them_fit_a_phone(open_page, check_accessibility):
    page = open_page(width=360, scripts=True, language="lo")
    page.sign_in("caller")
    page.go("/calls/new/")
    fill_call(page)
    draft = urlsplit(page.url).path
    for path in ("/desk/", draft, f"{draft}edit/", "/calls/new/", "/duties/without-owner/"):
        page.go(path)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{path} is {overflow} px wider than the screen"
        check_accessibility(page)
