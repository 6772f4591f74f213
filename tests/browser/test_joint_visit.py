"""Two ministries plan a visit to the same village, go together, and bring the sheet along; in Lao, on a phone, without JavaScript."""

from datetime import date, timedelta

import pytest

from tests.browser.planning import plain
from tests.collection.visiting import EDUC, holder, villages
from tests.conftest import connected_to

pytestmark = pytest.mark.browser
VILLAGE = "0101001"


def enter_village(served):
    from tests.world import World

    with connected_to(served.database):
        villages(World(), count=1)
        holder(World(), EDUC, language="lo")


def sign_in(open_page, who):
    page = open_page(width=360, scripts=False, language="lo")
    page.sign_in(who)
    return page


def plan(page, title, first, topic):
    page.go("/visits/new/")
    for name, text in {
        "title_lo": title, "starts_on": first.isoformat(), "ends_on": (first + timedelta(days=2)).isoformat(),
        "areas": VILLAGE, "minutes": "60",
    }.items():  # fmt: skip
        page.fill(f"[name={name}]", text)
    page.locator("[name=topics]").nth(topic).check()
    page.click("main form > button:not(.enter)")


def test_two_ministries_become_one_joint_visit(open_page, served, check_accessibility):
    enter_village(served)
    first = date.today() + timedelta(days=20)
    health = sign_in(open_page, "owner")
    plan(health, "ກວດນ້ຳດື່ມ", first, 0)
    ours = health.url.replace(served.url, "")
    assert "ກວດນ້ຳດື່ມ" in plain(health.inner_text("h1")) and ours.startswith("/visits/")

    school = sign_in(open_page, EDUC.lower())
    plan(school, "ກວດໂຮງຮຽນ", first + timedelta(days=7), 1)
    assert "ກວດນ້ຳດື່ມ" in plain(school.inner_text("#likes"))  # the other one is shown first
    school.check("[name=seen]")
    school.click("main form > button:not(.enter)")
    theirs = school.url.replace(served.url, "")

    school.click(f"main a[href='{theirs}joint/']")
    assert school.locator("[name=others]:checked").count() == 1
    school.fill("[name=title_lo]", "ລົງບ້ານຮ່ວມກັນ")
    school.fill("[name=minutes]", "75")
    school.click("main form p.row button")

    health.go(ours)
    health.click("main .notice a[href^='/visits/joint/']")
    proposal = health.url.replace(served.url, "")
    assert "ລົງບ້ານຮ່ວມກັນ" in plain(health.inner_text("h1"))
    health.go("/desk/")
    assert health.locator(f"main a[href='{proposal}']").count() == 1
    health.go(proposal)
    health.click("main form[action$='/agree/'] button")
    joint = health.url.replace(served.url, "")
    assert joint not in (ours, theirs) and "ລົງບ້ານຮ່ວມກັນ" in plain(health.inner_text("h1"))
    told = plain(health.inner_text("main"))
    assert "ກວດນ້ຳດື່ມ" in told and "ກວດໂຮງຮຽນ" in told and "45" in told  # 60 + 60 − 75 minutes are spared

    school.go(theirs)
    school.click(f"main a[href='{joint}']")
    school.click(f"main a[href='/places/{VILLAGE}/']")
    school.go(f"/places/{VILLAGE}/feedback/")
    assert "ລົງບ້ານຮ່ວມກັນ" in plain(school.inner_text("main"))
    sheet = school.request.get(f"{served.url}/places/{VILLAGE}/feedback.pdf")
    assert sheet.ok and sheet.body().startswith(b"%PDF")

    reader = open_page(width=360, scripts=True, language="lo")
    reader.sign_in("owner")
    for path in (proposal, joint, f"/places/{VILLAGE}/feedback/"):
        reader.go(path)
        assert reader.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path
        check_accessibility(reader)
