"""A recommendation from draft to answer, walked in Lao on a phone's width without JavaScript; its board for everybody."""

from datetime import date, timedelta

import pytest

from tests.conftest import connected_to

pytestmark = pytest.mark.browser


def sign_in(open_page, who):
    page = open_page(width=360, scripts=False, language="lo")
    page.sign_in(who)
    return page


def steps(page, name):
    page.click(f"#steps a[href$='/{name}/']")


def enter_decision(served):
    """The decision on which the answer stands, kept by the statistics bureau."""
    from sala.core.language import Translated
    from sala.core.models import Term
    from sala.documents.models import Document
    from sala.people.models import Organisation

    with connected_to(served.database):
        Document.objects.create(
            slug="decision-on-coordination", title=Translated({"lo": "ຂໍ້ຕົກລົງ ວ່າດ້ວຍການປະສານງານ"}), tier="public",
            owner=Organisation.objects.get(code="GOV"), kind=Term.objects.get(scheme="document-kind", code="decision"),
            state="published", is_published=True,
        )  # fmt: skip


def test_a_recommendation_is_drafted_put_to_a_ministry_submitted_and_answered(open_page, served, check_accessibility):
    caller = sign_in(open_page, "caller")
    caller.go("/recommendations/new/")
    for name, text in {
        "number": "1.2", "title_lo": "ຄະນະປະສານງານ", "wording_lo": "ສ້າງຄະນະປະສານງານຢູ່ທຸກແຂວງ",
        "purpose_lo": "ໃຫ້ວຽກງານປະສານກັນ", "owners": "HEALTH-P01-data",
        "due_on": (date.today() + timedelta(days=60)).isoformat(),
    }.items():  # fmt: skip
        caller.fill(f"[name={name}]", text)
    caller.check("[name=is_public]")
    caller.click("main form p.row button")
    address = caller.url.replace(served.url, "")
    caller.click("main .notice a")
    caller.click("#go-issue")
    caller.click("main form button")

    caller.go(address)
    steps(caller, "put")
    caller.fill("[name=organisations]", "LAND-P02")
    caller.click("main form p.row button")

    stranger = sign_in(open_page, "stranger")
    stranger.go("/desk/")
    stranger.click(f"main a[href='{address}']")
    steps(stranger, "position")
    stranger.check("[name=stance][value=reservation]")
    stranger.click("main form p.row button")
    assert stranger.locator(".field.wrong").count() == 1  # a reservation needs its reason
    stranger.fill("[name=note]", "ຕ້ອງມີງົບປະມານກ່ອນ")
    stranger.click("main form p.row button")
    assert "ຕ້ອງມີງົບປະມານກ່ອນ" in stranger.inner_text("#positions")

    caller.go(address)
    steps(caller, "submit")
    caller.fill("[name=office]", "GOV")
    caller.click("main form p.row button")
    enter_decision(served)
    steps(caller, "answer")
    caller.check("[name=outcome][value=changed]")
    caller.fill("[name=document]", "decision-on-coordination")
    caller.fill("[name=wording_lo]", "ສ້າງຄະນະປະສານງານຢູ່ທຸກແຂວງ ແລະ ທຸກເມືອງ")
    caller.click("main form p.row button")
    assert caller.get_attribute("#outcome", "data-outcome") == "changed"
    assert "ທຸກເມືອງ" in caller.inner_text("#wording")

    anybody = open_page(width=360, scripts=True, language="lo")
    for path in ("/recommendations/", address, "/honours/"):
        anybody.go(path)
        wide = anybody.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
        check_accessibility(anybody)
