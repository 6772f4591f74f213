"""A company is entered, its representative appointed, and the list of people read: in Lao, on a phone, without JavaScript."""

import pytest

pytestmark = pytest.mark.browser
PAGES = [
    "/people/", "/organisations/new/", "/organisations/HEALTH-P03/move/", "/organisations/HEALTH-P03/close/",
    "/organisations/HEALTH-P03/new-post/", "/posts/HEALTH-P03-data/abolish/", "/posts/HEALTH-P03-data/grants/",
    "/roles/to-confirm/", "/me/e-mail/",
]  # fmt: skip


def overflow(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_a_company_is_entered_and_its_representative_appointed_and_found(open_page):
    page = open_page(width=360, scripts=False, language="lo")
    page.sign_in("admin")
    page.go("/directory/")
    page.click("a[href='/organisations/new/']")
    page.fill("[name=name_lo]", "ບໍລິສັດ ຕົ້ນໄມ້ໃໝ່")
    page.select_option("[name=kind]", "company")
    page.fill("[name=area]", "0101")
    page.fill("[name=code]", "WALKCO")
    page.click("main form p.row button")
    assert page.url.endswith("/organisations/WALKCO/") and overflow(page) <= 0
    page.click("a[href='/posts/WALKCO-representative/']")
    page.click("a[href='/posts/WALKCO-representative/people/']")
    page.click("a[href='/posts/WALKCO-representative/appoint/']")
    page.fill("[name=name]", "ນາງ ຄຳ")
    page.fill("[name=email]", "walk-kham@example.org")
    page.fill("[name=start]", "2026-01-01")
    page.click("main form > button")
    page.go("/people/?q=walk-kham")
    assert "ນາງ ຄຳ" in page.inner_text("main table") and "ຜູ້ຕາງໜ້າບໍລິສັດ" in page.inner_text("main table")


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_are_readable_on_a_phone(open_page, check_accessibility, path):
    page = open_page(width=360, scripts=True, language="lo")
    page.sign_in("admin")
    page.go(path)
    assert page.get_attribute("html", "lang") == "lo" and page.locator("h1").count() == 1
    assert overflow(page) <= 0
    check_accessibility(page)
