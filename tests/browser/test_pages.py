"""Each page type once, in Lao, at 360 px: readable, nothing sticks out, no accessibility fault, within its weight."""

import pytest

pytestmark = pytest.mark.browser

# path, kilobytes on the wire at most (compressed, first view)
PAGES = [
    ("/", 50),
    ("/places/", 60),
    ("/places/01/", 120),
    ("/search/", 60),
    ("/directory/", 60),
    ("/organisations/HEALTH/", 60),
    ("/posts/HEALTH-head/", 60),
    ("/calls/", 60),
    ("/duties/", 60),
    ("/documents/", 60),
    ("/documents/decree-on-health-data/", 60),
    ("/rules/", 60),
    ("/rules/notice/", 60),
    ("/working-days/2026/", 60),
    ("/verify/", 60),
    ("/sign-in/", 60),
    ("/register/", 60),
    ("/journal/", 60),
    ("/about/", 60),
]


@pytest.mark.parametrize(("path", "budget"), PAGES)
def test_page_in_lao_on_a_phone(open_page, check_accessibility, path, budget):
    page = open_page(width=360, scripts=True)
    sizes = []
    page.on("response", lambda response: sizes.append(response))
    page.go(path)
    page.wait_for_load_state("networkidle")
    assert page.get_attribute("html", "lang") == "lo"
    assert page.locator("h1").count() == 1
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{path} is {overflow} px wider than the screen"
    weight = sum(response.request.sizes()["responseBodySize"] for response in sizes) / 1000
    assert weight <= budget, f"{path} weighs {weight:.0f} kB"
    check_accessibility(page)


def test_the_language_switch_keeps_the_page(open_page):
    page = open_page()
    page.go("/places/01/")
    page.click("nav.languages a")
    assert page.url.endswith("/places/01/?lang=en")
    assert page.get_attribute("html", "lang") == "en"
    page.go("/about/")
    assert page.get_attribute("html", "lang") == "en"
